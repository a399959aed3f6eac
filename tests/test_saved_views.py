"""A saved view opens the very view it was saved from; names are a reader's own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import saved_views
from data.database import Database, address
from data.errors import StrataError
from ui import view as views
from ui.view import View

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
CHOSEN = st.lists(ANY, max_size=4, unique=True).map(tuple)
VIEWS = st.builds(
    View,
    period=st.sampled_from((*views.PERIODS, "2026-01-05..2026-03-29")),
    versus=st.sampled_from(views.COMPARISONS),
    **dict.fromkeys(views.DIMENSIONS, CHOSEN),
)


@pytest.fixture(scope="module")
def kept() -> Database:
    """One database for many views."""
    return Database(address(Path(tempfile.mkdtemp())))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An empty database."""
    return Database(address(tmp_path))


def refused(attempt: Callable[[], object]) -> str:
    """The code of what a reader is told."""
    with pytest.raises(StrataError) as problem:
        attempt()
    assert str(problem.value).endswith("; nothing was saved.")
    return problem.value.code


@given(view=VIEWS, extra=st.dictionaries(st.sampled_from(["metric", "by", "client"]), ANY.map(lambda one: [one])))
def test_a_saved_view_opens_the_very_view_it_was_saved_from(
    kept: Database, view: View, extra: dict[str, list[str]]
) -> None:
    """View -> address -> database -> address -> view, whatever the segments are called; a page's own choices too."""
    query = views.to_query(view) | extra
    saved = saved_views.save(kept, "view", "operational", query)
    found = next(one for one in saved_views.saved_by(kept) if one.view_id == saved.view_id)
    saved_views.delete(kept, found)
    options = {name: getattr(view, name) for name in views.DIMENSIONS}

    assert found == saved
    assert found.page == "operational"
    assert found.query == query
    assert views.from_query(found.query, options) == (view, [])


@pytest.mark.parametrize("same", ["my view", "MY VIEW", "  My   view\n", "Ｍｙ view"])
def test_a_name_is_a_readers_own_once(database: Database, same: str) -> None:
    """Case and spaces make no other name; another reader may use it."""
    saved_views.save(database, "My view", "layers", {})

    assert refused(lambda: saved_views.save(database, same, "layers", {})) == "view_name_taken"
    saved_views.save(database, same, "layers", {}, owner="another")
    assert [view.name for view in saved_views.saved_by(database)] == ["My view"]
    assert len(saved_views.saved_by(database, "another")) == 1


@pytest.mark.parametrize(("name", "code"), [(" \n", "view_name_empty"), ("x" * 81, "view_name_too_long")])
def test_a_name_is_neither_empty_nor_too_long(database: Database, name: str, code: str) -> None:
    """Up to eighty characters; what is refused is not saved, and does not rename."""
    view = saved_views.save(database, "x" * 80, "layers", {})

    assert refused(lambda: saved_views.save(database, name, "layers", {})) == code
    assert refused(lambda: saved_views.rename(database, view, name)) == code
    assert saved_views.saved_by(database) == (view,)


def test_an_address_too_long_for_a_browser_is_refused(database: Database) -> None:
    """A link that could not be opened is not saved."""
    wide = {"segment": ["Ж" * 9] * 100}

    assert refused(lambda: saved_views.save(database, "wide", "layers", wide)) == "view_address_too_long"


def test_a_view_is_renamed(database: Database) -> None:
    """To another name, or to the same one written otherwise, but not to that of another view."""
    view = saved_views.save(database, "one", "layers", {"period": ["4w"]})
    saved_views.save(database, "two", "layers", {})

    saved_views.rename(database, view, "ONE")
    assert refused(lambda: saved_views.rename(database, view, "Two")) == "view_name_taken"
    assert [(one.name, one.query) for one in saved_views.saved_by(database)] == [
        ("ONE", {"period": ["4w"]}),
        ("two", {}),
    ]


def test_a_deleted_view_can_be_put_back(database: Database) -> None:
    """Its name is free meanwhile; when it was taken, both stay apart and the reader is told."""
    view = saved_views.save(database, "one", "layers", {"period": ["4w"]})
    saved_views.delete(database, view)
    assert saved_views.saved_by(database) == ()
    saved_views.restore(database, view)
    assert saved_views.saved_by(database) == (view,)

    saved_views.delete(database, view)
    other = saved_views.save(database, "One", "layers", {})
    assert refused(lambda: saved_views.restore(database, view)) == "view_name_taken"
    assert saved_views.saved_by(database) == (other,)


def test_what_was_deleted_elsewhere_is_said(database: Database) -> None:
    """In another window it is gone already: words, not silence."""
    view = saved_views.save(database, "one", "layers", {})
    saved_views.delete(database, view)

    assert refused(lambda: saved_views.delete(database, view)) == "view_gone"
    assert refused(lambda: saved_views.rename(database, view, "x")) == "view_gone"


def test_views_stand_in_the_order_of_their_names(database: Database) -> None:
    """Capitals do not come first."""
    for name in ("b", "C", "a"):
        saved_views.save(database, name, "layers", {})

    assert [view.name for view in saved_views.saved_by(database)] == ["a", "b", "C"]
