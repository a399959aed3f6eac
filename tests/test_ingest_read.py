"""Files of every encoding and layout read as the letters they were written in, with the reason of each decision."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from ingested import HOSTILE, taken

from data.errors import StrataError
from data.ingest import decisions, encoding, letters, read

RUSSIAN = (
    "id;оценка;комментарий\r\n"
    "1;9;Долго ждали, но вежливый Курьер всё объяснил\r\n"
    "2;4;Никто не перезвонил. Я жду ответа с понедельника\r\n"
    "3;10;Спасибо, всё отлично!\r\n"
)
FRENCH = (
    "id;note;commentaire\n1;9;Très bien, déjà reçu\n2;4;J’attends toujours à l’hôtel\n3;7;Ça va, merci à l’équipe\n"
)


def refusal(file: bytes | Path, choices: dict[str, str] | None = None, most_bytes: int | None = None) -> StrataError:
    with pytest.raises(StrataError) as refused:
        read.look(file, "survey.csv", choices, most_bytes)
    assert str(refused.value).endswith("nothing was saved.")
    return refused.value


@pytest.mark.parametrize(
    ("encoded", "why"),
    [
        ("utf-8", "valid_utf8"), ("utf-8-sig", "mark"), ("utf-16", "mark"), ("utf-16-le", "utf16_zeros"),
        ("utf-16-be", "utf16_zeros"), ("utf-32", "mark"), ("cp1251", "letters"), ("koi8-r", "letters"),
        ("cp866", "letters"), ("mac-cyrillic", "letters"),
    ],
)  # fmt: skip
def test_russian_is_read_in_every_encoding_it_is_saved_in(encoded: str, why: str) -> None:
    """The same comment comes out whatever saved it; none of the wrong readings that also "work" is taken."""
    found = taken(RUSSIAN.encode(encoded))

    assert found.rows[0] == (2, "1", "9", "Долго ждали, но вежливый Курьер всё объяснил")
    assert found.opened.head[0][1][1] == "оценка"
    assert found.why["encoding"][1] == why
    assert found.opened.unsure == ()


def test_french_of_windows_is_not_taken_for_russian() -> None:
    """Single letters beyond ASCII among plain ones are Western."""
    found = taken(FRENCH.encode("cp1252"))

    assert found.rows[0][3] == "Très bien, déjà reçu"
    assert found.why["encoding"] == ("cp1252", "letters")


@pytest.mark.parametrize(
    ("text", "encoded"),
    [("id,имя\n1,да\n", "koi8-r"), ("id,uwagi\n1,Źle obsłużono, długo\n", "cp1250"), ("a,b\n1,é\n", "cp1252")],
)
def test_where_letters_say_too_little_a_person_is_asked(text: str, encoded: str) -> None:
    """A word or two, or a language that is not known here, is read as well as it can be, and said to be unsure."""
    (decision,) = (one for one in taken(text.encode(encoded)).opened.decisions if one.about == "encoding")

    assert not decision.sure
    assert {"utf-8", "cp1251", "koi8-r", "cp866", "cp1252"} < set(decision.others)


def test_a_person_may_choose_the_encoding() -> None:
    """What was chosen is used as it is, and stands as the reason."""
    found = taken("id,имя\n1,да\n".encode("koi8-r"), {"encoding": "koi8-r"})

    assert found.rows == [(2, "1", "да")]
    assert found.why["encoding"] == ("koi8-r", "chosen")
    assert refusal(b"a,b\n", {"encoding": "ebcdic"}).code == "no_such_choice"


@pytest.mark.parametrize("size", range(1, 9))
def test_a_block_may_end_inside_a_letter(size: int) -> None:
    """UTF-8 is recognised wherever the bytes that were looked at end."""
    scan = encoding.Scan()
    text = "Доставка – 5 €, спасибо 👍\n".encode() * 3
    for at in range(0, len(text), size):
        scan.take(text[at : at + size])
    scan.take(b"")

    assert encoding.decide(scan, {}, "").why == "valid_utf8"


def test_a_file_cut_off_inside_a_letter_is_still_utf8() -> None:
    """Only the last row is rejected; nothing turns into another alphabet."""
    found = taken("имя,город\nАнна,Омск\nПётр,Пермь".encode()[:-1])

    assert found.rows == [(2, "Анна", "Омск")]
    assert found.problems == [(3, "encoding")]
    assert found.why["encoding"] == ("utf-8", "damaged_utf8")


def test_a_row_in_another_encoding_is_rejected_alone() -> None:
    """One row pasted in from elsewhere does not decide for the others, and is not read as nonsense."""
    lines = [f"{n},Всё хорошо".encode() for n in range(9)]
    found = taken(b"\n".join([b"id,text", *lines, "9,Плохо".encode("cp1251")]))

    assert [row[1] for row in found.rows] == [str(n) for n in range(9)]
    assert found.problems == [(11, "encoding")]
    assert found.rejected[0]["found"] == 2  # the column


def test_letters_beyond_the_first_megabytes_count_too() -> None:
    """A file whose first Russian comment comes late is not taken for plain ASCII."""
    text = "id;text\n" + "1;ok\n" * 1_200_000 + "2;Долго ждали ответа, никто не перезвонил\n"
    found = taken(text.encode("cp1251"))

    assert found.rows[-1][2] == "Долго ждали ответа, никто не перезвонил"


def test_every_encoding_is_told_from_the_others_on_a_few_comments() -> None:
    """Each of five comments, saved in any of the five encodings, is read rightly or said to be unsure."""
    said = [line.split(";")[2] for line in RUSSIAN.split("\r\n")[1:4]] + ["ДОСТАВКА ОПОЗДАЛА НА ДЕНЬ", "Не дозвониться"]
    for comment in said:
        for one in letters.CYRILLIC:
            guess = letters.guess(comment.encode(one))
            right = comment.encode(one).decode(guess.encoding) == comment
            assert right or not guess.sure, (comment, one, guess)


@pytest.mark.parametrize(
    ("text", "divider", "cells"),
    [
        (b"a,b,c\n1,2,3\n", ",", ("1", "2", "3")),
        (b"a;b;c\n1,5;2,5;x, y, z\n", ";", ("1,5", "2,5", "x, y, z")),
        (b"a\tb\n1;2\t3,4\n", "\t", ("1;2", "3,4")),
        (b"a|b\n1|2\n", "|", ("1", "2")),
        (b'a,b\n"x;y;z","1;2;3"\n"p;q;r","4;5;6"\n', ",", ("x;y;z", "1;2;3")),
        (b"sep=;\r\na;b\r\n1,5;2\r\n", ";", ("1,5", "2")),
        (b"\xef\xbb\xbfsep=,\na,b\n1,2\n", ",", ("1", "2")),
    ],
)
def test_the_divider_is_the_one_that_makes_rows_equally_wide(text: bytes, divider: str, cells: tuple[str, ...]) -> None:
    """Decimal commas and lists inside cells do not decide; a line that names the divider does."""
    found = taken(text)

    assert found.why["delimiter"][0] == divider
    assert found.rows[0][1:] == cells


def test_the_divider_is_one_of_the_header_too() -> None:
    """Two damaged rows do not let the decimal commas win, under which the header would be a single name."""
    text = "Цена;Вес\n" + "1,5;2,5\n" * 58 + "1,5;2;5,0\n" * 2

    assert taken(text.encode()).why["delimiter"][0] == ";"


def test_a_person_may_choose_the_divider() -> None:
    """Chosen, it is used although another would make the rows more even."""
    assert taken(b"a;b,c\n1;2,3\n", {"delimiter": ","}).rows == [(2, "1;2", "3")]


def test_titles_above_the_names_are_not_names() -> None:
    """A report's title and date stand above the header; rows keep their numbers."""
    text = "Опрос клиентов;;\nза март 2026;;\n\nКлиент;Оценка;Комментарий\nАкме;9;ок\n"
    found = taken(text.encode())

    assert found.why["header"] == ("4", "below_title")
    assert found.rows == [(5, "Акме", "9", "ок")]
    assert taken(text.encode(), {"header": "5"}).opened.head[0][1] == ("Акме", "9", "ок")


