"""Taps become stays: worked days by hand, and the same stays in whatever order the taps arrive."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.attendance import (
    Correction,
    Doubt,
    Plan,
    Pressed,
    Reading,
    Stay,
    Tap,
    as_taps,
    halves_of_stay,
    moment,
    offset_then,
    register,
    service_day,
    standing,
    stays_of,
    true_time,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
DAY = date(2026, 3, 3)
NEXT = datetime(2026, 3, 4, 6, tzinfo=UTC)
PLAN = Plan(((480, 1020),), opens=420, closes=1080)
IN, OUT, CANCEL = Pressed.IN, Pressed.OUT, Pressed.CANCEL


def at(text: str, day: date = DAY) -> datetime:
    hour, minute = map(int, text.split(":"))
    return moment(day, 60 * hour + minute, BRUSSELS)


def taps(*presses: tuple[Pressed, str], day: date = DAY) -> list[Tap]:
    return [
        Tap(UUID(int=number), pressed, at(text, day), at(text, day))
        for number, (pressed, text) in enumerate(presses, start=1)
    ]


def stays(*presses, plan=PLAN, now=NEXT):
    return [
        (f"{stay.start.astimezone(BRUSSELS):%H:%M}",
         f"{stay.end.astimezone(BRUSSELS):%H:%M}" if stay.end else "", stay.doubt)
        for stay in stays_of(DAY, taps(*presses), plan, zone=BRUSSELS, now=now)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("presses", "expected"),
    [
        ([(IN, "8:05"), (OUT, "16:50")], [("08:05", "16:50", "")]),
        ([(IN, "8:05"), (OUT, "12:00"), (IN, "13:00"), (OUT, "17:00")],
         [("08:05", "12:00", ""), ("13:00", "17:00", "")]),
        ([(IN, "8:05"), (IN, "8:06"), (IN, "9:00"), (OUT, "16:50")], [("08:05", "16:50", "")]),
        ([(IN, "8:05"), (OUT, "16:50"), (OUT, "16:55")], [("08:05", "16:50", "")]),
        ([(IN, "8:05")], [("08:05", "17:00", "no_out")]),
        ([(IN, "17:20")], [("17:20", "18:00", "no_out")]),
        ([(IN, "18:30")], [("18:30", "00:00", "no_out")]),
        ([(OUT, "16:50")], [("08:00", "16:50", "no_in")]),
        ([(OUT, "7:30")], [("07:00", "07:30", "no_in")]),
        ([(OUT, "8:00"), (IN, "8:01"), (OUT, "16:50")], [("08:01", "16:50", "")]),
        ([(IN, "8:05"), (OUT, "12:00"), (OUT, "16:50")],
         [("08:05", "12:00", ""), ("12:00", "16:50", "no_in")]),
        ([(IN, "8:05"), (OUT, "8:05")], []),
        ([], []),
    ],
)  # fmt: skip
def test_days_worked_by_hand(presses, expected):
    assert stays(*presses) == expected


VISITS = [
    ("without an out", [(IN, "7:30")], [(IN, "10:00"), (OUT, "11:00")],
     [("07:30", "10:00", "no_out")], [("10:00", "11:00", "")]),
    ("with a late out", [(IN, "7:30"), (OUT, "10:03")], [(IN, "10:00"), (OUT, "11:00")],
     [("07:30", "10:00", "")], [("10:00", "11:00", "")]),
    ("with an out long after", [(IN, "7:30"), (OUT, "10:30")], [(IN, "10:00"), (OUT, "11:00")],
     [("07:30", "10:00", "no_out")], [("10:00", "11:00", "")]),
    ("and back with an in", [(IN, "7:30"), (IN, "11:02"), (OUT, "17:00")], [(IN, "10:00"), (OUT, "11:00")],
     [("07:30", "10:00", "no_out"), ("11:02", "17:00", "")], [("10:00", "11:00", "")]),
    ("and back with an out alone", [(IN, "7:30"), (OUT, "17:00")], [(IN, "10:00"), (OUT, "11:00")],
     [("07:30", "10:00", "no_out"), ("11:00", "17:00", "no_in")], [("10:00", "11:00", "")]),
    ("and back without an out there", [(IN, "7:30"), (IN, "11:00"), (OUT, "17:00")], [(IN, "10:00")],
     [("07:30", "10:00", "no_out"), ("11:00", "17:00", "")], [("10:00", "11:00", "no_out")]),
    ("out there and at once here", [(IN, "7:30"), (OUT, "11:04")], [(IN, "10:00"), (OUT, "11:00")],
     [("07:30", "10:00", "no_out")], [("10:00", "11:00", "")]),
    ("first there", [(IN, "9:00"), (OUT, "17:00")], [(IN, "8:00"), (OUT, "8:55")],
     [("09:00", "17:00", "")], [("08:00", "08:55", "")]),
    ("both at one moment", [(IN, "8:00"), (OUT, "17:00")], [(IN, "8:00"), (OUT, "17:00")],
     [], [("08:00", "17:00", "")]),
]  # fmt: skip


def _elsewhere(taps):
    """The same taps with keys of their own."""
    return [
        replace(tap, key=UUID(int=tap.key.int + 10_000), cancels=tap.cancels and UUID(int=tap.cancels.int + 10_000))
        for tap in taps
    ]  # fmt: skip


def both(own, visit, now=NEXT):
    """The stays of a child's own place and of the one that it visits."""
    there = _elsewhere(visit)
    return [
        stays_of(DAY, taps, PLAN, zone=BRUSSELS, now=now, elsewhere=others)
        for taps, others in ((own, there), (there, own))
    ]


