"""A source: what it declares is understood or refused by name, and its exports are found or missed by name."""

from __future__ import annotations

import pytest

from data import source
from data.errors import BuildError, DeclarationError

LABEL = "{ en = 'Order', ru = 'Заказ' }"


def refusal(company, raw=None) -> str:
    with pytest.raises((DeclarationError, BuildError)) as refused:
        source.raw_files(source.read(str(company.folder)), raw or company.raw)
    return str(refused.value)


def test_unknown_source_names_the_nearest():
    """A source that does not exist is answered with those that do, and the nearest of them."""
    with pytest.raises(DeclarationError) as refused:
        source.read("olst")

    assert "found no such file, allowed demo, olist, or a folder (did you mean olist?)" in str(refused.value)


def test_shipped_sources_are_read():
    """Every source in the product's own folder is well declared."""
    names = [path.parent.name for path in source.FOLDER.glob("*/source.toml")]

    assert {"demo", "olist"} <= set(names)
    for name in names:
        assert source.read(name).name == name


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("stagse = []", 'acme/source.toml: found "stagse" (did you mean stages?)'),
        ("files = 'x'", "acme/source.toml, files: found 'x'"),
        ("raw = 5", "acme/source.toml, raw: found 5"),
        ("stages = [{ id = 'order' }]", "acme/source.toml, stages: found {'id': 'order'}, allowed id and label"),
        ("stages = [{ id = 'order', label = 'Order' }]", "stages, order, label: found 'Order', allowed both languages"),
        (f"stages = [{{ id = 'o', label = {LABEL}, paymets = true }}]", "allowed id and label, and payments"),
        ("files =", "acme/source.toml: found text that is not TOML"),
    ],
)
def test_wrong_source_is_refused_by_name(company, declared, said):
    """A slip in source.toml is named with its key and what is allowed there."""
    company.declare(declared)

    assert said in refusal(company)


@pytest.mark.parametrize("key", ["title", "currency"])
def test_source_needs_title_and_currency(company, key):
    """Without a title or a currency no screen can be labelled."""
    file = company.folder / "source.toml"
    file.write_text("\n".join(line for line in file.read_text().splitlines() if not line.startswith(key)))

    assert f'acme/source.toml: found no "{key}"' in refusal(company)


@pytest.mark.parametrize("zone", ["Europe/Moskow", "Europe", "", "../../etc/passwd", "Mars/Olympus"])
def test_bad_time_zone_is_refused(company, zone):
    """A time zone nobody knows is refused, also one that is a folder of zones or no name at all."""
    company.declare(zone=zone)

    assert f'acme/source.toml, timezone: found "{zone}"' in refusal(company)
    assert "allowed an IANA zone such as Europe/Moscow" in refusal(company)


def test_near_time_zone_is_offered(company):
    """A time zone written nearly right is recognised."""
    company.declare(zone="Europe/Moskow")

    assert "(did you mean Europe/Moscow?)" in refusal(company)


def test_mapping_of_an_unknown_table_is_refused(company):
    """A mapping for a table that the contract does not have is a slip, not silently ignored."""
    company.map(client="select 1")

    assert 'client.sql: found "client" (did you mean clients?)' in refusal(company)


def test_missing_export_names_what_lies_there_instead(company):
    """An export that is not there is named with its place, its purpose and the file that was probably meant."""
    company.declare('files = { people = "kunden_2026.csv" }')
    company.write("kunden_2025.csv", "id\n1\n")

    said = refusal(company)

    assert f"{company.raw}/kunden_2026.csv: found no such file (is it kunden_2025.csv?)" in said
    assert "allowed the export read as raw.people" in said
    assert said.endswith("the lake is as it was.")


def test_export_of_an_unknown_kind_is_named(company):
    """A file that exists but cannot be read is not called missing."""
    company.declare('files = { people = "people.xls" }')
    company.write("people.xls", "x")

    assert 'people.xls: found a file ending in ".xls"' in refusal(company)


@pytest.mark.parametrize("place", ["nowhere", "acme/raw", "acme/source.toml"])
def test_no_exports_at_all_is_said(company, place):
    """A folder that is absent, empty or a file is not taken for exports."""
    said = refusal(company, company.folder.parent / place)

    assert "found no such folder" in said or "found no exports" in said


def test_exports_are_found_by_their_names(company):
    """Every CSV, TSV, Parquet file or folder and XLSX is an export under its own name, whatever its case."""
    for name in ("Clients.CSV", "b.tsv", "c.parquet", "d.xlsx", "notes.txt", ".hidden.csv", "~$d.xlsx"):
        company.write(name, "x")
    (company.raw / "parts").mkdir()
    company.write("parts/1.parquet", "x")
    (company.raw / "archive").mkdir()

    found = source.raw_files(source.read(str(company.folder)), company.raw)

    assert {name: path.name for name, path in found.items()} == {
        "clients": "Clients.CSV", "b": "b.tsv", "c": "c.parquet", "d": "d.xlsx", "parts": "parts",
    }  # fmt: skip


def test_two_exports_of_one_name_are_refused(company):
    """clients.csv beside clients.xlsx: which one counts is not guessed."""
    company.write("clients.csv", "x")
    company.write("clients.xlsx", "x")

    assert "clients.xlsx: found a second export named clients, beside clients.csv" in refusal(company)
