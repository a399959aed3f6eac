"""What the page of the rows draws: the number in one sentence, and the very rows it counts, searched and paged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from metrics import rows as listings
from metrics.declare import Lang, Metric
from metrics.load import catalogue
from metrics.rows import PAGE, Listing
from ui import cards, fetch, filters, journey, language, layout, panel, units
from ui.columns import Column, Kind
from ui.language import Texts
from ui.view import View

KINDS: dict[str, Kind] = {
    **dict.fromkeys(("score", "orders", "hand_overs", "vote", "days_late", "n"), "count"),
    **dict.fromkeys(("amount", "cost", "returned", "wallet"), "money"),
    **dict.fromkeys(("age", "lead_time"), "number"),
}


def _kind(name: str) -> Kind:
    if name.endswith("_at"):
        return "instant"
    if name.endswith("_on"):
        return "day"
    if name.startswith(("is_", "was_")):
        return "flag"
    return KINDS.get(name, "text")


def order(metric: Metric, names: Sequence[str]) -> list[str]:
    """Columns as they are read: who, what was counted, when; then what it belongs to, and numbers of records last."""
    if "client" not in names:
        return list(names)
    counted = " ".join(f"{state.of} {state.where}" for state in metric.states.values())
    own = [name for name in names if re.search(rf"\b{name}\b", counted)]
    own = own or [name for name in names if _kind(name) in ("count", "money", "number", "flag")]
    first = dict.fromkeys(("client", *own, *(name for name in names if name == metric.at)))
    rest = [name for name in names if name not in first]
    return [*first, *sorted(rest, key=lambda name: name.endswith("_id"))]


def _columns(found: Listing, text: Texts) -> tuple[Column, ...]:
    metric = catalogue()[found.metric]
    of_value: Kind = "share" if metric.unit == "share" else "number"
    kinds = dict.fromkeys(("value", "low", "high"), of_value) if metric.layer == "employee" else {}
    names = order(metric, list(found.rows.columns))
    return tuple(Column(name, text(name), kinds.get(name) or _kind(name)) for name in names)


def _readable(rows: pd.DataFrame, text: Texts) -> pd.DataFrame:
    """The rows with the company's names for its stages, and words where a team may not be shown."""
    named = rows.copy()
    if "stage" in named:
        named["stage"] = named["stage"].replace(fetch.stage_labels(text.lang))
    if list(named.columns[:2]) == ["team", "n"]:
        named["team"] = named["team"].fillna(text("others"))
    return named


def _sentence(metric: Metric, found: Listing, view: View, text: Texts) -> str:
    """The number, and how many rows of what it counts."""
    tiles = fetch.depth(view, metric.layer, metric.id, "").tiles
    tile = next(one for one in tiles if one.metric == metric.id)
    facts = {
        "metric": escape(metric.label[text.lang]),
        "period": language.span(found.period.start, found.period.last, text.lang),
        "counted": units.counted(metric, found.n, text.lang),
    }
    if not found.n:
        return text("sentence_none", **facts)
    if not tile.is_shown or tile.now.value is None:
        return text("sentence_hidden", reason=cards.absent(tile, language.texts("layers", text.lang)), **facts)
    interval = ""
    if tile.now.low is not None and tile.now.high is not None:
        interval = f" ({units.between(metric, tile.now.low, tile.now.high, text.lang, layout.currency())})"
    value = units.shown(metric, tile.now.value, text.lang, layout.currency())
    return text("sentence", value=value, interval=interval, **facts)


def _chosen(text: Texts) -> tuple[Metric, str]:
    """The number and what is searched for in its rows; both lie in the address."""
    names = list(catalogue())
    asked = filters.chosen("metric")
    name = asked if asked in names else names[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        filters.box("metric", text("choose"), tuple(names), name, lambda one: catalogue()[one].label[text.lang])
        search = filters.words("q", text("search"), text("search_hint"))
    return catalogue()[name], search


def _pager(found: Listing, page: int, text: Texts) -> None:
    last = min(found.found, page * PAGE)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("◀", key="before", help=text("before"), disabled=page == 1, on_click=filters.turn, args=(page - 1,))
        numbers = [language.number(n, text.lang) for n in ((page - 1) * PAGE + 1, last, found.found)]
        said = text("shown", first=numbers[0], last=numbers[1], all=numbers[2])
        st.html(f'<p class="st muted">{said}</p>', width="content")
        is_last = last >= found.found
        st.button("▶", key="after", help=text("after"), disabled=is_last, on_click=filters.turn, args=(page + 1,))


def page(view: View, lang: Lang) -> None:
    """The rows of one number for the view in the address."""
    text = language.texts("rows", lang)
    metric, search = _chosen(text)
    number = filters.chosen("page")
    turned = max(1, int(number)) if number.isdecimal() and len(number) < 7 else 1
    found = fetch.asked(listings.listing, view, metric.id, search, str((turned - 1) * PAGE), str(PAGE))
    if turned > (last := max(1, -(-found.found // PAGE))):  # a page that is not there any more: the nearest one is
        turned = last
        found = fetch.asked(listings.listing, view, metric.id, search, str((turned - 1) * PAGE), str(PAGE))
    said = [_sentence(metric, found, view, text)]
    said += [language.texts("layers", lang)(f"ignores_{name}").capitalize() + "." for name in found.ignored]
    st.html(f'<p class="st st-sentence">{" ".join(said)}</p>')
    if not found.n:
        return
    note = text("found", n=found.found, search=search) if search else ""
    with panel.panel("rows", text("title", metric=metric.label[lang]), lang, note) as here:
        if metric.layer == "employee":
            here.words(text("teams"))
        if not found.found:
            here.words(text("none_found"))
            return

        def whole() -> pd.DataFrame:
            everything = fetch.once(listings.listing, view, metric.id, search, "0", str(found.found))
            return _readable(everything.rows, text)

        of_clients = "client_id" in found.rows
        here.table(
            _readable(found.rows, text), _columns(found, text), height=640, whole=whole, of=found.found,
            opens=journey.visit if of_clients else None,
        )  # fmt: skip
        if of_clients:
            here.words(language.texts("journey", lang)("tick"))
        if found.found > PAGE:
            _pager(found, turned, text)
