"""Weeks in turn, changes from a day on and for a time, closing days: by hand and against counting day by day."""

from datetime import date, time, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.agreed import (
    DAY,
    Agreement,
    changed,
    changed_for_good,
    minutes,
    ordinary,
    pattern_of,
    rescheduled,
    share_of_days,
    share_of_half_days,
    starting_on,
    there_on,
    within,
)
from kribbe.rules.calendar import public_holidays
from kribbe.rules.halfdays import WeekPattern

WHOLE = ((8 * 60, 17 * 60),)
MORNING = ((8 * 60, 12 * 60),)
MONDAYS = {0: WHOLE}
WEDNESDAYS = {2: MORNING}
SEPTEMBER = date(2026, 9, 1)
"""A Tuesday."""


def days_between(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def there(agreements, first: date, last: date, closed=frozenset()) -> list[date]:
    return [day for day in days_between(first, last) if there_on(agreements, day, closed)]


def test_weeks_in_turn_by_hand():
    """From Tuesday 1 September: that week is the first, so its Monday is over; Wednesday the 9th is the second's."""
    agreed = (Agreement(SEPTEMBER, None, (MONDAYS, WEDNESDAYS)),)
    assert there(agreed, SEPTEMBER, date(2026, 9, 30)) == [
        date(2026, 9, 9),
        date(2026, 9, 14),
        date(2026, 9, 23),
        date(2026, 9, 28),
    ]


def test_closing_days_and_public_holidays_by_hand():
    """In November 2026 Wednesday the 11th is a public holiday, and the location closes on the 18th."""
    agreed = (Agreement(SEPTEMBER, None, (WEDNESDAYS,)),)
    closed = {*public_holidays(2026), date(2026, 11, 18)}
    assert there(agreed, date(2026, 11, 1), date(2026, 11, 30), closed) == [
        date(2026, 11, 4),
        date(2026, 11, 25),
    ]


def test_a_change_for_a_time_leaves_the_turns_as_they_were():
    agreed = (Agreement(SEPTEMBER, date(2027, 6, 30), (MONDAYS, WEDNESDAYS)),)
    october = Agreement(date(2026, 10, 5), date(2026, 10, 18), ({4: WHOLE},))
    laid = changed(agreed, october)
    assert [(each.start, each.end) for each in laid] == [
        (SEPTEMBER, date(2026, 10, 4)),
        (date(2026, 10, 5), date(2026, 10, 18)),
        (date(2026, 10, 19), date(2027, 6, 30)),
    ]
    assert there(laid, date(2026, 10, 1), date(2026, 11, 1)) == [
        date(2026, 10, 9),
        date(2026, 10, 16),
        date(2026, 10, 21),
        date(2026, 10, 26),
    ]


def test_a_change_without_end_replaces_all_that_was_to_come():
    agreed = changed(
        (Agreement(SEPTEMBER, None, (MONDAYS,)),),
        Agreement(date(2027, 3, 1), date(2027, 3, 31), (WEDNESDAYS,)),
    )
    laid = changed(agreed, Agreement(date(2027, 1, 4), None, ({1: WHOLE},)))
    assert [(each.start, each.end) for each in laid] == [
        (SEPTEMBER, date(2027, 1, 3)),
        (date(2027, 1, 4), None),
    ]


def test_a_night_belongs_to_both_days():
    """Sunday 20:00 to Monday 7:00; the week's pattern counts Sunday afternoon and Monday morning."""
    night = {6: ((20 * 60, 31 * 60),)}
    agreed = (Agreement(SEPTEMBER, None, (night,)),)
    assert minutes(there_on(agreed, date(2026, 9, 6))) == 4 * 60
    assert minutes(there_on(agreed, date(2026, 9, 7))) == 7 * 60
    assert there_on(agreed, date(2026, 9, 7), {date(2026, 9, 6)}) == ()
    assert pattern_of(night).to_text() == "mon-am sun-pm"


def test_half_days_of_a_week_by_hand():
    """12:20 is no afternoon, 13:30 isn't either (half an hour doesn't count), 13:31 is."""
    week = {0: ((480, 740),), 1: ((480, 810),), 2: ((480, 811),), 3: ((750, 1020),)}
    assert pattern_of(week).to_text() == "mon-am tue-am wed thu-pm"
    assert pattern_of({0: MORNING}, time(11)).to_text() == "mon"


def test_the_share_of_a_full_week_by_hand():
    full = dict.fromkeys(range(5), WHOLE)
    for share in (share_of_days, share_of_half_days):
        assert share((full,)) == 1
        assert share(({**full, 5: WHOLE},)) == 1
    # A Monday in one week and a Wednesday morning in the other: 2 days of 10, and 3 half-days of 20.
    assert share_of_days((MONDAYS, WEDNESDAYS)) == Fraction(2, 10)
    assert share_of_half_days((MONDAYS, WEDNESDAYS)) == Fraction(3, 20)
    mornings = dict.fromkeys(range(5), MORNING)
    assert (share_of_days((mornings,)), share_of_half_days((mornings,))) == (1, Fraction(1, 2))


def test_the_rest_of_a_night_is_a_day_of_the_share():
    """Sunday evening to Monday morning is two days, Monday's in the week that follows."""
    night = {6: ((20 * 60, 31 * 60),)}
    assert share_of_days((night,)) == Fraction(2, 5)
    assert share_of_days((night, MONDAYS)) == Fraction(2, 10)
    assert share_of_days(({0: ((20 * 60, 31 * 60),)},)) == Fraction(2, 5)


DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))
PART = st.tuples(st.integers(0, 1380), st.integers(1, 900)).map(lambda two: (two[0], two[0] + two[1]))
WEEK = st.dictionaries(st.integers(0, 6), PART.map(lambda part: (part,)), max_size=7)
WEEKS = st.lists(WEEK, min_size=1, max_size=3).map(tuple)


