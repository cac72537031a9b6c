"""Chances: small lists whose probabilities are known, and what holds for every list."""

from math import exp, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kribbe.allocation.chance.futures import futures, play_all
from kribbe.allocation.chance.judge import Chance, Sample, by_month, of_any
from kribbe.allocation.chance.scene import (
    BY_REGISTRATION,
    NEVER,
    Joint,
    Past,
    Places,
    Requests,
    Scene,
    Share,
    Stays,
    no_rounds,
    requests,
)
from kribbe.allocation.chance.score import base_rate, brier, by_position, reliability, resampled, wilson

MONDAY, TUESDAY, WEEK = 0b11, 0b1100, 0b1111111111
FUTURES = 4000
MONTHS = 6


def row(start: int, *wishes: tuple[int, int], **other: Any) -> dict[str, Any]:
    """A request for one start month; a wish is a location and a place in its order."""
    return {
        "registered": 0, "start": start, "latest": start, "birth": start - 6, "until": 30, "day": 0,
        "pattern": WEEK, "other": 0, "price": 1, "vulnerable": 0, "sibling": -1,
        "wishes": [(location, grade, grade, 0) for location, grade in wishes],
    } | other  # fmt: skip


def places(*free: int, ahead: int = 1, joint: int = -1, owed: int = 0) -> Places:
    """Locations with one group of income places each, that has so many places free on every half-day."""
    count = len(free)
    room = np.zeros((count, 12, 10), np.int16) + np.array(free, np.int16)[:, None, None]
    return Places(
        (np.arange(2 * count + 1) + 1) // 2,
        room,
        np.zeros(count, np.int64),
        np.full(count, 36),
        np.full((count, 4), ahead),
        np.full(count, BY_REGISTRATION),
        np.full(count, joint),
        np.full(count, owed),
    )


NOBODY = Stays(*(np.zeros(0, np.int64) for _ in range(4)))


def shares(
    waiting: Requests,
    room: Places,
    *,
    arrivals: Requests | None = None,
    stays: Stays = NOBODY,
    per_month: float = 0.0,
    taken: float = 1.0,
    leaving: float = 0.0,
    ending: float = 0.0,
    held: float = 0.0,
    by: int = MONTHS + 12,
    joint: Joint | None = None,
) -> Any:
    """By wish, the share of futures in which it gets an offer for that month or before."""
    rates = np.array([[per_month, taken, leaving, ending, held]])
    rounds = joint or no_rounds(MONTHS)
    found = play_all(waiting, arrivals or requests([]), room, stays, rounds, rates, FUTURES, 7, MONTHS, 1)
    return (found <= by).mean(0)


def about(share: float) -> Any:
    """Within four standard deviations of the share of so many futures."""
    return pytest.approx(share, abs=4 * sqrt(share * (1 - share) / FUTURES) + 1e-9)


def test_a_free_place_and_nobody_ahead_is_sure_and_no_place_is_none() -> None:
    assert shares(requests([row(1, (0, 0))]), places(1)) == pytest.approx([1.0])
    assert shares(requests([row(1, (0, 0))]), places(0)) == pytest.approx([0.0])


def test_the_second_gets_what_the_first_does_not_take() -> None:
    """One place, and six of ten offers are taken: the second is offered it in four of ten futures."""
    found = shares(requests([row(1, (0, 0)), row(1, (0, 1))]), places(1), taken=0.6)
    assert found[0] == 1.0
    assert found[1] == about(0.4)


def test_a_place_held_in_vain_is_lost_for_that_month() -> None:
    """A place that isn't taken stays held half the time: 0.4 x 0.5 for month 1; a month later it is there again."""
    waiting = requests([row(1, (0, 0)), row(1, (0, 1))])
    assert shares(waiting, places(1), taken=0.6, held=0.5, by=1)[1] == about(0.2)
    assert shares(waiting, places(1), taken=0.6, held=0.5, by=2)[1] == about(0.4)


def test_other_locations_take_those_ahead_away() -> None:
    """Two locations with a place each; the first in line wishes both, and either may offer first: one of two."""
    found = shares(requests([row(1, (0, 0), (1, 0)), row(1, (0, 1))]), places(1, 1))
    assert found[2] == about(0.5)


