"""The chain in words: only what is proven is worded as a cause, and what is only a correlation is not shown at all."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest
from ui_fixtures import NOW

from metrics.chain import STEPS, Chain, Link
from metrics.declare import Lang
from metrics.distributed import Distributed
from metrics.links import Evidence, Grade, Judged
from metrics.panel import Slope
from ui import chain, theme, what_if

BY_NAME = {step.name: step for step in STEPS}


def link(name: str, value: float, grade: Grade = Grade.A, lag: int = 1, q: float = 0.01) -> Link:
    """A link whose slope is `value`, give or take a quarter."""
    best = Slope(lag, value, value - abs(value) / 4, value + abs(value) / 4, 5.0, 0.001, 20, 400)
    course = tuple(
        replace(best, lag=at, value=value if at == lag else 0.0, t=5.0 if at == lag else 1.0) for at in range(-3, 4)
    )
    evidence = Evidence(course, best, 0.001, 0.5, best, best, best, 20, 100)
    return Link(BY_NAME[name], Judged(evidence, q, grade, grade != Grade.D, True, True, grade == Grade.A))


MOOD = link("engagement_late", -0.05)
VOICE = replace(link("late_csat", -0.8, q=0.002), in_all=Distributed(-0.6, -0.84, -0.36, 13, 0.9))
MONEY = replace(link("late_orders", -0.16, Grade.B, lag=6), in_all=Distributed(-0.2, -0.3, -0.1, 13, 0.7))
KEPT = link("late_kept", -0.1, lag=4)
OPEN = link("rework_csat", -0.5, Grade.C, lag=0)
CHANCE = link("csat_orders", 0.3, Grade.D)


def company(*links: Link) -> Chain:
    return Chain(links, tuple(step for step in STEPS if step not in [one.step for one in links]), NOW, NOW, 0.09, 33e6)


def plain(said: str) -> str:
    return re.sub(r"<[^>]+>", "", said).replace("\u202f", " ")


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (MOOD, "Half a point less engagement → cases late +2.5 pp (+1.3 pp to +3.7 pp), 1 month later"),
        (VOICE, "10 pp more cases late → mean CSAT −0.08 of 5 (−0.12 to −0.04), 1 week later"),
        (MONEY, "10 pp more cases late → orders −1.6 % (−2.4 % to −0.8 %), 6 weeks later"),
        (KEPT, "10 pp more cases late → retention over the client's usual span −1.0 pp (−1.5 pp to −0.5 pp), "
               "4 weeks later"),
        (OPEN, "10 pp more cases reworked goes with: mean CSAT −0.05 of 5 (−0.07 to −0.03), in the same week; which "
               "moves which, or whether a third thing moves both, is open"),
    ],
)  # fmt: skip
def test_a_link_is_told_in_natural_units_and_no_stronger_than_its_grade(one: Link, said: str) -> None:
    """Half a point, ten points of a share, one point: never a standard deviation; an open order is called open."""
    assert plain(chain.said(one, "en")) == said
    assert "{" not in chain.said(one, "ru")


def test_an_end_that_is_not_zero_is_not_told_as_zero() -> None:
    """A proven link whose interval seems to touch 0 reads as none: 0.04 pp has two decimals, and all three alike."""
    assert what_if.amounts("rework", (0.003, 0.0004, 0.006), "en") == [
        "+0.30\u202fpp", "+0.04\u202fpp", "+0.60\u202fpp"
    ]  # fmt: skip
    assert what_if.amounts("rework", (0.003, 0.0, 0.006), "en")[1] == "0.0\u202fpp"
    assert what_if.amounts("csat", (-0.04, -0.06, -0.02), "en") == ["\u22120.04", "\u22120.06", "\u22120.02"]


@pytest.mark.parametrize(("value", "end", "dy"), [(-0.8, "low", 11), (0.8, "high", -11)])
def test_the_effect_is_written_beyond_its_interval(value: float, end: str, dy: int) -> None:
    """Beside its dot stands the next lag's dot, which hid the minus."""
    chart, _ = chain.lags(link("late_csat", value), "en", theme.LIGHT)
    words = [layer for layer in chart.to_dict()["layer"] if layer["mark"]["type"] == "text"][-1]

    assert (words["encoding"]["y"]["field"], words["mark"]["dy"]) == (end, dy)


def test_a_grade_is_explained_where_it_stands() -> None:
    """Nobody opens the method to learn what A means."""
    assert "Grade A (in the right order, and it came back) · 10 pp" in plain(chain.path(company(VOICE), "en"))


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_mere_correlation_is_counted_and_not_shown(lang: Lang) -> None:
    """Neither on the path, nor in the table, nor in the headline."""
    found = company(VOICE, CHANCE)
    shown = (
        plain(chain.path(found, lang)) + plain(chain.headline(found, lang)) + chain.table(found, lang)[0].to_string()
    )

    assert len(found.told) == 1
    assert what_if.amount("orders", -0.3, lang).replace("\u202f", " ") not in shown.replace("\u202f", " ")
    if lang == "en":
        assert "Satisfaction → Transactional: 1 link asked, none stood up" in shown
        assert "Employee → Operational: could not be asked" in shown


