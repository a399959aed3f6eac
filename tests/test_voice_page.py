"""The satisfaction page's own panels: what is drawn and what is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import said
from test_pages import Open, html
from ui_fixtures import NOW, ROOT, tile

from metrics import search, themes
from metrics.change import Change, Reliability, Verdict
from metrics.compute import NOTHING, Reading
from metrics.declare import Lang
from metrics.emerging import Emerging, Word
from metrics.lack import Lack
from metrics.search import Found
from metrics.themes import Row, Themes
from metrics.voice import Bar, Reason, Silent, Spread
from ui import comments, coverage, language, readings, spread, theme
from ui import themes as pictures

TEXT = language.texts("voice", "en")
PAGE = ROOT / "pages" / "satisfaction.py"


def plain(words: str) -> str:
    """Narrow spaces as plain ones."""
    return words.replace("\u202f", " ")


def datasets(chart: Any) -> list[dict[str, Any]]:
    """All rows a chart carries."""
    return [row for data in chart.to_dict()["datasets"].values() for row in data]


def nps(*counts: int, before: int = 0) -> Spread:
    """An NPS spread with so many detractors (all 0), passives (7) and promoters (10)."""
    at = dict(zip((0, 7, 10), counts, strict=True))
    parts = ["detractors"] * 7 + ["passives"] * 2 + ["promoters"] * 2
    bars = tuple(Bar(score, part, at.get(score, 0), before if score == 7 else 0) for score, part in enumerate(parts))
    return Spread("nps", bars, Reading(20.0, 10.0, 30.0, sum(counts)), Reading(0.0, None, None, before))


def test_the_spread_says_its_parts_of_both_periods() -> None:
    """Detractors, passives and promoters with their shares, also those of the period compared with."""
    chart, words = spread.spread(nps(10, 30, 60, before=8), "en", theme.LIGHT)

    assert chart is not None
    assert plain(words) == (
        "NPS, 100 answers by score: detractors 10 %, before 0 %; passives 30 %, before 100 %; "
        "promoters 60 %, before 0 %; most often 10."
    )
    assert plain(spread.head(nps(10, 30, 60, before=8), "en", "EUR")) == "NPS: 20 · 100 answers, before 8"


def test_a_touched_score_says_how_many_gave_it_now_and_what_share_before() -> None:
    """Without answers before nothing is said of then."""
    for before, was in ((8, "was 100 %"), (0, "")):
        chart, _ = spread.spread(nps(10, 30, 60, before=before), "en", theme.LIGHT)
        seven = next(row for row in datasets(chart) if row.get("score") == 7)

        assert [plain(seven[name]) for name in ("told", "answers", "was")] == ["7: 30 %", "30 answers", was]


def test_parts_of_the_scale_are_told_apart_without_colour() -> None:
    """Hollow, light and solid bars of one colour, and a name over each part."""
    chart, _ = spread.spread(nps(10, 30, 60), "en", theme.LIGHT)
    rows = datasets(chart)

    assert len({row["fill"] for row in rows if "fill" in row}) == 3
    assert [(row["name"], plain(row["shown"])) for row in rows if "name" in row][:3] == [
        ("detractors", "10 %"), ("passives", "30 %"), ("promoters", "60 %")
    ]  # fmt: skip
    assert "none" in spread.spread(nps(10, 30, 60), "en", theme.LIGHT)[1]


def test_too_few_answers_have_no_bars() -> None:
    """Four answers are said to be too few; a part of one is never shown as nothing."""
    assert spread.spread(nps(1, 1, 2), "en", theme.LIGHT) == (None, "too few, n = 4")
    assert [plain(spread.percent(share, "en")) for share in (0, 0.004, 0.005, 1)] == ["0 %", "<1 %", "1 %", "100 %"]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ((), "Fewer than 30 clients voted"),
        ((Reason("size", -9.0, 0.4),), "The three agree within their noise"),
        ((Reason("size", -9.0, None),), "The three agree within their noise"),
        ((Reason("size", -9.4, 0.01),), "by revenue, the NPS is 9 points lower"),
        ((Reason("size", 1.2, 0.01),), "by revenue, the NPS is 1 point higher"),
        ((Reason("time", -20.0, 0.2), Reason("habit", 4.0, 0.03)), "Those who answer often are happier"),
        ((Reason("latest", -5.0, 0.01), Reason("size", 3.0, 0.01)), "latest answers are 5 points below"),
        ((Reason("time", 0.3, 0.01),), "The answers of this period are 1 point above"),
    ],
)
def test_the_line_says_the_largest_reason_that_is_real(found: tuple[Reason, ...], words: str) -> None:
    """A larger reason that chance explains is passed over; none is said to be none."""
    shown = {name: tile(name, 20.0) for name in readings.READINGS}

    assert words in readings.reason(shown, found, "en")


@pytest.mark.parametrize("lost", readings.READINGS)
def test_two_readings_are_not_said_to_agree_with_a_third_that_has_no_value(lost: str) -> None:
    """Three days without an answer: the NPS of the period is not there, so nothing is said of why the three differ."""
    tiles = {name: tile(name, None if name == lost else 20.0) for name in readings.READINGS}
    chart, words = readings.readings(tiles, (Reason("size", -9.0, 0.4),), NOW, "en", "EUR", theme.LIGHT)

    assert chart is not None
    assert "agree" not in words
    assert readings.reason(tiles, (Reason("size", -9.0, 0.01),), "en") == ""


def test_the_three_readings_stand_side_by_side() -> None:
    """Each with its interval and n; one on too few clients has words instead of a number, in its rows too."""
    tiles = {
        "nps": tile("nps", 20.0), "account_nps": tile("account_nps", 30.0, n=40),
        "revenue_nps": tile("revenue_nps", 50.0, n=3, reliability=Reliability.TOO_FEW),
    }  # fmt: skip
    chart, words = readings.readings(tiles, (), NOW, "en", "EUR", theme.LIGHT)

    assert chart is not None
    assert "20 (19 to 21) · 400 answers; 30 (29 to 32) · 40 clients; too few, n = 3." in plain(words)
    assert readings.rows(tiles, NOW, "en")["value"].isna().tolist() == [False, False, True]
    nobody = {name: tile(name) for name in readings.READINGS}
    assert readings.readings(nobody, (), NOW, "en", "EUR", theme.LIGHT)[0] is None


def silent(n: int, listed: int) -> Silent:
    """So many silent clients, of which some are listed."""
    return Silent(pd.DataFrame({"client_id": [str(i) for i in range(listed)], "amount": 10.4}), n, 1_200_000.0)


@pytest.mark.parametrize(
    ("one", "share", "active", "words"),
    [
        (silent(2, 2), 0.08, 90, "2 silent clients: they ordered"),
        (silent(1, 1), 0.08, 90, "1 silent client: it ordered"),
        (silent(150, 100), 0.08, 90, "The largest 100 of them are listed"),
        (silent(0, 0), 0.0, 90, "No client who ordered and was asked"),
        (silent(0, 0), None, 90, "The facts do not say who was asked"),
        (silent(0, 0), None, 0, "Without orders nobody knows"),
    ],
)
def test_silence_is_said_or_why_it_cannot_be(one: Silent, share: float | None, active: int, words: str) -> None:
    """How many and how much; no invitations or no orders are no zero."""
    told = coverage.said(
        one, tile("silent_revenue", share, lack=Lack.NOT_MEASURED),
        tile("coverage_by_clients", 0.5 if active else None, n=active, lack=Lack.NOT_MEASURED), "en", "EUR",
    )  # fmt: skip

    assert words in told
    assert ("1.20 M EUR, 8 % of the revenue" in plain(told)) == bool(one.clients)


@pytest.mark.parametrize(
    ("active", "words"), [(90, "None of these clients was asked"), (0, "None of these clients ord")]
)
def test_clients_who_were_not_asked_are_not_taken_for_a_source_without_invitations(active: int, words: str) -> None:
    """Of a few chosen clients nobody may have been asked, or have ordered, where others were."""
    heard = tile("coverage_by_clients", 0.5 if active else None, n=active)

    assert coverage.said(silent(0, 0), tile("silent_revenue"), heard, "en", "EUR").startswith(words)


def row(name: str, count: int, score: Reading, verdict: Verdict = Verdict.NO_REAL_CHANGE, up: float = 0.1) -> Row:
    """A theme of 100 comments."""
    return Row(
        name, {"en": name, "ru": name}, count, 10, themes.share(count, 100), themes.share(10, 100), Change(up, p=0.1),
        verdict, score, Reading(0.8, 0.7, 0.9, 300),
    )  # fmt: skip


def found(*rows: Row, **more: Any) -> Themes:
    """Themes of 100 comments, with the csat of 320 answers."""
    parts: dict[str, Any] = {
        "uncoded": themes.share(20, 100), "uncoded_before": NOTHING, "uncoded_score": NOTHING, "read": 100, "of": 100,
        "unread": 0, "read_before": 100, "instrument": "csat", "instruments": ("csat",),
        "whole": Reading(0.7, 0.6, 0.8, 320),
    }  # fmt: skip
    return Themes(rows=rows, **parts | more)


def test_a_theme_says_its_share_its_change_and_both_scores() -> None:
    """A mark and a word only where the change is real; a score on four answers is too few, also in the rows."""
    low, few = Reading(0.5, 0.3, 0.7, 20), Reading(1.0, 0.5, 1.0, 4)
    all_of = found(
        row("late", 30, low, Verdict.CHANGED), row("price", 12, few), row("old", 3, low, Verdict.CHANGED, -0.1)
    )
    chart, words = pictures.shares(all_of, "en", theme.LIGHT)
    drawn = {entry["first"]: plain(entry["second"]) for entry in datasets(chart) if "first" in entry}

    assert drawn == {
        "late ◆ more often": "30 % · 30 comments · was 10 %",
        "price": "12 % · 12 comments · was 10 %",
        "old ◆ less often": "3 % · 3 comments · was 10 %",
    }
    assert plain(words).endswith(
        "most often late, 30 %. Really changed: late ◆ more often, old ◆ less often."
    )  # fmt: skip
    chart, words = pictures.scores(all_of, "en", "EUR", theme.LIGHT)
    drawn = {entry["first"]: plain(entry["second"]) for entry in datasets(chart) if "first" in entry}
    assert drawn["late"] == "50 % · n = 20 · without it 80 % (n = 300)"
    assert drawn["price"] == "too few, n = 4 · without it 80 % (n = 300)"
    assert "lowest late, 50 %" in plain(words)
    assert "price" not in words
    assert pictures.rows(all_of, "en")["score"].isna().tolist() == [False, True, False]


def test_what_was_not_read_is_said() -> None:
    """The share without a theme; a cap and unknown languages in words, only where there are any."""
    assert plain(pictures.about(found(), "en")) == "100 comments in the period; 20 % of them have no theme."
    capped = plain(pictures.about(found(of=70_000, read=50_000, unread=3), "en"))
    assert capped.startswith("70,000 comments in the period")
    assert "Only the latest 50,000 of 70,000 comments are read" in capped
    assert "3 comments are in a language the dictionary does not know" in capped


def test_themes_nobody_speaks_of_are_words() -> None:
    """Comments without a theme give no empty chart, and no scores without answers."""
    assert pictures.shares(found(), "en", theme.LIGHT)[0] is None
    assert pictures.scores(found(row("late", 3, NOTHING)), "en", "EUR", theme.LIGHT)[0] is None


def page_of(matched: int, shown: int, page: int = 1, **more: int) -> Found:
    """A page of comments found."""
    sizes = {"read": 440, "of": 440} | more
    rows = pd.DataFrame({"comment": ["x"] * shown})
    return Found(rows, matched, sizes["read"], sizes["of"], page, -(-matched // search.ON_A_PAGE))


def test_it_is_always_said_how_many_of_how_many() -> None:
    """All, those that match, none, and those that were never read."""
    assert comments.said(page_of(440, 50), TEXT, is_searched=False) == "440 comments in the period; shown: 1–50."
    assert comments.said(page_of(86, 36, 2), TEXT, is_searched=True) == (
        "86 comments match, of 440 in the period; shown: 51–86."
    )  # fmt: skip
    assert comments.said(page_of(0, 0), TEXT, is_searched=True) == "No comment of the 440 in the period matches."
    assert "Only the latest 440 of 9,000" in comments.said(page_of(0, 0, of=9000), TEXT, is_searched=True)
    assert (
        comments.said(page_of(0, 0, of=0, read=0), TEXT, is_searched=False) == "There are no comments in this period."
    )


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (Emerging((), 0, 19, 400), "Too few comments to compare: 19 in the period, 400 before"),
        (Emerging((), 78, 440, 368), "78 words were looked at; none became more frequent beyond chance."),
        (Emerging((Word("strike", 12, 0, 5, 0.001, (), "x"),), 78, 440, 368), "Of 78 words looked at, 1 became"),
    ],
)
def test_the_search_for_new_words_says_what_came_of_it(of: Emerging, words: str) -> None:
    """Also nothing: an empty panel would leave the reader wondering."""
    assert words in comments.emerging_words(of, TEXT)


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company whose clients write: a strike in the period, 60 comments in each."""
    home = tmp_path_factory.mktemp("talking")
    now = ["Strikes and late again"] * 20 + ["Цены выросли"] * 20 + ["<b>fine</b>"] * 20
    before = ["Цены выросли"] * 30 + ["fine"] * 30
    of = {"stage": "order", "of": said.MANY}
    said.lake(home, said.answers(*now, **of) + said.answers(*before, month="05", **of))
    return home / "data"


