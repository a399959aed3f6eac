"""How are the people who did it, in depth? Never fewer than five of them. Role: executive."""

from ui import access, deep, tenure

access.require("executive")
view, lang = deep.page("employee")
tenure.staying(view, lang)
