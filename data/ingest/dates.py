"""How the dates of a column are written, judged by all of them together, and the SQL that reads them so.

03/04/2025 is the third of April or the fourth of March. One date of the column may settle it (13/04/2025 has no
thirteenth month), or the dots of a language that puts the day first; where nothing does, a person has to say it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data.ingest import spelled
from data.ingest.decisions import Decision, chosen

# kind -> how it is written, for people
KINDS = {
    "iso": "2025-12-31",
    "ymd": "2025/12/31",
    "dmy": "31.12.2025",
    "mdy": "12/31/2025",
    "unix": "1767139200",
    "unix_ms": "1767139200000",
    "serial": "46022.5",
    "spelled": "31 December 2025",
}
CLOCK = r"(?P<time>\d{1,2}:\d{2}(?P<seconds>:\d{2}(?P<fraction>[.,]\d{1,6})?)?)"
ORDERS = {"ymd": ("%Y", "%m", "%d"), "dmy": ("%d", "%m", "%Y"), "mdy": ("%m", "%d", "%Y")}
TIME = rf"(?P<gap> |T|, ){CLOCK}(?P<half> ?[AaPp][Mm])?"
# Names of zones that mean one thing alone, in hours. CST is China's, Cuba's or Chicago's, IST India's or Israel's: such
# dates are not read, and rejected one by one.
ZONES = {
    "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "EST": -5, "EDT": -4, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7,
}  # fmt: skip
NAMED_ZONES = "|".join(sorted(ZONES, key=len, reverse=True))
ZONE = rf"\s*(?P<zone>Z|(?:UTC|GMT)?[+-]\d{{1,2}}(?::?\d{{2}})?|UTC|GMT|{NAMED_ZONES})?"
WRITTEN = re.compile(rf"(?P<a>\d{{1,4}})(?P<sign>[./-])(?P<b>\d{{1,2}})(?P=sign)(?P<c>\d{{1,4}})(?:{TIME}{ZONE})?")
BEHIND_CLOCK = re.compile(rf"(.*\d:\d.*?){ZONE}")
LONGEST = 64  # letters of a date; longer texts are comments, which would take long to look through
FEWEST = 0.8  # of the values have to be dates for a column to be one of dates
FIRST_YEAR, LAST_YEAR = 1970, 2100


@dataclass(frozen=True)
class Dates:
    """How the dates of a column are written. `formats`: as the database reads them, the commonest first."""

    kind: str
    formats: tuple[str, ...] = ()
    has_zones: bool = False


@dataclass(frozen=True)
class Judged:
    """What a column's values say of its dates: how many could be read in each way, and what settles the way."""

    decision: Decision
    dates: Dates
    share: float


def _is_day(year: int, month: int, day: int) -> bool:
    year += 2000 if year < 100 else 0
    try:
        date(year, month, day)
    except ValueError:
        return False
    return FIRST_YEAR <= year <= LAST_YEAR


def _ways(value: str) -> tuple[set[str], re.Match[str] | None]:
    """In which ways a value can be read as a date."""
    if len(value) > LONGEST:
        return set(), None
    found = WRITTEN.fullmatch(value)
    if found:
        a, b, c = int(found["a"]), int(found["b"]), int(found["c"])
        if len(found["a"]) == 4:
            return ({"iso" if found["sign"] == "-" else "ymd"} if _is_day(a, b, c) else set()), found
        ways = {"dmy"} if _is_day(c, b, a) else set()
        return ways | ({"mdy"} if found["sign"] != "." and _is_day(c, a, b) else set()), found
    behind = BEHIND_CLOCK.fullmatch(value)
    if said := spelled.day(behind[1] if behind else value):
        return ({"spelled"} if _is_day(*said) else set()), behind
    number = value.replace(",", ".").replace(" ", "")
    if re.fullmatch(r"\d{5}(\.\d+)?", number) and 32_874 <= float(number) < 73_051:  # the years 1990-2099
        return {"serial"}, None
    if re.fullmatch(r"1\d{9}(\.\d+)?", number):
        return {"unix"}, None
    if re.fullmatch(r"1\d{12}", number):
        return {"unix_ms"}, None
    return set(), None


