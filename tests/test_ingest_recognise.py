"""Each tool's export recognised by its columns, and its answers counted: no header row, preview or test among them."""

from __future__ import annotations

import codecs
import io
from pathlib import Path

import pytest
from ingested import EXPORTS, Answered, answers
from openpyxl import Workbook

from data.ingest import names, recognise

# File, tool, header rows, rows below them, answers among those. Counted with another reader; of the Qualtrics samples
# all rows but two are test data that the tool made, and say so in their status.
REAL = [
    (
        "qualtrics/better-sample-legacy.csv",
        "qualtrics",
        "3",
        10,
        0,
    ),
    ("qualtrics/no-basis-insights.csv", "qualtrics", "3", 15, 0),
    ("qualtrics/no-basis-legacy.csv", "qualtrics", "2", 15, 0),
    ("qualtrics/qualtRics-insights.csv", "qualtrics", "3", 1, 1),
    ("qualtrics/qualtRics-legacy.csv", "qualtrics", "2", 1, 1),
    ("qualtrics/single-answer-matrix-insights.csv", "qualtrics", "3", 5, 0),
    ("qualtrics/single-answer-mc-insights.csv", "qualtrics", "3", 5, 0),
    ("qualtrics/text-entry.csv", "qualtrics", "3", 15, 0),
    ("surveymonkey/StarWars.csv", "surveymonkey", "2", 1186, 1186),
    ("surveymonkey/comma-survey.csv", "surveymonkey", "1", 1129, 1129),
    ("surveymonkey/flying-etiquette.csv", "surveymonkey", "1", 1040, 1040),
    ("surveymonkey/thanksgiving-2015-poll-data.csv", "surveymonkey", "1", 1058, 1058),
    ("surveymonkey/weather-check.csv", "surveymonkey", "1", 928, 928),
    ("google_forms/jupyter-2016.csv", "google", "1", 125, 125),
    ("google_forms/spack-2020.csv", "google", "1", 170, 170),
    ("google_forms/spack-2020.xlsx", "google", "1", 170, 170),
    ("google_forms/spack-2021.csv", "google", "1", 179, 179),
    ("surveygizmo/jupyter-2015.csv", "alchemer", "1", 1706, 1706),
    ("limesurvey/survey_998192.csv", "limesurvey", "1", 7, 7),
]

# The layouts that the tools document, for those whose exports nobody has published: tool, header rows, answers.
LAYOUTS = Path(__file__).parent / "layouts"
WRITTEN = {
    "qualtrics": ("qualtrics", "3", 2), "surveymonkey": ("surveymonkey", "2", 2),
    "surveymonkey-blank": ("surveymonkey", "1", 2), "google-ru": ("google", "1", 1), "typeform": ("typeform", "1", 1),
    "typeform-partial": ("typeform", "1", 2), "limesurvey-quoted": ("limesurvey", "1", 1),
    "limesurvey-codes": ("limesurvey", "1", 1), "formbricks": ("formbricks", "1", 1),
    "delighted": ("delighted", "1", 1), "delighted-keys": ("delighted", "1", 1), "alchemer": ("alchemer", "1", 1),
    "excel-ru": ("excel", "1", 1), "other": ("other", "1", 1),
}  # fmt: skip


def layout(name: str, choices: dict[str, str] | None = None) -> Answered:
    return answers(LAYOUTS / f"{name}.csv", choices)


@pytest.mark.parametrize(("file", "tool", "header_rows", "rows", "true"), REAL, ids=str)
def test_real_exports_are_recognised_and_their_answers_counted(
    file: str, tool: str, header_rows: str, rows: int, true: int
) -> None:
    """The tool, the header rows and the true number of answers of every published export."""
    found = answers(EXPORTS / file)

    assert (found.decided["tool"], found.decided["header_rows"]) == (tool, header_rows)
    assert (found.taken.counts.rows, found.taken.counts.accepted) == (rows, true)
    assert all(one.sure for one in (*found.found.decisions, *found.found.opened.decisions))


@pytest.mark.parametrize("name", WRITTEN)
def test_documented_layouts_are_recognised(name: str) -> None:
    """Tools without a published export, by the layout their documentation gives."""
    found = layout(name)
    tool, header_rows, true = WRITTEN[name]

    assert (found.decided["tool"], found.decided["header_rows"]) == (tool, header_rows)
    assert found.taken.counts.accepted == true


@pytest.mark.parametrize(
    ("header", "tool"),
    [
        (["ID", "Start time", "Completion time", "Email", "Name", "How likely?"], "microsoft"),
        (["ИД", "Время начала", "Время выполнения", "Электронная почта", "Имя", "Оценка"], "microsoft"),
        (["ID", "Время создания", "Оценка", "Оценка", "Комментарий", ""], "yandex"),
    ],
)
def test_sheets_of_forms_are_recognised(header: list[str], tool: str) -> None:
    """Microsoft and Yandex export sheets; repeated titles stay apart."""
    made = Workbook()
    for row in (header, ["1", "2026-03-01 10:00:00", "9", "8", "x", "y"]):
        made.worksheets[0].append(row)
    file = io.BytesIO()
    made.save(file)
    found = answers(file.getvalue())

    assert found.decided["tool"] == tool
    called = [column.name for column in found.found.columns]
    assert len(set(called)) == 6
    assert "" not in called