def test_the_headline_is_the_surest_proven_link() -> None:
    """Without any A or B, that none stands up."""
    assert "cases late → mean CSAT" in plain(chain.headline(company(MONEY, OPEN, VOICE, MOOD), "en"))
    assert "orders −1.6 %" in plain(chain.headline(company(MONEY, OPEN), "en"))
    assert "No link between the layers stands up" in chain.headline(company(OPEN, CHANCE), "en")


def test_only_a_link_to_satisfaction_is_behind_the_score() -> None:
    """A link to orders is not, even of a better grade, nor one to payment; where there is no other, that is said."""
    weak, sure = replace(VOICE, judged=replace(VOICE.judged, grade=Grade.B, q=0.04)), link("late_orders", -0.18)
    payment = link("late_days_late", 9.0, Grade.B, lag=3)

    assert "mean CSAT −0.08 of 5 (−0.12 to −0.04), 1 week later – the surest link behind the score." in plain(
        chain.headline(company(weak, sure), "en")
    )
    assert "behind the score" not in chain.headline(company(payment, OPEN), "en")
    assert "Of none is it proven that it moves satisfaction" in chain.headline(company(payment, OPEN), "en")
    assert "за оценкой" not in chain.headline(company(payment), "ru")


def test_what_if_is_the_sum_over_all_lags_with_its_interval_and_reaches_money() -> None:
    """From 9 % to 4 %: 0.05 of -0.6 points and of -0.2 of orders, the other way round; 1.0 % of 33 M is 330 K.

    The surest lag alone, as the link is told, would give 0.04 and 0.8 %.
    """
    said = plain(what_if.worth([VOICE, MONEY], 0.04, company(VOICE, MONEY), "en"))

    assert said == (
        "4.0 % late instead of 9.0 %, in the period and in the 12 weeks before it: mean CSAT +0.03 of 5 (+0.02 to "
        "+0.04); orders +1.0 % (+0.5 % to +1.5 %), that is +330 K  of revenue (+165 K  to +495 K )."
    )
    assert "the change reaches 90 % of answers, 70 % of orders." in plain(what_if._reach([VOICE, MONEY], "en"))


@pytest.mark.parametrize(("lang", "within"), [("en", "within chance"), ("ru", "в пределах случайного")])
def test_a_sum_that_may_be_nothing_is_called_so(lang: Lang, within: str) -> None:
    """A link may be proven at one lag and the sum over all lags be open; so said, and with its interval."""
    unsure = replace(MONEY, in_all=Distributed(-0.2, -0.5, 0.1, 13, 0.7))

    assert within in what_if.worth([unsure], 0.04, company(unsure), lang)
    assert within not in what_if.worth([MONEY], 0.04, company(MONEY), lang)


def test_the_course_shows_both_directions_in_the_unit_of_the_effect() -> None:
    """Lags before 0 too; orders in per cent; the surest lag is filled and named."""
    data = chain.course(MONEY, "en")
    drawn, said = chain.lags(VOICE, "en", theme.LIGHT)

    assert list(data["lag"]) == list(range(-3, 4))
    assert chain.course(link("late_orders", -0.16, lag=2), "en")["value"].min() == pytest.approx(-1.6)
    assert drawn is not None
    assert said.endswith("Left of 0 the strongest is 1.0 spreads from 0, right of it 5.0.")


def tried() -> None:
    """The panel alone, for a company of which 9 % of cases are late; a script of its own."""
    from test_chain_page import VOICE, company

    from ui import what_if

    what_if.what_if(company(VOICE), "en")


def shown(page: AppTest) -> str:
    """All its words."""
    return plain(" ".join(str(block.proto.body) for block in page.get("html")))


def test_the_share_tried_lies_in_the_address() -> None:
    """A link opens with the share it was copied with; what the slider is moved to stands in the address."""
    page = AppTest.from_function(tried, default_timeout=60)
    page.query_params["late_share"] = "3"
    page.run()
    assert not page.exception
    assert page.slider[0].value == 3
    assert "3.0 % late instead of 9" in shown(page)

    page.slider[0].set_value(7).run()
    assert page.query_params["late_share"] in ("7", ["7"])
    assert page.slider[0].value == 7
    assert "7.0 % late instead of 9" in shown(page)


@pytest.mark.parametrize("said", ["", "99", "-1", "x", "3.5", "9" * 5000])
def test_a_share_that_cannot_be_is_half_of_now(said: str) -> None:
    """Nine per cent are late: no address makes it more, and none breaks the page."""
    page = AppTest.from_function(tried, default_timeout=60)
    if said:
        page.query_params["late_share"] = said
    page.run()

    assert not page.exception
    assert page.slider[0].value == 4
