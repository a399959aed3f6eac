"""The honest delta: what the groups did, and what only their weights did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import delta

weights = st.floats(0.01, 1e6)
values = st.floats(-1e4, 1e4)
periods = st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(weights, values), min_size=1)


def test_split_matches_the_published_case():
    """Every group did a point better, and the total fell by three: the weights moved to the weakest."""
    found = delta.split(
        {"a": (300, 85), "b": (200, 78), "c": (100, 73)}, {"a": (100, 86), "b": (200, 79), "c": (300, 74)}
    )

    assert (found.before, found.after) == pytest.approx((80.6667, 77.6667), abs=1e-4)
    assert (found.change, found.performance, found.mix) == pytest.approx((-3.0, 1.0, -4.0))
    assert found.signs_disagree


def test_parts_are_worked_by_hand():
    """A group that grows lifts the total only when it is better than the whole."""
    found = delta.split({"a": (1, 10), "b": (1, 20)}, {"a": (1, 10), "b": (3, 24)})
    by_group = {part.group: (part.performance, part.mix) for part in found.parts}

    # totals 15 and 20.5, their mean 17.75; weights .5 -> .25 and .5 -> .75; mean values 10 and 22
    assert by_group["a"] == pytest.approx((0.0, (10 - 17.75) * -0.25))
    assert by_group["b"] == pytest.approx((0.625 * 4, (22 - 17.75) * 0.25))
    assert sum(part.change for part in found.parts) == pytest.approx(5.5)
    assert not found.signs_disagree


def test_a_new_group_is_mix_alone():
    """A new group has no past to do better than: all it brings is its weight."""
    found = delta.split({"old": (1, 50)}, {"old": (1, 50), "new": (1, 90)})
    new = {part.group: part for part in found.parts}["new"]

    assert (found.change, found.performance, found.mix) == pytest.approx((20, 0, 20))
    assert (new.performance, new.mix) == pytest.approx((0, (90 - 60) * 0.5))


def test_a_lost_group_is_mix_alone():
    """A group that left takes only its weight with it."""
    found = delta.split({"stays": (1, 50), "leaves": (1, 90)}, {"stays": (1, 40)})

    assert (found.change, found.performance, found.mix) == pytest.approx((-30, -7.5, -22.5))


def test_a_group_without_weight_has_no_say():
    """A group with weight 0 counts as absent, whatever value stands beside it."""
    absent = delta.split({"a": (1, 50)}, {"a": (1, 50), "b": (1, 90)})

    assert delta.split({"a": (1, 50), "b": (0, -7)}, {"a": (1, 50), "b": (1, 90)}) == absent
    assert delta.split({"a": (1, 50), "b": (0, None)}, {"a": (1, 50), "b": (1, 90)}) == absent
    assert delta.split({"a": (1, 50), "b": (1, 90)}, {"a": (1, 50), "b": (0, -7)}) == delta.split(
        {"a": (1, 50), "b": (1, 90)}, {"a": (1, 50)}
    )
    assert [part.group for part in delta.split({"a": (1, 5), "b": (0, 3)}, {"a": (1, 5), "b": (0, 4)}).parts] == ["a"]


def test_a_total_that_did_not_move_has_no_sign():
    """A total that stays at 0.4, but for rounding, does not contradict groups that did better."""
    found = delta.split({"a": (1, 0.1), "b": (1, 0.7)}, {"a": (2, 0.1 + 0.05), "b": (1, 1.2 - 0.1 - 0.2)})

    assert found.performance == pytest.approx(0.1125)
    assert not found.signs_disagree


@pytest.mark.parametrize(
    ("before", "after"), [({}, {"a": (1, 5)}), ({"a": (1, 5)}, {}), ({"a": (0, None)}, {"a": (1, 5)})]
)
def test_an_empty_period_has_no_split(before, after):
    """Without any weight there is no total, and so no change to explain."""
    assert delta.split(before, after) is None


@pytest.mark.parametrize("group", [(-1, 5), (1, None)])
def test_a_negative_weight_or_a_missing_value_is_refused(group):
    """A group that weighs must have a value, and none weighs less than nothing."""
    with pytest.raises(ValueError, match="group 'a'"):
        delta.split({"a": group}, {"a": (1, 5)})


@given(periods, periods)
def test_the_parts_add_up_to_the_change(before, after):
    """Performance and mix add up to the whole change, over any groups, present in both periods or in one."""
    found = delta.split(before, after)

    assert found.performance + found.mix == pytest.approx(found.change, rel=1e-9, abs=1e-7)
    assert sum(part.change for part in found.parts) == pytest.approx(found.change, rel=1e-9, abs=1e-7)


@given(periods, st.floats(0.01, 100), st.floats(0.01, 100))
def test_the_same_groups_in_the_same_proportions_did_nothing(groups, before, after):
    """A period twice as large in every group did not change."""
    first, second = (
        {name: (weight * scale, value) for name, (weight, value) in groups.items()} for scale in (before, after)
    )
    found = delta.split(first, second)

    assert (found.performance, found.mix) == pytest.approx((0, 0), abs=1e-8)
    assert not found.signs_disagree


@given(periods, periods)
def test_the_way_back_is_the_opposite(before, after):
    """Seen from the other end, the same change has the same parts with the other sign."""
    there, back = delta.split(before, after), delta.split(after, before)

    assert (there.performance, there.mix) == pytest.approx((-back.performance, -back.mix), rel=1e-9, abs=1e-7)
    assert there.signs_disagree == back.signs_disagree
