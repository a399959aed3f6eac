"""Why a row was rejected, in the reader's words: no reason that a check can give is left without them."""

from __future__ import annotations

import re

import pytest
from company import Company, rows

from data import contract, quality, reasons
from data.check import _failures
from ui import language
from ui.quality import reason

RUSSIAN = language.texts("quality", "ru")
ENGLISH = language.texts("quality", "en")
FACTS = {
    "allowed": "open, paid", "limit": "0", "first": "1900", "last": "2199", "table": "clients",
    "columns": "employee_id, skill", "row": "7", "expected": "3", "found": "2",
}  # fmt: skip


@pytest.mark.parametrize("code", reasons.FORMS)
def test_a_reason_is_read_back_as_it_was_written(code: str) -> None:
    """From the words in the lake its code and facts come back, each fact whole."""
    wanted = {name: FACTS[name] for name in re.findall(r"{(\w+)}", reasons.FORMS[code])}

    assert reasons.read(reasons.written(code, **FACTS)) == (code, wanted)


def test_every_check_gives_a_reason_that_can_be_told_in_russian() -> None:
    """Each way in which a cell of any table can be wrong, and each rule of a table, has Russian words of its own."""
    for table in contract.tables().values():
        given = [why for column in table.columns.values() for _, why in _failures(column)]
        for why in [*given, *(rule.reason["en"] for rule in table.rules)]:
            said = reason(table.name, why, RUSSIAN)
            assert re.search("[а-яё]", said), (table.name, why)
            assert reason(table.name, why, ENGLISH) == why


def test_the_facts_of_a_reason_stand_in_the_readers_words() -> None:
    """The table that a row refers to by its name, the row that it repeats by its number."""
    assert reason("orders", "no such row in clients", RUSSIAN) == "такой строки нет в таблице «Клиенты»"
    assert reason("cases", "the same case_id as in row 17", RUSSIAN) == "повторяет case_id из строки 17"
    assert reason("orders", "not one of open, fulfilled", RUSSIAN) == "не из списка: open, fulfilled"


def test_a_rule_speaks_only_for_its_own_table() -> None:
    """The same words over another table are none of its rules, and stay as they were written down."""
    said = "closed before it was opened"

    assert reason("cases", said, RUSSIAN) == "закрыта раньше, чем открыта"
    assert reason("orders", said, RUSSIAN) == said


def test_what_the_lake_keeps_is_english_and_broken_lines_are_told_too(company: Company) -> None:
    """A build stores its reasons in one language; lines that are no rows of their export have a reason as well."""
    company.export_all(orders=rows("orders", amount="many"))
    company.write("cities.csv", b'a,b\n1,2\n1,2,3\n1\n"x"y,2\n1,\xff\n1,\xc3\xa9\n')
    company.build()
    stored = list(quality.rejects(company.store(), "raw.cities")["reason"])

    assert list(quality.rejects(company.store(), "orders")["reason"]) == ["not an amount"]
    assert [reason("raw.cities", why, RUSSIAN) for why in stored] == [
        "столбцов 3, а в первой строке их 2",
        "столбцов 1, а в первой строке их 2",
        "кавычка не на своём месте",
        "символы не в кодировке UTF-8",
    ]
