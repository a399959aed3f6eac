"""The page of one layer as a reader finds it: what it can be split by, and what it opens with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest
from ui_fixtures import company

PAGE = Path(__file__).parents[1] / "pages" / "satisfaction.py"


def test_a_split_without_values_is_not_offered(opened: Callable[..., AppTest], tmp_path: Path) -> None:
    """Nobody wrote down an industry here: to split by it would show one nameless group."""
    page = opened(PAGE, company(tmp_path, people=False))
    offered = next(one for one in page.pills if one.label == "Compare by").options

    assert "Stage" in offered
    assert "Segment" in offered
    assert "Industry" not in offered
