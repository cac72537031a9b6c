"""Who is asked to come to a sick child, and in which order."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.sickcare import OnCall, line_up, waits_until

hours = st.integers(6, 20).map(time)
carers = st.lists(
    st.builds(
        OnCall,
        id=st.integers(1, 10_000),
        km=st.floats(0, 30),
        radius_km=st.floats(0, 30),
        begins=hours,
        ends=hours,
    ),
    unique_by=lambda each: each.id,
    max_size=12,
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 2, day, hour, minute, tzinfo=UTC)


def waits(now: datetime, begins: datetime) -> datetime | None:
    return waits_until(now, time(6, 30), time(22), begins)


def test_asking_rests_at_night_unless_somebody_is_needed_before_the_morning() -> None:
    morning, goes_on = at(2, 8), at(2, 6, 30)
    for now in (at(1, 22), at(2, 0, 5), at(2, 6, 29)):
        assert waits(now, morning) == goes_on
        assert waits(now, goes_on) is None, "needed before asking would go on"
    assert waits(at(1, 21, 59), morning) is None
    assert waits(goes_on, morning) is None


@given(st.integers(0, 20_000), st.integers(0, 10_000))
def test_a_rest_ends_before_the_carer_is_needed_and_then_somebody_is_asked(minute: int, ahead: int) -> None:
    now = at(1, 0) + timedelta(minutes=minute)
    begins = now + timedelta(minutes=ahead)
    found = waits(now, begins)
    if found:
        assert now < found < begins
        assert found - now <= timedelta(hours=8, minutes=30)
        assert waits(found, begins) is None


def test_by_hand() -> None:
    day = {"begins": time(8), "ends": time(18)}
    found = line_up(
        [
            OnCall(id=1, km=4.0, radius_km=5, **day),
            OnCall(id=2, km=1.5, radius_km=1, **day),
            OnCall(id=3, km=1.5, radius_km=10, **day),
            OnCall(id=4, km=0.5, radius_km=10, begins=time(12), ends=time(18)),
            OnCall(id=5, km=1.5, radius_km=2, **day),
        ],
        time(8),
        time(16, 30),
    )
    assert found == [3, 5, 1], "2 doesn't go so far, 4 begins too late"


@given(carers, hours, hours, st.randoms())
def test_everybody_who_can_is_asked_once_the_nearest_first(rows, begins, ends, chance) -> None:  # type: ignore[no-untyped-def]
    found = line_up(rows, begins, ends)
    known = {row.id: row for row in rows}
    assert [known[key].km for key in found] == sorted(known[key].km for key in found)
    able = {r.id for r in rows if r.km <= r.radius_km and r.begins <= begins and r.ends >= ends}
    assert set(found) == able
    assert len(found) == len(able)
    mixed = list(rows)
    chance.shuffle(mixed)
    assert line_up(mixed, begins, ends) == found, "the order of the rows doesn't matter"
