"""Children of a carer who is ill: no place is given twice, and nobody is left over while there is room."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.stand_in import HALVES, Host, Need, propose

DAY = timedelta(days=1)
MONDAY = date(2026, 11, 30)
OPENS, CLOSES = 420, 1080


def host(key, *rooms, km=1.0, opens=OPENS, closes=CLOSES, families=(1, 2, 3)):
    room = {MONDAY + n * DAY: places for n, places in enumerate(rooms)}
    return Host(key, opens, closes, dict.fromkeys(families, km), room)


def need(child, day=0, *, family=1, halves=3, start=480, end=1020):
    return Need(child, family, MONDAY + day * DAY, halves, start, end)


def test_the_nearest_with_room_for_all_days_has_them_all():
    near, far = host(1, (1, 1), (0, 0), km=1), host(2, (1, 1), (1, 1), km=5)
    found = propose([need(7), need(7, 1)], [near, far])
    assert set(found.values()) == {2}


def test_brothers_and_sisters_stay_together_where_one_carer_takes_both():
    near, far = host(1, (1, 1), km=1), host(2, (2, 2), km=5)
    assert set(propose([need(7), need(8)], [near, far]).values()) == {2}
    assert propose([need(7), need(8)], [near]) == {(7, MONDAY): 1}


def test_days_come_apart_only_where_they_must():
    monday, tuesday = host(1, (1, 1), (0, 0)), host(2, (0, 0), (1, 1))
    assert propose([need(7), need(7, 1)], [monday, tuesday]) == {(7, MONDAY): 1, (7, MONDAY + DAY): 2}


def test_hours_before_the_opening_are_no_fit_and_a_half_day_needs_half_a_place():
    late = host(1, (1, 1), opens=500)
    assert propose([need(7)], [late]) == {}
    assert propose([need(7, halves=2, start=750)], [host(1, (0, 1))]) == {(7, MONDAY): 1}


NEEDS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 2), st.integers(1, 3), st.sampled_from([420, 480, 540])),
    max_size=10,
    unique_by=lambda each: each[:2],
)
HOSTS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 2)), min_size=3, max_size=3),
        st.sampled_from([420, 480]),
        st.floats(0, 20),
    ),
    max_size=4,
)


@given(needs=NEEDS, hosts=HOSTS)
def test_no_place_twice_hours_kept_and_nobody_left_over(needs, hosts):
    asked = [
        need(child, day, family=child // 2, halves=halves, start=start) for child, day, halves, start in needs
    ]
    able = [
        host(number, *rooms, opens=opens, km=km, families=range(5))
        for number, (rooms, opens, km) in enumerate(hosts)
    ]
    found = propose(asked, able)
    used = Counter(
        (found[each.child, each.day], each.day, half)
        for each in asked
        if (each.child, each.day) in found
        for half in HALVES
        if each.halves >> half & 1
    )
    for (key, day, half), count in used.items():
        assert count <= able[key].room[day][half]
    for each in asked:
        own = found.get((each.child, each.day))
        if own is not None:
            assert able[own].opens <= each.start
            continue
        for other in able:
            has = all(
                used[other.key, each.day, half] < other.room[each.day][half]
                for half in HALVES
                if each.halves >> half & 1
            )
            assert not (has and other.opens <= each.start), "a carer had room for a child that was left over"
