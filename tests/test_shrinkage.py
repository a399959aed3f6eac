"""Ranking groups: what is noise between them is said, and the small ones do not stand at the ends."""

from __future__ import annotations

import numpy as np
import pytest

from metrics import shrinkage


def test_the_published_eight_schools_come_out():
    """Eight coaching programmes whose effects look from -3 to 28: chance explains all of it, and they are one."""
    effects = [28, 8, -3, 7, -1, 1, 18, 12]
    errors = [15, 10, 16, 11, 9, 11, 10, 18]
    found = shrinkage.spread(effects, errors)

    assert found is not None
    assert not found.is_real
    assert found.sd == 0  # Q is 4.71 with 7 degrees of freedom
    assert found.p == pytest.approx(0.6957, abs=1e-4)
    assert found.mean == pytest.approx(7.686, abs=1e-3)
    assert {round(group.value, 3) for group in found.groups} == {7.686}
    near = found.groups[3]  # at 7, nearly at the mean: hardly any doubt is left about how far to draw it
    assert near.high - near.value == pytest.approx(2.3646 * (4.072**2 + 2 / 5 * (7 - 7.686) ** 2) ** 0.5, abs=0.01)


def test_a_small_group_is_drawn_to_the_mean_and_a_large_one_stays():
    """Groups at 0, 4 and 6 with errors 1, 1 and 3: sorted by the lower bound, 4 stands before 6."""
    found = shrinkage.spread([0, 4, 6], [1, 1, 3])
    assert found is not None
    # weights 1, 1, 1/9; mean 14/6.3333... ; Q = sum of w (v - mean)^2
    weights, values = [1, 1, 1 / 9], [0, 4, 6]
    mean = sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)
    q = sum(w * (v - mean) ** 2 for w, v in zip(weights, values, strict=True))
    between = (q - 2) / (sum(weights) - sum(w * w for w in weights) / sum(weights))

    assert found.sd == pytest.approx(between**0.5)
    assert found.is_real
    assert found.groups[2].value - found.mean == pytest.approx((6 - found.mean) * between / (between + 9))
    assert found.groups[1].low > found.groups[2].low  # the surer stands first


def test_groups_that_do_not_differ_are_seldom_ranked():
    """Twelve alike groups of different size: a ranking is offered in about one of twenty companies."""
    rng = np.random.default_rng(7)
    errors = rng.uniform(0.1, 1.0, 12)
    ranked = sum(shrinkage.spread(list(rng.normal(4, errors)), list(errors)).is_real for _ in range(400))

    assert 6 <= ranked <= 35


def test_intervals_hold_the_true_values_of_groups():
    """Of true values that lie 0.5 apart, 95 of 100 are within, small groups and large ones together."""
    rng = np.random.default_rng(11)
    within = []
    for _ in range(400):
        errors = rng.uniform(0.1, 0.6, 17)
        truth = rng.normal(4, 0.4, 17)
        found = shrinkage.spread(list(rng.normal(truth, errors)), list(errors))
        within += [group.low <= at <= group.high for group, at in zip(found.groups, truth, strict=True)]

    assert 0.93 <= np.mean(within) <= 0.97


def test_a_group_without_doubt_is_refused():
    """An error of 0 would outweigh all others: five equal answers are few, not certain."""
    with pytest.raises(ValueError, match="without any error"):
        shrinkage.spread([1, 2], [0, 1])
    assert shrinkage.spread([1], [1]) is None