def is_date(value: str) -> bool:
    """Whether a text can be read as a date in any way."""
    return bool(_ways(value.strip(" \u00a0"))[0])


def turned(said: str, kind: str, today: date) -> str:
    """The date in a text that is one of the past with the month and the day the other way round; empty without one."""
    other = {"dmy": ("c", "a", "b"), "mdy": ("c", "b", "a")}.get(kind)
    for found in WRITTEN.finditer(said) if other else ():
        year, month, day = (int(found[part]) for part in other or ())
        if len(found["a"]) < 3 and found["sign"] != "." and _is_day(year, month, day):
            year += 2000 if year < 100 else 0
            if date(year, month, day) <= today:
                return found[0]
    return ""


def _format(kind: str, found: re.Match[str]) -> str:
    """A written date as the database's format. The zone behind it is cut off before."""
    day = found["sign"].join(ORDERS[kind])
    if kind in ("dmy", "mdy") and len(found["c"]) < 4:
        day = day.replace("%Y", "%y")
    if not found["time"]:
        return day
    clock = "%I:%M" if found["half"] else "%H:%M"
    clock += ":%S" if found["seconds"] else ""
    clock += f"{found['fraction'][0]}%f" if found["fraction"] else ""
    half = "" if not found["half"] else "%p" if found["half"].strip() == found["half"] else " %p"
    return f"{day}{found['gap']}{clock}{half}"


def judge(
    values: Iterable[str], choices: Mapping[str, str] | None = None, place: str = "", fewest: float = FEWEST,
    usual: str = "dmy",
) -> Judged | None:  # fmt: skip
    """How a column's dates are written, or None when it is not one of dates. `fewest`: which share of its values has to
    be dates. `usual`: of dmy and mdy that which is offered first where nothing settles it."""
    met: Counter[str] = Counter()
    formats: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    only: dict[str, str] = {}  # a value that can be read in this way alone
    count, readable, has_zones, dots, first = 0, 0, False, 0, ""
    for value in (value.strip(" \u00a0") for value in values):
        if not value:
            continue
        count += 1
        ways, found = _ways(value)
        readable += bool(ways)
        for way in ways:
            met[way] += 1
            if found and way in ORDERS:
                formats[way][_format(way, found)] += 1
        first = first or (value if ways else "")
        if found:
            has_zones |= bool(found["zone"])
            dots += found.groupdict().get("sign") == "."
        if len(ways) == 1:
            only.setdefault(next(iter(ways)), value)
    if not readable or readable < fewest * count:
        return None
    best = max(met, key=lambda way: (met[way], way == "dmy"))
    by_hand = chosen("dates", choices or {}, tuple(KINDS), place)
    by_hand = by_hand if by_hand and met[by_hand.value] else None  # other columns may be written in another way
    decision = by_hand or _settled(best, met, only, dots, formats, first, usual)
    if not by_hand and decision.why != "dates_mixed" and met[best] < FEWEST * readable:
        facts = {"kinds": ", ".join(KINDS[way] for way in met)}
        decision = Decision("dates", best, "dates_several", facts, False, tuple(met))
    kind = decision.value
    seen = [one for one, _ in formats[kind].most_common(6)]
    return Judged(decision, Dates(kind, tuple(dict.fromkeys(seen + _likely(kind, seen))), has_zones), met[kind] / count)


def _likely(kind: str, seen: Sequence[str]) -> list[str]:
    """Formats that other rows may have beside those seen: the same day with another time or none."""
    if kind not in ORDERS:
        return []
    days = [one.split(" ")[0].split("T")[0].split(",")[0] for one in seen] or [
        sign.join(ORDERS[kind]) for sign in "./-"
    ]
    return [day + clock for day in dict.fromkeys(days) for clock in ("", " %H:%M:%S", " %H:%M")]


