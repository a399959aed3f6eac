"""The catalogue: every declared metric, read from catalogue/*.toml and refused when anything in it is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from data import contract
from data.errors import DeclarationError, StrataError, nearest
from metrics import formula
from metrics.declare import (
    CLIENT_DIMENSIONS,
    DIMENSIONS,
    INTERVALS,
    LAYERS,
    STATE,
    TIME_DIMENSIONS,
    UNITS,
    Example,
    Layer,
    Metric,
    State,
)

CATALOGUE = Path(__file__).parent / "catalogue"
MODELS = Path(__file__).parent / "models"
TEXTS, TEXT, WORDS, NUMBER = "a text in each of en and ru", "text", "a list of words", "a number"
ENDS = "two numbers, the lower first"
REQUIRED = {
    "label": TEXTS,
    "about": TEXTS,
    "counted": TEXT,
    "model": TEXT,
    "at": TEXT,
    "states": "name = aggregate",
    "value": TEXT,
    "unit": TEXT,
    "better": TEXT,
    "interval": TEXT,
    "by": WORDS,
    "example": "given = [rows], expect = value",
}
OPTIONAL = {
    "where": TEXT,
    "minimum_n": NUMBER,
    "short": TEXTS,
    "note": TEXTS,
    "quantile": NUMBER,
    "digits": NUMBER,
    "target": NUMBER,
    "weigh": "true or false",
    "signed": "true or false",
    "monthly": "true or false",
    "level": "true or false",
    "scale": ENDS,
}
LAYER = {"label": TEXTS, "question": TEXTS, "headline": WORDS, "tiles": WORDS, "tables": WORDS}
LANGUAGES = ("en", "ru")
MINIMUM_N = 5


def _refuse(place: str, found: str, allowed: str) -> DeclarationError:
    return DeclarationError(
        "catalogue", place=place, found=found, allowed=allowed,
        do="Correct the declaration", state="no metric was loaded",
    )  # fmt: skip


def _one_of(place: str, word: str, words: Iterable[str]) -> None:
    known = tuple(words)
    if word not in known:
        raise _refuse(place, f'"{word}"{nearest(word, known)}', ", ".join(known))


def _is(kind: str, said: Any) -> bool:
    match kind:
        case "text":
            return isinstance(said, str) and bool(said.strip())
        case "a number":
            return isinstance(said, int | float) and not isinstance(said, bool)
        case "true or false":
            return isinstance(said, bool)
        case "a list of words":
            return isinstance(said, list) and all(isinstance(word, str) for word in said)
        case "two numbers, the lower first":
            return isinstance(said, list) and [_is(NUMBER, end) for end in said] == [True, True] and said[0] < said[1]
        case _:
            return isinstance(said, dict)


def _shaped(place: str, said: Any, required: Mapping[str, str], optional: Mapping[str, str]) -> None:
    """Refuse what has an unknown key, lacks one, or has a value of another kind than the key asks for."""
    kinds = {**required, **optional}
    if not isinstance(said, dict):
        raise _refuse(place, f'"{said}"', f"[{place.rpartition(', ')[2]}] with {', '.join(required)}")
    for key in said:
        _one_of(f"{place}, {key}", key, kinds)
    for key in required:
        if key not in said:
            raise _refuse(place, f'no "{key}"{nearest(key, said)}', ", ".join(required))
    for key, value in said.items():
        if kinds[key] == TEXTS:
            _shaped(f"{place}, {key}", value, dict.fromkeys(LANGUAGES, TEXT), {})
        elif not _is(kinds[key], value):
            raise _refuse(f"{place}, {key}", f'"{value}"', kinds[key])


def _is_balanced(sql: str) -> bool:
    depth = 0
    for sign in sql:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0


def _states(place: str, said: dict[str, Any], interval: str) -> dict[str, State]:
    states = {}
    for name, sql in said.items():
        form = STATE.fullmatch(sql.strip()) if isinstance(sql, str) else None
        if form is None or not _is_balanced(form["of"]) or not _is_balanced(form["where"] or ""):
            raise _refuse(
                f"{place}, {name}",
                f'"{sql}"',
                "one count(...), sum(...), min(...), max(...) or bins(...), with a filter",
            )
        if (form["fold"] == "bins") != (interval == "quantile" and name == "bins"):
            raise _refuse(
                f"{place}, {name}", f'"{sql}"', "bins(...) as the state bins of interval quantile, and only there"
            )
        states[name] = State(name, form["fold"], form["of"], form["where"] or "")
    for needed in INTERVALS[interval]:
        if needed not in states:
            allowed = f"{', '.join(INTERVALS[interval])} for interval {interval}"
            raise _refuse(place, f'no "{needed}"{nearest(needed, states)}', allowed)
    return states


def _value(place: str, said: str, states: Iterable[str], interval: str) -> None:
    if interval == "quantile":
        _one_of(place, said, ("quantile",))
        return
    try:
        used = formula.names(said)
    except ValueError as part:
        raise _refuse(place, f'"{part}"', "+ - * / ( ) min max sqrt and names of states") from None
    for state in sorted(used):
        _one_of(place, state, states)


def _example(place: str, said: dict[str, Any]) -> Example:
    for key in said:
        _one_of(f"{place}, {key}", key, ("given", "expect"))
    for key in ("given", "expect"):
        if key not in said:
            raise _refuse(place, f'no "{key}"', "given = [rows], expect = value")
    given, expect = said["given"], said["expect"]
    if not isinstance(given, list) or not given or not all(isinstance(row, dict) for row in given):
        raise _refuse(f"{place}, given", f'"{given}"', "a list of rows, each with columns of the model")
    if expect == "no value":
        return Example(tuple(given), None)
    if not _is(NUMBER, expect):
        raise _refuse(f"{place}, expect", f'"{expect}"', 'a number or "no value"')
    return Example(tuple(given), float(str(expect)))


def _metric(file: str, layer: str, name: str, said: Any) -> Metric:
    place = f"{file}, {name}"
    _shaped(place, said, REQUIRED, OPTIONAL)
    _one_of(f"{place}, model", said["model"], models())
    _one_of(f"{place}, unit", said["unit"], UNITS)
    _one_of(f"{place}, better", said["better"], ("up", "down", "none"))
    _one_of(f"{place}, interval", said["interval"], INTERVALS)
    for dimension in said["by"]:
        _one_of(f"{place}, by", dimension, DIMENSIONS)
    if said.get("level", False) and (said["at"] != "period" or said["interval"] == "total"):
        found, allowed = f'at "{said["at"]}", interval "{said["interval"]}"', 'at "period" and no total'
        raise _refuse(f"{place}, level", found, f"{allowed}: a level is what stands at the end of a period")
    if ("scale" in said) != (said["unit"] == "score"):
        found = f'unit "{said["unit"]}" {"with" if "scale" in said else "without"} a scale'
        raise _refuse(f"{place}, scale", found, "scale = [lowest, highest] where the unit is score, and only there")
    states = _states(f"{place}, states", said["states"], said["interval"])
    _value(f"{place}, value", said["value"], states, said["interval"])
    return Metric(
        id=name,
        layer=layer,
        label=said["label"],
        about=said["about"],
        model=said["model"],
        at=said["at"],
        states=states,
        value=said["value"],
        unit=said["unit"],
        better=said["better"],
        interval=said["interval"],
        by=tuple(said["by"]),
        minimum_n=said.get("minimum_n", MINIMUM_N),
        example=_example(f"{place}, example", said["example"]),
        where=said.get("where", ""),
        short=said.get("short", said["label"]),
        note=said.get("note", {}),
        quantile=said.get("quantile", 0.5),
        digits=said.get("digits"),
        counted=said["counted"],
        is_weighed=said.get("weigh", False),
        is_signed=said.get("signed", False),
        is_monthly=said.get("monthly", False),
        is_level=said.get("level", False),
        scale=tuple(said["scale"]) if "scale" in said else None,
        target=said.get("target"),
    )


def read(path: Path) -> tuple[Layer, dict[str, Metric]]:
    """One layer's file. Raises: DeclarationError naming file, metric, key and the nearest right word."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise _refuse(path.name, str(problem), "TOML") from None
    _one_of(path.name, path.stem, LAYERS)
    about = said.pop("layer", None)
    if about is None:
        raise _refuse(path.name, f'no "layer"{nearest("layer", said)}', f"[layer] with {', '.join(LAYER)}")
    _shaped(f"{path.name}, layer", about, LAYER, {})
    metrics = {name: _metric(path.name, path.stem, name, facts) for name, facts in said.items()}
    for key, known in (("headline", metrics), ("tiles", metrics), ("tables", contract.tables())):
        for name in about[key]:
            _one_of(f"{path.name}, layer, {key}", name, known)
    layer = Layer(
        id=path.stem,
        label=about["label"],
        question=about["question"],
        headline=tuple(about["headline"]),
        tiles=tuple(about["tiles"]),
        tables=tuple(about["tables"]),
        metrics=tuple(metrics),
    )
    return layer, metrics


