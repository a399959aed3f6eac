"""Which column is what: proposed with a reason, said to be unsure where the file does not settle it, open to change."""

from __future__ import annotations

import duckdb
import pytest
from ingested import EXPORTS
from test_ingest_recognise import LAYOUTS

from data.errors import StrataError
from data.ingest import mapping, profile, propose, read, recognise, scales
from data.ingest.propose import Proposal

LONG = [
    "Ждали два дня, никто не перезвонил",
    "Всё сделали быстро, спасибо менеджеру",
    "Нормально, но дорого в этот раз",
]


def proposed(text: str | bytes, choices: dict[str, str] | None = None, name: str = "march.csv") -> Proposal:
    file = text.encode() if isinstance(text, str) else text
    return propose.propose(recognise.recognise(read.look(file, name, choices), choices), "Europe/Moscow", choices)


def table(header: str, *columns: list[str]) -> str:
    return "\n".join([header, *(";".join(row) for row in zip(*columns, strict=True))]) + "\n"


def survey(question: str, numbers: list[int], rows: int = 30) -> str:
    """A file of one question, its numbers repeated."""
    count = range(rows)
    return table(
        f"Клиент;Дата;{question};Комментарий",
        [f"К{n % 7}" for n in count], [f"{n % 28 + 1:02}.03.2026" for n in count],
        [str(numbers[n % len(numbers)]) for n in count], [LONG[n % 3] for n in count],
    )  # fmt: skip


def score(found: Proposal) -> tuple[str, str, bool]:
    (decision,) = (one for one in found.decisions if one.about.startswith("score:"))
    return decision.value, decision.why, decision.sure


def test_a_plain_table_is_mapped_without_a_question() -> None:
    """Client, date, score and comment by their Russian names: nothing is left to ask."""
    found = proposed(survey("Порекомендуете ли вы нас?", [0, 6, 9, 10]))

    assert found.unsure == ()
    assert (found.mapping.client, found.mapping.answered_at, found.mapping.survey) == ("Клиент", ("Дата",), "march")
    assert found.mapping.scores == (mapping.Score("Порекомендуете ли вы нас?", "nps", "Комментарий"),)
    assert found.mapping.zone == "Europe/Moscow"


@pytest.mark.parametrize(
    ("question", "numbers", "value", "why", "sure"),
    [
        ("How likely are you to recommend us?", [0, 5, 10], "nps", "scale_seen", True),
        ("NPS", [1, 5, 10], "no", "never_zero", False),
        ("NPS (от 1 до 10)", [1, 5, 10], "no", "scale_said_other", False),
        ("NPS (0-10)", [7, 8, 9], "nps", "scale_said", True),
        ("NPS", [3, 4, 5], "nps", "scale_short", False),
        ("How satisfied are you?", [2, 4, 5], "csat", "scale_seen", True),
        ("How satisfied are you?", [2, 8, 10], "no", "scale_other", False),
        ("How satisfied are you?", [1, 2, 3], "csat", "scale_short", False),
        ("Насколько легко было решить вопрос?", [1, 4, 7], "ces", "scale_seen", True),
        ("Насколько легко было решить вопрос?", [1, 4, 5], "ces", "scale_short", False),
        ("Оценка", [1, 3, 5], "csat", "only_a_rating", False),
        ("Оценка", [1, 8, 10], "no", "only_a_rating", False),
        ("How many offices?", [1, 3, 5], "no", "asks_for_nothing", True),
        ("NPS", [10, 50, 100], "no", "scale_foreign", False),
    ],
)
def test_an_instrument_is_taken_only_on_its_own_scale(
    question: str, numbers: list[int], value: str, why: str, sure: bool
) -> None:
    """Both the words and the numbers have to say so; 1-10 is not nps, and a scale not fully seen is asked about."""
    assert score(proposed(survey(question, numbers))) == (value, why, sure)


def test_a_few_answers_do_not_show_their_scale() -> None:
    """A 2 and a 5 may come from a scale of 1-10."""
    assert score(proposed(survey("How satisfied are you?", [2, 5], rows=9))) == ("csat", "scale_few", False)


@pytest.mark.parametrize(
    ("words", "value", "sure"),
    [
        (("1 - Not at all likely", "5 - maybe", "10 - Extremely likely", "0 - never"), "nps", True),
        (("0 - Extremely likely", "5 - maybe", "10 - Not at all likely", "10"), "nps", False),
    ],
)
def test_words_beside_the_numbers_show_which_end_is_good(words: tuple[str, ...], value: str, sure: bool) -> None:
    """ "10 - Extremely likely" is a 10; where 0 is the good end, a person is asked."""
    rows = [words[n % len(words)] for n in range(40)]
    text = table("Client;Date;Recommend", [f"C{n}" for n in range(40)], ["13.03.2026"] * 40, rows)
    found_value, _, found_sure = score(proposed(text))

    assert (found_value, found_sure) == (value, sure)


