"""A tool that says of each row which kind of score it is: csat among nps never becomes a detractor."""

from __future__ import annotations

from pathlib import Path

from uploads import company, drafted

from data.ingest import rejects
from data.ingest.draft import Draft
from data.store import Store

HEADER = "ID,Survey Type,Score,Comment,Created At,Customer ID\n"


def delighted(store: Store, *rows: tuple[str, int], choices: dict[str, str] | None = None) -> Draft:
    """An export of Delighted: kind and score of each answer."""
    lines = (f"9100{n:05},{kind},{score},,1793523600,a\n" for n, (kind, score) in enumerate(rows))
    return drafted(store, (HEADER + "".join(lines)).encode(), "delighted.csv", choices or {})


def decided(made: Draft) -> tuple[str, bool, tuple[str, ...]]:
    (one,) = (one for one in made.survey.decisions if one.about == "score:Score")
    return one.value, one.sure, one.others


def test_each_score_is_of_the_kind_that_its_row_says(tmp_path: Path) -> None:
    """A 5 of csat is the best there is, a 5 of nps a detractor: nothing is asked, and no kind is offered for all."""
    made = delighted(company(tmp_path), ("csat", 5), ("NPS", 5), ("nps", 10), ("csat", 1))
    found = made.first_rows()[["instrument", "score"]]

    assert decided(made) == ("each", True, ("no", "each"))
    assert list(found.itertuples(index=False, name=None)) == [("csat", 5), ("nps", 5), ("nps", 10), ("csat", 1)]


def test_a_score_off_the_scale_of_its_own_kind_is_rejected(tmp_path: Path) -> None:
    """A 9 is fine for nps, and nothing that csat knows."""
    made = delighted(company(tmp_path), *[("csat", 5)] * 20, *[("nps", 9)] * 20, ("csat", 9))

    assert decided(made)[1]
    assert list(rejects.first(made)[["row", "column", "value"]].itertuples(index=False, name=None)) == [
        (42, "score", "9")
    ]


def test_a_kind_that_is_not_known_is_asked_about_and_rejected(tmp_path: Path) -> None:
    """Thumbs are no score here: a person looks at it, and their rows come back with the reason."""
    made = delighted(company(tmp_path), ("nps", 9), ("thumbs", 1))

    assert decided(made)[:2] == ("each", False)
    assert list(rejects.first(made)[["row", "column", "value"]].itertuples(index=False, name=None)) == [
        (3, "instrument", "thumbs")
    ]
