"""What the page of clients draws: the list, the worst first, searched, sorted and turned over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from metrics import clients as questions
from metrics import declared, finding
from metrics.clients import Clients
from metrics.declare import Lang
from metrics.declared import LEVELS
from ui import fetch, filters, journey, language, layout, standing
from ui.language import Texts
from ui.panel import Column, panel
from ui.timeline import day
from ui.view import View

ON_A_PAGE = 20
SHOWN = ("health", "reason", "revenue", "trend", "nps", "csat_half", "promises", "open", "heard")
FACTS = {"reason": "reason", "nps": "answers", "csat_half": "cases"}  # columns for which no client may have a fact
SORTS = ("health", "stake", "revenue", "trend", "promises", "late", "silence")


def sentence(found: Clients, view: View, lang: Lang) -> None:
    """How many clients there are, how many of them need attention, and what is left out."""
    text, rows = language.texts("clients", lang), found.rows
    if rows.empty:
        st.html(f'<p class="st st-sentence">{text("no_clients")}</p>')
        return
    poor = rows["health"] < declared.health().low
    on = language.day(found.now - pd.Timedelta(days=1), lang, year=True)
    said = [text("sentence", n=len(rows), day=on)]
    revenue = language.money(float(rows.loc[poor, "revenue_12m"].sum()), layout.currency(), lang)
    if rows["health"].isna().all():
        said.append(text("sentence_no_health"))
    elif poor.any():
        said.append(text("sentence_poor", n=int(poor.sum()), revenue=revenue))
    else:
        said.append(text("sentence_poor_none"))
    if len(found.silent):
        said.append(text("sentence_silent", n=len(found.silent)))
    if found.silent_left:
        said.append(text("silent_left", n=found.silent_left))
    more = []
    if 0 < (unknown := int(rows["health"].isna().sum())) < len(rows):
        more.append(text("sentence_unknown", n=unknown))
    if found.closed:
        more.append(text("left", n=found.closed))
    if view.stage:
        more.append(text("ignores_stage"))
    st.html(
        f'<p class="st st-sentence">{" ".join(said)}</p>'
        + (f'<p class="st muted">{" ".join(more)}</p>' if more else "")
    )


def ordered(rows: pd.DataFrame, sort: str) -> pd.DataFrame:
    """The clients in the order asked for; what is not known comes last, equals by revenue."""
    stake = rows["revenue_12m"] * (100 - rows["health"]) / 100
    kept = rows["promises"].where(rows["promises_n"] >= declared.health().measures["promises"].minimum_n)
    trend = rows["trend"].where(rows["trend_n"] >= declared.health().measures["trend"].minimum_n)
    heard = (rows["as_of"] - rows["answered_at"]).dt.days.astype(float)
    heard = heard.where(heard.notna() | rows["invited_at"].isna(), np.inf)  # asked, and never answered
    key = {
        "health": rows["health"], "stake": -stake, "revenue": -rows["revenue_12m"], "trend": trend, "promises": kept,
        "late": -rows["overdue"].astype(float), "silence": -heard,
    }[sort]  # fmt: skip
    order = pd.DataFrame({"key": key, "revenue": -rows["revenue_12m"].fillna(0.0), "id": rows["client_id"]})
    return rows.loc[order.sort_values(["key", "revenue", "id"], na_position="last").index]


def matching(rows: pd.DataFrame, said: str, cell: str, meant: Collection[str] = ()) -> pd.DataFrame:
    """The clients whose name, number or segment holds what is searched for, in the cell that is chosen.

    `meant`: those whose name sounds like it, or whose number looks like it.
    """
    if cell:
        rows = rows[questions.cells(rows) == cell]
    if said:
        words = said.lower()
        held = rows[["client_id", "name", "segment"]].agg(" ".join, axis=1).str.lower()
        rows = rows[held.str.contains(words, regex=False) | rows["client_id"].isin(meant)]
    return rows


def _health(one: pd.Series, text: Texts) -> str:
    if pd.isna(one["health"]):
        return f'<span class="muted">{text("unknown")}</span>'
    level = standing.word(one["health"], language.texts("journey", text.lang))
    before = ""
    if not pd.isna(one["health_before"]):
        value = language.number(one["health_before"], text.lang)
        before = f' <span class="muted">{text("change", value=value)}</span>'
    return f"<b>{language.number(one['health'], text.lang)}</b> {level}{before}"


def _nps(one: pd.Series, text: Texts) -> str:
    if not one["answers_n"]:
        return f'<span class="muted">{text("none")}</span>'
    low, high = (language.number(one[f"answers_{end}"], text.lang) for end in ("low", "high"))
    between = language.texts("units", text.lang)("between", low=low, high=high)
    return text("nps_cell", value=language.number(one["answers"], text.lang), between=between, n=int(one["answers_n"]))


def _csat(one: pd.Series, text: Texts) -> str:
    if not one["csats"]:
        return f'<span class="muted">{text("none")}</span>'
    return text("csat_cell", hits=language.number(one["satisfied"], text.lang), n=int(one["csats"]))


def _promises(one: pd.Series, text: Texts) -> str:
    """How many were kept, and how late the broken ones were."""
    if not one["due"]:
        return f'<span class="muted">{text("none")}</span>'
    kept, due = int(one["kept"]), int(one["due"])
    said = text("promises_cell", kept=kept, due=due)
    if kept == due:
        return said
    days = language.number(one["days_late"] / (due - kept), text.lang, 1)
    return f'{said}, <span class="muted">{text("late_cell", n=due - kept, days=days)}</span>'


def _trend(one: pd.Series, text: Texts) -> str:
    if pd.isna(one["trend"]) or one["trend_n"] < declared.health().measures["trend"].minimum_n:
        return f'<span class="muted">{text("few_orders")}</span>'
    if not one["trend_is_real"]:
        return f'<span class="muted">{text("trend_noise")}</span>'
    return standing.percent(one["change"], text.lang, signed=True) if not pd.isna(one["change"]) else text("trend_new")


def _money(one: pd.Series, text: Texts) -> str:
    revenue = one["revenue_12m"]
    return text("none") if pd.isna(revenue) else language.money(revenue, layout.currency(), text.lang)


def _row(one: pd.Series, names: Sequence[str], text: Texts) -> str:
    """A client as a row with these of the columns after its name."""
    lang = text.lang
    reason = "" if pd.isna(one["reason"]) else declared.health().measures[str(one["reason"])].label[lang]
    money = _money(one, text)
    open_cases = text(
        "open_cell", open=language.number(one["open_cases"], lang), overdue=language.number(one["overdue"], lang)
    )
    cells = {
        "health": _health(one, text), "reason": escape(reason), "revenue": money, "trend": _trend(one, text),
        "nps": _nps(one, text), "csat_half": _csat(one, text), "promises": _promises(one, text), "open": open_cases,
        "heard": day(one["answered_at"], lang),
    }  # fmt: skip
    link = escape(journey.link(str(one["client_id"])))
    name = f'<a href="{link}"><b>{escape(str(one["name"]))}</b></a>'
    head = f'<th scope="row">{name}<br><span class="muted">{escape(str(one["segment"]))}</span></th>'
    told = ((text(name), f"<span>{cells[name]}</span>" if cells[name] else "") for name in names)
    drawn = "".join(f'<td data-column="{escape(label)}">{cell}</td>' for label, cell in told)  # one without is no line
    return f"<tr>{head}{drawn}</tr>"


def shown(rows: pd.DataFrame) -> list[str]:
    """The columns of the list that at least one of these clients has a fact for."""
    return [name for name in SHOWN if name not in FACTS or rows[FACTS[name]].notna().any()]


def frame(rows: pd.DataFrame, text: Texts) -> pd.DataFrame:
    """The clients as rows to take away."""
    labels = {name: one.label[text.lang] for name, one in declared.health().measures.items()}
    broken = (rows["due"] - rows["kept"]).astype(float)
    return rows.assign(
        reason=[None if pd.isna(one) else labels[str(one)] for one in rows["reason"]],
        nps_shown=rows["answers"], csat=rows["cases"], promised=rows["kept"] / rows["due"].where(rows["due"] > 0),
        late=rows["days_late"] / broken.where(broken > 0),
    )  # fmt: skip


def columns(text: Texts) -> tuple[Column, ...]:
    """The columns of `frame`."""
    return (
        Column("client_id", text("number")), Column("name", text("client")), Column("segment", text("segment")),
        Column("health", text("health"), "number", 0), Column("reason", text("reason")),
        Column("revenue_12m", text("revenue"), "money"), Column("change", text("trend"), "share", 0),
        Column("trend", text("trend_drawn"), "share", 0),
        Column("nps_shown", text("nps"), "number", 0), Column("answers_low", text("nps_low"), "number", 0),
        Column("answers_high", text("nps_high"), "number", 0), Column("answers_n", text("nps_n"), "count"),
        Column("nps", text("last_nps"), "count"), Column("csat", text("csat"), "share", 0),
        Column("csats", text("csats"), "count"), Column("promised", text("promises"), "share", 0),
        Column("kept", text("kept"), "count"), Column("due", text("due"), "count"),
        Column("open_cases", text("open"), "count"), Column("overdue", text("overdue"), "count"),
        Column("late", text("days_late"), "number"), Column("answered_at", text("heard"), "day"),
        Column("contacted_at", text("contact"), "day"), Column("attractiveness", text("attractiveness"), "number", 0),
        Column("relationship", text("relationship"), "number", 0),
    )  # fmt: skip


def cell_name(cell: str, text: Texts) -> str:
    """A cell of the matrix in words."""
    attractiveness, _, relationship = cell.partition("-")
    return text(
        "cell_name", attractiveness=text(f"level_{attractiveness}"), relationship=text(f"relation_{relationship}")
    )


def chosen_cell() -> str:
    """The cell of the matrix that the address asks for, or ''."""
    asked = filters.chosen("cell")
    return asked if asked in {f"{a}-{r}" for a in LEVELS for r in LEVELS} else ""


def drop_cell() -> None:
    """All cells again."""
    for key in ("cell", "page"):
        st.query_params.pop(key, None)


def _pager(page: int, n: int, text: Texts) -> None:
    last = min(n, page * ON_A_PAGE)
    numbers = [language.number(one, text.lang) for one in ((page - 1) * ON_A_PAGE + 1, last, n)]
    said = text("shown", first=numbers[0], last=numbers[1], all=numbers[2])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("◀", key="before", help=text("before"), disabled=page == 1, on_click=filters.turn, args=(page - 1,))
        st.html(f'<p class="st muted">{said}</p>', width="content")
        st.button("▶", key="after", help=text("after"), disabled=last >= n, on_click=filters.turn, args=(page + 1,))


def listing(found: Clients, view: View, lang: Lang) -> None:
    """The list itself."""
    text = language.texts("clients", lang)
    if found.rows.empty:
        return
    asked = filters.chosen("sort")
    sort, cell = asked if asked in SORTS else "health", chosen_cell()
    with panel("clients", text("list"), lang, text("list_note")) as here:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            said = filters.words("q", text("search"), text("search_hint"))
            filters.box("sort", text("sort"), SORTS, sort, lambda one: text(f"sort_{one}"))
        if cell:
            label = text("in_cell", cell=cell_name(cell, text))
            st.button(f"{label}\u2002✕", key="drop_cell", help=text("all_cells"), on_click=drop_cell)
        if sort == "stake":
            here.words(text("sort_note"))
        meant = fetch.asked(finding.meant, view, said) if said else ()
        rows = ordered(matching(found.rows, said, cell, meant), sort)
        if rows.empty:
            here.words(text("found_none"))
            return
        number = filters.chosen("page")
        pages = -(-len(rows) // ON_A_PAGE)
        page = min(max(1, int(number) if number.isdecimal() and len(number) < 7 else 1), pages)
        some = rows.iloc[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
        names = shown(found.rows)
        head = "".join(f'<th scope="col">{text(name)}</th>' for name in ("client", *names))
        body = "".join(_row(one, names, text) for _, one in some.iterrows())
        st.html(f'<table class="st st-metrics"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')
        here.takes(frame(some, text), columns(text), whole=lambda: frame(rows, text), of=len(rows))
        if pages > 1:
            _pager(page, len(rows), text)


def found(view: View) -> Clients:
    """The clients of a view; the next that a reader opens is the journey of one."""
    asked = fetch.asked(questions.clients, view)
    journey.make_ready()
    return asked