JUNE = {"period": "2026-06-01..2026-06-30"}


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_page_shows_what_clients_write(opened: Open, talking: Path, lang: Lang) -> None:
    """Every panel is there; the new word is offered; comments are shown as text."""
    page = opened(PAGE, talking, lang, **JUNE)
    text = language.texts("voice", lang)

    assert not page.exception
    assert not page.error
    for key in ("spread", "readings", "coverage", "themes", "emerging", "comments"):
        assert f"<b>{text(key)}</b>" in html(page)
    assert text("listed", n=60, first="1", last="50") in html(page)
    assert len(page.get("pagination")) == 1
    offered = [[option.content for option in group.proto.options] for group in page.get("button_group")]
    assert ["late", "strike"] in [sorted(words) for words in offered]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"q": "strike"}, ["Strikes and late again"] * 20),
        ({"q": "цена"}, ["Цены выросли"] * 20),
        ({"theme": "price"}, ["Цены выросли"] * 20),
        ({"theme": "uncoded"}, ["<b>fine</b>"] * 20),
        ({"q": "strike", "theme": "price"}, None),
        ({"q": "x" * 5000, "theme": "nonsense", "page": "-7", "score": "enps"}, None),
    ],
)
def test_a_link_opens_its_comments(
    opened: Open,
    talking: Path,
    query: dict[str, str],
    shown: list[str] | None,
) -> None:
    """Search, theme and page stand in the address; what means nothing is as if it were not there."""
    page = opened(PAGE, talking, **JUNE, **query)

    assert not page.exception
    assert not page.error
    assert page.text_input[0].value == query.get("q", "")[:200]
    frames = [frame.value for frame in page.dataframe if "comment" in frame.value]
    assert [list(frame["comment"]) for frame in frames] == ([shown] if shown else [])


def test_a_page_without_comments_says_so(opened: Open, with_people: Path) -> None:
    """A company whose clients write nothing: words in the three panels, and no empty table."""
    page = opened(PAGE, with_people)

    assert not page.exception
    assert html(page).count("There are no comments in this period.") == 2
    assert "Too few comments to compare: 0 in the period, 0 before" in html(page)
