"""What the page on behaviour and money draws: classes, formula, payments, cohorts, and the sliders."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from test_pages import Open, html
from test_profit import company
from ui_fixtures import ROOT, tile

from metrics import cohorts as series
from metrics.change import Verdict
from metrics.cohorts import Cell, Cohort, Cohorts
from metrics.compute import NOTHING, Reading
from metrics.money import Class, Flow, Money, Move
from metrics.paying import WAYS, Ageing, Paying, Way
from metrics.profit import Factors, Profit, Unknown
from metrics.window import Period
from ui import bars, cohorts, language, money, paying, profit, theme

NOW, BEFORE = Period(date(2026, 4, 1), date(2026, 7, 1)), Period(date(2026, 1, 1), date(2026, 4, 1))
PAGE = ROOT / "pages" / "transactional.py"
NIL = Decimal(0)


def plain(said: str) -> str:
    """Narrow spaces as plain ones, and no tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", said.replace("\u202f", " "))).strip()


def one(name: str, revenue: int, kept: Reading = NOTHING, verdict: Verdict = Verdict.TOO_FEW, **more: Any) -> Class:
    """A class of ten clients that had twice the money before."""
    move = Move(Decimal(2 * revenue), NIL, NIL, Decimal(-revenue), NIL, NIL, Decimal(revenue))
    parts: dict[str, Any] = {"margin": 0.3, "costed_clients": 10} | more
    return Class(
        name, 10, Decimal(revenue), revenue / 100, parts["margin"], parts["costed_clients"], kept, verdict, move
    )


def found(*classes: Class, **more: Any) -> Money:
    """A company of a hundred in money."""
    parts: dict[str, Any] = {
        "flows": (), "is_compared": True, "is_kept_known": True, "has_invitations": True, "surveys_began": None,
        "is_whole": True,
    } | more  # fmt: skip
    return Money(
        now=NOW, before=BEFORE, classes=classes, clients=10 * len(classes), revenue=Decimal(100), kept=NOTHING,
        orders_began=date(2024, 1, 1), **parts,
    )  # fmt: skip


def test_each_class_says_its_money_share_and_clients() -> None:
    """The bar has the words beside it, and the mark of before only where the years can be compared."""
    known = Reading(0.88, 0.78, 0.94, 60)
    data = money.classes(found(one("promoter", 60), one("silent", 40, known, Verdict.WORSE)), "en", "EUR")

    assert [plain(words) for words in data["words"]] == ["60 EUR · 60 % · 10 clients", "40 EUR · 40 % · 10 clients"]
    assert list(data["before"]) == [120.0, 80.0]
    assert list(data["stayed"]) == ["", "▼ more seldom"]
    assert money.classes(found(one("silent", 40), is_compared=False), "en", "EUR")["before"].isna().all()


def test_only_what_is_beyond_chance_is_said_of_staying() -> None:
    """A class that stands out is named with its interval and n; alike classes are not ranked; too few are called so."""
    worse, alike = Reading(0.88, 0.78, 0.94, 60), Reading(0.9, 0.8, 0.95, 60)

    assert plain(money.staying(found(one("silent", 40, worse, Verdict.WORSE)), "en")) == (
        "▼ Silent a year ago: 88 % of those 60 clients ordered again since (78 to 94 %), more seldom than all the "
        "others, beyond chance."
    )
    assert "No class differs" in money.staying(found(one("silent", 40, alike, Verdict.NO_REAL_CHANGE)), "en")
    assert "too few" in money.staying(found(one("silent", 40, Reading(1.0, 0.3, 1.0, 2))), "en")
    assert "do not reach back" in money.staying(found(one("silent", 40), is_kept_known=False), "en")


def test_a_class_of_few_has_no_share_that_stayed() -> None:
    """Two of two is no 100 %."""
    row = money.classes(found(one("silent", 40, Reading(1.0, 0.3, 1.0, 2))), "en", "EUR").iloc[0]

    assert row[["kept", "interval", "stayed"]].tolist() == [None, "", "too few, n = 2"]


def test_without_invitations_nobody_is_called_silent_or_not_asked() -> None:
    """No answer is all that is known of them."""
    text = language.texts("money", "en")

    assert money.name("not_asked", found(has_invitations=False), text) == "No answer"
    assert money.name("not_asked", found(), text) == "Not asked"


def test_what_is_not_known_has_no_column() -> None:
    """No costs and no second year: neither a margin nor who stayed, rather than columns of nothing."""
    bare = found(one("not_asked", 100, margin=None, costed_clients=0), is_kept_known=False)

    assert [column.name for column in money.columns(bare, language.texts("money", "en"), "EUR")] == [
        "label", "clients", "value", "share",
    ]  # fmt: skip


def test_the_moves_end_with_all_clients_together() -> None:
    """The last row adds the classes up."""
    data = money.moves(found(one("promoter", 60), one("silent", 40)), "ru")

    assert data.iloc[-1][["label", "before", "spent", "now"]].tolist() == ["Все", 200.0, -100.0, 100.0]


