"""Who may see a page. Deny by default: every page file begins by asking here, whoever opened it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

import streamlit as st

from ui import language
from ui.filters import language_of_reader

ROLES = ("executive", "quality owner", "process owner", "hr")
# The names of this machine that need no look-up, and so can lead nowhere else.
HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?", re.IGNORECASE)
FORWARDED = re.compile(r"forwarded|x-forwarded-.*|x-real-ip|via", re.IGNORECASE)


def is_local(address: str | None, headers: Mapping[str, str]) -> bool:
    """Whether a reader sits at this very machine. `address` is None where the server was reached as localhost.

    A forwarded request comes from a proxy, and the reader behind it may sit anywhere. A foreign host name that leads
    here is a page of somebody else's, using the reader's browser.
    """
    if any(FORWARDED.fullmatch(name) for name in headers):
        return False
    said = {name.lower(): value for name, value in headers.items()}
    if not HOST.fullmatch(said.get("host", "")):
        return False
    if address is None:
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def require(role: str) -> None:
    """Go on only for a reader who has the role. Until there is sign-in, that is the local user, and nobody else."""
    if role not in ROLES:
        raise ValueError(f"{role} is not a role: {', '.join(ROLES)}")
    if not is_local(st.context.ip_address, st.context.headers.to_dict()):
        text = language.texts("shell", language_of_reader())
        st.error(text("refused"), icon=None)
        st.stop()
