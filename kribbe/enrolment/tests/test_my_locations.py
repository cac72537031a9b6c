"""Who runs several locations sees what each of them needs, in as many queries for many as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Thread
from kribbe.enrolment.tests.location_scene import client_of, make_family
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db

NOW = timezone.now()
START = add_months(first_of_month(timezone.localdate(NOW)), 2)


@built_once
def desk():
    return cast.make_desk(earliest_answer_months=None)


@pytest.fixture
def notelaar(desk):
    location = cast.make_location(desk, "De Notelaar")
    cast.make_group(location, 2, now=NOW)
    return location


@pytest.fixture
def organiser(notelaar):
    user = cast.make_user(
        "directie@kinderhuis.example",
        role=Role.ORGANISER,
        scope=Scope.ORGANISER,
        scope_id=notelaar.organiser_id,
        now=NOW,
    )
    return client_of(user)


def test_what_waits_what_is_free_and_how_the_licence_stands(desk, notelaar, organiser):
    quiet = cast.make_location(desk, "Het Molentje", looked_at=NOW, licence_state="suspended")
    request = make_family(desk, notelaar, 0, start=START, now=NOW)
    Thread.objects.create(
        desk=desk, household=request.household, location=notelaar, subject="Bed", last_at=NOW, started_at=NOW
    )
    page = organiser.get(reverse("enrolment:locations"))
    busy, other = (each for each, _licence, _point in page.context["found"])
    assert [(here.label, here.total, here.is_task) for here in busy.waiting] == [
        ("Conversations with something new", 1, True),
        ("Children on the waiting list", 1, False),
    ]
    assert busy.free == 10, "every half-day of the week has a place"
    assert busy.looked.is_stale
    assert (other.location, other.waiting, other.free) == (quiet, [], 0)
    assert "Something waits at 1 location." in page.text
    assert "Free places checked today" in page.text
    assert "Licence suspended" in page.text


def test_as_many_queries_for_many_locations(desk, notelaar, organiser):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert organiser.get(reverse("enrolment:locations")).status_code == 200
        return len(captured)

    cast.make_location(desk, "Het Molentje")
    few = queries()
    for number in range(6):
        more = cast.make_location(desk, f"Plek {number}")
        cast.make_group(more, 5, now=NOW)
        make_family(desk, more, number, start=START, now=NOW)
    assert queries() == few
    assert few <= 20
