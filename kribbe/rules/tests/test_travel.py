"""Travel by distance: worked by hand, and what must hold of every trip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.travel import Mode, extra_minutes, minutes_for, paces

KM = st.floats(min_value=0, max_value=200)
MODES = st.sampled_from(Mode)


@pytest.mark.parametrize(
    ("mode", "km", "minutes"),
    [
        # 1 km x 1.3 = 1.3 km at 4.5 km/h = 17.3 minutes
        (Mode.FOOT, 1.0, 18),
        # 3 km x 1.3 = 3.9 km at 14 km/h = 16.7 minutes, and 2 to lock it
        (Mode.BICYCLE, 3.0, 19),
        # 5 km x 1.4 = 7 km at 28 km/h = 15 minutes, and 5 to park
        (Mode.CAR, 5.0, 20),
        (Mode.FOOT, 0.0, 1),
    ],
)
def test_minutes_by_hand(mode: Mode, km: float, minutes: int) -> None:
    assert minutes_for(mode, km) == minutes


@given(MODES, KM, KM)
def test_further_is_never_sooner(mode: Mode, one: float, other: float) -> None:
    near, far = sorted((one, other))
    assert 1 <= minutes_for(mode, near) <= minutes_for(mode, far)


@given(KM)
def test_each_mode_beats_the_slower_one_far_away(km: float) -> None:
    if km > 2:
        assert minutes_for(Mode.CAR, km) <= minutes_for(Mode.BICYCLE, km) <= minutes_for(Mode.FOOT, km)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
def test_a_stop_on_the_way_never_gains_time(direct: int, first: int, second: int) -> None:
    assert extra_minutes(direct, (first, second)) == max(0, first + second - direct)


def test_every_pace_says_where_it_comes_from() -> None:
    assert set(paces()) == set(Mode)
    assert all(pace.source for pace in paces().values())