@st.composite
def agreements(draw) -> Agreement:
    start = draw(DATES)
    end = draw(st.none() | st.integers(0, 400).map(lambda n: start + n * DAY))
    return Agreement(start, end, draw(WEEKS))


def naive(laid: list[Agreement], on: date):
    """The last change whose days hold this one; its week counted one by one from the Monday of its first day."""
    held = [each for each in laid if each.start <= on and (each.end is None or on <= each.end)]
    if not held:
        return ()
    last, turn = held[-1], 0
    monday = last.start - timedelta(days=last.start.weekday())
    while monday + timedelta(days=6) < on:
        monday, turn = monday + timedelta(days=7), turn + 1
    return last.weeks[turn % len(last.weeks)].get(on.weekday(), ())


def cut(laid: list[Agreement], change: Agreement) -> list[Agreement]:
    """What an endless change does to the others: nothing of them is left after its first day."""
    if change.end is not None:
        return [*laid, change]
    kept = [each for each in laid if each.start < change.start]
    ended = [
        Agreement(each.start, min(each.end or date.max, change.start - DAY), each.weeks) for each in kept
    ]
    return [*ended, change]


@given(st.lists(agreements(), min_size=1, max_size=5), DATES)
def test_changes_laid_one_over_the_other_are_the_last_that_holds(laid: list[Agreement], on: date):
    found: tuple[Agreement, ...] = ()
    plain: list[Agreement] = []
    for change in laid:
        found, plain = changed(found, change), cut(plain, change)
    assert sum(each.holds(on) for each in found) <= 1
    assert starting_on(found, on) == naive(plain, on)


@given(agreements(), DATES)
def test_a_change_to_the_same_weeks_changes_nothing(agreed: Agreement, on: date):
    again = Agreement(agreed.start, agreed.end, agreed.weeks)
    assert changed((agreed,), again) == (again,)
    assert starting_on((agreed,), on, {on}) == ()


