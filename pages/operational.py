"""What did our processes do to the clients, in depth? Role: executive."""

from ui import access, deep

access.require("executive")
deep.page("operational")
