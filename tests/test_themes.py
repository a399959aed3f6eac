"""What comments speak of: themes by a dictionary that anybody can edit."""

from __future__ import annotations

from pathlib import Path

import pytest
from said import BEFORE, MANY, NOW, WINDOW, answers, lake

from data.errors import DeclarationError
from metrics import comments, dictionary, lemmas, themes
from metrics.change import Verdict

THEMES = """
[delivery]
label = { en = "Delivery", ru = "Доставка" }
words = { en = ["late", "on time"], ru = ["опоздать"], pt = ["atraso"] }

[price]
label = { en = "Price", ru = "Цена" }
words = { en = ["price"] }
"""


def written(folder: Path, text: str = THEMES) -> Path:
    """A dictionary as a company would put it into its data folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "themes.toml").write_text(text, encoding="utf-8")
    return folder / "themes.toml"


def codes(home: Path, *said: str, language: str = "") -> list[list[str]]:
    """The themes of each comment, in the order given, by the small dictionary."""
    path = written(home / "own")
    store = lake(home, answers(*reversed(said), language=language))
    return [sorted(one) for one in dictionary.coded(comments.read(store, NOW, {}), path)]


def test_a_theme_is_found_in_any_form_of_its_words(tmp_path: Path) -> None:
    """Опоздали is опоздать; a comment can have several themes, or none; lately is not late."""
    assert codes(tmp_path, "Опоздали!", "Prices rose and it was LATE", "Fine", "latex") == [
        ["delivery"], ["delivery", "price"], [], []
    ]  # fmt: skip


def test_a_phrase_is_its_words_one_after_another(tmp_path: Path) -> None:
    """On time is a phrase; time on and on no time are not."""
    assert codes(tmp_path, "Always on time.", "time on", "on no time") == [["delivery"], [], []]


def test_a_comment_is_read_in_its_own_language(tmp_path: Path) -> None:
    """A Portuguese comment knows the Portuguese words and not the English ones; Russian words are known anywhere."""
    assert codes(tmp_path, "atrasos", "late", "опоздали", language="pt") == [["delivery"], [], ["delivery"]]


def test_an_unknown_language_is_counted_and_not_guessed_at(tmp_path: Path) -> None:
    """German late is no English late: its comments stay without a theme, and it is said how many there are."""
    assert codes(tmp_path / "coded", "late", language="de") == [[]]
    found = themes.themes(lake(tmp_path / "lake", answers("late", "spät", language="de")), WINDOW, {})

    assert (found.read, found.unread, found.uncoded.value) == (2, 2, 1.0)


@pytest.mark.parametrize(
    ("right", "wrong", "place", "found", "allowed"),
    [
        ('label = { en = "Price"', 'lable = { en = "Price"', "price, lable", '"lable" (did you mean label?)', "label"),
        (', ru = "Цена"', "", "price, label", 'no "ru"', "en, ru"),
        ('ru = "Цена"', 'ru = " "', "price, label, ru", '" "', "text"),
        ("[price]", "[Price]", "Price", '"Price"', "a name of a-z"),
        ("[price]", "[uncoded]", "uncoded", '"uncoded"', "other than all and uncoded"),
        ('{ en = ["price"] }', '{ de = ["Preis"] }', "price, words, de", '"de"', "en, ru, pt"),
        ('{ en = ["price"] }', '{ en = "price" }', "price, words, en", '"price"', "a list of words"),
        ('{ en = ["price"] }', "{ en = [] }", "price, words", "no words", "words in one of en, ru, pt"),
        ('["price"]', '["!?"]', "price, words, en", '"!?"', "a word, or a phrase of up to 5 words"),
        ('["price"]', '["a b c d e f"]', "price, words, en", '"a b c d e f"', "a phrase of up to 5 words"),
        ('["price"]', '["рrice"]', "price, words, en", '"рrice"', "words in Latin letters only"),
        ('["опоздать"]', '["oпоздать"]', "delivery, words, ru", '"oпоздать"', "words in Cyrillic letters only"),
        ("[price]", "[price", "themes.toml", "", "TOML"),
        (THEMES, "", "themes.toml", "no theme", "one table per theme"),
        ('words = { en = ["price"] }', 'words = "price"', "price, words", '"price"', "a table with en, ru, pt"),
    ],
)  # fmt: skip
def test_a_wrong_dictionary_is_refused_where_it_is_wrong(
    tmp_path: Path, right: str, wrong: str, place: str, found: str, allowed: str
) -> None:
    """Place, what was found, what is allowed and what to do; a Cyrillic letter in disguise is found out too."""
    assert right in THEMES
    with pytest.raises(DeclarationError) as refused:
        dictionary.read(written(tmp_path, THEMES.replace(right, wrong)))

    facts = refused.value.facts
    assert facts["place"].endswith(place)
    assert found in facts["found"]
    assert allowed in facts["allowed"]
    assert str(refused.value).endswith("Correct the dictionary; no comment was coded.")


def test_the_shipped_dictionary_knows_what_clients_of_a_company_write() -> None:
    """Both languages in every theme; sentences people write are coded as people would code them."""
    known = dictionary.read(dictionary.DEFAULT)
    assert len(known) >= 8
    assert all(theme.words["en"] and theme.words["ru"] for theme in known.values())

    for said, theme in {
        "The delay stopped our line.": "delivery",
        "Срок снова сорван.": "delivery",
        "Nobody calls back.": "response",
        "Не дозвониться.": "response",
        "Passed from desk to desk.": "hand_overs",
        "Пришлось переделывать.": "quality",
        "Цены выросли.": "price",
        "В счёте неверные реквизиты.": "documents",
        "Приветливые люди.": "staff",
        "Хорошо, но портал работает медленно.": "website",
    }.items():
        assert theme in _themes(said), said
    assert _themes("Fine.") == _themes("Как обычно.") == set()


def _themes(said: str) -> set[str]:
    path, edition = dictionary.DEFAULT, dictionary.edition(dictionary.DEFAULT)
    phrases = dictionary._phrases(path, edition, "en")
    return set(dictionary._themes(lemmas.lemmas(said, "en"), phrases))


def test_a_companys_own_dictionary_counts_as_soon_as_it_is_saved(tmp_path: Path) -> None:
    """It lies in the data folder, replaces the shipped one, and a change of it is seen without a restart."""
    store = lake(tmp_path, answers("Late again."))
    assert [row.id for row in themes.themes(store, WINDOW, {}).rows] == ["delivery"]

    written(store.home, THEMES.replace("delivery", "dates"))
    assert [row.id for row in themes.themes(store, WINDOW, {}).rows] == ["dates"]
    written(store.home, THEMES.replace("delivery", "speed"))
    assert [row.id for row in themes.themes(store, WINDOW, {}).rows] == ["speed"]


def test_a_theme_has_its_share_of_comments_and_its_score_of_answers(tmp_path: Path) -> None:
    """Of four comments two are late: a half. Their csat is 0 of 2; without them 3 of 4, silent answers included."""
    rows = [
        *answers("late", "Late!", score=2),
        *answers("fine", score=5),
        *answers("price", instrument="nps", score=4),
        *answers(None, None, score=4),
        *answers(None, score=1),
    ]
    store = lake(tmp_path, rows)
    written(store.home)
    found = themes.themes(store, WINDOW, {})
    late = found.rows[0]

    assert (found.read, found.instrument, found.instruments) == (4, "csat", ("nps", "csat"))
    assert (late.id, late.count, late.now.value, late.now.n) == ("delivery", 2, 0.5, 4)
    assert (late.score.value, late.score.n) == (0.0, 2)
    assert (late.without.value, late.without.n) == (0.75, 4)
    assert (found.rows[1].id, found.rows[1].count, found.rows[1].score.n) == ("price", 1, 0)  # its 4 is one of ten
    assert (found.whole.value, found.whole.n) == (0.5, 6)
    assert (found.uncoded.value, found.uncoded_score.value) == (0.25, 1.0)
    nps = themes.themes(store, WINDOW, {}, "nps")
    assert [(row.id, row.score.n) for row in nps.rows] == [("delivery", 0), ("price", 1)]
    assert (nps.rows[1].score.value, nps.rows[1].without.n, nps.rows[1].without.value) == (-100.0, 0, None)


def test_filters_choose_the_comments_too(tmp_path: Path) -> None:
    """Only those of the chosen clients and stages are counted, in both periods."""
    rows = [
        *answers("late", "late", "late", stage="order"),
        *answers("late", stage="invoicing", score=4),
        *answers("late", "late", "late", month="05", stage="order"),
    ]
    store = lake(tmp_path, rows)

    assert themes.themes(store, WINDOW, {"segment": ("Large",)}).read == 1
    assert themes.themes(store, WINDOW, {"stage": ("invoicing",)}).read == 1
    both = themes.themes(store, WINDOW, {"segment": ("Small",), "stage": ("order",)})
    assert (both.read, both.read_before) == (2, 2)


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        ((40, 60), (15, 85), Verdict.CHANGED),
        ((22, 78), (15, 85), Verdict.NO_REAL_CHANGE),
        ((3, 0), (0, 4), Verdict.TOO_FEW),
    ],
)
def test_a_theme_is_more_frequent_only_beyond_chance(
    tmp_path: Path, now: tuple[int, int], before: tuple[int, int], verdict: Verdict
) -> None:
    """40 of 100 after 15 of 100 is news; 22 after 15 is chance; 3 of 3 after 0 of 4 is too little to say."""
    rows = [
        *answers(*["late"] * now[0], *["fine"] * now[1], of=MANY),
        *answers(*["late"] * before[0], *["fine"] * before[1], month="05", of=MANY),
    ]
    found = themes.themes(lake(tmp_path, rows), WINDOW, {})

    assert found.rows[0].verdict == verdict


def test_many_themes_of_which_none_changed_name_none(tmp_path: Path) -> None:
    """One theme of several that would pass alone (p 0.03) does not when all are looked at together."""
    others = ["invoice"] * 20 + ["rude"] * 20 + ["price"] * 20 + ["portal"] * 20
    rows = [
        *answers(*["late"] * 33, *others, *["fine"] * 7, of=MANY),
        *answers(*["late"] * 20, *others, *["fine"] * 20, month="05", of=MANY),
    ]
    found = themes.themes(lake(tmp_path, rows), WINDOW, {})
    p = found.rows[0].change.p

    assert p is not None
    assert 0.025 < p < 0.05
    assert {row.verdict for row in found.rows} == {Verdict.NO_REAL_CHANGE}


def test_what_one_client_writes_again_and_again_is_no_theme_of_the_clients(tmp_path: Path) -> None:
    """40 of 100 after 15 of 100, but it is one client who complains: of twenty clients no more do than before."""
    before = answers(*["late"] * 15, *["fine"] * 85, month="05", of=MANY)
    now = answers(*["late"] * 15, *["fine"] * 60, of=MANY) + answers(*["late"] * 25, of="a", score=1)
    found = themes.themes(lake(tmp_path, before + now), WINDOW, {})

    assert (found.rows[0].now.value, found.rows[0].verdict) == (0.4, Verdict.NO_REAL_CHANGE)


def test_only_the_latest_comments_are_read_where_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The latest, not any; and how many there are is still known."""
    monkeypatch.setattr(comments, "MOST", 2)
    store = lake(tmp_path, answers("late", "price", "rude"))
    read = comments.read(store, NOW, {})

    assert list(read.rows["comment"]) == ["rude", "price"]
    assert (read.n, read.of) == (2, 3)
    assert comments.read(store, BEFORE, {}).of == 0


def test_answers_with_nothing_but_blanks_are_no_comments(tmp_path: Path) -> None:
    """A space is not a comment; a full stop is one, without a theme."""
    read = comments.read(lake(tmp_path, answers("  ", ".", None)), NOW, {})

    assert list(read.rows["comment"]) == ["."]
