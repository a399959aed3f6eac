"""What happened to this client, and what stands behind what it says? Role: executive."""

from ui import access, filters, journey

access.require("executive")
lang = filters.language_of_reader()
view = filters.view()

journey.page(view, lang)
