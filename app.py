"""The server: everything imported once and set aside, DuckDB opened once, headers on every answer, a health address."""

import gc

import altair  # noqa: F401 - imported here, so that the first reader does not wait for it
import pandas  # noqa: F401
import streamlit as st

from data import store
from metrics import examples
from ui import charts, fetch, layout, server  # noqa: F401
from ui.view import View

examples.check()
store.reader()
fetch.beside(View(), {})  # the first reader finds the answers
gc.collect()
gc.freeze()  # what was imported never dies: the collection after each run need not look at it
app = st.App("ui/shell.py", routes=server.ROUTES, middleware=server.MIDDLEWARE, on_script_error=server.on_script_error)
