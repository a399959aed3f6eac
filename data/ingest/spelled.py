"""Dates whose month is spelled out, in Russian or English: "3 ноября 2026", "Nov 3, 2026 10:15 AM", "03-Nov-26".

Nothing about them is ambiguous: the month says which of the numbers is the day.
"""

# ruff: noqa: RUF001 - Russian words
from __future__ import annotations

import re

ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
RUSSIAN = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?|янв(?:ар[ья])?|фев(?:р(?:ал[ья])?)?|мар(?:та?)?|апр(?:ел[ья])?|ма[йя]|июн[ья]?|июл[ья]?|"
    "авг(?:уста?)?|сен(?:т(?:ябр[ья])?)?|окт(?:ябр[ья])?|ноя(?:б(?:р[ья])?)?|дек(?:абр[ья])?"
)
CLOCK = r"(?:,? (?:(?:at|в) )?(\d{1,2}:\d{2}(?::\d{2})?)(?: ?([ap]m))?)?"
DAY_FIRST = (
    rf"(\d{{1,2}})(?:st|nd|rd|th)?[ ./-]{{1,2}}({MONTH})\.?,?[ ./-]{{1,2}}(\d{{4}}|\d{{2}})(?: ?г(?:ода|\.)?)?{CLOCK}"
)
MONTH_FIRST = rf"({MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){CLOCK}"
READ = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p")


def day(said: str) -> tuple[int, int, int] | None:
    """Year, month and day that a text without a zone says; None where it says none. There may be no such day."""
    low = said.lower()
    if found := re.fullmatch(DAY_FIRST, low):
        number, month, year = found[1], found[2], found[3]
    elif found := re.fullmatch(MONTH_FIRST, low):
        month, number, year = found[1], found[2], found[3]
    else:
        return None
    known = ENGLISH if month.isascii() else RUSSIAN
    return int(year) + (2000 if len(year) == 2 else 0), known.index(month[:3].replace("май", "мая")) + 1, int(number)


def sql(text: str) -> str:
    """What the clock on the wall showed, null where a text says no such date."""
    low = f"lower({text})"
    months = ", ".join(f"'{name}'" for name in (*ENGLISH, *RUSSIAN))
    names = {
        DAY_FIRST: "['day', 'month', 'year', 'time', 'half']",
        MONTH_FIRST: "['month', 'day', 'year', 'time', 'half']",
    }
    first, other = (f"regexp_extract({low}, '^{form}$', {parts})" for form, parts in names.items())
    found = f"case when ascii({text}) between 48 and 57 then {first} else {other} end"
    month = f"(list_position([{months}], replace(left(said.month, 3), 'май', 'мая')) - 1) % 12 + 1"
    year = "case when length(said.year) = 2 then '20' || said.year else said.year end"
    clock, half = (f"if(said.{part} = '', '', ' ' || said.{part})" for part in ("time", "half"))
    whole = f"concat({year}, '-', {month}, '-', said.day, {clock}, {half})"
    formats = ", ".join(f"'{one}'" for one in READ)
    return f"list_transform([{found}], said -> try_strptime({whole}, [{formats}]))[1]"