def test_a_first_row_of_numbers_is_asked_about() -> None:
    """Answers without names are not swallowed as a header unasked; a person may say that there is none."""
    found = taken(b"1,9,5\n2,8,4\n")

    assert [one.why for one in found.opened.unsure] == ["only_numbers"]
    assert taken(b"1,9,5\n2,8,4\n", {"header": "0"}).counts.accepted == 2


def test_repeated_and_empty_names_lose_no_column() -> None:
    """Whatever the names are, each cell stays in its place."""
    found = taken(b'\xef\xbb\xbf"a",,a,\n1,2,3,4\n')

    assert found.opened.head[0][1] == ("a", "", "a", "")
    assert found.rows == [(2, "1", "2", "3", "4")]


def test_a_formula_is_a_text_like_any_other() -> None:
    """What a spreadsheet would run is kept as it was written."""
    assert taken(b'a,b\n=1+1,"=HYPERLINK(""x"")"\n').rows == [(2, "=1+1", '=HYPERLINK("x")')]


@pytest.mark.parametrize(
    ("file", "code", "said"),
    [
        (b"", "empty", "an empty file"),
        (b"\n\n  \r\n", "empty", "nothing but blanks"),
        (b"\xef\xbb\xbf", "empty", "nothing but blanks"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(600), "not_a_table", "old Excel"),
        (b"%PDF-1.7\n", "not_a_table", "a PDF"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "not_a_table", "gzip"),
        (b"<html><table><tr><td>a</td></tr></table>", "not_a_table", "web page"),
        (b'[{"a": 1}]', "not_a_table", "JSON"),
        (bytes(range(256)) * 40, "not_a_table", "no text"),
        (b"PK\x03\x04 cut off", "not_a_table", "damaged"),
    ],
)
def test_what_holds_no_table_is_named_and_refused(file: bytes, code: str, said: str) -> None:
    """By its first bytes, whatever it is called, in words that say what to do."""
    refused = refusal(file)

    assert refused.code == code
    assert said in str(refused)