def test_bars_need_something_to_draw() -> None:
    """No bars of nothing; a mark only where a value before is known."""
    data = money.classes(found(one("promoter", 60)), "en", "EUR")

    assert bars.bars(data, "en", theme.LIGHT, "#000") is not None
    assert bars.bars(data.assign(value=0.0, before=None), "en", theme.LIGHT, "#000") is None
    assert bars.bars(data.iloc[:0], "en", theme.LIGHT, "#000") is None


def worth(**more: Any) -> Profit:
    """Twenty clients with 1000 a year each, 40 % margin less 10 % returns, four of five stay."""
    parts: dict[str, Any] = {
        "arpu": 1000.0, "margin": 0.4, "returns": 0.1, "retention": Reading(0.8, 0.6, 0.9, 40),
        "lifetime": Reading(5.0, 2.5, 10.0, 40), "value": Reading(1500.0, 750.0, 3000.0, 20), "clients": 20,
        "active": 20, "base": 40, "lost": 8, "unknown": {},
    } | more  # fmt: skip
    return Profit(year=NOW, **parts)


def test_the_formula_is_one_line_of_numbers_with_signs_between() -> None:
    """It multiplies out as it is written, and what is unsure carries its range."""
    assert plain(profit.line(worth(), "en", "EUR")) == (
        "1,000 EUR revenue a client a year × (40.0 % gross margin − 10.0 %) returns "
        "× 5.0 y years a client stays 2.5 y to 10.0 y = 1,500 EUR lifetime value 750 EUR to 3,000 EUR"
    )


def test_an_unknown_factor_says_why() -> None:
    """No cost recorded is not a cost of nothing."""
    none = worth(margin=None, value=NOTHING, unknown={"margin": Unknown.NO_COSTS})
    said = plain(profit.line(none, "en", "EUR"))

    assert "× (not known gross margin no costs are recorded" in said
    assert said.endswith("= not known lifetime value")
    assert none.factors is None


def test_how_far_the_value_may_be_trusted_is_said() -> None:
    """Whom it stands on, how many left, and that few lost clients are a direction only."""
    said = plain(" ".join(profit.words(worth(clients=15, lost=3), "en")))

    assert "Of the 40 clients of the year before, 80.0 % ordered again (60 to 90 %), 8 did not." in said
    assert "Only 3 clients were lost" in said
    assert "Of the 20 clients who ordered, 15 count" in said
    assert "Only" not in plain(" ".join(profit.words(worth(), "en")))


@pytest.mark.parametrize("retention", [0.0, 0.05, 0.5, 0.9672, 0.998, 0.9999])
def test_the_sliders_stay_where_a_retention_can_be(retention: float) -> None:
    """Never below nothing, never to a client who stays for ever: at most the loss is halved."""
    low, high = profit.room(retention)
    factors = Factors(1000, 0.4, 0.1, retention)

    assert low <= 0 <= high
    assert high > low
    assert factors.changed(arpu=0, margin=0, returns=0, retention=low / 100).retention >= 0
    assert factors.changed(arpu=0, margin=0, returns=0, retention=high / 100).lifetime <= 2.001 * factors.lifetime


def test_moving_a_slider_shows_another_value_and_keeps_nothing(opened: Open, tmp_path: Path) -> None:
    """A tenth more revenue is a tenth more value, times the clients; the address stays, and back is as before."""
    company(tmp_path)
    page = opened(PAGE, tmp_path / "data")
    before, address = html(page), dict(page.query_params)
    arpu = next(slider for slider in page.select_slider if "Revenue a client" in slider.label)
    tried = plain(html(arpu.set_value(10.0).run()))

    assert "Move a slider" in plain(before)
    assert "+54 EUR a client; times 7 active clients: +376 EUR over their lifetime." in tried
    assert dict(page.query_params) == address
    assert html(page.button(key="what_if_back").click().run()) == before


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_page_of_little_says_what_it_lacks(opened: Open, tmp_path: Path, lang: str) -> None:
    """No invoices or answers: words for each, and no zero in their place."""
    company(tmp_path)
    page = opened(PAGE, tmp_path / "data", lang)
    text = language.texts("money", "ru" if lang == "ru" else "en")

    assert not page.exception
    assert text("no_payments") in html(page)
    assert text("no_votes") in html(page)


def ageing(invoices: int, **ways: int) -> Ageing:
    """Invoices of ten each, on time but for those named."""
    counts = {"on_time": invoices - sum(ways.values())} | ways
    named = tuple(Way(name, counts.get(name, 0), Decimal(10 * counts.get(name, 0))) for name in WAYS)
    return Ageing(NOW, NOW.end, named)


def paid(now: Ageing, before: Ageing, **more: Any) -> Paying:
    parts: dict[str, Any] = {
        "has_due_days": True, "is_elsewhere": False, "debtors": (), "owed": NIL, "owing": 0, "days_owed": None,
        "payments_began": date(2024, 1, 1),
    } | more  # fmt: skip
    return Paying(now, before, **parts)


