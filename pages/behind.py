"""What stands behind the score: which processes and whose work? Role: executive."""

from ui import access, behind, filters

access.require("executive")
lang = filters.language_of_reader()
view = filters.view()

filters.bar(view, lang)
behind.page(view, lang)
