"""The catalogue: every declared metric, read from catalogue/*.toml and refused when anything in it is wrong."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import DeclarationError, nearest
from metrics import formula
from metrics.declare import (
    CLIENT_DIMENSIONS,
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
REQUIRED = (
    "label",
    "about",
    "counted",
    "model",
    "at",
    "states",
    "value",
    "unit",
    "better",
    "interval",
    "by",
    "example",
)
OPTIONAL = ("where", "minimum_n", "short", "note", "quantile", "digits", "target", "weigh")
LANGUAGES = ("en", "ru")
MINIMUM_N = 5


def _refuse(place: str, found: str, allowed: str) -> DeclarationError:
    return DeclarationError(
        "catalogue", place=place, found=found, allowed=allowed,
        do="Correct the declaration", state="no metric was loaded",
    )  # fmt: skip


def _one_of(place: str, word: str, words: tuple[str, ...]) -> None:
    if word not in words:
        raise _refuse(place, f'"{word}"{nearest(word, words)}', ", ".join(words))


def _texts(place: str, said: Any) -> dict[Any, str]:
    for lang in LANGUAGES:
        if not isinstance(said, dict) or not said.get(lang):
            raise _refuse(place, f'no text in "{lang}"', "a text in each of en and ru")
    return dict(said)


def _states(place: str, said: dict[str, str]) -> dict[str, State]:
    states = {}
    for name, sql in said.items():
        form = STATE.fullmatch(sql.strip())
        if form is None:
            raise _refuse(
                f"{place}, {name}", f'"{sql}"', "count(...), sum(...), min(...), max(...) or bins(...), with a filter"
            )
        states[name] = State(name, form["fold"], form["of"], form["where"] or "")
    return states


def _metric(file: str, layer: str, name: str, said: dict[str, Any]) -> Metric:
    place = f"{file}, {name}"
    for key in said:
        _one_of(f"{place}, {key}", key, REQUIRED + OPTIONAL)
    for key in REQUIRED:
        if key not in said:
            raise _refuse(place, f'no "{key}"', ", ".join(REQUIRED))
    for key in ("label", "about", "short", "note"):
        if key in said:
            _texts(f"{place}, {key}", said[key])
    _one_of(f"{place}, model", said["model"], models())
    _one_of(f"{place}, unit", said["unit"], UNITS)
    _one_of(f"{place}, better", said["better"], ("up", "down", "none"))
    _one_of(f"{place}, interval", said["interval"], tuple(INTERVALS))
    states = _states(f"{place}, states", said["states"])
    for needed in INTERVALS[said["interval"]]:
        if needed not in states:
            raise _refuse(
                f"{place}, states",
                f'no "{needed}"{nearest(needed, states)}',
                f"{', '.join(INTERVALS[said['interval']])} for interval {said['interval']}",
            )
    if said["interval"] != "quantile":
        try:
            used = formula.names(said["value"])
        except ValueError as part:
            raise _refuse(f"{place}, value", f'"{part}"', "+ - * / ( ) min max sqrt and names of states") from None
        for state in used:
            _one_of(f"{place}, value", state, tuple(states))
    example = said["example"]
    for key in ("given", "expect"):
        if key not in example:
            raise _refuse(f"{place}, example", f'no "{key}"', "given = [rows], expect = value")
    expect = None if example["expect"] == "no value" else float(example["expect"])
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
        example=Example(tuple(example["given"]), expect),
        where=said.get("where", ""),
        short=said.get("short", said["label"]),
        note=said.get("note", {}),
        quantile=said.get("quantile", 0.5),
        digits=said.get("digits"),
        counted=said["counted"],
        is_weighed=said.get("weigh", False),
        target=said.get("target"),
    )


def read(path: Path) -> tuple[Layer, dict[str, Metric]]:
    """One layer's file. Raises: DeclarationError naming file, metric, key and the nearest right word."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise _refuse(path.name, str(problem), "TOML") from None
    _one_of(path.name, path.stem, LAYERS)
    about = said.pop("layer", None)
    if about is None:
        raise _refuse(path.name, 'no "layer"', "[layer] with label, question, headline, tiles, tables")
    metrics = {name: _metric(path.name, path.stem, name, facts) for name, facts in said.items()}
    for key in ("headline", "tiles"):
        for name in about[key]:
            _one_of(f"{path.name}, layer, {key}", name, tuple(metrics))
    layer = Layer(
        id=path.stem,
        label=_texts(f"{path.name}, layer, label", about["label"]),
        question=_texts(f"{path.name}, layer, question", about["question"]),
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
    """The metric called `name`. Raises: DeclarationError with the nearest right word when there is none."""
    _one_of("metric", name, tuple(catalogue()))
    return catalogue()[name]


def dimensions(asked: Metric) -> tuple[str, ...]:
    """What a metric can be filtered by, beyond time: its declared splits."""
    return tuple(name for name in asked.by if name not in TIME_DIMENSIONS)


def of_clients(dimension: str) -> bool:
    """Whether a dimension belongs to the client rather than to the row."""
    return dimension in CLIENT_DIMENSIONS
