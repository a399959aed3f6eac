"""A wrong declaration is refused with file, metric, key and the word that was probably meant."""

from pathlib import Path

import pytest

from data.errors import DeclarationError, StrataError
from metrics import load

LAYER = """
[layer]
label = { en = "Satisfaction", ru = "Удовлетворённость" }
question = { en = "what", ru = "что" }
headline = ["csat"]
tiles = ["csat"]
tables = ["answers"]
"""
METRIC = """
[csat]
label = { en = "Satisfied", ru = "Довольные" }
about = { en = "About it.", ru = "О нём." }
counted = "answers"
model = "answers"
at = "answered_at"
where = "instrument = 'csat'"
states = { hits = "count(*) filter (where score >= 4)", n = "count(*)" }
value = "hits / n"
unit = "share"
better = "up"
interval = "share"
by = ["segment", "month"]
example = { given = [ { instrument = "csat", score = 5 } ], expect = 1.0 }
"""


def written(folder: Path, text: str, name: str = "satisfaction.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_right_declaration_is_read_as_it_stands(tmp_path: Path) -> None:
    """What is not said has its usual meaning: n of at least 5, the label as short name, no target."""
    layer, metrics = load.read(written(tmp_path, LAYER + METRIC))

    csat = metrics["csat"]
    assert layer.metrics == ("csat",)
    assert (csat.layer, csat.minimum_n, csat.short, csat.target) == ("satisfaction", 5, csat.label, None)
    assert csat.states["hits"].sql(csat.where) == "count(*) filter (where (instrument = 'csat') and (score >= 4))"


@pytest.mark.parametrize(
    ("right", "wrong", "place", "found"),
    [
        ("label =", "lable =", "layer, lable", '"lable" (did you mean label?)'),
        ('counted = "answers"\n', "", "csat", 'no "counted"'),
        ('ru = "Довольные"', 'de = "Zufriedene"', "csat, label, de", '"de"'),
        (', ru = "О нём."', "", "csat, about", 'no "ru"'),
        ('ru = "О нём."', 'ru = " "', "csat, about, ru", '" "'),
        ('about = { en = "About it.", ru = "О нём." }', 'about = "All"', "csat, about", '"All"'),
        ('counted = "answers"', 'countd = "answers"', "csat, countd", '"countd" (did you mean counted?)'),
        ('model = "answers"', 'model = "anwsers"', "csat, model", '"anwsers" (did you mean answers?)'),
        ('unit = "share"', 'unit = "shares"', "csat, unit", '"shares" (did you mean share?)'),
        ('better = "up"', 'better = "higher"', "csat, better", '"higher"'),
        ('interval = "share"', 'interval = "shares"', "csat, interval", "(did you mean share?)"),
        ('"segment", "month"', '"segmnt", "month"', "csat, by", '"segmnt" (did you mean segment?)'),
        ('["segment", "month"]', '"segment"', "csat, by", '"segment"'),
        ("hits =", "hit =", "csat, states", 'no "hits" (did you mean hit?)'),
        ('n = "count(*)"', 'n = "avg(score)"', "csat, states, n", '"avg(score)"'),
        ('n = "count(*)"', 'n = "sum(a) / sum(b)"', "csat, states, n", '"sum(a) / sum(b)"'),
        ('n = "count(*)"', "n = 3", "csat, states, n", '"3"'),
        ('n = "count(*)"', 'n = "bins(score)"', "csat, states, n", '"bins(score)"'),
        ('value = "hits / n"', 'value = "hitz / n"', "csat, value", '"hitz" (did you mean hits?)'),
        ('value = "hits / n"', 'value = "hits ** n"', "csat, value", '"hits ** n"'),
        ('value = "hits / n"', 'value = "open(n)"', "csat, value", '"open(n)"'),
        ('interval = "share"', 'interval = "quantile"', "csat, states", 'no "bins"'),
        ("given =", "givn =", "csat, example, givn", '"givn" (did you mean given?)'),
        (", expect = 1.0", "", "csat, example", 'no "expect"'),
        ("expect = 1.0", 'expect = "none"', "csat, example, expect", '"none"'),
        ('given = [ { instrument = "csat", score = 5 } ]', "given = []", "csat, example, given", '"[]"'),
        ('unit = "share"', 'unit = "share"\nminimum_n = "five"', "csat, minimum_n", '"five"'),
        ('unit = "share"', 'unit = "share"\nweigh = 1', "csat, weigh", '"1"'),
        ('unit = "share"', 'unit = "share"\nlevel = true', "csat, level", 'at "answered_at"'),
        ('unit = "share"', 'unit = "share"\nscale = [1, 5]', "csat, scale", 'unit "share" with a scale'),
        ('unit = "share"', 'unit = "score"', "csat, scale", 'unit "score" without a scale'),
        ('unit = "share"', 'unit = "score"\nscale = [5, 1]', "csat, scale", '"[5, 1]"'),
        ('unit = "share"', 'unit = "share"\nunit = "share"', "", "Cannot overwrite a value"),
        ('tiles = ["csat"]', 'tiles = ["cast"]', "layer, tiles", '"cast" (did you mean csat?)'),
        ('tables = ["answers"]', 'tables = ["answer"]', "layer, tables", "(did you mean answers?)"),
        ('headline = ["csat"]', 'headlines = ["csat"]', "layer, headlines", "(did you mean headline?)"),
        ("[layer]", "[layers]", "", 'no "layer" (did you mean layers?)'),
        ("[layer]", 'csat2 = "a metric?"\n[layer]', "csat2", '"a metric?"'),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_refused_where_it_is_wrong(
    tmp_path: Path, right: str, wrong: str, place: str, found: str
) -> None:
    """The message says where, what was found there, and what was probably meant."""
    assert right in LAYER + METRIC

    with pytest.raises(DeclarationError) as refused:
        load.read(written(tmp_path, (LAYER + METRIC).replace(right, wrong, 1)))

    assert refused.value.facts["place"] == ", ".join(["satisfaction.toml", *filter(None, [place])])
    assert found in refused.value.facts["found"]


def test_a_file_named_after_no_layer_is_refused(tmp_path: Path) -> None:
    """A catalogue file belongs to one of the four layers."""
    with pytest.raises(DeclarationError, match="did you mean satisfaction"):
        load.read(written(tmp_path, LAYER + METRIC, "satisfactoin.toml"))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """Bytes of another alphabet are named as what they are."""
    path = tmp_path / "satisfaction.toml"
    path.write_bytes(LAYER.encode("cp1251"))

    with pytest.raises(DeclarationError, match=r"satisfaction\.toml: found .*decode"):
        load.read(path)


def test_an_unknown_metric_is_answered_with_the_nearest() -> None:
    """Who mistypes a metric is told the one that was probably meant."""
    with pytest.raises(StrataError, match=r'found "retentoin" \(did you mean retention\?\)'):
        load.metric("retentoin")
