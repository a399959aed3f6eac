"""The mapping of a company's exports: found by name, and when it is wrong, said in the house form."""

from __future__ import annotations

import pytest
from company import ROWS, Company

from data.errors import BuildError

PEOPLE = "nr;firma;gruppe\n007;Eins;Klein\n008;Zwei;Groß\n"
SCORES = "id;kunde;note;wann\n1;007;9;2026-01-15T10:00:00\n2;008;3;2026-02-15T10:00:00\n"
CLIENTS_SQL = "select nr as client_id, firma as name, gruppe as segment from raw.kunden"
ANSWERS_SQL = """-- One row per score.
select
    scores.id as answer_id,
    scores.kunde as client_id,
    'year' as survey,
    'nps' as instrument,
    scores.note as score,
    scores.wann as answered_at
from raw.scores;
"""


@pytest.fixture
def mapped(company: Company) -> Company:
    """A company whose own names and delimiters differ from the contract in everything."""
    company.write("Kunden.csv", PEOPLE)
    company.write("scores.csv", SCORES)
    company.map(clients=CLIENTS_SQL, answers=ANSWERS_SQL)
    return company


def refusal(company: Company) -> str:
    with pytest.raises(BuildError) as refused:
        company.build()
    assert str(refused.value).endswith("the lake is as it was.")
    return str(refused.value)


def test_mapping_gives_the_tables(mapped):
    """Plain SQL over the exports is the whole adapter; leading zeros of ids stay."""
    made = mapped.build()

    assert {name: counts.kept for name, counts in made.tables.items()} == {"clients": 2, "answers": 2}
    joined = "select client_id, name, segment, score from answers join clients using (client_id) order by all"
    assert mapped.ask(joined) == [("007", "Eins", "Klein", 9), ("008", "Zwei", "Groß", 3)]


def test_mapping_comes_before_an_export_of_the_same_name(mapped):
    """Where a table has SQL, an export that bears its name is only what the SQL reads."""
    mapped.write("clients.csv", "nr,firma,gruppe\n007,Eins,Klein\n")
    mapped.map(clients=CLIENTS_SQL.replace("raw.kunden", "raw.clients"))

    assert mapped.build().tables["clients"].kept == 1


def test_exports_in_the_shape_of_the_contract_need_no_mapping(company):
    """A folder with clients.csv and answers.csv and a source.toml of three lines makes a lake."""
    company.export(clients=ROWS["clients"], answers=ROWS["answers"])

    assert company.run() == 0
    assert company.ask("select count(*) from answers") == [(2,)]
    assert company.ask("select count(*) from orders") == [(0,)]


@pytest.mark.parametrize("table", ["clients", "answers"])
def test_clients_and_answers_are_needed(company, table):
    """Without clients or answers there is nothing to measure: the build says what to add."""
    company.export(**{name: given for name, given in ROWS.items() if name != table})

    assert refusal(company).startswith(
        f"acme: found neither {table}.sql nor an export named {table}, allowed clients and answers at least. "
        f"Write {table}.sql, or add {table}.csv in the shape of the contract"
    )


@pytest.mark.parametrize(
    ("table", "sql", "said"),
    [
        ("clients", CLIENTS_SQL.replace("nr as", "nummer as"), 'acme/clients.sql: found no column "nummer" in the'),
        ("clients", CLIENTS_SQL.replace("nr as", "nummer as"), '"nr"'),
        ("clients", CLIENTS_SQL.replace("raw.kunden", "raw.clienten"), 'acme/clients.sql: found no export "clienten"'),
        ("clients", CLIENTS_SQL.replace("raw.kunden", "raw.clienten"), "allowed raw.kunden, raw.scores"),
        ("clients", CLIENTS_SQL.replace("select", "selekt"), "allowed SQL that DuckDB understands"),
        ("clients", "-- nothing yet\n", "acme/clients.sql: found Parser Error"),
        (
            "clients",
            CLIENTS_SQL + "; drop table raw.scores; select 1",
            "acme/clients.sql: found more than one statement",
        ),
        ("clients", CLIENTS_SQL.replace("as segment", "as segmnt"), 'found column "segmnt" (did you mean segment?)'),
        ("clients", CLIENTS_SQL.replace(", gruppe as segment", ""), "allowed only with segment as well"),
        ("clients", CLIENTS_SQL.replace("nr as", "firma::int as"), "where some do not, try_cast leaves them empty"),
    ],
)
def test_wrong_mapping_is_named(mapped, table, sql, said):
    """A mapping that reads what is not there, or gives what is not wanted, is named with what is there and wanted."""
    mapped.map(**{table: sql})

    assert said in refusal(mapped)


def test_contact_may_be_mapped_to_its_bare_name(mapped):
    """The column `at` of contacts, a word of SQL too, can be given without quotes."""
    columns = "id as contact_id, kunde as client_id, wann as at, 'call' as channel, 'in' as direction"
    mapped.map(contacts=f"select {columns} from raw.scores")

    assert mapped.build().tables["contacts"].kept == 2
    assert mapped.ask('select min("at")::varchar from contacts') == [("2026-01-15 10:00:00",)]


def test_value_of_another_kind_is_a_defect(mapped):
    """A mapping that gives a list where a number is due loses the row with a reason, not the build."""
    mapped.map(answers=ANSWERS_SQL.replace("scores.note", "[scores.note]"))

    assert mapped.build().tables["answers"].rejected == 2
    assert mapped.rejects("answers")[0] == (1, "score", "[9]", "not a whole number")


def test_missing_column_of_an_export_is_named(company):
    """A required column that an export lacks stops the build with the file, what was found and what was expected."""
    company.export(clients=ROWS["clients"], answers=[{"answer_id": "1", "score": "9", "survey": "s"}])

    assert refusal(company) == (
        "export answers: found columns answer_id, score, survey, allowed only with client_id, instrument, answered_at "
        "as well. Give client_id, instrument, answered_at in the export, or write answers.sql; the lake is as it was."
    )


def test_unknown_column_of_an_export_is_named(company):
    """A column the contract does not have is named with the nearest one, not dropped silently."""
    company.export(clients=[row | {"regoin": "X"} for row in ROWS["clients"]], answers=ROWS["answers"])

    assert 'export clients: found column "regoin" (did you mean region?)' in refusal(company)


def test_mapping_that_gives_no_rows_is_an_empty_table(mapped):
    """A mapping may find nothing: the table is empty, the lake is whole."""
    mapped.map(answers=ANSWERS_SQL.replace(";", "\nwhere false"))

    assert mapped.build().tables["answers"].rows_in == 0
    assert mapped.ask("select answer_id, score, answered_at, ym from answers") == []