@given(WEEK)
def test_a_week_has_the_half_days_of_its_days(week):
    """Against WeekPattern's own reading of hours, for stays within a day."""
    plain = {day: tuple((a, min(b, 1439)) for a, b in parts if a < 1439) for day, parts in week.items()}
    whole = {
        day: [(time(a // 60, a % 60), time(b // 60, b % 60)) for a, b in parts]
        for day, parts in plain.items()
    }
    from kribbe.rules.halfdays import pattern_of_hours

    assert pattern_of(plain) == pattern_of_hours(whole)
    assert isinstance(pattern_of(week), WeekPattern)


stretches = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 20)), max_size=4)
some_weeks = st.lists(
    st.dictionaries(st.integers(0, 6), st.sampled_from([WHOLE, MORNING]), max_size=3), min_size=1, max_size=3
).map(tuple)


def by_day(agreed, first: date, days: int):
    return [starting_on(agreed, first + n * DAY) for n in range(days)]


def scheduled(spans, weeks):
    """Stretches without overlap, as a calendar of schools has them."""
    found, free = [], 0
    for begin, length in sorted(spans):
        if begin >= free:
            found.append(
                Agreement(
                    SEPTEMBER + begin * DAY, SEPTEMBER + (begin + length) * DAY, weeks, SEPTEMBER - DAY, True
                )
            )
            free = begin + length + 1
    return found


@given(some_weeks, some_weeks, stretches, some_weeks, stretches, st.integers(0, 230))
def test_a_schedule_is_laid_over_the_ordinary_weeks_and_taken_off_again(own, one, spans, two, others, begin):
    """Day by day: the newest schedule that has the day, else the ordinary weeks in the turn that they always had."""
    start, days = SEPTEMBER + begin * DAY, 240
    plain = (Agreement(SEPTEMBER, None, own),)
    first = rescheduled(plain, SEPTEMBER, scheduled(spans, one))
    later = [part for each in scheduled(others, two) if (part := within(each, start, None))]
    both = rescheduled(first, start, later)
    for day in days_between(SEPTEMBER, SEPTEMBER + (days - 1) * DAY):
        layers = later if day >= start else scheduled(spans, one)
        wanted = next((each.starting(day) for each in layers if each.holds(day)), plain[0].starting(day))
        assert starting_on(both, day) == wanted
        assert sum(each.holds(day) for each in both) == 1
    assert by_day(ordinary(both), SEPTEMBER, days) == by_day(plain, SEPTEMBER, days)
    assert by_day(rescheduled(both, SEPTEMBER, ()), SEPTEMBER, days) == by_day(plain, SEPTEMBER, days)


@given(some_weeks, some_weeks, stretches, some_weeks, st.integers(0, 230))
def test_a_change_for_good_goes_beneath_a_schedule(own, one, spans, new, begin):
    start, over = SEPTEMBER + begin * DAY, scheduled(spans, one)
    held = rescheduled((Agreement(SEPTEMBER, None, own),), SEPTEMBER, over)
    after = changed_for_good(held, Agreement(start, None, new))
    for day in days_between(SEPTEMBER, SEPTEMBER + 240 * DAY):
        on = next((each for each in over if each.holds(day)), None)
        beneath = Agreement(start, None, new) if day >= start else Agreement(SEPTEMBER, None, own)
        assert starting_on(after, day) == (on or beneath).starting(day)


@given(some_weeks, st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_within_is_the_same_on_the_days_that_it_keeps(own, begin, length, first):
    each = Agreement(SEPTEMBER + begin * DAY, SEPTEMBER + (begin + length) * DAY, own)
    start, end = SEPTEMBER + first * DAY, SEPTEMBER + (first + 14) * DAY
    part = within(each, start, end)
    for day in days_between(SEPTEMBER, SEPTEMBER + 140 * DAY):
        kept = each.starting(day) if start <= day < end else ()
        assert (part.starting(day) if part else ()) == kept


def test_all_of_a_short_stay_in_the_holidays_is_as_it_is():
    only = (Agreement(SEPTEMBER, SEPTEMBER + 6 * DAY, (MONDAYS,), None, True),)
    assert ordinary(only) == only
