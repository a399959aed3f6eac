"""Can these numbers be trusted? Role: executive."""

from ui import access, fetch, filters, quality

access.require("executive")
lang = filters.language_of_reader()

filters.bar(filters.view(), lang, is_of_clients=False)
quality.tables(fetch.lake(), lang)
quality.closely(fetch.lake(), lang)
quality.metrics(lang)
