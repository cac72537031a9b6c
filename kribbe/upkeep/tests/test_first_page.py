"""The clerk's first page shows every list of this room, and costs the same however much waits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.models import CareRequest
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM
from kribbe.upkeep.models import ComplaintKind, Confirmation, FirstDay, FirstDayState
from kribbe.upkeep.services.complaints import About, complain
from kribbe.upkeep.services.find_pairs import find_all
from kribbe.upkeep.tests.scene import register
from kribbe.upkeep.tests.test_pair_pages import NAMES, clerk_of

pytestmark = pytest.mark.django_db

MOST_QUERIES = 30
LISTS = ("pairs", "complaints", "questions", "births", "absences")


def keep_waiting(desk, location, name, now) -> None:
    """One line more on each list: a pair, a complaint, a letter, a birth and a first day."""
    asked = [
        register(desk, [location], now=now, first_name=name, last_name=name, home=home, days_ago=days)
        for home, days in (("Weg 1", 3), ("Weg 2", 2))
    ]
    about = About(kind=ComplaintKind.OTHER)
    complain(principal=SYSTEM, request_id=asked[0].pk, about=about, text="Dit klopt niet.", now=now)
    Confirmation.objects.create(
        request=asked[1], ask="period", asked_at=now, answer_by=now.date(), by_letter=True
    )
    register(
        desk, [location], now=now, first_name="", last_name=f"{name}s", home="Weg 3", born=None,
        expected=timezone.localdate() - timedelta(days=40),
    )  # fmt: skip
    today = timezone.localdate()
    placement = cast.make_placement(
        asked[0].child,
        location.groups.get(),
        start=today - timedelta(days=1),
        end=today + timedelta(days=300),
        pattern=WeekPattern.from_text("mon tue"),
        now=now,
    )
    FirstDay.objects.create(
        placement=placement, day=today, state=FirstDayState.ABSENT, asked_at=now, told_at=now
    )


@pytest.mark.parametrize("count", [1, 8])
def test_the_first_page_of_the_clerk_costs_the_same_however_much_waits(count):
    now, desk = timezone.now(), cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    cast.make_group(location, 20, now=now)
    for name in NAMES[:count]:
        keep_waiting(desk, location, name, now)
    assert CareRequest.objects.count() == count * 3
    assert find_all(now=now) == count
    clerk = clerk_of(desk)
    with CaptureQueriesContext(connection) as queries:
        page = clerk.get(reverse("enrolment:office", args=[desk.slug])).content.decode()
    assert all(reverse(f"upkeep:{name}", args=[desk.slug]) in page for name in LISTS)
    assert len(queries) <= MOST_QUERIES
    assert len(queries) == 10
