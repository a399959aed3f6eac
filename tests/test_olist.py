"""The real marketplace: what any right build must reproduce from its files."""

from __future__ import annotations

import contextlib
import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data import build, lake, source
from data.lake import Manifest
from data.store import Store
from metrics import receipts
from metrics.window import Period, Window

ROOT = Path(__file__).parents[1]
RAW = ROOT / source.read("olist").raw

pytestmark = pytest.mark.skipif(not RAW.is_dir(), reason=f"the marketplace's files are not part of the product: {RAW}")


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, str]:
    """(data folder, what the command printed)."""
    folder = tmp_path_factory.mktemp("olist")
    with contextlib.chdir(ROOT), contextlib.redirect_stdout(io.StringIO()) as printed:
        assert build.main(["olist", "--into", str(folder)]) == 0
    return folder, printed.getvalue()


@pytest.fixture(scope="module")
def home(built) -> Path:
    return built[0]


@pytest.fixture(scope="module")
def manifest(home) -> Manifest:
    folder = lake.live(home)
    assert folder is not None
    return Manifest.read(folder)


@pytest.fixture(scope="module")
def store(home) -> Store:
    return Store(home)


def one(store: Store, sql: str) -> tuple[float, ...]:
    return tuple(store.query(sql).to_numpy()[0])


def test_counts_are_those_of_the_files(store):
    """8,225 scores from 8,191 reviews of 8,135 orders by 8,016 people: one review can stand for several orders."""
    assert one(
        store,
        "select (select count(*) from answers), (select count(distinct split_part(answer_id, '-', 1)) from answers), "
        "(select count(*) from orders), (select count(*) from clients), "
        "(select count(distinct client_id) from clients)",
    ) == (8225, 8191, 8135, 8016, 8016)


def test_late_orders_score_as_published(store):
    """Delivered after the promised day: 344 scores, mean 2.174; on or before it: 4,888, mean 4.275."""
    found = store.query(
        """
        select
            orders.fulfilled_at::date > orders.promised_at::date as is_late,
            count(*) as scores,
            round(avg(answers.score), 3) as mean
        from answers
        join orders using (order_id)
        where orders.status = 'fulfilled' and orders.fulfilled_at is not null
        group by is_late
        order by is_late
        """
    )

    assert list(found.itertuples(index=False, name=None)) == [(False, 4888, 4.275), (True, 344, 2.174)]


def test_receipts_find_the_late_deliveries_behind_the_scores(store):
    """Each review is linked to the case it names, else to its order; the late ones are those of the orders."""
    period = Period(date(2016, 1, 1), date(2018, 12, 1))
    found = receipts.receipts(store, Window((period,)), {})
    closed = found[found["closed_at"].notna()]
    late = closed[closed["is_late"].fillna(value=False).astype(bool)]

    assert (len(found), found["answer_id"].nunique()) == (8225, 8225)
    assert found["linked_by"].value_counts().to_dict() == {"case": 6985, "order": 1240}
    assert (len(late), round(float(late["score"].mean()), 3)) == (344, 2.174)


def test_only_impossible_steps_are_rejected(manifest, home):
    """All rows are kept but three hand-overs that the files date before the order itself was placed."""
    rejected = {name: counts.rejected for name, counts in manifest.tables.items() if counts.rejected}

    assert rejected == {"steps": 3}
    found = Store(home).query(
        'select "column", reason, value from read_parquet($file) order by value',
        {"file": str(home / "lake" / manifest.version / "rejects" / "steps.parquet")},
    )
    assert set(found["reason"]) == {"finished before it was started"}
    assert [str(value)[:10] for value in found["value"]] == ["2018-04-27", "2018-04-30", "2018-07-04"]


def test_layers_not_connected_are_absent(manifest, store):
    """The marketplace has connected no facts about employees: the tables are absent, not empty by chance."""
    assert set(manifest.tables) == {"clients", "orders", "payments", "cases", "steps", "answers"}
    for name in ("employees", "pulse", "skills", "contacts", "invitations"):
        assert len(store.query(f"select * from {name}")) == 0


def test_every_row_belongs_to_a_client(store):
    """Every fact finds its client, every case its order and every score its order: joins lose nothing."""
    for name in ("orders", "payments", "cases", "steps", "answers"):
        assert one(store, f"select count(*) from {name} left join clients using (client_id) where segment is null") == (
            0,
        )
    assert one(store, "select count(*) from answers anti join orders using (order_id)") == (0,)
    assert one(store, "select count(*) from cases anti join orders using (order_id)") == (0,)
    missing = "select count(*) from (from answers where case_id is not null) a anti join cases using (case_id)"
    assert one(store, missing) == (0,)


def test_money_is_that_of_the_files(store):
    """The payments add up to the file's payments to the cent."""
    with (RAW / "olist_order_payments_dataset.csv").open(encoding="utf-8", newline="") as file:
        paid = sum(Decimal(row["payment_value"]) for row in csv.DictReader(file))

    assert store.query("select sum(amount)::varchar as paid from payments")["paid"][0] == str(paid)


def test_wall_clock_is_that_of_the_files(store):
    """Instants are shown as the files have them, also in the summers of Sao Paulo."""
    with (RAW / "olist_orders_dataset.csv").open(encoding="utf-8", newline="") as file:
        written = {row["order_id"]: row["order_purchase_timestamp"] for row in csv.DictReader(file)}
    shown = store.query("select order_id, strftime(ordered_at, '%Y-%m-%d %H:%M:%S') as at_wall, ym from orders")

    assert dict(zip(shown["order_id"], shown["at_wall"], strict=True)) == written
    assert all(wall.startswith(ym) for wall, ym in zip(shown["at_wall"], shown["ym"], strict=True))


def test_build_is_asked_for_by_name(built):
    """python -m data.build olist, from the folder of the product, needs nothing else and ends with a table."""
    assert "answers              8,225       8,225           0" in built[1]