@cache
def models() -> tuple[str, ...]:
    """The names of the models: the relations that metrics stand on."""
    return tuple(sorted(path.stem for path in MODELS.glob("*.sql")))


@cache
def model_sql(name: str) -> str:
    """The SQL of one model."""
    return (MODELS / f"{name}.sql").read_text(encoding="utf-8")


@cache
def layers() -> dict[str, Layer]:
    """The four layers in their order."""
    return {layer: read(CATALOGUE / f"{layer}.toml")[0] for layer in LAYERS}


@cache
def catalogue() -> dict[str, Metric]:
    """Every metric by its id, in the order of the layers. Raises: DeclarationError when one is wrong."""
    found: dict[str, Metric] = {}
    for layer in LAYERS:
        for name, metric in read(CATALOGUE / f"{layer}.toml")[1].items():
            if name in found:
                raise _refuse(f"{layer}.toml, {name}", f"also declared in {found[name].layer}.toml", "one declaration")
            found[name] = metric
    return found


def metric(name: str) -> Metric:
    """The metric called `name`. Raises: StrataError with the nearest right word when there is none."""
    if name not in catalogue():
        raise StrataError(
            "unknown_metric",
            place="metric",
            found=f'"{name}"{nearest(name, catalogue())}',
            allowed=f"one of the {len(catalogue())} that python -m metrics list shows",
            do="Correct the name",
            state="nothing was computed",
        )
    return catalogue()[name]


def dimensions(asked: Metric) -> tuple[str, ...]:
    """What a metric can be filtered by, beyond time: its declared splits."""
    return tuple(name for name in asked.by if name not in TIME_DIMENSIONS)


def of_clients(dimension: str) -> bool:
    """Whether a dimension belongs to the client rather than to the row."""
    return dimension in CLIENT_DIMENSIONS