def test_each_way_of_paying_says_share_invoices_and_money() -> None:
    """What cannot have happened yet is no 0 %: an invoice due within 91 days is not over 90 days late."""
    data = paying.ways(paid(ageing(100, week=20, unpaid=5), ageing(10, week=4)), "en", "EUR")
    words = dict(zip(data["label"], data["words"].map(plain), strict=True))

    assert words["On time"] == "75 % · 75 invoices · 750 EUR"
    assert words["Unpaid, past due"] == "5.0 % · 5 invoices · 50 EUR"
    assert words["Over 90 days late"] == "not possible yet"
    assert words["31–90 days late"] == "0 % · 0 invoices · 0 EUR"
    assert data["before"].iloc[1] == 0.4


def test_a_period_of_few_invoices_is_no_mark_to_compare_with() -> None:
    """Two of four on time is no half."""
    assert paying.ways(paid(ageing(100), ageing(4)), "en", "EUR")["before"].isna().all()


def test_paying_on_time_carries_the_verdict_of_the_catalogue() -> None:
    """The same share, interval and word as in the table of the layer's metrics."""
    share, late = tile("paid_on_time_share", 0.72, 0.75), tile("days_late", 6.0, 5.0)
    said = plain(paying._on_time(share, late, "en", "EUR"))

    assert said == (
        "Paid on time: 72 % of the invoices (68 to 76 %); −3 pp: no real change. "
        "When late, half were late by more than 6 d (unpaid ones: so far)."
    )


def test_why_nothing_can_be_said_of_paying() -> None:
    """No invoices, no due days and another stage are three different things."""
    text = language.texts("money", "en")
    some = ageing(10)

    assert "missing from the source" in paying.nothing(paid(some, some, payments_began=None), text)
    assert "no due days" in paying.nothing(paid(some, some, has_due_days=False), text)
    assert "another stage" in paying.nothing(paid(some, some, is_elsewhere=True), text)
    assert paying.nothing(paid(some, some), text) == ""


def cohort(start: date, clients: int, *cells: Cell, is_marked: bool = False) -> Cohort:
    return Cohort(start, clients, is_marked, not cells, cells)


def cell(age: int, hits: int, n: int, verdict: Verdict = Verdict.NO_REAL_CHANGE, *, is_over: bool = True) -> Cell:
    return Cell(age, Reading(hits / n, 0.1, 0.9, n), is_over, verdict, hits)


def test_cells_say_what_is_known_and_what_is_not_over() -> None:
    """An unfinished quarter and a cohort of few have signs instead of numbers, in the chart's data too."""
    some = Cohorts(series.QUARTER, (
        cohort(date(2025, 7, 1), 3, cell(1, 3, 3, Verdict.UNKNOWN)),
        cohort(date(2025, 10, 1), 20, cell(1, 4, 20, Verdict.WORSE), cell(2, 1, 20, is_over=False)),
        cohort(date(2026, 4, 1), 8, is_marked=True),
    ), (cell(1, 30, 60),), 0, 0, date(2024, 1, 1))  # fmt: skip
    data = cohorts.cells(some, "en")

    assert list(zip(data["label"], data["shown"], data["share"].fillna(-1), strict=True)) == [
        ("All", "50", 0.5), ("Q3 2025 · n 3", "·", -1), ("Q4 2025 · n 20", "▼20", 0.2), ("Q4 2025 · n 20", "…", -1),
        ("Q2 2026 * · n 8", "…", -1),
    ]  # fmt: skip
    assert cohorts.heat(data, some, "en", theme.LIGHT) is not None


def test_cohorts_that_do_not_differ_are_not_ranked() -> None:
    """Said where they were tested and none stood out; not where none could be tested."""
    alike = Cohorts(series.QUARTER, (cohort(date(2025, 10, 1), 20, cell(1, 4, 20)),), (cell(1, 30, 60),), 0, 0, None)
    untested = cohort(date(2025, 10, 1), 20, cell(1, 4, 20, Verdict.UNKNOWN))
    none = Cohorts(series.QUARTER, (untested,), (cell(1, 30, 60),), 0, 0, None)

    assert plain(cohorts.finding(alike, "en")) == (
        "All cohorts together: 50 % ordered in the span after the first order (10 to 90 %, n = 60). "
        "No cohort differs from the others beyond chance."
    )
    assert "beyond chance" not in cohorts.finding(none, "en")


def test_the_largest_way_of_money_is_named_with_the_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A way that many went in both directions is noise as much as news."""
    said: list[str] = []
    here: Any = type("Here", (), {"words": lambda self, words, is_muted=True: said.append(plain(words))})()
    ways = (Flow("promoter", "passive", 3, Decimal(90)), Flow("passive", "promoter", 2, Decimal(80)))
    money._flow(found(one("promoter", 60), flows=ways), here, "en", "EUR")
    money._flow(found(one("promoter", 60)), here, "en", "EUR")

    assert said == [
        "Most money moved here: Promoters → Passives, 3 clients with 90 EUR a year. "
        "The other way: 2 clients with 80 EUR.",
        "No client changed class.",
    ]
