"""How are the people who did it, in depth? Never fewer than five of them. Role: executive."""

from ui import access, deep

access.require("executive")
deep.page("employee")
