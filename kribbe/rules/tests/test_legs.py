"""In which groups a child would be, worked by hand."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.legs import Band, Leg, first_day, ways_through

BABIES = Band(1, 0, 14)
TODDLERS = Band(2, 12, 36)
MIXED = Band(3, 0, 36)
SCHOOL = date(2028, 9, 1)


def test_a_child_moves_up_on_the_first_of_the_month_after_it_outgrew_its_group():
    # born 10 March 2026: 14 months on 10 May 2027, so it moves on 1 June 2027
    assert ways_through(date(2026, 3, 10), date(2026, 9, 1), SCHOOL, [BABIES, TODDLERS]) == [
        (Leg(1, date(2026, 9, 1), date(2027, 6, 1)), Leg(2, date(2027, 6, 1), SCHOOL))
    ]


def test_each_group_of_its_age_is_a_way_and_a_last_group_keeps_the_child():
    ways = ways_through(date(2026, 3, 10), date(2027, 4, 1), SCHOOL, [MIXED, BABIES, TODDLERS])
    assert [[leg.group for leg in way] for way in ways] == [[1, 2], [3], [2]]
    assert ways_through(date(2026, 3, 10), date(2026, 9, 1), SCHOOL, [BABIES]) == [
        (Leg(1, date(2026, 9, 1), SCHOOL),)
    ]
    assert ways_through(date(2026, 3, 10), date(2026, 9, 1), SCHOOL, [TODDLERS]) == []


@given(
    birth=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    start=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    bounds=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 20)), max_size=5),
)
def test_a_way_has_no_gap_and_only_grows_older(birth, start, bounds):
    bands = [Band(number, low, low + width) for number, (low, width) in enumerate(bounds)]
    by_group = {band.group: band for band in bands}
    for way in ways_through(birth, start, SCHOOL, bands):
        assert (way[0].start, way[-1].end) == (start, SCHOOL)
        for leg, following in pairwise(way):
            assert leg.end == following.start and following.start.day == 1
            assert by_group[leg.group].to_months < by_group[following.group].to_months


def test_the_first_day_lies_in_the_months_that_are_given():
    months = {"first": date(2027, 3, 1), "until": date(2027, 6, 1), "today": date(2027, 1, 11)}
    assert first_day(date(2027, 4, 12), date(2027, 5, 1), **months) == date(2027, 4, 12)
    assert first_day(date(2027, 1, 1), date(2027, 3, 15), **months) == date(2027, 3, 1)
    assert first_day(date(2027, 1, 1), date(2027, 2, 15), **months) is None
    assert first_day(date(2027, 6, 1), date(2027, 9, 1), **months) is None
    overdue = {**months, "today": date(2027, 3, 20)}
    assert first_day(date(2027, 1, 1), date(2027, 2, 15), **overdue) == date(2027, 3, 20)
