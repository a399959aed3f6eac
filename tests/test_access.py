"""Who may see a page while there is no sign-in: the person at this machine, and nobody else."""

from __future__ import annotations

import pytest

from ui import access

HERE = {"Host": "127.0.0.1:8501"}


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8501", "LOCALHOST:8501", "127.0.0.1:8501", "[::1]:8501", "[::1]"]
)
def test_the_local_reader_is_let_in(host: str) -> None:
    """Under each of the machine's own names; Streamlit says None for an address of its own."""
    assert access.is_local(None, {"Host": host})
    assert access.is_local("127.0.0.1", {"host": host})
    assert access.is_local("::1", {"host": host})


@pytest.mark.parametrize(
    "host",
    [
        "", "strata.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "[2001:db8::1]:8501", "evil]", "[::1].evil.example", "localhost:8501 evil", "0.0.0.0:8501", "192.168.1.5:8501",
    ],
)  # fmt: skip
def test_a_foreign_name_for_this_machine_is_refused(host: str) -> None:
    """A page of somebody else's whose name leads here reads nothing through the reader's browser."""
    assert not access.is_local(None, {"Host": host})


def test_a_request_that_names_no_host_is_refused() -> None:
    """Deny by default."""
    assert not access.is_local(None, {})


@pytest.mark.parametrize(
    "address", ["192.168.1.5", "10.0.0.1", "203.0.113.9", "2001:db8::1", "169.254.0.1", "", "nonsense"]
)
def test_a_reader_elsewhere_is_refused(address: str) -> None:
    """Any address but the machine's own, and what is no address at all."""
    assert not access.is_local(address, HERE)


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "x-forwarded-for", "Forwarded", "X-Real-Ip", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"],
)
def test_a_reader_behind_a_proxy_is_refused(header: str) -> None:
    """The proxy is local; who sits behind it is not known, whatever the proxy claims."""
    assert not access.is_local("127.0.0.1", HERE | {header: "127.0.0.1"})


def test_a_page_cannot_ask_for_a_role_that_does_not_exist() -> None:
    """A slip in a guard is found when the page is first opened, not when the wrong person is let in."""
    with pytest.raises(ValueError, match="excutive is not a role: executive, quality owner"):
        access.require("excutive")