@pytest.mark.parametrize(("name", "own", "visit", "here", "there"), VISITS, ids=[row[0] for row in VISITS])
def test_a_child_with_two_places_is_where_it_was_checked_in_last(name, own, visit, here, there):
    found = [
        [(f"{stay.start.astimezone(BRUSSELS):%H:%M}", f"{stay.end.astimezone(BRUSSELS):%H:%M}", stay.doubt)
         for stay in stays]
        for stays in both(taps(*own), taps(*visit))
    ]  # fmt: skip
    assert found == [here, there]


def test_a_corrected_register_says_its_stays_elsewhere():
    """A check-in at its own group by mistake ended the visit; once that day is corrected, the visit goes on."""
    visit, wrong = taps((IN, "8:00")), taps((IN, "9:00"))
    wrong = [Tap(UUID(int=50), tap.pressed, tap.at, tap.received_at) for tap in wrong]
    now = at("12:00")

    def found(corrections):
        elsewhere = as_taps(wrong, corrections)
        return stays_of(DAY, visit, PLAN, zone=BRUSSELS, now=now, elsewhere=elsewhere)

    assert found([]) == (Stay(at("8:00"), at("9:00"), Doubt.NO_OUT),)
    assert found([Correction(at("11:00"), 1, ())]) == (Stay(at("8:00"), None),)
    morning = Correction(at("11:00"), 1, ((at("9:30"), at("10:00")),))
    assert found([morning]) == (Stay(at("8:00"), at("9:30"), Doubt.NO_OUT),)
    came_after = [*wrong, Tap(UUID(int=51), IN, at("11:30"), at("11:30"))]
    assert [tap.at for tap in as_taps(came_after, [Correction(at("11:00"), 1, ())])] == [at("11:30")]


def test_who_is_in_stays_in_until_midnight_even_after_closing_time():
    assert stays((IN, "8:05"), now=at("18:40")) == [("08:05", "", "")]
    assert stays((IN, "8:05"), now=at("23:59")) == [("08:05", "", "")]
    assert stays((IN, "8:05"), now=at("24:00")) == [("08:05", "17:00", "no_out")]


def test_a_tap_taken_back_never_was():
    wrong, out = taps((OUT, "9:00"), (OUT, "16:50"))
    into = Tap(UUID(int=7), IN, at("8:00"), at("8:00"))
    back = Tap(UUID(int=8), CANCEL, at("9:01"), at("9:01"), cancels=wrong.key)
    found = stays_of(DAY, [back, out, into, wrong], PLAN, zone=BRUSSELS, now=NEXT)
    assert found == (Stay(at("8:00"), at("16:50")),)


def test_a_correction_stands_in_place_of_the_taps_and_a_later_tap_raises_a_doubt():
    made = Correction(at("20:00"), 1, ((at("8:00"), at("17:30")),))
    gone = Correction(at("21:00"), 2, ())
    pressed = taps((IN, "8:05"))
    found = register(DAY, pressed, [made], PLAN, zone=BRUSSELS, now=NEXT)
    assert found == (Stay(at("8:00"), at("17:30")),)
    late = [*pressed, Tap(UUID(int=9), OUT, at("16:40"), at("20:30"))]
    assert register(DAY, late, [made], PLAN, zone=BRUSSELS, now=NEXT)[0].doubt is Doubt.AFTER_CORRECTION
    assert register(DAY, late, [gone, made], PLAN, zone=BRUSSELS, now=NEXT) == ()


