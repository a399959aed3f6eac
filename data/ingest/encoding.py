"""Bytes to letters: which encoding a file is in, and the file in UTF-8, whatever it was in before.

Order: the mark at the beginning, the zeros of UTF-16, strict UTF-8, then the one-byte encodings by the words they make.
A byte that the encoding does not know becomes DAMAGED, so that its row, and no other, can be rejected.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from data.ingest import letters
from data.ingest.decisions import Decision, chosen

File = Path | bytes

DAMAGED = "\ufdd0"  # a character that Unicode keeps out of texts
BLOCK = 1 << 20  # what fits into the caches of a processor is taken apart twice as fast as four times as much
SAMPLE = 200_000  # bytes of lines that letters are judged by
MARKS = {  # the longer ones first: UTF-16's is how UTF-32's begins
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
OFFERED = ("utf-8", *letters.CANDIDATES, "utf-16-le", "utf-16-be")
codecs.register_error(
    "damaged", lambda problem: (DAMAGED, problem.end) if isinstance(problem, UnicodeDecodeError) else ("?", 0)
)


def opened(file: File) -> BinaryIO:
    """A file, or the bytes of one, from its beginning."""
    return io.BytesIO(file) if isinstance(file, bytes) else file.open("rb")


def blocks(file: File, size: int = BLOCK) -> Iterator[bytes]:
    """The bytes of a file, a few megabytes at a time."""
    with opened(file) as stream:
        while block := stream.read(size):
            yield block


def _unfinished(block: bytes) -> int:
    """How many bytes at the end begin a character of UTF-8 that is not finished."""
    for back in range(1, min(4, len(block) + 1)):
        byte = block[-back]
        if byte & 0xC0 == 0xC0:  # the first byte of a character says how many there are
            return back if back < 2 + (byte >= 0xE0) + (byte >= 0xF0) else 0
        if byte < 0x80:
            break
    return 0


def is_utf8(text: bytes) -> bool:
    """Whether whole lines are UTF-8 throughout."""
    if text.isascii():
        return True
    cells = pa.StringArray.from_buffers(1, pa.py_buffer(np.array([0, len(text)], np.int32).data), pa.py_buffer(text))
    try:
        cells.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


@dataclass
class Scan:
    """What one look over all bytes of a file found.

    Lines beyond ASCII that are UTF-8 throughout (`good`), that are but for some bytes (`hurt`), that are not (`bad`).
    """

    size: int = 0
    beyond_ascii: bool = False
    good: int = 0
    hurt: int = 0
    bad: int = 0
    head: bytes = b""
    sample: bytes = field(default=b"", repr=False)
    _cut: bytes = field(default=b"", repr=False)

    def take(self, block: bytes) -> None:
        """Look at the next block; an empty one ends the file."""
        self.size += len(block)
        self.head = self.head or block[:65_536]
        ends, block = not block, self._cut + block
        self._cut = b""
        if block.isascii():
            return
        self.beyond_ascii = True
        if cut := _unfinished(block):
            block, self._cut = block[:-cut], block[-cut:]
        if ends and cut:
            self.hurt += 1  # the file is cut off inside a character
        if is_utf8(block):
            self.good += 0 if block.isascii() else block.count(b"\n") + 1
        elif len(self.sample) < SAMPLE:  # enough lines of a file judge all of it
            self._judge(block)

    def _judge(self, block: bytes) -> None:
        most, begins = SAMPLE // 4, len(self.sample)  # of each block: what one department wrote is not the whole file
        for line in block.replace(b"\r", b"\n").split(b"\n"):
            if line.isascii():
                continue
            if is_utf8(line):
                self.good += 1
                continue
            read = line.decode("utf-8", "damaged")
            lost = read.count(DAMAGED)
            if sum(not letter.isascii() for letter in read) > 2 * lost:
                self.hurt += 1
                continue
            self.bad += 1
            if len(self.sample) - begins < most:
                self.sample += line[: most // 4] + b"\n"

    @property
    def damaged(self) -> int:
        """Lines that are not UTF-8 throughout."""
        return self.hurt + self.bad


def scan(file: File) -> Scan:
    """One look over all bytes."""
    found = Scan()
    for block in blocks(file):
        found.take(block)
    found.take(b"")
    return found


def utf16_by_zeros(head: bytes) -> str | None:
    """UTF-16 without a mark: signs and digits have a zero for every other byte, Russian letters a four."""
    pairs = np.frombuffer(head[: len(head) // 2 * 2], np.uint8).reshape(-1, 2)
    if len(pairs) < 2:
        return None
    zero = (pairs == 0).mean(axis=0)
    low = (pairs <= 4).mean(axis=0)
    for half, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if zero[half] > 0.1 and low[half] > 0.7 and zero[1 - half] < 0.02:
            return encoding
    return None


def decide(found: Scan, choices: Mapping[str, str], place: str) -> Decision:
    """The encoding of a file. Raises: UploadError when a person chose one that is not offered."""
    if by_hand := chosen("encoding", choices, OFFERED, place):
        return by_hand
    for mark, encoding in MARKS.items():
        if found.head.startswith(mark):
            if encoding == "utf-8" and found.bad > found.good + found.hurt:
                break  # a mark put before bytes of something else
            return Decision("encoding", encoding, "mark", {"encoding": encoding.upper()}, others=OFFERED)
    if encoding_by_zeros := utf16_by_zeros(found.head):
        return Decision("encoding", encoding_by_zeros, "utf16_zeros", others=OFFERED)
    if not found.beyond_ascii:
        return Decision("encoding", "utf-8", "ascii", others=OFFERED)
    if not found.damaged:
        return Decision("encoding", "utf-8", "valid_utf8", others=OFFERED)
    if found.good + found.hurt > found.bad:
        facts = {"good": found.good, "bad": found.damaged}
        return Decision("encoding", "utf-8", "damaged_utf8", facts, found.good > 9 * found.bad, OFFERED)
    guess = letters.guess(found.sample)
    why = "letters" if guess.sure else "letters_unsure"
    facts_of_guess = {"encoding": guess.encoding, "second": guess.second}
    return Decision("encoding", guess.encoding, why, facts_of_guess, guess.sure, OFFERED)


def in_utf8(file: File, encoding: str, found: Scan) -> Iterator[bytes]:
    """The file as UTF-8, in blocks that may end inside a character; without the mark at its beginning."""
    source = blocks(file)
    first = next(source, b"")
    mark = next((mark for mark, named in MARKS.items() if named == encoding and first.startswith(mark)), b"")
    first = first[len(mark) :]
    if encoding == "utf-8" and not found.damaged:
        yield first
        yield from source
        return
    decoder = codecs.getincrementaldecoder(encoding)("damaged")
    yield decoder.decode(first).encode("utf-8", "replace")
    for block in source:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", True).encode("utf-8", "replace")
