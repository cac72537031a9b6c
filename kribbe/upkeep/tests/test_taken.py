"""A child that a location took directly may be the one of a request: closing that, its undo, and who sees what."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.models import CareRequest, DirectChild, DirectMatch, RequestState
from kribbe.enrolment.selectors.waiting import waiting_list
from kribbe.enrolment.services.direct import Direct, take_back, take_directly
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.services import rebuild_keys
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope
from kribbe.upkeep.selectors.taken import direct_unseen, proposals
from kribbe.upkeep.tests.scene import WEEK, born, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(desk, now):
    user = cast.make_user("clerk@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=now)
    return client_of(user)


def take(location, now, name="Noor M.", **told):
    today = timezone.localdate(now)
    values = {
        "group_id": location.groups.get().pk,
        "birth_month": born(),
        "start": today,
        "end": today + timedelta(days=300),
        "pattern": WeekPattern.from_text("mon"),
    } | told
    rebuild_keys()
    return take_directly(principal=SYSTEM, location_id=location.pk, told=Direct(name=name, **values), now=now)


def page(client, desk, query=""):
    return client.get(reverse("upkeep:taken", args=[desk.slug]) + query)


def decide(client, desk, child, **said):
    return client.post(reverse("upkeep:taken_child", args=[desk.slug, child.pk]), said, follow=True)


def proposed(child, desk):
    return [each.request for each in proposals([child], desk).get(child.pk, ())]


def test_one_click_closes_the_request_as_placed_and_tells_the_family(
    clerk, parent, desk, location, request_, now
):
    elsewhere = cast.make_location(desk, "Het Nest")
    child = take(location, now)
    text = page(clerk, desk).content.decode()
    assert "Noor Maes" in text
    assert "The location gives a name and a first letter that fit." in text
    assert "Noor M." not in text
    decide(clerk, desk, child, verdict="close", request=request_.reference)
    request_.refresh_from_db()
    assert (request_.state, request_.end) == ("ended", "answered")
    match = DirectMatch.objects.get()
    assert (match.direct, match.request, match.undone_at) == (child, request_, None)
    assert match.score >= 60
    told = Notice.objects.get(kind="enrolment/request_ended_by_desk")
    assert told.household_id == request_.household_id
    assert "De Notelaar liet het loket weten dat je kind daar naartoe gaat." in told.body
    assert Notice.objects.count() == 1
    assert [len(waiting_list(each.pk, now=now)) for each in (location, elsewhere)] == [0, 0]
    assert AuditEntry.objects.get(action="request.end").reason == "taken_directly"
    assert not direct_unseen(desk.pk, now).exists()


def test_undo_gives_the_request_back_with_its_dates_and_it_isnt_proposed_again(
    clerk, desk, location, request_, now
):
    child = take(location, now)
    decide(clerk, desk, child, verdict="close", request=request_.reference)
    text = page(clerk, desk, "?seen=1").content.decode()
    assert "Undo: open the request again" in text
    decide(clerk, desk, child, verdict="undo")
    again = CareRequest.objects.get()
    assert (again.state, again.registered_at) == (RequestState.OPEN, request_.registered_at)
    assert DirectMatch.objects.get().undone_at is not None
    assert Notice.objects.filter(kind="enrolment/request_reopened_by_desk").count() == 1
    assert list(direct_unseen(desk.pk, now)) == [child]
    assert proposed(child, desk) == []
    assert "This was undone already." in decide(clerk, desk, child, verdict="undo").content.decode()


def test_the_family_itself_can_say_that_it_isnt_so(clerk, parent, desk, location, request_, now):
    child = take(location, now)
    decide(clerk, desk, child, verdict="close", request=request_.reference)
    text = parent.get(reverse("enrolment:request", args=[request_.reference])).content.decode()
    assert "This isn&#x27;t so: open the request again" in text
    parent.post(reverse("enrolment:request_reopen", args=[request_.reference]))
    assert CareRequest.objects.get().state == RequestState.OPEN
    assert list(direct_unseen(desk.pk, now)) == [child]


def test_a_child_that_the_location_takes_back_comes_back_on_the_list(clerk, desk, location, request_, now):
    child = take(location, now)
    decide(clerk, desk, child, verdict="close", request=request_.reference)
    take_back(principal=SYSTEM, child_id=child.pk, now=now)
    assert "The location took this child back." in page(clerk, desk).content.decode()
    decide(clerk, desk, child, verdict="undo")
    assert CareRequest.objects.get().state == RequestState.OPEN
    assert not direct_unseen(desk.pk, now).exists()


@pytest.mark.parametrize(
    ("name", "told", "found"),
    [
        ("Noor Maes", {}, True),
        ("Maes Noor", {}, True),
        ("Noor Maas", {}, True),
        ("N.M.", {"pattern": WEEK}, True),
        ("Lou Maes", {}, False),
        ("Noor Maes", {"birth_month": born() - timedelta(days=70)}, False),
    ],
)
def test_what_is_proposed(desk, location, request_, now, name, told, found):
    assert proposed(take(location, now, name, **told), desk) == ([request_] if found else [])


def test_a_request_for_a_child_that_was_expected(desk, location, now):
    asked = register(desk, [location], now=now, first_name="", born=None, expected=born())
    assert proposed(take(location, now, "Maes", pattern=WEEK), desk) == [asked]


def test_a_family_that_chose_other_locations_is_found_by_its_name_in_the_whole_region(
    clerk, desk, location, now
):
    other = cast.make_desk("overzijde", nis="99002")
    there = cast.make_location(other, "Pluk")
    asked = register(other, [there], now=now)
    register(other, [there], now=now, first_name="Lou", last_name="Peeters")
    child = take(location, now, "Noor Maes")
    assert proposed(child, desk) == [asked]
    text = page(clerk, desk).content.decode()
    assert "Registered at the desk of Overzijde" in text
    assert "Same child: close as placed here" not in text
    assert asked.household.reference not in text
    decide(clerk, desk, child, verdict="close", request=asked.reference)
    assert CareRequest.objects.get(pk=asked.pk).state == RequestState.OPEN


def test_a_clerk_of_the_region_closes_that_of_another_desk(desk, location, now):
    other = cast.make_desk("overzijde", nis="99002")
    asked = register(other, [cast.make_location(other, "Pluk")], now=now)
    child = take(location, now, "Noor Maes")
    user = cast.make_user(
        "region@loket.example", role=Role.CLERK, scope=Scope.REGION, scope_id=desk.region_id, now=now
    )
    decide(client_of(user), desk, child, verdict="close", request=asked.reference)
    assert CareRequest.objects.get(pk=asked.pk).end == "answered"


@pytest.mark.parametrize(
    "said", [{}, {"verdict": "x"}, {"verdict": "close"}, {"verdict": "close", "request": "X"}]
)
def test_nothing_happens_without_a_verdict(clerk, desk, location, request_, now, said):
    child = take(location, now)
    decide(clerk, desk, child, **said)
    assert CareRequest.objects.get().state == RequestState.OPEN
    assert DirectChild.objects.get().seen_at is None


def test_another_desk_has_no_say(location, request_, desk, now):
    other = cast.make_desk("overzijde", nis="99002")
    user = cast.make_user("o@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=other.pk, now=now)
    child = take(location, now)
    assert decide(client_of(user), other, child, verdict="seen").status_code == 404


@pytest.mark.parametrize("count", [2, 6])
def test_the_list_costs_the_same_however_long(clerk, desk, now, count):
    for name in ("Adams", "Bogaert", "Claes", "Wit", "Evers", "Fabry")[:count]:
        place = cast.make_location(desk, f"De {name}")
        cast.make_group(place, 5, now=now)
        register(desk, [place], now=now, last_name=name, home=f"{name}straat 1")
        take(place, now, f"Noor {name}")
    with CaptureQueriesContext(connection) as queries:
        assert len(page(clerk, desk).context["rows"]) == count
    assert len(queries) == 15
