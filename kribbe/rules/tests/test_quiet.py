"""Quiet hours, by hand and over the change of the clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.quiet import QuietHours, leaves_at

BRUSSELS = ZoneInfo("Europe/Brussels")
USUAL = QuietHours(time(21), time(7), sundays=True, zone=BRUSSELS)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


@pytest.mark.parametrize(
    ("written", "leaves"),
    [
        ("2026-03-02T09:00", "2026-03-02T09:00"),
        ("2026-03-02T20:59", "2026-03-02T20:59"),
        ("2026-03-02T21:00", "2026-03-03T07:00"),
        ("2026-03-03T03:00", "2026-03-03T07:00"),
        ("2026-03-03T06:59", "2026-03-03T07:00"),
        ("2026-03-03T07:00", "2026-03-03T07:00"),
        ("2026-03-07T21:30", "2026-03-09T07:00"),
        ("2026-03-08T12:00", "2026-03-09T07:00"),
        ("2026-03-28T22:00", "2026-03-30T07:00"),
        ("2026-10-24T22:00", "2026-10-26T07:00"),
    ],
)
def test_by_hand(written: str, leaves: str) -> None:
    assert leaves_at(at(written), USUAL) == at(leaves)


def test_a_night_in_which_the_clocks_change_is_an_hour_shorter_or_longer() -> None:
    nightly = QuietHours(time(21), time(7), sundays=False, zone=BRUSSELS)
    waits = [
        leaves_at(at(evening), nightly).astimezone(UTC) - at(evening).astimezone(UTC)
        for evening in ("2026-03-27T21:00", "2026-03-28T21:00", "2026-10-24T21:00")
    ]
    assert waits == [timedelta(hours=hours) for hours in (10, 9, 11)]


def test_an_end_in_the_hour_that_is_skipped() -> None:
    until_half_past_two = QuietHours(time(21), time(2, 30), sundays=False, zone=BRUSSELS)
    leaves = leaves_at(at("2026-03-29T01:00"), until_half_past_two)
    assert leaves.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert not until_half_past_two.is_quiet(leaves)


def test_quiet_by_day_and_never_quiet() -> None:
    noon = QuietHours(time(12), time(13), sundays=False, zone=BRUSSELS)
    assert leaves_at(at("2026-03-02T12:30"), noon) == at("2026-03-02T13:00")
    never = QuietHours(time(8), time(8), sundays=False, zone=BRUSSELS)
    assert leaves_at(at("2026-03-02T08:00"), never) == at("2026-03-02T08:00")


times = st.times(timezones=st.none()).map(lambda clock: clock.replace(second=0, microsecond=0))
moments = st.integers(0, 3 * 366 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(moments, times, times, st.booleans())
def test_it_leaves_at_the_first_moment_that_is_not_quiet(
    moment: datetime, starts: time, ends: time, sundays: bool
) -> None:
    quiet = QuietHours(starts, ends, sundays=sundays, zone=BRUSSELS)
    leaves = leaves_at(moment, quiet)
    assert leaves >= moment
    assert not quiet.is_quiet(leaves)
    if leaves > moment:
        step = (leaves - moment) / 50
        assert all(quiet.is_quiet(moment + step * each) for each in range(50))
