"""An organiser looks over its locations and goes on to what waits, in a real browser."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.tests.location_scene import client_of, make_family
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.browser import OpenPage, screenshot, seen
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@built_once
def organiser():
    """Somebody who runs three locations: one made an offer, one is stale, of one the licence is suspended."""
    now = timezone.now()
    desk = cast.make_desk(earliest_answer_months=None)
    first = cast.make_location(desk, "De Notelaar", looked_at=now)
    cast.make_location(desk, "Het Molentje", looked_at=now - timedelta(days=90))
    cast.make_location(desk, "Pimpeloentje", looked_at=now - timedelta(days=3), licence_state="suspended")
    group = cast.make_group(first, 9, now=now)
    start = add_months(first_of_month(timezone.localdate()), 2)
    requests = [make_family(desk, first, number, start=start, now=now) for number in range(3)]
    make_offer(
        principal=SYSTEM,
        preference_id=requests[0].preferences.get().pk,
        group_id=group.pk,
        start=start,
        pattern=WeekPattern(requests[0].pattern),
        now=now,
    )
    return cast.make_user(
        "directie@kinderhuis.example",
        role=Role.ORGANISER,
        scope=Scope.ORGANISER,
        scope_id=first.organiser_id,
        now=now,
    )


def test_from_all_locations_to_what_waits_at_one(open_page: OpenPage, live_server, organiser) -> None:
    page = open_page()
    cookie = client_of(organiser).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(reverse("enrolment:locations"))
    expect(page.get_by_text("Bij 1 locatie wacht er iets.")).to_be_visible()
    seen(page)
    screenshot(page, "my-locations-1280")
    page.get_by_role("link", name=re.compile("^Aanbiedingen zonder antwoord: 1")).click()
    expect(page).to_have_url(re.compile("/at/lindedaal-de-notelaar/offers/$"))
