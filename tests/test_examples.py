"""A declaration whose SQL, columns or example do not hold is refused before anybody sees its number."""

from dataclasses import replace
from typing import Any

import pytest

from data.errors import DeclarationError
from metrics import examples, load
from metrics.declare import Example, State

CSAT, STAFF, LEAD = (load.catalogue()[name] for name in ("csat", "engagement", "lead_time"))
GIVEN = ({"instrument": "csat", "score": 5}, {"instrument": "csat", "score": 1})


def test_every_example_of_the_catalogue_comes_to_what_it_says() -> None:
    """All metrics, worked on the way that shown numbers take."""
    examples.check()


@pytest.mark.parametrize(
    ("changed", "place", "found"),
    [
        ({"at": "answred_at"}, "satisfaction.toml, csat, at", '"answred_at" (did you mean answered_at?)'),
        ({"by": ("segment", "team")}, "satisfaction.toml, csat, by", '"team"'),
        ({"where": "instrumnt = 'csat'"}, "satisfaction.toml, csat, where", '"instrumnt" (did you mean instrument?)'),
        (
            {"states": CSAT.states | {"hits": State("hits", "count", "*", "scor > 3")}},
            "satisfaction.toml, csat, states, hits",
            '"scor" (did you mean score?)',
        ),
        ({"where": "score like"}, "satisfaction.toml, csat, where", "syntax error"),
        ({"example": Example(GIVEN, 0.75)}, "satisfaction.toml, csat, example", "a value of 0.5"),
        ({"example": Example(GIVEN, None)}, "satisfaction.toml, csat, example", "a value of 0.5"),
        ({"example": Example(GIVEN[:0], 1.0)}, "satisfaction.toml, csat, example", "a value of no value"),
        ({"example": Example(({"points": 5},), 1.0)}, "satisfaction.toml, csat, example, given", '"points"'),
        ({"example": Example(({"score": 4.5},), 1.0)}, "satisfaction.toml, csat, example, given, score", '"4.5"'),
        ({"example": Example(({"score": True},), 1.0)}, "satisfaction.toml, csat, example, given, score", '"True"'),
    ],
)
def test_a_declaration_that_does_not_hold_is_refused(changed: dict[str, Any], place: str, found: str) -> None:
    """The message names file, metric and key, and the column that was probably meant."""
    with pytest.raises(DeclarationError) as refused:
        examples.check([replace(CSAT, **changed)])

    assert refused.value.facts["place"] == place
    assert found in refused.value.facts["found"]


def test_clients_are_reached_only_through_a_client_column() -> None:
    """A metric whose model knows no client cannot be split by segment, unless it is of people."""
    hires = load.catalogue()["early_attrition"]
    examples.check([hires])

    with pytest.raises(DeclarationError, match=r'by: found "client_id"'):
        examples.check([replace(hires, layer="operational", by=("segment",))])


def test_a_model_the_database_does_not_understand_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong table or column in a model is told with the file it stands in."""
    right = load.model_sql("answers")
    monkeypatch.setattr("metrics.compose.model_sql", lambda name: right.replace("survey", "servey"))

    with pytest.raises(DeclarationError, match=r'answers\.sql: found "servey" \(did you mean survey\?\)'):
        examples.check([CSAT])


def test_a_histogram_may_be_one_percent_off_and_no_more() -> None:
    """Medians are read from bins; the example says the true one."""
    examples.check([replace(LEAD, example=Example(({"lead_time": 10.0},), 10.05))])

    with pytest.raises(DeclarationError, match="lead_time, example"):
        examples.check([replace(LEAD, example=Example(({"lead_time": 10.0},), 10.3))])
