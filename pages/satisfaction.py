"""What do clients say, in depth? Role: executive."""

from ui import access, deep

access.require("executive")
deep.page("satisfaction")