NIGHT = Plan(((1200, 1860),), opens=420, closes=1080)
"""From 20:00 to 7:00."""


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 3), 11), (date(2026, 3, 28), 10), (date(2026, 10, 24), 12)]
)
def test_a_night_counts_the_hours_that_passed(day, hours):
    """In the night of 28 March the clock leaves an hour out, in that of 24 October it repeats one."""
    pressed = [
        Tap(UUID(int=1), IN, moment(day, 1200, BRUSSELS), moment(day, 1200, BRUSSELS)),
        Tap(UUID(int=2), OUT, moment(day, 1860, BRUSSELS), moment(day, 1860, BRUSSELS)),
    ]
    assert {service_day(tap.at, NIGHT.parts, zone=BRUSSELS) for tap in pressed[1:]} == {day}
    (stay,) = stays_of(day, pressed, NIGHT, zone=BRUSSELS, now=moment(day, 3000, BRUSSELS))
    assert stay.end - stay.start == timedelta(hours=hours)
    assert stay.doubt is Doubt.NONE


def test_the_hour_that_comes_twice_keeps_its_order():
    """In at 2:50 summer time, out at 2:10 winter time: twenty minutes later."""
    day = date(2026, 10, 25)
    into = datetime(2026, 10, 25, 2, 50, tzinfo=BRUSSELS)
    out = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=BRUSSELS)
    pressed = [
        Tap(UUID(int=1), OUT, out.astimezone(UTC), out),
        Tap(UUID(int=2), IN, into.astimezone(UTC), into),
    ]
    (stay,) = stays_of(day, pressed, PLAN, zone=BRUSSELS, now=NEXT.replace(month=11))
    assert stay.end - stay.start == timedelta(minutes=20)


def test_a_night_ends_on_its_own_day_and_the_morning_after_is_the_next():
    assert service_day(at("7:30", DAY), NIGHT.parts, zone=BRUSSELS) == DAY - timedelta(days=1)
    assert service_day(at("9:30", DAY), NIGHT.parts, zone=BRUSSELS) == DAY
    assert service_day(at("7:30", DAY), PLAN.parts, zone=BRUSSELS) == DAY


def test_29_february_is_a_day():
    leap = date(2028, 2, 29)
    found = stays_of(leap, taps((IN, "8:00"), (OUT, "17:00"), day=leap), PLAN, zone=BRUSSELS, now=NEXT)
    assert found == (Stay(at("8:00", leap), at("17:00", leap)),)


@pytest.mark.parametrize(
    ("offset", "told", "expected", "marked"),
    [
        (0, "8:00", "8:00", False),
        (4, "8:00", "8:00", False),
        (60, "8:00", "9:00", True),
        (-60, "9:00", "8:00", True),
        (0, "12:00", "10:00", True),
        (0, "10:03", "10:00", False),
    ],
)
def test_a_clock_that_is_off_is_set_right(offset, told, expected, marked):
    """Received at 10:00."""
    found = true_time(at(told), timedelta(minutes=offset), at("10:00"))
    assert found == (at(expected), marked)


@pytest.mark.parametrize(
    ("known", "offset", "wall", "passed", "expected"),
    [
        (0, 0, 120, 120, (0, False)),
        (60, 60, 120, 120, (60, False)),
        (0, 0, 120, 20, (0, False)),
        (60, 0, 180, 120, (60, False)),
        (60, 0, 120, 120, (0, False)),
        (-60, 0, 60, 120, (-60, False)),
        (0, 60, 60, 120, (0, False)),
        (60, 0, 180, 90, (0, True)),
        (60, 0, 180, None, (0, True)),
        (60, 57, 120, None, (57, False)),
        (None, 0, 120, 120, (0, False)),
        (None, 0, 180, 120, (0, False)),
        (None, 0, 60, 120, (0, True)),
        (None, 0, 60, None, (0, False)),
    ],
    ids=[
        "right all along", "off all along", "the device slept", "slow, set right after the tap",
        "slow, set right before the tap", "fast, set right after the tap", "right, set wrong after the tap",
        "set, and it slept", "set, and the app began anew", "as good as the same", "nothing known",
        "set on or slept, nothing known", "set back, nothing known", "nothing known at all",
    ],
)  # fmt: skip
def test_a_clock_that_is_set_between_a_tap_and_its_sending(known, offset, wall, passed, expected):
    """In minutes: the offset before the tap and at its sending; what lies between by the wall and as it passed."""
    minutes = lambda number: None if number is None else timedelta(minutes=number)  # noqa: E731
    tap = Reading(at("8:00"), timedelta(0), "one")
    sent = Reading(at("8:00") + minutes(wall), minutes(passed), "one")
    found, in_doubt = offset_then(tap, minutes(known), sent, minutes(offset))
    assert (found, in_doubt) == (minutes(expected[0]), expected[1])


