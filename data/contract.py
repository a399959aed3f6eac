"""What tables and columns a company's facts must come in: the declarations in contract/*.toml, read and checked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import DeclarationError, nearest

FOLDER = Path(__file__).parent / "contract"

SQL_TYPES = {
    "text": "varchar",
    "integer": "bigint",
    "number": "double",
    "money": "decimal(18, 2)",
    "instant": "timestamp",
    "date": "date",
    "boolean": "boolean",
}
COLUMN_KEYS = {"type", "required", "about", "unit", "allowed", "minimum", "maximum", "references", "past"}
TABLE_KEYS = {"label", "one_row_per", "layer", "key", "event", "news", "columns", "derived", "rules"}
LANGUAGES = ("en", "ru")
# In this order a table's references are loaded before it.
ORDER = (
    "clients", "employees", "orders", "payments", "cases", "steps", "answers", "invitations", "pulse", "skills",
    "contacts",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column. `about`: by language. `past`: what it dates has happened, so it cannot lie in the future."""

    name: str
    type: str
    about: dict[str, str]
    required: bool = False
    unit: str = ""
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    references: str = ""
    past: bool = False

    @property
    def quoted(self) -> str:
        """Its name as SQL reads it, also where the name is a word of SQL."""
        return f'"{self.name}"'

    @property
    def sql_type(self) -> str:
        """The DuckDB type it is stored in."""
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Rule:
    """A condition over one row, in SQL; `reason` says by language what is wrong when it does not hold."""

    column: str
    holds: str
    reason: dict[str, str]


@dataclass(frozen=True)
class Table:
    """One table. `event` is the instant or day that puts a row into its month; tables without one are single files.

    `label`, `one_row_per`: by language. `news`: the column whose latest day says how fresh the table is, where the
    event may lie ahead, as a due date does.
    """

    name: str
    label: dict[str, str]
    one_row_per: dict[str, str]
    layer: str
    key: tuple[str, ...]
    columns: dict[str, Column]
    derived: dict[str, Column]
    rules: tuple[Rule, ...]
    event: str = ""
    news: str = ""

    @property
    def stored(self) -> dict[str, Column]:
        """The columns as they lie in the lake: the given ones, then those the build adds."""
        return self.columns | self.derived

    @property
    def event_sql(self) -> str:
        """The event as SQL takes it: a column, or an expression over columns."""
        return self.columns[self.event].quoted if self.event in self.columns else self.event

    @property
    def sorted_by(self) -> str:
        """The column the rows of a month are sorted by, so that one client's rows lie together."""
        return "client_id" if "client_id" in self.stored else self.key[0]


def _known(place: str, found: dict[str, Any], allowed: set[str]) -> None:
    for key in found.keys() - allowed:
        raise DeclarationError(
            "unknown_key",
            place=place,
            found=f'"{key}"{nearest(key, allowed)}',
            allowed=", ".join(sorted(allowed)),
            do="Correct the declaration",
            state="nothing was read",
        )


def _both(place: str, said: Any) -> dict[str, str]:
    """A text in each language, or a refusal that names the one it lacks."""
    if isinstance(said, dict):
        _known(place, said, set(LANGUAGES))
        lacking = [lang for lang in LANGUAGES if not (isinstance(said.get(lang), str) and said[lang].strip())]
        if not lacking:
            return said
        found = f'no "{lacking[0]}"'
    else:
        found = "nothing" if said is None else f'"{said}"'
    raise DeclarationError(
        "no_text",
        place=place,
        found=found,
        allowed='both languages: { en = "...", ru = "..." }',
        do="Correct the declaration",
        state="nothing was read",
    )


def _columns(place: str, declared: dict[str, dict[str, Any]]) -> dict[str, Column]:
    columns = {}
    for name, facts in declared.items():
        _known(f"{place}, {name}", facts, COLUMN_KEYS)
        if facts.get("type") not in SQL_TYPES:
            raise DeclarationError(
                "unknown_type",
                place=f"{place}, {name}, type",
                found=f'"{facts.get("type")}"{nearest(str(facts.get("type")), SQL_TYPES)}',
                allowed=", ".join(SQL_TYPES),
                do="Correct the declaration",
                state="nothing was read",
            )
        _both(f"{place}, {name}, about", facts.get("about"))
        if "references" in facts:
            _known(f"{place}, {name}, references", {facts["references"]: None}, set(ORDER))
        columns[name] = Column(name=name, **(facts | {"allowed": tuple(facts.get("allowed", ()))}))
    return columns


def read(path: Path) -> Table:
    """One declared table. Raises: DeclarationError when a key, type or column in it is unknown."""
    declared = tomllib.loads(path.read_text(encoding="utf-8"))
    _known(path.name, declared, TABLE_KEYS)
    columns = _columns(path.name, declared["columns"])
    key = tuple(part.strip() for part in declared["key"].split(","))
    for rule in declared.get("rules", ()):
        _known(f"{path.name}, rules", rule, {"column", "holds", "reason"})
        _both(f"{path.name}, rules, reason", rule.get("reason"))
    rules = tuple(Rule(**rule) for rule in declared.get("rules", ()))
    for name in (*key, *(rule.column for rule in rules), *filter(None, [declared.get("news")])):
        _known(path.name, {name: None}, set(columns))
    return Table(
        name=path.stem,
        label=_both(f"{path.name}, label", declared.get("label")),
        one_row_per=_both(f"{path.name}, one_row_per", declared.get("one_row_per")),
        layer=declared["layer"],
        key=key,
        columns=columns,
        derived=_columns(path.name, declared.get("derived", {})),
        rules=rules,
        event=declared.get("event", ""),
        news=declared.get("news", ""),
    )


@cache
def tables() -> dict[str, Table]:
    """The eleven tables by name, each after those it refers to."""
    return {name: read(FOLDER / f"{name}.toml") for name in ORDER}
