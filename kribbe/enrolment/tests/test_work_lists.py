"""The desk's work lists: who stands on which, page by page, and how much waits on the clerk's first page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Letter
from kribbe.enrolment.models import Offer, OfferState, RequestDraft
from kribbe.enrolment.pages.lists import PAGE
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db

WEEK = WeekPattern.from_text("mon tue")


@pytest.fixture
def desk():
    return cast.make_desk()


@pytest.fixture
def location(desk):
    place = cast.make_location(desk, "De Notelaar")
    cast.make_group(place, 9, now=timezone.now())
    return place


@pytest.fixture
def clerk(desk):
    return client_of(
        cast.make_user(
            "an@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=timezone.now()
        )
    )


def ask(desk, location, name, *, in_days=60):
    household = cast.make_household(desk, name, now=timezone.now())
    child = cast.make_child(household, "Lotte", born=timezone.localdate() - timedelta(days=200))
    start = timezone.localdate() + timedelta(days=in_days)
    return cast.make_request(child, [location], start=start, pattern=WEEK, now=timezone.now())


def offer(request, location):
    return make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get().pk,
        group_id=location.groups.get().pk,
        start=request.wanted_start,
        pattern=WEEK,
        now=timezone.now(),
        excuses={},
    )


def listed(clerk, desk, name, **query):
    shown = clerk.get(reverse(f"enrolment:list_{name}", args=[desk.slug]), query)
    return [line.name for line in shown.context["lines"]]


def waits(clerk, desk):
    shown = clerk.get(reverse("enrolment:office", args=[desk.slug]))
    return {one.url.split("/")[-2]: one.total for one in shown.context["lists"]}


def test_who_stands_on_which_list(desk, location, clerk):
    running = offer(ask(desk, location, "Loopt", in_days=9), location)
    over = offer(ask(desk, location, "Voorbij", in_days=90), location)
    placed = offer(ask(desk, location, "Tekent", in_days=91), location)
    accept_offer(principal=SYSTEM, offer_id=placed.pk, yes=Yes(), now=timezone.now())
    ask(desk, location, "Dringend", in_days=7)
    ask(desk, location, "Later", in_days=200)
    Offer.objects.filter(pk=running.pk).update(deadline=timezone.now() + timedelta(days=2))
    Offer.objects.filter(pk=over.pk).update(state=OfferState.LAPSED, answered_at=timezone.now())
    RequestDraft.objects.create(desk=desk, on_behalf=True, created_at=timezone.now(), saved_at=timezone.now())
    assert listed(clerk, desk, "urgent") == ["Lotte Dringend"]
    assert listed(clerk, desk, "running_out") == ["Lotte Loopt"]
    assert listed(clerk, desk, "ran_out") == ["Lotte Voorbij"]
    assert listed(clerk, desk, "to_sign") == ["Lotte Tekent"]
    assert waits(clerk, desk) == {
        "urgent": 1,
        "running-out": 1,
        "ran-out": 1,
        "to-sign": 1,
        "drafts": 1,
        "letters": Letter.objects.count(),
    }


def test_another_desk_has_its_own_lists(desk, location, clerk):
    ask(cast.make_desk("elders", nis="99002"), location, "Dringend", in_days=7)
    assert listed(clerk, desk, "urgent") == []
    assert waits(clerk, desk) == {}


def test_a_long_list_goes_page_by_page_and_is_filtered_by_name(desk, location, clerk):
    for number in range(PAGE + 3):
        ask(desk, location, f"Kind{number:02}", in_days=number % 4)
    address, seen = reverse("enrolment:list_urgent", args=[desk.slug]), []
    while address:
        shown = clerk.get(address)
        seen += [line.name for line in shown.context["lines"]]
        address, back = shown.context["next_url"], shown.context["previous_url"]
    assert len(seen) == len(set(seen)) == PAGE + 3
    assert [line.name for line in clerk.get(back).context["lines"]] == seen[:PAGE]
    assert listed(clerk, desk, "urgent", q="kind07") == ["Lotte Kind07"]
    assert listed(clerk, desk, "urgent", q="niemand") == []


def test_whose_names_stood_on_a_list_is_recorded(desk, location, clerk):
    one = ask(desk, location, "Maes", in_days=5)
    listed(clerk, desk, "urgent")
    data = AuditEntry.objects.get(action="desk.list").data
    assert data == {"list": "urgent", "households": [one.household_id]}


@pytest.mark.parametrize("name", ["office", "list_urgent"])
def test_the_queries_dont_grow(desk, location, clerk, name):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            clerk.get(reverse(f"enrolment:{name}", args=[desk.slug]))
        return len(captured)

    ask(desk, location, "Eerst", in_days=1)
    queries()
    few = queries()
    for number in range(6):
        ask(desk, location, f"Kind{number}", in_days=2)
    assert queries() == few <= 30
