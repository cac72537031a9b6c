"""Who is asked to come to a sick child, and in which order."""

from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.sickcare import OnCall, line_up

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