def test_a_table_of_a_russian_excel_is_recognised_by_how_it_is_written() -> None:
    """No column gives it away, but semicolons in cp1251 or behind a mark do."""
    text = "Клиент;Дата;Оценка\nАкме;01.03.2026;9\nБета;02.03.2026;7,5\n"

    assert answers(text.encode("cp1251")).decided["tool"] == "excel"
    assert answers(codecs.BOM_UTF8 + text.encode()).decided["tool"] == "excel"
    assert answers(text.encode()).decided["tool"] == "other"


def test_the_reason_is_told_by_what_the_file_says() -> None:
    """Three header rows and ImportId: words and facts, not a score."""
    found = answers(EXPORTS / "qualtrics" / "qualtRics-insights.csv").found

    assert str(found.decisions[0]) == "tool: qualtrics (3 header rows, the last of which holds ImportId)"
    assert "respondent" in str(answers(EXPORTS / "surveymonkey" / "weather-check.csv").found.decisions[0]).lower()


def test_what_is_no_answer_is_rejected_by_its_reason() -> None:
    """Previews, tests and spam are neither counted nor lost; what was imported is an answer."""
    found = layout("qualtrics").taken

    assert [row[8] for row in found.rows] == ["R_1", "R_5"]
    assert found.problems == [(5, "preview"), (6, "test"), (7, "spam")]
    assert "R_2" in found.rejected[0]["text"]


def test_an_unfinished_survey_counts_unless_a_person_decides_otherwise() -> None:
    """A score that was given was given; left out by choice, the row is rejected by that reason."""
    file = EXPORTS / "surveygizmo" / "jupyter-2015.csv"

    assert answers(file).decided["unfinished"] == "take"
    left = answers(file, {"unfinished": "leave out"}).taken
    assert (left.counts.accepted, left.counts.rejected) == (779, 927)
    lime = answers(EXPORTS / "limesurvey" / "survey_998192.csv", {"unfinished": "leave out"}).taken
    assert [row[1] for row in lime.rows] == ["1", "9"]


def test_every_decision_can_be_changed() -> None:
    """Another tool, other header rows: what a person says holds, also against the file."""
    found = layout("qualtrics", {"tool": "other", "header_rows": "1"})

    assert found.decided["tool"] == "other"
    assert found.taken.counts.accepted == 7  # the texts, the ImportIds and five rows


def test_the_time_zone_comes_from_the_header() -> None:
    """Qualtrics writes it beside ImportId, Typeform always uses UTC, others say nothing."""
    assert layout("qualtrics").found.zone == "America/Denver"
    assert layout("typeform").found.zone == "UTC"
    assert layout("surveymonkey").found.zone == ""


def test_columns_are_named_by_question_and_choice() -> None:
    """A question stands above the first of its choices only; "Response" under it says nothing more."""
    called = [column.name for column in layout("surveymonkey").found.columns]

    assert called[6:] == [
        "How satisfied?",
        "Why?",
        "Which ones? / Phone",
        "Which ones? / Mail",
        "Which ones? / Other (please specify)",
    ]
    wide = answers(EXPORTS / "surveymonkey" / "StarWars.csv").found
    assert wide.columns[4].name.endswith("that apply. / Star Wars: Episode II Attack of the Clones")
    assert len({column.name for column in wide.columns}) == 38


def test_names_never_meet() -> None:
    """Repeated names are numbered, and a number never makes one like another."""
    made = names.columns([["a", "a", "a (2)", "", "a", "#4"]], 6, [0])

    assert len({column.name for column in made}) == 6
    assert len({column.name for column in names.columns([["a (2)", "a", "a"]], 3, [0])}) == 3


def test_a_saved_mapping_is_found_again_by_the_columns() -> None:
    """The same columns in another order, another case, have the same fingerprint; another column has another."""
    first, moved, more = (
        answers(f"{header}\n1,2,3\n".encode()).found.fingerprint
        for header in ("Client,Score,When", "score,when,client", "Client,Score,Stage")
    )

    assert first == moved
    assert first != more


def test_a_wide_export_is_recognised() -> None:
    """367 columns, most of them choices without a name of their own."""
    header = "Respondent ID,Collector ID," + ",".join(f"Q{n}" if n % 5 == 0 else "" for n in range(365))
    below = ",," + ",".join(f"choice {n}" for n in range(365))
    rows = "\n".join(f"{n},7," + ",".join("x" * 365) for n in range(40))
    found = answers(f"{header}\n{below}\n{rows}\n".encode())

    assert (found.found.opened.width, found.decided["header_rows"], found.taken.counts.accepted) == (367, "2", 40)
    assert found.found.columns[4].name == "Q0 / choice 2"


def test_declared_tools_say_nothing_that_is_not_understood() -> None:
    """Every tool of the list has a title and something to be recognised by."""
    for name, tool in recognise.tools().items():
        assert name in (recognise.EXCEL, recognise.OTHER) or ((tool.names or tool.first) and tool.title)
        for rule in (*tool.left_out, *filter(None, [tool.unfinished])):
            assert all(value == value.lower() for value in rule.values)