@pytest.mark.parametrize(
    ("question", "sure"),
    [
        ("Satisfaction: 1 is excellent and 5 is terrible", False),
        ("Satisfaction (1 = very satisfied, 5 = very dissatisfied)", False),
        ("Удовлетворённость (1 – отлично, 5 – ужасно)", False),
        ("Удовлетворённость (отлично – 1, ужасно – 5)", False),
        ("Удовлетворённость (1 – ужасно, 5 – отлично)", True),
        ("Satisfaction: 1 is terrible and 5 is excellent", True),
        ("Satisfaction with the order (1-5): not to be skipped", True),
        ("Satisfaction on a scale of 1 - 5", True),
    ],
)
def test_the_question_may_say_which_end_is_good(question: str, sure: bool) -> None:
    """Where its own words put the best at 1, nothing is taken unasked; the numbers of a scale are no words."""
    assert score(proposed(survey(question, [1, 3, 5])))[::2] == ("csat", sure)


def test_what_was_answered_is_not_the_scale() -> None:
    """On a scale of 1-10 where nobody gave less than 4, a 4 is a 3 of 0-10 and not its zero."""
    said = proposed(survey("How likely are you to recommend us (1-10)?", [4, 7, 10]))
    (decision,) = (one for one in said.decisions if one.about.startswith("score:"))
    unsaid = proposed(survey("NPS", [4, 7, 10]))
    (other,) = (one for one in unsaid.decisions if one.about.startswith("score:"))

    assert [one for one in decision.others if one.startswith("nps from")] == ["nps from 1-10"]
    assert {"nps from 1-10", "csat from 0-10"} <= set(other.others)
    assert not [one for one in (*decision.others, *other.others) if "4-10" in one]
    chosen = proposed(survey("NPS", [4, 7, 10]), {"score:NPS": "nps from 1-10"}).mapping.scores[0]
    assert chosen.values is not None
    assert chosen.values["4"] == 3


@pytest.mark.parametrize(
    ("name", "sure"),
    [("Дата договора", False), ("Дата рождения", False), ("Birth date", False), ("Дата", True), ("Submit Date", True)],
)
def test_a_date_that_may_be_another_is_asked_about(name: str, sure: bool) -> None:
    """A day in the contract or in a passport is not when somebody answered."""
    text = survey("NPS (0-10)", [0, 9, 10]).replace("Дата", name)
    (decision,) = (one for one in proposed(text).decisions if one.about == "answered_at")

    assert (decision.value, decision.sure) == (name, sure)


