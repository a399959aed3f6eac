"""What kind of file it is, by its first bytes and never by its name: text, a spreadsheet, or no table at all."""

from __future__ import annotations

import re
import zipfile

from data.ingest.decisions import UploadError, refused
from data.ingest.encoding import File, opened, utf16_by_zeros

FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file (.xls, .doc)"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"$FL2", "an SPSS file"),
    (b"$FL3", "an SPSS file"),
    (b"{\\rtf", "a text document (RTF)"),
)
MARKUP = re.compile(rb"\s*<(!doctype|html|\?xml|table|body|meta|script)", re.IGNORECASE)
JSON = re.compile(rb'\s*(\{\s*"|\[\s*\{)')
ALLOWED = "CSV, TSV or XLSX"


def _foreign(name: str, found: str, do: str = "Export the answers as CSV or XLSX and upload that") -> UploadError:
    return refused("not_a_table", place=name, found=found, allowed=ALLOWED, do=do)


def kind(file: File, name: str, most_bytes: int | None) -> str:
    """ "text" or "sheet". Raises: UploadError for a file that is empty, too big, or of a kind that holds no table."""
    with opened(file) as stream:
        head = stream.read(65_536)
        size = stream.seek(0, 2)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        found = "an empty file" if not size else "a file of nothing but blanks"
        raise refused("empty", place=name, found=found, allowed="a header row and answers", do="Export it again")
    if most_bytes is not None and size > most_bytes:
        raise refused(
            "too_big", place=name, found=f"{size / 1e6:.0f} MB", allowed=f"{most_bytes / 1e6:.0f} MB in the browser",
            do="Take it in from the command line: python -m data.ingest FILE",
        )  # fmt: skip
    for mark, what in FOREIGN:
        if head.startswith(mark):
            raise _foreign(name, what)
    if head.startswith(b"PK"):
        return _archive(file, name)
    if MARKUP.match(head):
        raise _foreign(name, "a web page or XML")
    if JSON.match(head):
        raise _foreign(name, "JSON")
    _refuse_binary(head, name)
    return "text"


def _archive(file: File, name: str) -> str:
    """A ZIP is a spreadsheet when it is built like one."""
    try:
        with opened(file) as stream, zipfile.ZipFile(stream) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _foreign(name, "a damaged spreadsheet or archive", "Export it again and upload that") from None
    if any(member.lower() == "xl/workbook.xml" for member in members):
        return "sheet"
    inside = ", ".join(members[:3]) + (" ..." if len(members) > 3 else "")
    raise _foreign(name, f"a ZIP archive with {inside or 'nothing'} in it", "Unpack it and upload what is inside")


def _refuse_binary(head: bytes, name: str) -> None:
    """Bytes that no text has: control characters, or zeros that are not the halves of UTF-16."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or utf16_by_zeros(head):
        return
    signs = sum(head.count(bytes([code])) for code in (*range(9), *range(14, 27), *range(28, 32), 127))
    if signs > 0.02 * len(head) + 8:
        raise _foreign(name, "bytes that are no text")
