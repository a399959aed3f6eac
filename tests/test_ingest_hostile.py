"""Files damaged in every way at random: read or refused in words, soon, and with every row accounted for."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import duckdb
import pytest
from ingested import EXPORTS, HOSTILE

from data.ingest import answers, careful, encoding, propose, read, recognise, sift
from data.ingest.decisions import UploadError
from data.ingest.mapping import Score
from data.ingest.recognise import Recognised

LAYOUTS = Path(__file__).parent / "layouts"
TEXTS = sorted([*EXPORTS.rglob("*.csv"), *HOSTILE.rglob("*.csv"), *LAYOUTS.glob("*.csv")])
SHEETS = sorted(EXPORTS.rglob("*.xlsx"))
MOST_BYTES = 25_000  # of an export: its beginning has all that its rows have
SEEDS = 20
SOON_S = 20.0  # on a machine that others use too; a file of this size takes a hundredth of it
EACH = int(os.environ.get("STRATA_DAMAGED", "2200")) // SEEDS  # damaged files of one seed; 11,000 take some minutes
Damage = Callable[[bytes, random.Random], bytes]


@cache
def original(path: Path) -> bytes:
    whole = path.read_bytes()
    return whole if len(whole) <= MOST_BYTES else whole[: whole.rfind(b"\n", 0, MOST_BYTES) + 1]


def place(file: bytes, chance: random.Random) -> int:
    return chance.randrange(len(file) + 1)


def truncated(file: bytes, chance: random.Random) -> bytes:
    return file[: place(file, chance)]


def flipped(file: bytes, chance: random.Random) -> bytes:
    changed = bytearray(file)
    for _ in range(chance.choice((1, 3, 30)) if changed else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def with_signs(file: bytes, chance: random.Random) -> bytes:
    """Quotes, dividers, line ends, NULs and marks where they do not belong."""
    for _ in range(chance.choice((1, 2, 20))):
        sign = chance.choice(
            [b'"', b'""', b'",', b"\0", b"\r", b"\n", b"\r\n", b",", b";", b"\t", b"\xef\xbb\xbf", b"\xff"]
        )
        at = place(file, chance)
        file = file[:at] + sign + file[at:]
    return file


def without_signs(file: bytes, chance: random.Random) -> bytes:
    """Some quotes, dividers or line ends gone."""
    sign = chance.choice([b'"', b",", b"\n", b";"])
    parts = file.split(sign)
    return parts[0] + b"".join((sign if chance.random() > 0.02 else b"") + part for part in parts[1:])


def divided_otherwise(file: bytes, chance: random.Random) -> bytes:
    old, new = chance.sample([b",", b";", b"\t", b"|"], 2)
    return file.replace(old, new) if chance.random() < 0.5 else file.replace(b",", new, chance.randrange(1, 400))


def ended_otherwise(file: bytes, chance: random.Random) -> bytes:
    ends = [b"\n", b"\r\n", b"\r"]
    lines = file.replace(b"\r\n", b"\n").split(b"\n")
    return b"".join(line + (chance.choice(ends) if chance.random() < 0.3 else ends[0]) for line in lines)


def in_mixed_encodings(file: bytes, chance: random.Random) -> bytes:
    """The file in another encoding from some place on, as where two exports were pasted together."""
    text = file.decode("utf-8", "replace").replace("a", chance.choice(["a", "я", "é", "漢"]))
    at = chance.randrange(len(text) + 1) if chance.random() < 0.7 else 0
    other = chance.choice(["cp1251", "koi8-r", "cp866", "utf-16-le", "utf-16", "utf-8-sig", "mac-cyrillic", "cp1252"])
    return text[:at].encode() + text[at:].encode(other, "replace")


def shuffled(file: bytes, chance: random.Random) -> bytes:
    """A piece moved, doubled or gone."""
    begin, middle, end = sorted(place(file, chance) for _ in range(3))
    return chance.choice([
        file[:begin] + file[middle:end] + file[begin:middle] + file[end:],
        file[:end] + file[begin:],
        file[:begin] + file[end:],
    ])  # fmt: skip


DAMAGES: list[Damage] = [
    truncated, flipped, with_signs, without_signs, divided_otherwise, ended_otherwise, in_mixed_encodings, shuffled,
]  # fmt: skip


@cache
def workshop() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def rows_by_hand(found: Recognised) -> int:
    """How many rows a file has below its header, counted by the careful reading of all of it at once."""
    how = {decision.about: decision.value for decision in found.opened.decisions}
    file = found.opened._source.file  # type: ignore[union-attr]  # the bytes it was made of
    text = b"".join(encoding.in_utf8(file, how["encoding"], encoding.scan(file)))[found.opened._source.skip :]  # type: ignore[union-attr]
    text += b"" if text[-1:] in (b"\n", b"\r", b"") else b"\n"
    records = list(careful.records(text, how["delimiter"].encode(), final=True))
    width = found.opened.width
    filled = [one for one in records[found.below :] if one.cells is None or any(one.cells[:width]) or any(one.cells)]
    return len(filled)


def taken_in(file: bytes, name: str) -> str:
    """Go all the way with a file; says how it ended. Raises: whatever is no refusal in words."""
    try:
        found = recognise.recognise(read.look(file, name))
        proposal = propose.propose(found, "Europe/Moscow")
    except UploadError:
        return "refused"
    assert all(str(decision) for decision in (*found.opened.decisions, *found.decisions, *proposal.decisions))
    reading = sift.Answers(found)
    mapping = proposal.mapping
    if not mapping.scores:  # the real surveys ask for none: take a column for one
        mapping = replace(mapping, scores=(Score(found.columns[-1].name, "nps"),))
    work = workshop()
    work.register("survey", reading.reader([]))
    work.execute(
        f"select count(*), max(answer_id), max(answered_at) from ({answers.sql(mapping, found.columns, 'survey')})"
    )
    counts = reading.counts
    assert counts.rows == counts.accepted + counts.rejected
    if name.endswith(".csv"):
        assert counts.rows == rows_by_hand(found)
    return "read"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_damaged_texts_are_read_or_refused(seed: int) -> None:
    """Thousands of damaged exports: no trouble but refusals in words, none takes long, no row is lost in any."""
    chance = random.Random(seed)  # noqa: S311
    ended: dict[str, int] = {"read": 0, "refused": 0}
    for nth in range(EACH):
        path = chance.choice(TEXTS)
        file = original(path)
        for damage in chance.choices(DAMAGES, k=chance.choice((1, 1, 2, 3))):
            file = damage(file, chance)
        begun = time.monotonic()
        try:
            ended[taken_in(file, path.name)] += 1
        except Exception as trouble:
            raise AssertionError(f"seed {seed}, file {nth} ({path.name})") from trouble
        assert time.monotonic() - begun < SOON_S, (seed, nth, path.name)
    assert ended["read"] > EACH / 2  # they are damaged, not destroyed


@pytest.mark.parametrize("seed", range(4))
def test_damaged_sheets_are_read_or_refused(seed: int) -> None:
    """Spreadsheets with bytes flipped, cut off or moved."""
    chance = random.Random(seed)  # noqa: S311
    for nth in range(50):
        file = original_sheet()
        for damage in chance.choices([truncated, flipped, shuffled, with_signs], k=chance.choice((1, 2))):
            file = damage(file, chance)
        try:
            taken_in(file, "survey.xlsx")
        except Exception as trouble:
            raise AssertionError(f"seed {seed}, file {nth}") from trouble


@cache
def original_sheet() -> bytes:
    return SHEETS[0].read_bytes()


@pytest.mark.parametrize("seed", range(10))
def test_damage_to_a_row_stays_in_that_row(seed: int) -> None:
    """One byte changed below the header: no more than the rows it touches read otherwise, the others as before."""
    chance = random.Random(1000 + seed)  # noqa: S311
    for _ in range(12):
        path = chance.choice([path for path in TEXTS if path.is_relative_to(EXPORTS)])
        file = original(path)
        found = recognise.recognise(read.look(file, path.name))
        before = cells_of(found)
        at = file.find(b"\n", len(file) // 3) + 1 + chance.randrange(40)
        changed = file[:at] + bytes([chance.choice(b'",;\n\r\0a\xff')]) + file[at + 1 :]
        after = cells_of(recognise.recognise(read.look(changed, path.name, {"encoding": "utf-8"})))
        known = set(before)
        assert len([row for row in after if row not in known]) <= 2, (seed, path.name, at)


def cells_of(found: Recognised) -> list[tuple[str, ...]]:
    """The accepted rows, without their numbers."""
    rows: list[tuple[str, ...]] = []
    for block in sift.Answers(found).blocks():
        for batch in block.rows:
            rows += zip(*(column.to_pylist() for column in batch.columns[1:]), strict=True)
    return rows


@pytest.mark.parametrize(
    "text",
    [
        b'"' * 300_000,
        b'"\n' * 200_000,
        b'a,b\n' + b'"x\n' * 100_000,
        b"a,b\n" + b'x,"y"z\n' * 60_000,
        b"a,b\n" + b"," * 400_000,
        b"," * 16_000 + b"\n" + b"," * 16_000 + b"x\n",
        b"\r" * 300_000 + b"a",
        ("a,b\n" + "(" * 100_000).encode(),
        b"<" * 200_000 + b",b\n1,2\n",
        b"a,b\n" + b"1 - " * 60_000 + b",2\n",
        b"d\n" + b"1.1.1.1.1.1." * 40_000,
    ],
    ids=range(11),
)  # fmt: skip
def test_no_file_takes_long(text: bytes) -> None:
    """Texts made to be slow: quotes that never close, rows of dividers, deep tags. Each is soon done with."""
    begun = time.monotonic()
    taken_in(text, "slow.csv")

    assert time.monotonic() - begun < SOON_S
