"""Closing days and what a location tells of itself."""

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

import pytest

from kribbe.places.models import ClosingDay, LocationCriteria
from kribbe.places.selectors.closed import closing_of
from kribbe.places.services.closing_days import add_closing, remove_closing, working_days
from kribbe.places.services.profile import change_profile, profile_of, set_criteria
from kribbe.rules.closing import Closing
from kribbe.testing import cast
from kribbe.testing.clock import BRUSSELS
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, tzinfo=BRUSSELS)
TODAY = NOW.date()
SUMMER = Closing(date(2027, 7, 19), date(2027, 8, 6), "Zomer")

pytestmark = pytest.mark.django_db


@built_once
def notelaar():
    return cast.make_location(cast.make_desk(), "De Notelaar")


def close(location, closing):
    return add_closing(principal=SYSTEM, location_id=location.pk, closing=closing, now=NOW)


def test_a_closing_is_kept_with_its_last_day(notelaar):
    row = close(notelaar, SUMMER)
    assert (row.during.lower, row.during.upper) == (date(2027, 7, 19), date(2027, 8, 7))
    assert AuditEntry.objects.get(action="closing.add").data["last"] == "2027-08-06"


def test_working_days_leave_out_weekends_and_holidays():
    # 19 July to 6 August 2027: three weeks of five days less Wednesday 21 July
    assert working_days(SUMMER) == 14


@pytest.mark.parametrize(
    ("closing", "field"),
    [
        (Closing(date(2027, 7, 19), date(2027, 7, 18)), "last"),
        (Closing(date(2027, 1, 1), date(2027, 12, 31)), "last"),
        (Closing(date(2072, 7, 1), date(2072, 7, 2)), "first"),
        (Closing(date(2027, 8, 6), date(2027, 8, 10)), "first"),
    ],
)
def test_closings_turned_round_too_long_or_twice_are_refused(notelaar, closing, field):
    close(notelaar, SUMMER)
    with pytest.raises(RefusedError) as refused:
        close(notelaar, closing)
    assert refused.value.field == field
    assert ClosingDay.objects.count() == 1


def test_removing_gives_back_what_was_removed(notelaar):
    row = close(notelaar, SUMMER)
    removed = remove_closing(principal=SYSTEM, location_id=notelaar.pk, closing_id=row.pk, now=NOW)
    assert closing_of(removed) == SUMMER
    with pytest.raises(RefusedError):
        remove_closing(principal=SYSTEM, location_id=notelaar.pk, closing_id=row.pk, now=NOW)


def test_a_closing_of_another_location_stays(notelaar):
    other = cast.make_location(notelaar.desk, "Het Molentje")
    row = close(other, SUMMER)
    with pytest.raises(RefusedError):
        remove_closing(principal=SYSTEM, location_id=notelaar.pk, closing_id=row.pk, now=NOW)
    assert ClosingDay.objects.count() == 1


def test_a_changed_profile_names_what_changed(notelaar):
    profile = replace(profile_of(notelaar), approach="Veel buiten.", languages=("nl", "fr"))
    changed = change_profile(principal=SYSTEM, location_id=notelaar.pk, profile=profile, now=NOW)
    assert sorted(changed) == ["approach", "languages"]
    notelaar.refresh_from_db()
    assert (notelaar.languages, notelaar.looked_at) == (["nl", "fr"], NOW)
    assert change_profile(principal=SYSTEM, location_id=notelaar.pk, profile=profile, now=NOW) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("closes_at", time(6)),
        ("morning_ends_at", time(19)),
        ("min_half_days", 0),
        ("day_price", Decimal(0)),
        ("deposit", Decimal(251)),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(notelaar, field, value):
    profile = replace(profile_of(notelaar), **{field: value})
    with pytest.raises(RefusedError) as refused:
        change_profile(principal=SYSTEM, location_id=notelaar.pk, profile=profile, now=NOW)
    assert refused.value.field == field


def criteria(location):
    rows = LocationCriteria.objects.filter(location=location).order_by("during")
    return [(row.names, row.during.lower, row.during.upper) for row in rows]


def test_another_order_holds_from_its_day(notelaar):
    spring, autumn = date(2027, 3, 1), date(2027, 9, 1)
    for names, day in (
        (["work"], autumn),
        (["full_week", "sibling"], spring),
        (["full_week", "sibling"], autumn),
    ):
        set_criteria(
            principal=SYSTEM, location_id=notelaar.pk, names=names, motive="Rust", from_day=day, now=NOW
        )
    assert criteria(notelaar) == [
        (["sibling"], cast.LONG_AGO, spring),
        (["full_week", "sibling"], spring, autumn),
        (["full_week", "sibling"], autumn, None),
    ]


@pytest.mark.parametrize(
    ("names", "day", "field"),
    [
        (["nationality"], TODAY, "names"),
        (["resident", "sibling"], TODAY, "names"),
        (["work"], date(2027, 1, 10), "from_day"),
    ],
)
def test_an_unlawful_order_and_one_of_the_past_are_refused(notelaar, names, day, field):
    with pytest.raises(RefusedError) as refused:
        set_criteria(
            principal=SYSTEM, location_id=notelaar.pk, names=names, motive="Rust", from_day=day, now=NOW
        )
    assert refused.value.field == field
    assert criteria(notelaar) == [(["sibling"], cast.LONG_AGO, None)]
