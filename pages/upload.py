"""Take in a survey file: what is in it, what would it change? Role: quality owner."""

from ui import access, filters, upload

access.require("quality owner")
upload.page(filters.language_of_reader())
