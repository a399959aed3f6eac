"""The mean of some answers is as sure as its clients make it, and a key account makes it less so."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from scipy.special import stdtrit

from metrics import block_sums, shrinkage


def test_a_mean_is_told_by_leaving_out_one_client_at_a_time() -> None:
    """Three clients with 1, 1 and 2 answers, 4, 2 and 6 points: 3; without each 8/3, 10/3 and 3, by hand."""
    sums = block_sums.of_blocks([1, 1, 2], [4, 2, 6])
    squares = (1 / 3) ** 2 + (1 / 3) ** 2
    found = block_sums.mean(sums)

    assert (found.value, found.n) == (3.0, 4)
    assert block_sums.error(sums) == pytest.approx(np.sqrt(2 / 3 * squares))
    # all the doubt is of two clients: fewer degrees of freedom than can be, so the least
    assert found.high == pytest.approx(3 - stdtrit(2, 0.025) * block_sums.error(sums))
    assert block_sums.worth(sums) == pytest.approx(16 / 6)


def test_the_database_adds_up_the_same() -> None:
    """Blocks of two groups, and one whose single block leaves nothing when it is left out."""
    rows = [("a", 1, 4.0), ("a", 1, 2.0), ("a", 2, 6.0), ("b", 3, 9.0), ("b", 5, 11.0), ("c", 7, 21.0)]
    listed = ", ".join(f"('{name}', {n}, {y})" for name, n, y in rows)
    blocks = f"select * from (values {listed}) as t(name, n, y)"
    found = duckdb.sql(
        f"select name, [{block_sums.SUMS}] from ({block_sums.apart(blocks, 'name')}) group by name order by name"
    ).fetchall()

    for name, sums in found:
        mine = [(n, y) for group, n, y in rows if group == name]
        assert sums == pytest.approx(block_sums.of_blocks(*zip(*mine, strict=True)))
    assert block_sums.mean(found[2][1]).low is None


def test_clients_who_agree_leave_no_doubt_to_draw() -> None:
    """Without a client who differs there is no interval, and no error a group could be ranked by."""
    sums = block_sums.of_blocks([2, 3, 4, 5, 6], [6, 9, 12, 15, 18])

    assert block_sums.error(sums) == 0.0
    assert block_sums.mean(sums).low is None


def teams(seed: int, k: int, of_teams: float) -> shrinkage.Spread | None:
    """Teams of twelve clients as unequal as a company's; their true levels lie `of_teams` apart."""
    rng = np.random.default_rng(seed)
    found = []
    for level in rng.normal(0, of_teams, k):
        n = np.maximum(1, rng.poisson(8 * np.exp(rng.normal(0, 1.5, 12) - 1.125))).astype(float)
        found.append(
            block_sums.of_blocks(n, (4 + level + rng.normal(0, 0.4, 12)) * n + rng.normal(0, 0.6, 12) * n**0.5)
        )
    errors = shrinkage.careful([block_sums.error(one) for one in found], [block_sums.worth(one) for one in found])
    return shrinkage.spread([one[1] / one[0] for one in found], errors)


@pytest.mark.parametrize(("of_teams", "least", "most"), [(0.0, 0, 12), (0.5, 110, 120)])
def test_teams_that_are_alike_are_not_ranked_for_their_key_accounts(of_teams: float, least: int, most: int) -> None:
    """Of 120 companies with 20 such teams one in twenty may hear that teams differ, nearly all where they do."""
    spreads = [teams(seed, 20, of_teams) for seed in range(120)]

    assert least <= sum(one is not None and one.is_real for one in spreads) <= most