def test_who_is_ahead_on_other_half_days_is_not_in_the_way() -> None:
    waiting = requests([row(1, (0, 0), pattern=MONDAY), row(1, (0, 1), pattern=TUESDAY)])
    assert shares(waiting, places(1)) == pytest.approx([1.0, 1.0])


def test_another_pattern_will_do() -> None:
    waiting = requests([row(1, (0, 0), pattern=MONDAY), row(1, (0, 1), pattern=MONDAY, other=TUESDAY)])
    assert shares(waiting, places(1)) == pytest.approx([1.0, 1.0])


def test_new_requests_with_a_better_standing_come_first() -> None:
    """A place is given a month ahead; it is left if no newcomer (Poisson, mean 0.7) comes this month."""
    newcomer = requests([row(1, (0, 0))])
    found = shares(requests([row(1, (0, 1))]), places(1), arrivals=newcomer, per_month=0.7)
    assert found[0] == about(exp(-0.7))
    worse = shares(requests([row(1, (0, 0))]), places(1), arrivals=requests([row(1, (0, 1))]), per_month=0.7)
    assert worse[0] == 1.0


def test_the_one_ahead_may_stop_waiting() -> None:
    """For month 3 places are given in month 1: then the first has gone, and the second hasn't, in 0.36 x 0.64."""
    waiting = requests([row(3, (0, 0)), row(3, (0, 1))])
    found = shares(waiting, places(1, ahead=2), leaving=0.2)
    assert found[1] == about(0.36 * 0.64)


def test_children_who_leave_early_make_room() -> None:
    """The only place comes free if its child leaves in one of six months; who is late goes on waiting."""
    held = Stays(np.array([0]), np.array([-5]), np.array([12]), np.array([WEEK]))
    room = places(0, ahead=3)
    found = shares(requests([row(3, (0, 0))]), room, stays=held, ending=0.1)
    assert found[0] == about(1 - 0.9**6)


def test_a_child_too_old_or_of_another_price_gets_no_offer() -> None:
    waiting = requests([row(1, (0, 0), birth=-40), row(1, (0, 1), price=2)])
    assert shares(waiting, places(3)) == pytest.approx([0.0, 0.0])


EVERY_MONTH = Joint(np.arange(1, MONTHS + 1)[None, :], np.array([3]))
"""A round each month, for the children who would begin in the three months after it."""


def test_in_a_round_everybody_gets_the_best_that_they_can() -> None:
    """Alone, either location may ask the first in line first; in a round each has a place."""
    waiting = requests([row(1, (0, 0), (1, 0)), row(1, (0, 1), (1, 1))])
    assert shares(waiting, places(1, 1, joint=0), joint=EVERY_MONTH) == pytest.approx([1.0, 0.0, 0.0, 1.0])
    alone = shares(waiting, places(1, 1))
    assert alone[0] == about(0.5)
    assert alone[1] == about(0.5)


def test_a_round_gives_only_the_months_that_it_is_for_and_only_when_it_is_held() -> None:
    once = Joint(np.array([[NEVER, NEVER, 4, NEVER, NEVER, NEVER]]), np.array([1]))
    waiting = requests([row(4, (0, 0)), row(3, (0, 1), latest=3), row(5, (0, 2))])
    assert shares(waiting, places(9, joint=0), joint=once) == pytest.approx([1.0, 0.0, 0.0])
    late = requests([row(2, (0, 0), latest=4)])
    assert shares(late, places(9, joint=0), joint=once, by=3) == pytest.approx([0.0])
    assert shares(late, places(9, joint=0), joint=once, by=4) == pytest.approx([1.0])


def test_brothers_and_sisters_choose_as_one_in_a_round() -> None:
    """At their first wish there is a place for one of them; at the second for both. Alone each would go first."""
    pair = [row(1, (0, 0), (1, 0), sibling=1), row(1, (0, 1), (1, 1), sibling=0)]
    assert shares(requests(pair), places(1, 2, joint=0), joint=EVERY_MONTH) == pytest.approx([0, 1, 0, 1])
    apart = [each | {"sibling": -1} for each in pair]
    assert shares(requests(apart), places(1, 2, joint=0), joint=EVERY_MONTH) == pytest.approx([1, 0, 0, 1])