def test_what_passed_in_another_session_says_nothing():
    tap = Reading(at("8:00"), timedelta(0), "one")
    sent = Reading(at("11:00"), timedelta(hours=2), "two")
    assert offset_then(tap, timedelta(hours=1), sent, timedelta(0)) == (timedelta(0), True)


@pytest.mark.parametrize(
    ("start", "end", "halves"), [("8:00", "17:00", 3), ("8:00", "12:30", 1), ("13:00", "17:00", 2)]
)
def test_half_days_of_a_stay(start, end, halves):
    stay = Stay(at(start), at(end))
    assert halves_of_stay(stay, DAY, zone=BRUSSELS, noon=time(13), now=NEXT) == halves


def test_half_days_of_a_night_go_on_the_next_day():
    stay = Stay(at("20:00"), moment(DAY, 1860, BRUSSELS))
    assert halves_of_stay(stay, DAY, zone=BRUSSELS, noon=time(13), now=NEXT) == 0b0110


minutes = st.integers(0, 24 * 60 - 1)
pressing = st.lists(st.tuples(st.sampled_from([IN, OUT]), minutes, st.booleans()), max_size=9)


def made(presses: list[tuple[Pressed, int, bool]]) -> list[Tap]:
    """Taps of a day, some of them taken back by a later one."""
    found = []
    for number, (pressed, minute, gone) in enumerate(presses, start=1):
        when = moment(DAY, minute, BRUSSELS)
        found.append(Tap(UUID(int=number), pressed, when, when))
        if gone:
            found.append(Tap(UUID(int=1000 + number), CANCEL, when, when, cancels=UUID(int=number)))
    return found


@given(pressing, st.randoms(use_true_random=False), minutes)
def test_the_order_of_arrival_never_matters(presses, chance: random.Random, minute):
    """Nor does a tap that arrives five times."""
    told = made(presses)
    mixed = told * 5
    chance.shuffle(mixed)
    now = moment(DAY, minute + 720, BRUSSELS)
    once = stays_of(DAY, told, PLAN, zone=BRUSSELS, now=now)
    assert stays_of(DAY, mixed, PLAN, zone=BRUSSELS, now=now) == once


@given(pressing, minutes)
def test_stays_follow_each_other_and_lose_no_tap(presses, minute):
    """Stays never overlap, only the last can be open, and every in that counts lies in or at the edge of one."""
    told = made(presses)
    found = stays_of(DAY, told, PLAN, zone=BRUSSELS, now=moment(DAY, minute + 1440, BRUSSELS))
    for before, after in pairwise(found):
        assert before.end is not None
        assert before.start < before.end <= after.start
    moments = [tap.at for tap in standing(told) if tap.pressed is OUT]
    spans = [(stay.start, stay.end) for stay in found]
    for tap in standing(told):
        if tap.pressed is IN and tap.at not in moments:
            assert any(start <= tap.at and (end is None or tap.at <= end) for start, end in spans)


@given(pressing, pressing, st.randoms(use_true_random=False), minutes)
def test_whatever_is_tapped_at_two_places_a_child_is_in_one_at_most(
    own, visit, chance: random.Random, minute
):
    """In any order, and with each tap sent twice: no two stays overlap, and it is in where the last check-in was."""
    now = moment(DAY, minute, BRUSSELS)
    here, there = made(own), made(visit)
    found = both(here, there, now)
    mixed = [list(here) * 2, list(there)]
    for each in mixed:
        chance.shuffle(each)
    again = [
        stays_of(DAY, mixed[0], PLAN, zone=BRUSSELS, now=now, elsewhere=_elsewhere(mixed[1])),
        stays_of(DAY, _elsewhere(mixed[1]), PLAN, zone=BRUSSELS, now=now, elsewhere=mixed[0]),
    ]
    assert again == found
    stays = sorted((stay for each in found for stay in each), key=lambda stay: stay.start)
    assert all(before.end is not None and before.end <= after.start for before, after in pairwise(stays))
    last = max((tap.at for tap in (*standing(here), *standing(there)) if tap.pressed is IN), default=None)
    for stay in stays:
        if stay.end is None:
            assert last is not None
            assert stay.start <= last
