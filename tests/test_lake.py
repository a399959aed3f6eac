"""Which lake is live, what it says of itself, and who may build."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os

import pytest
from company import ROWS

from data import lake
from data.errors import BuildError, StrataError
from data.lake import Counts, Manifest, Stage

MANIFEST = Manifest(
    version="20260301T120000-abc", source="acme", title={"en": "Acme", "ru": "Акме"}, currency="EUR", timezone="UTC",
    built_at="2026-03-01T12:00:00", as_of="2026-02-28",
    stages=(Stage("order", {"en": "Order", "ru": "Заказ"}), Stage("pay", {"en": "Pay", "ru": "Оплата"}, payments=True)),
    tables={"clients": Counts(2, 1, 1), "answers": Counts(3, 3, 0, "2026-01-01", "2026-02-28")},
    files={"clients": ("clients/part.parquet",), "answers": ()},
)  # fmt: skip


def test_manifest_comes_back_as_it_was_written(tmp_path):
    """Everything a lake says of itself survives the way to the disk and back."""
    MANIFEST.write(tmp_path)

    assert Manifest.read(tmp_path) == MANIFEST
    assert MANIFEST.last_day.isoformat() == "2026-02-28"


@pytest.mark.parametrize("content", [None, "", "{}", "[]", "{'version'", '{"stages": [{"id": 1}]}'])
def test_lake_of_another_make_is_named(tmp_path, content):
    """A lake whose manifest is gone, damaged or of another version of the product asks to be built again."""
    if content is not None:
        (tmp_path / "lake.json").write_text(content)

    with pytest.raises(StrataError) as refused:
        Manifest.read(tmp_path)

    assert "Build it again" in str(refused.value)


def test_manifest_with_an_unknown_key_is_of_another_make(tmp_path):
    """A lake built by a newer product is not half understood."""
    MANIFEST.write(tmp_path)
    said = json.loads((tmp_path / "lake.json").read_text())
    (tmp_path / "lake.json").write_text(json.dumps(said | {"rollups": []}))

    with pytest.raises(StrataError, match="a lake built by this version of the product"):
        Manifest.read(tmp_path)


def test_no_lake_is_live_before_the_first_build(tmp_path):
    """A folder without a lake, an absent folder and a file all have no lake."""
    (tmp_path / "file").write_text("")

    assert [lake.live(tmp_path / name) for name in (".", "absent", "file")] == [None, None, None]


def test_place_is_what_the_setting_says(monkeypatch, tmp_path):
    """STRATA_DATA says where everything lies; without it, or empty, data/files."""
    monkeypatch.setenv("STRATA_DATA", str(tmp_path))
    assert lake.place() == tmp_path
    monkeypatch.setenv("STRATA_DATA", "")
    assert lake.place() == lake.HOME


def test_commit_makes_the_version_live(tmp_path):
    """What readers see changes by one rename, from one whole version to the next."""
    for name in ("one", "two"):
        (tmp_path / "lake" / name / "clients").mkdir(parents=True)
        lake.commit(tmp_path, tmp_path / "lake" / name)

        assert lake.live(tmp_path) == tmp_path / "lake" / name
    assert [path.name for path in (tmp_path / "lake").iterdir() if path.is_file()] == ["current"]


def test_sweep_leaves_what_is_kept_and_what_is_not_ours(tmp_path):
    """Leftovers of builds go; the kept lakes, the pointer and everything people wrote stay."""
    for name in ("lake/old", "lake/live", "build-x1", "uploads"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "lake" / "current").write_text("live")

    lake.sweep(tmp_path, {"live"})

    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        "lake", "lake/current", "lake/live", "uploads",
    ]  # fmt: skip


def test_one_build_at_a_time(tmp_path):
    """Who comes second is told so; when the first has ended, also by failing, the way is free."""
    with lake.building(tmp_path), pytest.raises(BuildError, match="another build at work"), lake.building(tmp_path):
        pytest.fail("two builds at once")
    with contextlib.suppress(ZeroDivisionError), lake.building(tmp_path):
        raise ZeroDivisionError
    with lake.building(tmp_path):
        pass


def hold(home, held):
    with lake.building(home):
        held.set()
        os.kill(os.getpid(), 9)


def test_killed_build_does_not_lock_the_next_one_out(tmp_path):
    """The lock of a build dies with its process."""
    servers = multiprocessing.get_context("spawn")
    held = servers.Event()
    killed = servers.Process(target=hold, args=(tmp_path, held))
    killed.start()
    killed.join(30)

    assert (held.is_set(), killed.exitcode) == (True, -9)
    with lake.building(tmp_path):
        pass


def test_reader_follows_to_the_next_lake(company):
    """A store that is open shows the next lake as soon as it is live, under a new version."""
    company.export(clients=ROWS["clients"], answers=ROWS["answers"])
    company.build()
    store = company.store()
    first = (store.version(), len(store.query("select * from answers")))

    company.export(answers=ROWS["answers"][:1], orders=ROWS["orders"])
    company.build()

    assert (first[1], len(store.query("select * from answers")), len(store.query("select * from orders"))) == (2, 1, 2)
    assert store.version() != first[0]
    manifest = store.manifest()
    assert manifest is not None
    assert store.version() == manifest.version == company.version().name