def test_a_round_gives_what_is_owed_to_vulnerable_children_first() -> None:
    waiting = requests([row(1, (0, 0)), row(1, (0, 5), vulnerable=1), row(1, (0, 6), vulnerable=1)])
    assert shares(waiting, places(1, joint=0, owed=1), joint=EVERY_MONTH) == pytest.approx([0.0, 1.0, 0.0])
    assert shares(waiting, places(1, joint=0), joint=EVERY_MONTH) == pytest.approx([1.0, 0.0, 0.0])


def test_each_kind_of_price_has_its_own_order() -> None:
    """The law puts the first ahead on the income place; on the free one the second stands ahead."""
    both = places(1, 1)._replace(
        groups_at=np.array([0, 1, 2]), ahead=np.ones((1, 4), np.int64), date_rule=np.zeros(1, np.int64),
        joint=np.array([-1]), owed=np.zeros(1, np.int64),
    )  # fmt: skip
    asked = [row(1, (0, 0), price=3), row(1, (0, 1), price=3)]
    asked[0]["wishes"], asked[1]["wishes"] = [(0, 0, 7, 0)], [(0, 1, 0, 0)]
    assert shares(requests(asked), both) == pytest.approx([1.0, 1.0])
    only_free = [each | {"price": 2} for each in asked]
    assert shares(requests(only_free), both) == pytest.approx([0.0, 1.0])


def test_in_a_round_a_child_goes_on_in_the_next_group() -> None:
    """Too old for the babies in month 3, when the only place among the toddlers is taken until month 5."""
    room = np.ones((2, 12, 10), np.int16)
    room[1, :5] = 0
    two = places(1, 1)._replace(
        groups_at=np.array([0, 2, 2]), room=room, from_months=np.array([0, 12]), to_months=np.array([12, 36]),
        ahead=np.ones((1, 4), np.int64), date_rule=np.zeros(1, np.int64), joint=np.zeros(1, np.int64),
        owed=np.zeros(1, np.int64),
    )  # fmt: skip
    baby = requests([row(1, (0, 0), birth=-9)])
    assert shares(baby, two, joint=EVERY_MONTH) == pytest.approx([0.0])
    room[1, 3:5] = 1
    assert shares(baby, two, joint=EVERY_MONTH) == pytest.approx([1.0])


def scene(waiting: Requests, room: Places, arrivals: Requests | None = None) -> Scene:
    past = Past(
        12, arrivals or requests([row(2, (0, 1))]), Share(80, 100), Share(5, 200), Share(2, 900), 0.2, 1
    )
    return Scene(waiting, room, NOBODY, past, no_rounds(MONTHS))


rows = st.builds(
    lambda start, wishes, pattern: row(start, *wishes, pattern=pattern, latest=start + 2),
    st.integers(1, 4),
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 30)), min_size=1, max_size=3, unique_by=lambda w: w[0]
    ),
    st.sampled_from([MONDAY, TUESDAY, MONDAY | TUESDAY, WEEK]),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(rows, min_size=1, max_size=12), st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_chances_are_chances_rise_by_month_and_are_the_same_each_time(
    asked: list[Any], free: list[int]
) -> None:
    waiting = requests(asked)
    found = futures(scene(waiting, places(*free, ahead=2)), seed=3, batches=4, each=8, months=8)
    again = futures(scene(waiting, places(*free, ahead=2)), seed=3, batches=4, each=8, months=8)
    assert (found == again).all()
    for wish in range(found.shape[1]):
        chances = by_month(found[:, wish], batches=4, start=1)
        assert all(0 <= each.low <= each.value <= each.high <= 1 for each in chances)
        assert [each.value for each in chances] == sorted(each.value for each in chances)
    assert (of_any(found) == found.min(1)).all()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=9, unique=True), st.integers(0, 4))
def test_another_free_place_never_lowers_a_chance(order: list[int], free: int) -> None:
    """One location and whole weeks, with the same luck: future by future, nobody is offered a place later."""
    waiting = requests([row(1, (0, grade), latest=4) for grade in order])
    few, more = (
        futures(scene(waiting, places(count, ahead=2)), seed=5, batches=4, each=16, months=8)
        for count in (free, free + 1)
    )
    assert (more <= few).all()


