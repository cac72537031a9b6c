"""What a choice does to a week, worked by hand."""

from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.week_effect import effect

MONDAY = WeekPattern.from_text("mon")
BOOKABLE = [3] * 10 + [0] * 4
FREE = [[1, 1, 2, 2, 3, 3, 1, 1, 2, 2] + [0] * 4] * 2


def test_a_full_monday_with_an_empty_wednesday_is_told():
    others = [(MONDAY, 0, 1), (WeekPattern.from_text("wed"), 0, 1), (MONDAY, 1, 1)]
    found = effect(MONDAY, free=FREE, bookable=BOOKABLE, first=0, last=0, waiting=others)
    # thirty places a week, eighteen of them free
    assert (found.taken_before, found.taken_after, found.bookable) == (12, 14, 30)
    assert found.becomes_full == MONDAY
    # Tuesday and Friday have two of three left, Wednesday all three
    assert found.stays_empty == WeekPattern.from_text("tue wed fri")
    # Monday is full in the first month only: the third of the others begins in the second
    assert found.others == 2


def test_where_nothing_is_full_nothing_is_lost():
    found = effect(WeekPattern.from_text("wed"), free=FREE, bookable=BOOKABLE, first=0, last=1, waiting=[])
    assert found.becomes_full.is_empty and found.stays_empty.is_empty
