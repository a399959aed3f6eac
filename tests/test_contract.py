"""The contract: eleven tables whose declarations are whole, and wrong declarations named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from company import ROWS

from data import contract
from data.errors import DeclarationError

THING = """
label = { en = "Things", ru = "Вещи" }
one_row_per = { en = "thing", ru = "вещь" }
layer = "satisfaction"
key = "thing_id"
event = "seen_at"

[columns.thing_id]
type = "text"
required = true
about = { en = "id of the thing", ru = "номер вещи" }

[columns.seen_at]
type = "instant"
required = true
about = { en = "when it was seen", ru = "когда видели" }
"""


def test_contract_has_eleven_tables():
    """The eleven tables of the design, no more and no fewer, each in a file of its own."""
    files = {path.stem for path in contract.FOLDER.glob("*.toml")}

    assert set(contract.tables()) == files == set(ROWS)
    assert len(files) == 11


def test_tables_come_after_those_they_need():
    """A table that means nothing without another one is checked after it."""
    order = list(contract.tables())
    for table in contract.tables().values():
        for column in table.columns.values():
            if column.references and column.required:
                assert order.index(column.references) < order.index(table.name), (table.name, column.name)


@pytest.mark.parametrize("table", contract.tables().values(), ids=lambda table: table.name)
def test_every_column_says_what_it_is(table):
    """Each table says what one row is, and each column has a type and a few words about it."""
    assert table.label.keys() == table.one_row_per.keys() == set(contract.LANGUAGES)
    assert table.layer in {"satisfaction", "transactional", "operational", "employee"}
    for column in table.stored.values():
        assert column.type in contract.SQL_TYPES
        assert all(len(column.about[lang]) > 5 for lang in contract.LANGUAGES)
        assert re.search("[а-яё]", column.about["ru"])
        assert not re.search("[а-яё]", column.about["en"])
        if column.type == "money":
            assert column.unit == "currency"
    for name in table.key:
        assert table.columns[name].required


@pytest.mark.parametrize("table", contract.tables().values(), ids=lambda table: table.name)
def test_names_of_columns_tell_their_types(table):
    """Instants end in _at, dates in _on; the bare `at` of a contact is the one exception."""
    for column in table.stored.values():
        assert (column.type == "instant") == (column.name == "at" or column.name.endswith("_at"))
        assert (column.type == "date") == column.name.endswith("_on")


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("required = true", "requierd = true", 'thing.toml, thing_id: found "requierd" (did you mean required?)'),
        ('type = "instant"', 'type = "instnt"', 'thing.toml, seen_at, type: found "instnt" (did you mean instant?)'),
        ('type = "instant"', "", 'thing.toml, seen_at, type: found "None"'),
        ('event = "seen_at"', 'event = "seen_at"\nnews = "paid_on"', 'thing.toml: found "paid_on"'),
        ('about = { en = "when it was seen", ru = "когда видели" }', "", "thing.toml, seen_at, about: found nothing"),
        (', ru = "когда видели"', "", 'thing.toml, seen_at, about: found no "ru", allowed both languages'),
        ('ru = "когда видели"', 'ru = " "', 'thing.toml, seen_at, about: found no "ru"'),
        ('{ en = "Things", ru = "Вещи" }', '"Things"', 'thing.toml, label: found "Things", allowed both languages'),
        ('en = "thing", ', "", 'thing.toml, one_row_per: found no "en"'),
        ('en = "Things"', 'eng = "Things"', 'thing.toml, label: found "eng" (did you mean en?)'),
        ('key = "thing_id"', 'key = "think_id"', 'thing.toml: found "think_id" (did you mean thing_id?)'),
        ('layer = "satis', 'layr = "x"\nlayer = "satis', 'thing.toml: found "layr" (did you mean layer?)'),
        ('about = { en = "id', 'references = "client"\nabout = { en = "id', 'found "client" (did you mean clients?)'),
        (
            "[columns.seen_at]",
            '[[rules]]\ncolumn = "seen"\nholds = ""\nreason = ""\n[columns.seen_at]',
            'rules, reason: found ""',
        ),
        (
            "[columns.seen_at]",
            '[[rules]]\ncolumn = "seen"\nholds = ""\nreason = { en = "x", ru = "ы" }\n[columns.seen_at]',
            'found "seen"',
        ),
        ("[columns.seen_at]", '[[rules]]\nhold = ""\n[columns.seen_at]', 'rules: found "hold" (did you mean holds?)'),
    ],
)
def test_wrong_declaration_is_refused_by_name(tmp_path: Path, was: str, becomes: str, said: str):
    """A slip in a declaration is named with its file, table or column and the nearest right word."""
    file = tmp_path / "thing.toml"
    file.write_text(THING.replace(was, becomes, 1), encoding="utf-8")

    with pytest.raises(DeclarationError) as refused:
        contract.read(file)

    assert said in str(refused.value)
    assert "allowed " in str(refused.value)


def test_right_declaration_is_read(tmp_path: Path):
    """The declaration that the wrong ones are made from is itself right."""
    (tmp_path / "thing.toml").write_text(THING, encoding="utf-8")

    table = contract.read(tmp_path / "thing.toml")

    assert (table.name, table.key, table.sorted_by) == ("thing", ("thing_id",), "thing_id")
    assert table.columns["seen_at"].sql_type == "timestamp"