def test_another_free_place_does_not_lower_chances_over_several_locations_and_half_days() -> None:
    """Here a place more may let somebody in who is in another's way; within the error of so many futures."""
    asked = [
        row(1 + n % 3, (n % 3, n), ((n + 1) % 3, n), pattern=(MONDAY, WEEK, TUESDAY)[n % 3], latest=4)
        for n in range(24)
    ]
    few, more = (
        (
            futures(scene(requests(asked), places(n, n, n, ahead=2)), seed=5, batches=8, each=100, months=8)
            < 99
        )
        for n in (1, 2)
    )
    assert more.mean() > few.mean()
    assert (more.mean(0) > few.mean(0) - 4 * sqrt(0.25 / 800)).all()


def test_a_range_is_rounded_outwards_and_never_too_narrow() -> None:
    assert Chance(0.41, 0.33, 0.49).tenths() == (3, 5)
    assert Chance(0.0, 0.0, 0.0).tenths() == (0, 2)
    assert Chance(1.0, 1.0, 1.0).tenths() == (8, 10)
    assert Chance(0.45, 0.44, 0.46).tenths() in {(3, 5), (4, 6)}
    assert Chance(0.9, 0.62, 1.0).tenths() == (6, 10)


@pytest.mark.parametrize(
    ("sample", "thin"),
    [((15, 5, 6), False), ((14, 5, 6), True), ((15, 4, 6), True), ((15, 5, 5), True), ((400, 90, 12), False)],
)
def test_a_sample_is_thin_below_what_the_rule_says(sample: tuple[int, int, int], thin: bool) -> None:
    assert Sample(*sample).is_thin is thin


def test_scores_by_hand() -> None:
    """(0.8 - 1)^2 and (0.2 - 0)^2 are both 0.04. Wilson for 8 of 10: 0.490 to 0.943."""
    assert brier(np.array([0.8, 0.2]), np.array([1.0, 0.0])) == pytest.approx(0.04)
    found = wilson(8, 10)
    assert (found.low, found.value, found.high) == pytest.approx((0.4902, 0.8, 0.9433), abs=1e-4)
    assert base_rate(np.array([1.0, 0.0, 0.0, 0.0])) == 0.25
    assert base_rate(np.zeros(0)) == 0.5


def test_position_only_learns_a_share_by_class_pulled_to_the_base_rate() -> None:
    """Ten first in line all got an offer, ten far behind none: (10 + 5 x 0.5) / 15 and 2.5 / 15."""
    positions = np.array([1] * 10 + [50] * 10)
    happened = np.array([1.0] * 10 + [0.0] * 10)
    assert by_position(positions, happened, np.array([1, 50, 7])) == pytest.approx([12.5 / 15, 2.5 / 15, 0.5])


def test_an_interval_is_wider_where_cases_are_of_few_families() -> None:
    values = np.tile([0.0, 1.0], 50)
    each, few = np.arange(100), np.tile([0, 1], 50)
    apart, together = resampled(values, each, 1), resampled(values, few, 1)
    assert apart.value == together.value == 0.5
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_reliability_puts_every_forecast_in_its_tenth() -> None:
    said, happened = np.array([0.0, 0.05, 0.95, 1.0, 0.5]), np.array([0.0, 1.0, 1.0, 1.0, 0.0])
    assert [(each.low, each.cases, each.happened.value) for each in reliability(said, happened)] == [
        (0.0, 2, 0.5), (0.5, 1, 0.0), (0.9, 2, 1.0),
    ]  # fmt: skip


def test_a_thinner_past_gives_a_wider_interval() -> None:
    """Nine of ten offers taken, of ten or of a thousand: the second in line knows less in the first case."""
    waiting = requests([row(1, (0, 0)), row(1, (0, 1))])
    spread = []
    for of in (10, 1000):
        past = Past(12, requests([]), Share(of // 2, of), Share(0, 0), Share(0, 0), 0.0, 1)
        found = futures(
            Scene(waiting, places(1), NOBODY, past, no_rounds(MONTHS)), seed=2, batches=40, each=50, months=4
        )
        told = by_month(found[:, 1], batches=40, start=1)[0]
        spread.append(told.high - told.low)
    assert spread[0] > 1.5 * spread[1]