def _settled(
    best: str, met: Counter[str], only: Mapping[str, str], dots: int, formats: Mapping[str, Counter[str]], first: str,
    usual: str,
) -> Decision:  # fmt: skip
    """Why the dates are read in the best way, and whether that is sure."""
    others = tuple(way for way in KINDS if met[way])
    if best not in ("dmy", "mdy"):
        return Decision(
            "dates", best, "dates_written", {"example": first if best == "spelled" else KINDS[best]}, others=others
        )
    other = "mdy" if best == "dmy" else "dmy"
    if best in only and other in only:
        facts = {"one": only[best], "other": only[other]}
        return Decision("dates", best, "dates_mixed", facts, False, ("dmy", "mdy"))
    if met[other] == met[best]:
        halves = any("%p" in one for one in formats["mdy"])
        value = "mdy" if halves else usual
        return Decision("dates", value, "dates_ambiguous", {"example": first}, False, ("dmy", "mdy"))
    why = "dates_dots" if dots and not only.get(best, "").count("/") else "dates_settled"
    return Decision("dates", best, why, {"example": only[best]}, others=("dmy", "mdy"))


ISO_WALL = r"\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?)?"
WITH_ZONE = rf"^(.*\d:\d.*?)\s*(Z|UTC|GMT|{NAMED_ZONES}|(UTC|GMT)?([+-]\d{{1,2}})(:?(\d{{2}}))?)$"
PARTS = "['wall', 'zone', 'name', 'hours', 'colon', 'minutes']"


def sql(cell: str, dates: Dates, zone: str) -> str:
    """The instant in UTC that a cell of text without blanks around it says, null where it says none.

    `zone`: of dates that name none.
    """
    if dates.kind in ("unix", "unix_ms"):
        scale = 1_000_000 if dates.kind == "unix" else 1_000
        return f"make_timestamp((try_cast({cell} as double) * {scale})::bigint)"
    if dates.kind == "serial":  # days since the end of 1899, as spreadsheets count them
        days = f"try_cast(replace({cell}, ',', '.') as double) - 25569"
        return in_utc(f"make_timestamp(round(({days}) * 86400)::bigint * 1000000)", zone)
    if not dates.has_zones:
        return in_utc(_wall(cell, dates), zone)
    parts = f"regexp_extract({cell}, '{WITH_ZONE}', {PARTS})"
    hours, minutes = (f"coalesce(try_cast({parts}.{part} as integer), 0)" for part in ("hours", "minutes"))
    named = " ".join(f"when '{name}' then {offset}" for name, offset in ZONES.items())
    hours = f"case {parts}.zone {named} else {hours} end"
    behind = f"to_minutes(({hours}) * 60 + case when starts_with({parts}.hours, '-') then -1 else 1 end * {minutes})"
    said = f"{_wall(f'{parts}.wall', dates)} - {behind}"
    return f"case when {parts}.wall = '' then {in_utc(_wall(cell, dates), zone)} else {said} end"


def _wall(text: str, dates: Dates) -> str:
    """What the clock on the wall showed. A text with more behind it, such as a zone, is none."""
    if dates.kind == "iso":
        usual = f"{text} like '____-__-__ __:__:__' or length({text}) = 10"
        is_wall = f"ascii({text}) between 48 and 57 and ({usual} or regexp_full_match({text}, '{ISO_WALL}'))"
        read = f"case when contains({text}, ',') then try_cast(replace({text}, ',', '.') as timestamp) end"
        return f"case when {is_wall} then coalesce(try_cast({text} as timestamp), {read}) end"
    if dates.kind == "spelled":
        return spelled.sql(text)
    formats = sorted(dates.formats, key=lambda one: "%Y" in one)  # the year 26 of "%Y" would be one of antiquity
    return f"try_strptime({text}, [{', '.join(map(_quoted, formats))}])"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def in_utc(wall: str, zone: str) -> str:
    """The instant at which a clock in a zone shows a time."""
    return wall if zone == "UTC" else f"timezone('UTC', timezone({_quoted(zone)}, {wall}))"
