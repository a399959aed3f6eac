"""Which rows does a number count? Role: executive."""

from ui import access, filters, rows

access.require("executive")
lang = filters.language_of_reader()
view = filters.view()

filters.bar(view, lang)
rows.page(view, lang)
