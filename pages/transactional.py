"""How do clients behave, in depth? Role: executive."""

from ui import access, deep

access.require("executive")
deep.page("transactional")
