"""What do clients say, in depth? Role: executive."""

from ui import access, deep, voice

access.require("executive")
view, lang = deep.page("satisfaction")
voice.page(view, lang)
