"""Which clients need attention? Role: executive."""

from ui import access, clients, filters, investing, paths, silent

access.require("executive")
lang = filters.language_of_reader()
view = filters.view()

filters.bar(view, lang)
found = clients.found(view)
clients.sentence(found, view, lang)
investing.investing(found, lang)
clients.listing(found, view, lang)
silent.silent(found, lang)
paths.paths(view, lang)