def test_the_name_of_a_file_does_not_decide_what_it_is() -> None:
    """A CSV named .xlsx is read as the text it is."""
    assert taken(b"a,b\n1,2\n", name="survey.xlsx").rows == [(2, "1", "2")]


def test_an_archive_is_refused_by_what_is_in_it() -> None:
    """A ZIP named .csv is not read as text; its reader is told to unpack it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("march.csv", "a,b\n1,2\n")

    assert "a ZIP archive with march.csv in it" in str(refusal(packed.getvalue()))


def test_a_file_too_big_for_the_browser_is_sent_to_the_command_line() -> None:
    """The limit is said in the refusal."""
    assert "allowed 0 MB in the browser" in str(refusal(b"a,b\n" * 99, most_bytes=99))


def test_every_reason_has_words() -> None:
    """A decision can say why it was taken, with its facts in the words."""
    for one in taken(RUSSIAN.encode("cp1251")).opened.decisions:
        assert str(one).startswith(f"{one.about}: {one.value} (")
    assert (
        decisions.said(decisions.REJECTED, "inside", {"row": 7})
        == "lies inside a quote that opens in row 7 and is not closed"
    )


@pytest.mark.parametrize("path", sorted(HOSTILE.rglob("*.[ct]sv")), ids=lambda path: path.name)
def test_hostile_files_are_read_or_refused(path: Path) -> None:
    """Each file of the corpus: no trouble but a refusal in the house form, and no row lost."""
    try:
        found = taken(path)
    except StrataError:
        assert not path.read_bytes().strip()
    else:
        assert found.counts.rows == found.counts.accepted + found.counts.rejected


@pytest.mark.parametrize(
    ("name", "accepted", "rejected"),
    [
        ("csvkit/test_utf16_big.csv", 2, 0), ("csvkit/test_utf16_little.csv", 2, 0), ("csvkit/mac_newlines.csv", 2, 0),
        ("csvkit/bad.csv", 1, 2), ("csvkit/null_byte.csv", 0, 1), ("csvkit/join_a_short.csv", 1, 2),
        ("csvkit/iris.csv", 150, 0), ("csvkit/test_header_newline.csv", 1, 0), ("csvkit/test_empty_columns.csv", 1, 1),
        ("csv-spectrum/csvs/newlines_crlf.csv", 3, 0), ("csv-spectrum/csvs/quotes_and_newlines.csv", 2, 0),
    ],
)  # fmt: skip
def test_hostile_files_give_the_rows_that_are_in_them(name: str, accepted: int, rejected: int) -> None:
    """UTF-16, CR only, ragged rows, NULs, line breaks in quotes and in the header: counted by hand."""
    counts = taken(HOSTILE / name).counts

    assert (counts.accepted, counts.rejected) == (accepted, rejected)
