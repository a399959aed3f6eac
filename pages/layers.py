"""How do the four layers stand, side by side? Role: executive."""

from ui import access, fetch, filters, layout

access.require("executive")  # here too, not only in the shell: a page must not depend on who opened it
lang = filters.language_of_reader()
view = filters.view()

filters.bar(view, lang)
board = fetch.board(view)
layout.sentence(board, lang)
layout.layers(board, view, lang)
layout.four_layers(board, view, lang)
layout.where_it_hurts(board, view, lang)
