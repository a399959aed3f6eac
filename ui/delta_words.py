"""The parts of a change in words: with sign, unit and interval, and the one sentence the tests allow."""

from __future__ import annotations

import re
from html import escape

import altair as alt

from metrics.change import Verdict
from metrics.declare import Lang, Metric
from metrics.load import catalogue
from metrics.moved import Amount, Moved, Unsplit
from ui import language, layout, units
from ui.axes import ticks, value_axis
from ui.language import Texts

MARKS = {Verdict.WORSE: " ▼", Verdict.BETTER: " ▲", Verdict.CHANGED: " ◆"}
UNSPLIT = {
    Unsplit.NEGATIVE: "unsplit_negative", Unsplit.UNRECORDED: "unsplit_unrecorded", Unsplit.OVERLAP: "unsplit_overlap",
}  # fmt: skip


def about(found: Moved) -> Metric:
    """The metric whose change is split."""
    return catalogue()[found.metric]


def amount(metric: Metric, value: float, lang: Lang) -> str:
    """A part of a change with its sign and unit."""
    if metric.unit == "points":  # one decimal: the parts must be seen to add up
        return language.number(value, lang, 1, signed=True)
    if metric.unit == "share":
        return f"{language.number(100 * value, lang, 1, signed=True)}{language.NARROW}{_pp(lang)}"
    return units.difference(metric, value, None, lang, layout.currency())


def _pp(lang: Lang) -> str:
    return language.texts("units", lang)("pp")


def difference_axis(metric: Metric, lang: Lang, low: float, high: float) -> alt.Axis:
    """The axis of parts of a change: percentage points for shares."""
    values = ticks(low, high)
    if metric.unit != "share":
        return value_axis(metric, lang, values)
    label = f"format(datum.value * 100, '~g') + '{language.NARROW}{_pp(lang)}'"
    return alt.Axis(title=None, labelExpr=label, domain=False, ticks=False, values=values)


def within(metric: Metric, part: Amount, text: Texts) -> str:
    """The interval of a part, and whether chance alone would give it."""
    if part.low is None or part.high is None:
        return f" · {text('no_interval')}"
    low, high = (amount(metric, end, text.lang) for end in (part.low, part.high))
    unit = re.search(r"\D*$", high)  # said once, at the end, where both have the same
    low = low.removesuffix(unit[0] if unit else "")
    return f"{text('interval', low=low, high=high)} · {text('real' if part.is_real else 'noise')}"


def said(found: Moved, lang: Lang) -> str:
    """The page in one sentence, as HTML: which one is decided by the tests, not by the size of a number."""
    text, metric = language.texts("change", lang), about(found)
    facts = {"metric": escape(metric.short[lang]), "by": escape(named(found.by, lang))}
    now, before = found.after.value, found.before.value
    if not found.is_known:
        return text("said_never", **facts)
    if now is None or before is None or found.verdict in (Verdict.TOO_FEW, Verdict.UNKNOWN):
        return text("said_few", **facts)
    shown, was = (units.shown(metric, value, lang, layout.currency()) for value in (now, before))
    is_moved, is_same = found.verdict in MARKS, shown == was
    facts |= {
        "values": text("values_moved" if not is_same else "values_close" if is_moved else "values_same",
                       now=shown, before=was),
        "verdict": text(f"verdict_{found.verdict.value}" if is_moved else "verdict_same"),
    }  # fmt: skip
    if found.performance is None or found.mix is None:
        return text("said_whole", why=text(UNSPLIT[found.unsplit or Unsplit.OVERLAP]), **facts)
    facts |= {
        "performance": amount(metric, found.performance.value, lang),
        "mix": amount(metric, found.mix.value, lang),
        "noise": text("real" if found.performance.is_real else "noise"),
        "mix_noise": text("real" if found.mix.is_real else "noise"),
    }
    said_of = text(_sentence(found, found.performance, found.mix, is_same=is_same), **facts)
    return said_of.removesuffix("..") + "." if said_of.endswith("..") else said_of  # after an abbreviation


def _sentence(found: Moved, performance: Amount, mix: Amount, *, is_same: bool) -> str:
    """Which sentence the intervals beside it bear out."""
    if found.is_against and not is_same:
        return "said_against"
    if found.verdict in MARKS:
        if performance.low is None or mix.low is None:
            return "said_unjudged"
        return "said_performance" if performance.is_real else "said_mix" if mix.is_real else "said_neither"
    if performance.is_real or mix.is_real:
        return "said_offset" if performance.is_real else "said_mix_offset"
    return "said_same" if is_same else "said_noise"


def banner(found: Moved, lang: Lang) -> str:
    """What to beware of where the whole and its groups point different ways; no more than is beyond noise."""
    is_real = found.performance is not None and found.performance.is_real
    return language.texts("change", lang)("banner" if is_real else "banner_mix")


def named(by: str, lang: Lang) -> str:
    """A dimension inside a sentence."""
    return language.texts("depth", lang)(by).lower()
