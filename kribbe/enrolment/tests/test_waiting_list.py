"""The order of a waiting list: the law, the published criteria, the date; the same whoever looks, now or then."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from kribbe.enrolment.models import Preference
from kribbe.enrolment.selectors.waiting import waiting_list
from kribbe.people.models import FactKind, Household
from kribbe.people.services import record_fact
from kribbe.places.models import LocationCriteria
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.priority import PriceKind
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
START = date(2027, 3, 1)
WEEK = WeekPattern.from_text("mon tue thu")

pytestmark = pytest.mark.django_db


@built_once
def location():
    place = cast.make_location(cast.make_desk(), "De Notelaar", criteria=("sibling", "full_week", "resident"))
    cast.make_group(place, 9, now=NOW)
    return place


def family(location, name, *, days_ago=0, facts=(), pattern=WEEK, **fields):
    then = NOW - timedelta(days=days_ago)
    household = cast.make_household(location.desk, name, now=then, **fields)
    for kind in facts:
        cast.make_fact(household, kind, since=date(2026, 1, 1), now=then)
    child = cast.make_child(household, name, born=date(2026, 9, 1))
    cast.make_request(child, [location], start=START, pattern=pattern, now=then)
    return child


def names(location, **options):
    return [line.first_name for line in waiting_list(location.pk, now=NOW, **options)]


def test_law_then_criteria_then_date(location):
    family(location, "Early", days_ago=90, municipality=None)
    family(location, "Resident", days_ago=10)
    family(
        location, "Full week", days_ago=5, pattern=WeekPattern.from_text("mon tue wed thu"), municipality=None
    )
    family(location, "Single", days_ago=3, facts=[FactKind.SINGLE], municipality=None)
    family(location, "Works", days_ago=1, facts=[FactKind.WORK], municipality=None)
    family(
        location, "Works and single", days_ago=0, facts=[FactKind.WORK, FactKind.SINGLE], municipality=None
    )
    assert names(location) == ["Works and single", "Works", "Single", "Full week", "Resident", "Early"]
    # on free-price places the law doesn't order: the criteria and the date do
    assert names(location, price=PriceKind.FREE) == [
        "Full week",
        "Resident",
        "Early",
        "Single",
        "Works",
        "Works and single",
    ]


def test_a_brother_who_is_there_counts_while_he_stays(location):
    elder = family(location, "First", days_ago=30)
    younger = cast.make_child(elder.household, "Younger", born=date(2026, 12, 1))
    stranger = family(location, "Stranger", days_ago=60)
    cast.make_placement(
        cast.make_child(stranger.household, "Gone", born=date(2023, 1, 1)),
        location.groups.get(),
        start=date(2027, 1, 11),
        end=date(2027, 1, 12),
        pattern=WEEK,
        now=NOW,
    )
    cast.make_placement(
        cast.make_child(elder.household, "Elder", born=date(2025, 1, 1)),
        location.groups.get(),
        start=date(2027, 1, 11),
        end=date(2027, 9, 1),
        pattern=WEEK,
        now=NOW,
    )
    cast.make_request(younger, [location], start=START, pattern=WEEK, now=NOW)
    assert names(location)[0] == "Stranger"
    next_week = waiting_list(location.pk, now=NOW + timedelta(days=7))
    assert [line.first_name for line in next_week] == ["First", "Younger", "Stranger"]


@pytest.mark.django_db(transaction=True)
def test_the_list_of_a_past_moment_can_be_replayed(location):
    family(location, "A", days_ago=5)
    second = family(location, "B", days_ago=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        before = cursor.fetchone()[0]
    then = waiting_list(location.pk, now=before)
    cast.make_fact(second.household, FactKind.WORK, since=date(2020, 1, 1), now=NOW)
    Household.objects.update(municipality=None)
    LocationCriteria.objects.update(names=["resident"])
    Preference.objects.filter(request__child__first_name="A").update(state="withdrawn", rank=None)
    family(location, "C")
    assert names(location) == ["B", "C"]
    location.groups.update(price_kind="free")
    replayed = waiting_list(location.pk, now=NOW, as_of=before)
    assert [line.first_name for line in replayed] == [line.first_name for line in then] == ["A", "B"]
    assert [line.standing for line in replayed] == [line.standing for line in then]


def test_criteria_hold_from_their_day(location):
    family(location, "Early", days_ago=90)
    family(location, "Full week", days_ago=5, pattern=WeekPattern.from_text("mon tue wed thu"))
    LocationCriteria.objects.update(during=DateRange(date(2015, 1, 1), date(2027, 2, 1)))
    LocationCriteria.objects.create(
        location=location, during=DateRange(date(2027, 2, 1), None), names=["sibling"], recorded_at=NOW
    )
    assert names(location) == ["Full week", "Early"]
    assert waiting_list(location.pk, now=NOW + timedelta(days=30))[0].first_name == "Early"


def test_a_list_costs_the_same_queries_whatever_its_length(location):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            waiting_list(location.pk, now=NOW)
        return len(captured)

    family(location, "One")
    few = queries()
    for number in range(8):
        family(location, f"More {number}")
    assert queries() == few <= 14


def test_a_fact_told_later_moves_others_and_says_so(location):
    first = family(location, "First", days_ago=9)
    second = family(location, "Second", days_ago=1)
    record_fact(
        household=second.household, kind=FactKind.WORK, since=date(2026, 1, 1), principal=SYSTEM, now=NOW
    )
    assert names(location) == ["Second", "First"]
    moved = Preference.objects.get(request__child=first).position_changes.get()
    assert (moved.before, moved.after, moved.cause) == (1, 2, "facts")
