"""School holidays: the listed facts beside the rule of the decree, and days of school."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from kribbe.rules.packs import load_pack
from kribbe.rules.school import (
    PACK,
    Community,
    DayKind,
    day_kind,
    holiday_on,
    holidays_between,
    school_days,
    school_year_of,
    year_bounds,
)

DAY = timedelta(days=1)
PACK_READ = load_pack(PACK)
NL, FR = Community.DUTCH, Community.FRENCH
EASTER = {2026: date(2026, 4, 5), 2027: date(2027, 3, 28), 2028: date(2028, 4, 16)}


def by_rule(year: int) -> Iterator[tuple[str, date, date]]:
    """The holidays of a Flemish school year by the rule (17 April 1991), written another way than the pack."""
    saints, birth, easter = date(year, 11, 1), date(year, 12, 25), EASTER[year + 1]
    autumn = date(year, 11, 2) if saints.weekday() == 6 else saints - saints.weekday() * DAY
    yield "autumn", autumn, autumn + 6 * DAY
    christmas = birth + (7 - birth.weekday()) * DAY if birth.weekday() >= 5 else birth - birth.weekday() * DAY
    yield "christmas", christmas, christmas + 13 * DAY
    carnival = easter - 48 * DAY
    yield "carnival", carnival, carnival + 6 * DAY
    first = date(year + 1, 4, 1)
    spring = first + (7 - first.weekday()) % 7 * DAY
    if easter.month == 3:
        spring = easter + DAY
    elif easter > date(year + 1, 4, 15):
        spring = easter - 13 * DAY
    last = max(spring + 13 * DAY, easter + DAY)
    yield "easter", spring, last
    yield "ascension", easter + 39 * DAY, easter + 40 * DAY
    yield "pentecost", easter + 50 * DAY, easter + 50 * DAY
    yield "summer", date(year + 1, 7, 1), date(year + 1, 8, 31)


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_the_listed_holidays_are_those_of_the_rule(year: int) -> None:
    listed = {
        each.name: (each.first, each.last)
        for each in holidays_between(PACK_READ, NL, date(year, 9, 1), date(year + 1, 8, 31))
    }
    for name, first, last in by_rule(year):
        assert listed[name] == (first, last), name


@pytest.mark.parametrize(
    ("community", "day", "kind"),
    [
        (NL, date(2026, 11, 26), DayKind.FULL),
        (NL, date(2026, 11, 25), DayKind.HALF),
        (NL, date(2026, 11, 11), DayKind.HOLIDAY),
        (NL, date(2026, 11, 28), DayKind.WEEKEND),
        (NL, date(2027, 2, 10), DayKind.HOLIDAY),
        (FR, date(2025, 10, 20), DayKind.HOLIDAY),
        (NL, date(2025, 10, 20), DayKind.FULL),
        (FR, date(2026, 4, 8), DayKind.HALF),
        (NL, date(2026, 4, 8), DayKind.HOLIDAY),
        (NL, date(2031, 10, 6), DayKind.UNKNOWN),
    ],
)
def test_days_by_hand(community: Community, day: date, kind: DayKind) -> None:
    assert day_kind(PACK_READ, community, day) == kind


def test_school_days_are_what_holidays_and_weekends_leave() -> None:
    days = school_days(PACK_READ, NL, date(2026, 11, 2), date(2026, 11, 15))
    assert days == [date(2026, 11, day) for day in (9, 10, 12, 13)]
    assert holiday_on(PACK_READ, NL, date(2026, 11, 4)).name == "autumn"  # type: ignore[union-attr]


def test_a_school_year_runs_from_september_to_august() -> None:
    assert [school_year_of(day) for day in (date(2026, 8, 31), date(2026, 9, 1))] == [2025, 2026]
    assert year_bounds(2026) == (date(2026, 9, 1), date(2027, 8, 31))
