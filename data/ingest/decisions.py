"""What was decided about a file and why, what refuses a whole file, and the closed list of words for both.

Readers get the words in their own language by the code; the English forms here are what a shell prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.errors import StrataError

Facts = Mapping[str, object]

# Why something was decided as it was: the code of a decision -> its words.
WHY = {
    # encoding
    "chosen": "chosen by hand",
    "saved_otherwise": "the saved mapping has {saved}, but this file itself says {value}",
    "mark": "the file begins with the mark of {encoding}",
    "ascii": "only plain Latin letters, digits and signs: every encoding reads them alike",
    "utf16_zeros": "every second byte is zero, as in UTF-16",
    "valid_utf8": "every letter is valid UTF-8",
    "damaged_utf8": "{good} lines beyond plain Latin are UTF-8, {bad} are not: those rows are rejected",
    "letters": "the letters beyond plain Latin make words in {encoding}; not in {second}",
    "letters_unsure": "the letters beyond plain Latin may be {encoding} or {second}: look at the preview",
    # delimiter
    "sep_line": 'the first line says "sep={delimiter}"',
    "constant": "{percent} % of the rows looked at have {columns} columns",
    "unequal": "only {percent} % of the rows looked at have {columns} columns",
    "one_column": "no sign divides the rows into columns",
    # header
    "first_row": "row {row} is the first one that holds anything",
    "below_title": "the rows above row {row} have fewer columns: a title, not names of columns",
    "only_numbers": "row {row} holds only numbers: it may be an answer, not names of columns",
    # sheet
    "only_sheet": "the only sheet with anything in it",
    "first_sheet": "the first visible sheet with anything in it; others: {others}",
    "uncounted": "{cells} formulas have no stored value and are read as empty: open the file in Excel and save it",
    "failed_cells": "{cells} cells show an error such as #N/A and are read as empty",
    "failed_first": "cells that show an error such as #N/A are read as empty; there are {cells} in the first rows",
    # header rows
    "one_header": "the rows below the first one look like answers",
    "import_id": "{rows} header rows, the last of them, row {row}, holds ImportId",
    "codes_and_texts": "row {row} holds the texts of the questions whose codes stand above",
    "choices_below": "row {row} says which choice of the question above stands in each column",
    # tool
    "imports": "{rows} header rows, the last of which holds ImportId",
    "columns_named": "it has columns named {names}",
    "excel_text": "semicolons and {encoding}: as Excel saves a table where the decimal sign is a comma",
    "unknown_columns": "no tool that is known here exports such columns",
    "said_is_said": "a score that was given counts, although the survey was not finished",
    # roles
    "role_of_tool": "{tool} always calls it so",
    "role_by_name": 'its name says "{word}"',
    "role_by_word": 'its name has the word "{word}" in it: it may be something else',
    "role_by_names": 'its name says "{word}"; so do {others}',
    "no_column": "no column looks like it",
    "dates_unread": '"{column}" is called so, but values such as "{value}" cannot be read as dates',
    "id_as_before": "earlier files of this form were known by it; here only {percent} % of its values are different",
    "no_id_before": "earlier files of this form were taken in without an id: with one, they would count again",
    "comment_beside": "it is what was written after {score}",
    "no_comment": "no comment was asked for beside {score}",
    # scores
    "scale_seen": 'it asks for {instrument} ("{word}") and its numbers run from {low} to {high}',
    "scale_said": "it says that it is {instrument}, or names its scale",
    "scale_short": 'it asks for {instrument} ("{word}"), but no answer is above {high}: the scale may be a shorter one',
    "scale_few": 'it asks for {instrument} ("{word}"), but {count} answers are too few to show their scale',
    "never_zero": "none of its {count} answers is 0: a scale of 1-10 is not that of nps",
    "scale_other": "its numbers run from {low} to {high}, which is not the scale of {instrument}",
    "scale_said_other": "its scale is {low}-{high}, which is not that of {instrument}",
    "scale_foreign": "its numbers run from {low} to {high}, which is no scale of {instrument}",
    "scale_upside_down": "the words at its ends do not say that more is better: {anchors}",
    "scale_of_words": "it is answered in words: {texts}",
    "instrument_each": '"{column}" says of each score what it is of: {kinds}',
    "choices_apart": "it has a column for each of its {count} choices ({texts}): not read, export it condensed",
    "only_a_rating": 'its name says only "{word}", and its numbers run from {low} to {high}',
    "asks_for_nothing": "its numbers run from {low} to {high}, but it asks for nothing that is known here",
    "no_scores": "no column is a score of nps 0-10, csat 1-5 or ces 1-7",
    # dates
    "dates_written": "they are written like {example}",
    "dates_settled": "{example} can be read in no other way",
    "dates_dots": "with dots between them, the day comes first: {example}",
    "dates_ambiguous": "{example} may have the day or the month first, and no date of the column settles it",
    "dates_several": "they are written in several ways: {kinds}",
    "dates_mixed": "some dates have the day first and some the month: {one}, {other}",
    # time zone
    "zone_in_header": "the header says {zone}",
    "zone_in_dates": "its dates name their zones; those that do not are taken for {zone}",
    "zone_of_company": "its dates name no zone: they are taken for {zone}, the company's",
    "zone_of_tool": "{tool} writes all its dates so",
}  # fmt: skip

# Why a row is not taken: the code of a rejected row -> its words. The first three are the words of data.reasons.
REJECTED = {
    "columns": "Expected Number of Columns: {expected} Found: {found}",
    "quotes": "Value with unterminated quote found.",
    "encoding": "Invalid unicode (byte sequence mismatch) detected. This file is not {encoding} encoded.",
    "inside": "lies inside a quote that opens in row {row} and is not closed",
    "nul": "a NUL byte in column {column}",
    "long": "a row of more than {limit} bytes",
    "shortened": "a number that a spreadsheet shortened: its last digits are lost",
    "preview": "a preview, not an answer of a client",
    "test": "a test answer, not one of a client",
    "spam": "marked as spam by the tool",
    "unfinished": "the survey was not finished",
}


def said(forms: Mapping[str, str], code: str, facts: Facts) -> str:
    """A code of one of the lists in English words. Raises: KeyError when the list has no such code, or a fact lacks."""
    return forms[code].format(**facts)


@dataclass(frozen=True)
class Decision:
    """One thing decided about a file. `about` is the name under which a person chooses otherwise.

    `sure`: False where a person has to look before anything is saved. `others`: what may be chosen instead.
    """

    about: str
    value: str
    why: str
    facts: Facts = field(default_factory=dict)
    sure: bool = True
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.about}: {self.value} ({said(WHY, self.why, self.facts)})"


class UploadError(StrataError):
    """A survey file cannot be taken in as it is; nothing of it was saved."""


def refused(code: str, *, place: str, found: str, allowed: str, do: str) -> UploadError:
    """The refusal of a whole file, in the house form."""
    return UploadError(code, place=place, found=found, allowed=allowed, do=do, state="nothing was saved")


def chosen(about: str, choices: Mapping[str, str], allowed: tuple[str, ...], place: str) -> Decision | None:
    """What a person chose, or None. Raises: UploadError when it is not among what may be chosen."""
    if about not in choices:
        return None
    if choices[about] not in allowed:
        raise refused(
            "no_such_choice", place=f"{place}, {about}", found=f'"{choices[about]}"',
            allowed=", ".join(allowed), do="Choose one of these",
        )  # fmt: skip
    return Decision(about, choices[about], "chosen", others=allowed)
