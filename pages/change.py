"""What really changed since the period before, and what is mix or noise? Role: executive."""

from ui import access, delta, filters, signals

access.require("executive")
lang = filters.language_of_reader()
view = filters.view()

filters.bar(view, lang)
found = delta.page(view, lang)
signals.course(view, lang, found.metric)
signals.signals(view, lang)
