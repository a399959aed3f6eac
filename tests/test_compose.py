"""The SQL of a few questions, word for word: whoever changes it sees what changes. STRATA_GOLDEN=write renews them."""

import os
from datetime import date
from pathlib import Path

import pytest

from metrics import compose
from metrics.load import catalogue
from metrics.window import Period, Window

GOLDEN = Path(__file__).parent / "golden"
JUNE, MAY = Period(date(2026, 6, 1), date(2026, 7, 1)), Period(date(2026, 5, 1), date(2026, 6, 1))
WINDOW = Window((JUNE, MAY), (Period(date(2026, 6, 24), date(2026, 7, 1)),))
LAST_DAY = date(2026, 6, 30)
QUESTIONS: dict[str, tuple[list[str], compose.Filters, tuple[str, ...]]] = {
    "nps": (["nps"], {}, ()),
    "answers": (["nps", "csat", "ces"], {"segment": ("Small", "Enterprise"), "channel": ("web",)}, ("stage", "region")),
    "lead_time": (["lead_time", "lead_time_p90"], {"stage": ("delivery",)}, ()),
    "open_cases": (["open_cases", "oldest_open_case"], {"region": ("North",)}, ("process",)),
    "retention": (["retention", "silent_revenue"], {}, ("segment",)),
    "paid_on_time_share": (["paid_on_time_share"], {}, ("stage",)),
    "staff": (["engagement", "attrition"], {"role": ("driver",)}, ("team",)),
}


def asked(name: str) -> compose.Question:
    metrics, filters, split = QUESTIONS[name]
    return compose.question([catalogue()[one] for one in metrics], WINDOW, filters, split, LAST_DAY)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_asked_in_these_words(name: str) -> None:
    """The SQL of representative questions is kept beside the tests, to be read."""
    question = asked(name)
    values = "".join(f"-- ${key} = {value}\n" for key, value in sorted(question.values.items()))
    path = GOLDEN / f"{name}.sql"
    if os.environ.get("STRATA_GOLDEN") == "write":
        path.write_text(values + question.sql + "\n", encoding="utf-8")

    assert values + question.sql + "\n" == path.read_text(encoding="utf-8")


def test_what_people_chose_travels_beside_the_sql() -> None:
    """A value that looks like SQL is a value: it stands nowhere in the text of the question."""
    evil = "x') or true; drop table answers; --"

    question = compose.question([catalogue()["nps"]], WINDOW, {"segment": (evil,), "channel": (evil,)}, (), LAST_DAY)

    assert "drop table" not in question.sql
    assert question.values["f_segment"] == question.values["f_channel"] == [evil]


def test_an_empty_choice_is_no_filter() -> None:
    """Nothing chosen means all, not none."""
    question = compose.question([catalogue()["nps"]], WINDOW, {"segment": (), "channel": ()}, (), LAST_DAY)

    assert question == asked("nps")


def test_one_scan_answers_all_metrics_of_a_model() -> None:
    """Three metrics of the answers are asked in one question, each with the rows that are its own."""
    question = asked("answers")

    assert question.sql.count("from model") == 1
    assert "count(*) filter (where (instrument = 'nps') and (score >= 9)) as nps__promoters" in question.sql
    assert "count(*) filter (where (instrument = 'csat') and (score >= 4)) as csat__hits" in question.sql
    assert question.keys == ("slot", "stage", "region")


def test_a_question_brings_only_what_its_sql_asks_for() -> None:
    """No value travels that no $name stands for, and every $name has its value."""
    for name in QUESTIONS:
        question = asked(name)
        named = {word.strip(",)") for word in question.sql.replace("(", " ").split() if word.startswith("$")}
        assert {f"${key}" for key in question.values} == named - {"$payments_stage", "$orders_began", "$steps_began"}, (
            name
        )