def test_another_scale_becomes_an_instrument_only_by_choice() -> None:
    """1-10 can be stretched to 0-10, taken as it stands, or left out; each is offered, none is done unasked."""
    text = survey("NPS", [1, 5, 10])
    (decision,) = (one for one in proposed(text).decisions if one.about == "score:NPS")

    assert {"no", "nps", "nps from 1-10", "nps reversed"} <= set(decision.others)
    stretched = proposed(text, {"score:NPS": "nps from 1-10"}).mapping.scores[0]
    assert stretched.values == {"1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 6, "7": 7, "8": 8, "9": 9, "10": 10}
    assert proposed(text, {"score:NPS": "nps"}).mapping.scores[0].values is None
    assert proposed(text, {"score:NPS": "no"}).mapping.scores == ()
    with pytest.raises(StrataError, match="allowed no, nps"):
        proposed(text, {"score:NPS": "csat"})


def test_conversions_keep_the_ends_and_the_order() -> None:
    """Stretched or turned round, the best stays best: worked by hand for 1-5 to 1-7."""
    offered = scales.conversions(1, 5)

    assert offered["ces from 1-5"] == {"1": 1, "2": 3, "3": 4, "4": 6, "5": 7}
    assert offered["csat reversed"] == {"1": 5, "2": 4, "3": 3, "4": 2, "5": 1}
    assert "csat from 1-5" not in offered


def asked(question: str, *answers: str, choices: dict[str, str] | None = None) -> Proposal:
    """A question with its answers in words, nine times each."""
    many = list(answers) * 9
    clients, days = [f"c{n}" for n in range(len(many))], ["13.03.2026"] * len(many)
    return proposed(table(f"Client;Date;{question}", clients, days, many), {"tool": "other"} | (choices or {}))


@pytest.mark.parametrize(
    ("question", "answers", "value"),
    [
        ("How satisfied?", ("Very satisfied", "Dissatisfied"), 'csat as {"Dissatisfied": 2, "Very satisfied": 5}'),
        (
            "Вы довольны?",
            ("Скорее доволен", "Очень недовольны"),
            'csat as {"Очень недовольны": 1, "Скорее доволен": 4}',
        ),
        (
            "Was it easy?",
            ("Easy", "Very difficult", "Neutral"),
            'ces as {"Very difficult": 1, "Neutral": 4, "Easy": 6}',
        ),
    ],
)
def test_words_become_a_score_only_by_choice(question: str, answers: tuple[str, ...], value: str) -> None:
    """Known steps are offered in their order, the worst lowest, and asked about; nothing is taken unasked."""
    found = asked(question, *answers)

    assert score(found) == (value, "scale_of_words", False)
    chosen = asked(question, *answers, choices={f"score:{question}": value})
    assert [one.instrument for one in chosen.mapping.scores] == [value.split(" ")[0]]


def test_a_person_may_say_what_each_word_is_worth() -> None:
    """Also of words on no scale that is known; a score beyond the scale, or of no text, is refused."""
    said = 'csat as {"Blue": 2, "Green": 5}'
    (one,) = asked("How satisfied?", "Blue", "Green", choices={"score:How satisfied?": said}).mapping.scores
    sql = f"select {scales.sql('cell', one.values)} from (values ('Blue'), ('green'), ('Red'), ('3')) as t(cell)"

    assert (one.instrument, duckdb.connect().execute(sql).fetchall()) == ("csat", [(2,), (5,), (None,), (None,)])
    for wrong in ('csat as {"Blue": 6}', "csat as {}", "csat as Blue", 'csat as {"Blue": true}', 'pmf as {"Blue": 1}'):
        with pytest.raises(StrataError, match="found"):
            asked("How satisfied?", "Blue", "Green", choices={"score:How satisfied?": wrong})


def test_words_on_no_scale_are_not_asked_about() -> None:
    """Three remarks under "How satisfied are you and why?": it is said that nothing is taken, in nobody's way."""
    rows = table("Client;Date;How satisfied and why?", ["a", "b", "c"], ["13.03.2026"] * 3, ["Fine", "Slow", "Hm"])

    assert score(proposed(rows)) == ("no", "scale_of_words", True)


def test_a_column_for_each_choice_is_said_to_be_unread() -> None:
    """SurveyMonkey's other layout: each column holds its own choice or nothing. The page says how to export it."""
    head = "Respondent ID,Collector ID,Date Modified,How satisfied are you?,,\n,,,Good,Fair,Poor\n"
    rows = ["1,1,11/13/2026,Good,,", "2,1,11/13/2026,,Fair,", "3,1,11/14/2026,,,Poor"]
    found = proposed(head + "\n".join(rows) + "\n")

    assert score(found) == ("no", "choices_apart", True)


def test_each_score_gets_the_comment_written_after_it() -> None:
    """Two questions, two comments: none is given to both, and the one before the next question is the first's."""
    rows = 40
    text = table(
        "Customer;Date;NPS;Why?;CSAT;Anything to improve?;Comment for us",
        [f"C{n}" for n in range(rows)], ["13.03.2026"] * rows, [str(n % 11) for n in range(rows)],
        ["quick"] * rows, [str(n % 5 + 1) for n in range(rows)], ["price"] * rows, [LONG[n % 3] for n in range(rows)],
    )  # fmt: skip
    found = proposed(text).mapping

    assert [(one.instrument, one.comment) for one in found.scores] == [
        ("nps", "Why?"),
        ("csat", "Anything to improve?"),
    ]
    other = proposed(text, {"comment:CSAT": "Comment for us"}).mapping
    assert other.scores[1].comment == "Comment for us"


def test_a_comment_is_not_given_to_the_question_before_the_one_it_follows() -> None:
    """Two scores and one comment behind them: it is the second one's, and the first has none."""
    rows = 40
    text = table(
        "Customer;Date;NPS;CSAT;Why?", [f"C{n}" for n in range(rows)], ["13.03.2026"] * rows,
        [str(n % 11) for n in range(rows)], [str(n % 5 + 1) for n in range(rows)], ["quick"] * rows,
    )  # fmt: skip

    assert [one.comment for one in proposed(text).mapping.scores] == ["", "Why?"]


def test_a_column_called_client_goes_before_the_address_of_the_tool() -> None:
    """An address stands for the client only where no column names one."""
    text = (LAYOUTS / "surveymonkey.csv").read_text()

    assert proposed(text).mapping.client == "Email Address"
    named = text.replace("IP Address", "Customer ID")
    assert proposed(named).mapping.client == "Customer ID"


def test_a_word_inside_a_question_does_not_make_it_the_client() -> None:
    """ "How long have you been our client?" is offered, and asked about."""
    text = table(
        "When;How long have you been our client?;NPS",
        ["13.03.2026"] * 30,
        ["a year", "two"] * 15,
        ["0", "9", "10"] * 10,
    )
    (decision,) = (one for one in proposed(text).decisions if one.about == "client")

    assert (decision.why, decision.sure) == ("role_by_word", False)


def test_what_a_file_lacks_is_asked_for() -> None:
    """No client, no date, no score: each is said, none is made up."""
    found = proposed("a,b\nx,y\nz,w\n")

    assert [one.about for one in found.unsure] == ["answered_at", "client", "scores"]
    assert proposed("a,b\nx,y\nz,w\n", {"client": "a"}).mapping.client == "a"


def test_the_tool_says_which_of_its_columns_is_what() -> None:
    """Qualtrics: the id, the instant, the language, the zone; the score beside its NPS group is nps."""
    found = proposed((LAYOUTS / "qualtrics.csv").read_bytes())

    assert (found.mapping.answer_id, found.mapping.zone) == ("ResponseId / Response ID", "America/Denver")
    assert found.mapping.answered_at[0] == "RecordedDate / Recorded Date"
    assert found.mapping.texts["language"] == "UserLanguage / User Language"
    assert [one.instrument for one in found.mapping.scores] == ["nps"]
    lime = proposed((LAYOUTS / "limesurvey-quoted.csv").read_bytes()).mapping
    assert lime.no_dates == ("1980-01-01",)


def test_a_saved_mapping_comes_back_as_it_was() -> None:
    """Written as text and read again, it is equal: dates, conversions and all."""
    found = proposed(survey("NPS", [1, 5, 10]), {"score:NPS": "nps from 1-10"}).mapping

    assert mapping.Mapping.read(found.written()) == found


def test_a_time_zone_that_does_not_exist_is_refused() -> None:
    """Chosen by hand, it has to be one that the calendar knows."""
    assert proposed(survey("NPS", [0, 10]), {"zone": "Asia/Omsk"}).mapping.zone == "Asia/Omsk"
    with pytest.raises(StrataError, match="IANA zone"):
        proposed(survey("NPS", [0, 10]), {"zone": "Moscow"})


@pytest.mark.parametrize("path", sorted(EXPORTS.rglob("*.csv")), ids=lambda path: path.name)
def test_no_published_survey_is_mapped_unasked(path) -> None:
    """None of them asks nps, csat or ces on its scale: no score is taken from any; what some of them
    ask in words that are a scale is offered, and asked about."""
    found = proposed(path.read_bytes(), name=path.name)

    scored = [one for one in found.decisions if one.about.startswith("score:") and one.value != "no"]
    assert {(one.why, one.sure) for one in scored} <= {("scale_of_words", False)}
    assert [one.about for one in found.unsure if one.about == "scores" or one in scored]
    assert all(str(one) for one in found.decisions)


def test_words_of_roles_are_in_plain_form() -> None:
    """A word that is not would never be met."""
    for role, how in profile.words().items():
        for word in (word for words in how.values() if role != "languages" for word in words):
            assert word == word.casefold().replace("\u0451", "\u0435"), word


DATED = {"tool": "other", "answered_at": "Дата"}


@pytest.mark.parametrize(
    ("days", "kind"),
    [(["2026-03-01", "2026-03-02", "n/a"], "iso"), (["n/a"], "iso"), (["01.03.2026", *["-"] * 9], "dmy")],
)
def test_a_column_chosen_for_the_date_is_read_however_few_dates_it_holds(days: list[str], kind: str) -> None:
    """A person has said what it is: its other rows are rejected one by one, and nothing breaks."""
    text = table("Клиент;Дата;NPS (0-10)", ["К1"] * 10, [days[n % len(days)] for n in range(10)], ["9"] * 10)

    assert ("answered_at", "dates_unread") in {(one.about, one.why) for one in proposed(text).unsure}
    found = proposed(text, DATED)
    assert found.mapping.answered_at == ("Дата",)
    assert found.mapping.dates["Дата"].kind == kind


@pytest.mark.parametrize(("tool", "first"), [("surveymonkey", "mdy"), ("other", "dmy")])
def test_the_usual_order_of_a_tool_is_offered_first(tool: str, first: str) -> None:
    """SurveyMonkey writes 12/31/2026: where nothing settles it that stands on the button, and is asked about still."""
    text = table("Клиент;Дата;NPS (0-10)", ["К1"] * 4, ["03/04/2026"] * 4, ["9"] * 4)
    (dates,) = (one for one in proposed(text, {"tool": tool}).decisions if one.about == "dates")

    assert (dates.value, dates.sure, dates.others) == (first, False, ("dmy", "mdy"))
