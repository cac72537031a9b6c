"""The desk's own pages: what a clerk sees, does and leaves behind in the audit trail."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Letter, Mail, MailState, Notice
from kribbe.enrolment.models import CareRequest, Offer, OfferState, RequestDraft, RequestState
from kribbe.enrolment.services.answer_offer import decline_offer
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import FactKind, HouseholdFact, User
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.audit import record
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db

WEEK = WeekPattern.from_text("mon tue")
DAY = timedelta(days=1)


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def location(desk):
    place = cast.make_location(desk, "De Notelaar")
    cast.make_group(place, 9, now=timezone.now())
    return place


def staff(desk, role, *, scope=Scope.DESK, scope_id=None):
    user = cast.make_user(
        f"{role.value}@loket.example",
        role=role,
        scope=scope,
        scope_id=scope_id or desk.pk,
        now=timezone.now(),
    )
    return client_of(user)


@pytest.fixture
def clerk(desk):
    return staff(desk, Role.CLERK)


def ask(desk, location, name, *, in_days=60, email="", **child):
    now = timezone.now()
    household = cast.make_household(desk, name, now=now, email=email)
    made = cast.make_child(
        household, "Lotte", **{"born": timezone.localdate() - timedelta(days=200), **child}
    )
    return cast.make_request(
        made, [location], start=timezone.localdate() + timedelta(days=in_days), pattern=WEEK, now=now
    )


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


def page_of(clerk, desk, name="office", **parts):
    return clerk.get(reverse(f"enrolment:{name}", kwargs={"desk": desk.slug, **parts}))


def test_a_search_shows_the_family_and_says_who_was_shown(desk, location, clerk):
    request = ask(desk, location, "Peeters")
    address = reverse("enrolment:office", args=[desk.slug])
    shown = clerk.get(address, {"q": "peeters lotte"})
    household = reverse("enrolment:household", args=[desk.slug, request.household.reference])
    assert household in shown.text
    assert "1 family found" in shown.text
    entry = AuditEntry.objects.get(action="desk.search")
    assert entry.data == {"by": ["words"], "households": [request.household_id]}
    part = clerk.get(address, {"q": "peeters"}, headers={"HX-Request": "true"})
    assert household in part.text
    assert "<html" not in part.text
    assert "Nobody found" in clerk.get(address, {"q": "niemand"}).text


def test_a_search_finds_locations_of_the_desk_too(desk, location, clerk):
    elsewhere = cast.make_desk("elders", nis="99002")
    cast.make_location(elsewhere, "De Notelaar")
    page = clerk.get(reverse("enrolment:office", args=[desk.slug]), {"q": "notelaar"})
    assert page.context["locations"] == [location]
    assert reverse("contact:location_work", args=[desk.slug, location.slug]) in page.text
    assert "Nobody found" not in page.text
    for text in ("de", "molen"):
        page = clerk.get(reverse("enrolment:office", args=[desk.slug]), {"q": text})
        assert page.context["locations"] == []


def test_the_text_of_a_search_is_never_kept(desk, clerk):
    number = "26.05.01-003.04"
    clerk.get(reverse("enrolment:office", args=[desk.slug]), {"q": number})
    kept = " ".join(f"{entry.reason} {entry.data}" for entry in AuditEntry.objects.all())
    assert "003" not in kept


def test_another_desks_family_is_marked_and_cant_be_opened(desk, location, clerk):
    other = cast.make_desk("beukenrode", nis="99002")
    request = ask(other, location, "Peeters")
    shown = clerk.get(reverse("enrolment:office", args=[desk.slug]), {"q": "peeters"})
    assert "Registered at another desk" in shown.text
    assert request.household.reference not in shown.text
    assert page_of(clerk, desk, "household", reference=request.household.reference).status_code == 404


def test_a_request_begins_on_behalf_of_a_new_or_a_known_family(desk, location, clerk):
    address = reverse("enrolment:office_new_request", args=[desk.slug])
    begun = clerk.post(address)
    draft = RequestDraft.objects.get()
    assert begun.url == reverse("enrolment:draft_child", args=[desk.slug, draft.reference])
    assert (draft.on_behalf, draft.household) == (True, None)
    assert clerk.get(begun.url).status_code == 200
    known = ask(desk, location, "Peeters").household
    clerk.post(address, {"household": known.reference})
    assert RequestDraft.objects.latest("pk").household == known
    assert draft.reference in clerk.get(address).text


def test_the_whole_story_on_one_page(desk, location, clerk):
    request = ask(desk, location, "Peeters", email="an@ouders.example")
    household = request.household
    cast.make_fact(household, FactKind.SINGLE, since=date(2026, 1, 1), now=timezone.now())
    made = offer(request, location)
    Mail.objects.update(state=MailState.FAILED, last_error="550 no such user")
    shown = page_of(clerk, desk, "household", reference=household.reference)
    for part in (
        "Lotte Peeters",
        "De Notelaar",
        "1st of 1",
        request.reference,
        reverse("enrolment:offer", args=[made.reference]),
        "I raise my child alone",
        "Could not be delivered",
        "550 no such user",
        "A mail did not arrive",
        "Offered a place",
    ):
        assert part in shown.text, part
    assert AuditEntry.objects.filter(action="household.read", household_id=household.pk).count() == 1


def test_looks_in_a_row_are_one_line_of_the_story(desk, location, clerk):
    request = ask(desk, location, "Peeters")
    household = request.household
    for minute in range(3):
        at = timezone.now() - timedelta(minutes=9 - minute)
        for action in ("household.read", "request.read"):
            record(principal=SYSTEM, action=action, subject=household, now=at, household_id=household.pk)
    page = page_of(clerk, desk, "household", reference=household.reference)
    looks = [event for event in page.context["events"] if event.title == "Looked at the household"]
    assert [(event.when.rpartition(" · ")[2], event.text) for event in looks] == [
        ("Clerk", ""),
        ("Kribbe", "6 times"),
    ]


def test_what_a_clerk_dealt_with_warns_no_longer(desk, location, clerk):
    request = ask(desk, location, "Peeters", email="an@ouders.example")
    offer(request, location)
    Mail.objects.update(state=MailState.FAILED, last_error="550 no such user", handled_at=timezone.now())
    shown = page_of(clerk, desk, "household", reference=request.household.reference).text
    assert "Could not be delivered" in shown
    assert "A mail did not arrive" not in shown


def test_a_clerk_records_a_birth_and_facts(desk, location, clerk):
    expected = timezone.localdate() + timedelta(days=20)
    request = ask(desk, location, "Peeters", born=None, expected=expected)
    household, child = request.household, request.child
    at = {"desk": desk.slug, "reference": household.reference}
    today = timezone.localdate()
    birth = reverse("enrolment:office_birth", kwargs={**at, "child": child.pk})
    assert (
        clerk.post(birth, {"first_name": "Noor", "born": f"{today + timedelta(days=1)}"}).status_code == 422
    )
    back = reverse("enrolment:household", kwargs=at)
    assert clerk.post(birth, {"first_name": "Noor", "born": f"{today}"}).url == back
    child.refresh_from_db()
    assert (child.first_name, child.born) == ("Noor", today)
    fact = {"kind": "single", "since": f"{today}"}
    add = reverse("enrolment:office_fact", kwargs=at)
    assert clerk.post(add, fact).url == back
    refused = clerk.post(add, fact)
    assert refused.status_code == 422
    assert "This is known already" in refused.text
    held = HouseholdFact.objects.get()
    stop = reverse("enrolment:office_fact_end", kwargs={**at, "fact": held.pk})
    assert clerk.post(stop, {"last_day": f"{today + timedelta(days=3)}"}).url == back
    held.refresh_from_db()
    assert held.during.upper == today + timedelta(days=4)


def test_a_clerk_ends_a_request_by_the_counting_rules_and_can_undo_it(desk, location, clerk):
    request = ask(desk, location, "Peeters")
    at = {"desk": desk.slug, "reference": request.household.reference, "request_reference": request.reference}
    end = reverse("enrolment:office_end", kwargs=at)
    shown = clerk.get(end)
    assert "No place was found" in shown.text
    assert "The pregnancy has ended" not in shown.text, "this child is born"
    assert clerk.post(end, {}).status_code == 422
    assert clerk.post(end, {"end": "unanswered"}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.end) == (RequestState.ENDED, "unanswered")
    story = page_of(clerk, desk, "household", reference=request.household.reference)
    reopen = reverse("enrolment:office_reopen", kwargs=at)
    assert reopen in story.text
    clerk.post(reopen)
    assert CareRequest.objects.get().state == RequestState.OPEN


def told(request):
    return list(Notice.objects.filter(household=request.household_id).order_by("pk"))


def test_a_family_is_told_once_that_the_desk_ended_its_request_and_opened_it_again(desk, location, clerk):
    request = ask(desk, location, "Peeters", email="an@ouders.example")
    at = {"desk": desk.slug, "reference": request.household.reference, "request_reference": request.reference}
    end = reverse("enrolment:office_end", kwargs=at)
    assert clerk.post(end, {"end": "unanswered"}).status_code == 302
    assert clerk.post(end, {"end": "unanswered"}).status_code == 422
    (ended,) = told(request)
    assert ended.kind == "enrolment/request_ended_by_desk"
    assert Mail.objects.get().address == "an@ouders.example"
    for part in ("Lotte", request.reference, desk.name, "Er werd geen plaats gevonden."):
        assert part in ended.body, part
    reopen = reverse("enrolment:office_reopen", kwargs=at)
    clerk.post(reopen)
    clerk.post(reopen)
    assert [each.kind for each in told(request)[1:]] == ["enrolment/request_reopened_by_desk"]
    assert request.reference in told(request)[1].body


def test_a_family_without_an_address_gets_a_letter_and_no_mail_of_an_end(desk, location, clerk):
    request = ask(desk, location, "Peeters")
    at = [desk.slug, request.household.reference, request.reference]
    clerk.post(reverse("enrolment:office_end", args=at), {"end": "cancelled_desk"})
    assert (Letter.objects.get().notice, Mail.objects.count()) == (told(request)[0], 0)


def test_nothing_is_told_of_a_lost_pregnancy_nor_of_its_undo(desk, location, clerk):
    expected = timezone.localdate() + 90 * DAY
    request = ask(desk, location, "Peeters", email="an@ouders.example", born=None, expected=expected)
    at = [desk.slug, request.household.reference, request.reference]
    clerk.post(reverse("enrolment:office_end", args=at), {"end": "lapsed_miscarriage"})
    request.refresh_from_db()
    assert request.end == "lapsed_miscarriage"
    clerk.post(reverse("enrolment:office_reopen", args=at))
    request.refresh_from_db()
    assert (request.state, told(request)) == (RequestState.OPEN, [])


def test_a_clerk_takes_a_no_back_and_the_family_sees_who_did(desk, location, clerk):
    request = ask(desk, location, "Peeters", email="an@ouders.example")
    household = request.household
    made = offer(request, location)
    address = reverse("enrolment:office_no_back", args=[desk.slug, household.reference, made.reference])
    assert address not in page_of(clerk, desk, "household", reference=household.reference).text
    decline_offer(principal=SYSTEM, offer_id=made.pk, now=timezone.now())
    story = page_of(clerk, desk, "household", reference=household.reference).text
    assert address in story
    assert "The family can take it back until" in story
    done = clerk.post(address, follow=True)
    assert "taken back. The place is held for them again." in done.text
    made.refresh_from_db()
    assert (made.state, made.declined_rank) == (OfferState.OPEN, None)
    entry = AuditEntry.objects.get(action="offer.decline_undone")
    assert (entry.household_id, entry.actor_id) == (
        household.pk,
        User.objects.get(email__startswith="clerk").pk,
    )
    parent = cast.make_user(
        "an@ouders.example",
        role=Role.PARENT,
        scope=Scope.HOUSEHOLD,
        scope_id=household.pk,
        now=timezone.now(),
    )
    trail = client_of(parent).get(reverse("enrolment:my_trail")).text
    assert "Took the no to an offer back" in trail
    refused = clerk.post(address, follow=True)
    assert "There is no “no” to take back." in refused.text


def test_a_no_that_the_desk_said_for_a_family_is_told_so(desk, location, clerk):
    request = ask(desk, location, "Peeters", email="an@ouders.example")
    made = offer(request, location)
    page = reverse("enrolment:offer", args=[made.reference])
    form = {
        "answer": "decline_keep",
        "once": re.search(r'name="once" value="([^"]+)"', clerk.get(page).text)[1],
    }
    assert clerk.post(page, form).status_code == 302
    parent = client_of(
        cast.make_user(
            "an@ouders.example",
            role=Role.PARENT,
            scope=Scope.HOUSEHOLD,
            scope_id=request.household_id,
            now=timezone.now(),
        )
    )
    asked = parent.get(reverse("enrolment:request", args=[request.reference])).text
    assert f"The desk said no to {location.name} on your behalf" in asked
    told = parent.get(page).text
    assert "The desk said no on your behalf. The location knows." in told
    assert "You said no" not in asked + told


def test_a_no_is_taken_back_at_its_own_desk_only_and_in_its_term(desk, location, clerk):
    request = ask(desk, location, "Peeters")
    made = offer(request, location)
    decline_offer(principal=SYSTEM, offer_id=made.pk, now=timezone.now())
    other = ask(desk, location, "Claes")
    Offer.objects.update(made_at=F("made_at") - 9 * DAY, answered_at=F("answered_at") - 3 * DAY)
    at = [desk.slug, request.household.reference, made.reference]
    assert (
        reverse("enrolment:office_no_back", args=at)
        not in page_of(clerk, desk, "household", reference=at[1]).text
    )
    late = clerk.post(reverse("enrolment:office_no_back", args=at), follow=True)
    assert "It is too late" in late.text
    wrong = [desk.slug, other.household.reference, made.reference]
    assert clerk.post(reverse("enrolment:office_no_back", args=wrong)).status_code == 404


def test_the_queries_of_a_story_dont_grow(desk, location, clerk):
    request = ask(desk, location, "Peeters")
    household = request.household

    def queries():
        with CaptureQueriesContext(connection) as captured:
            page_of(clerk, desk, "household", reference=household.reference)
        return len(captured)

    queries()
    few = queries()
    for number in range(4):
        child = cast.make_child(household, f"Kind {number}", born=timezone.localdate() - timedelta(days=100))
        made = cast.make_request(
            child,
            [location],
            start=timezone.localdate() + timedelta(days=60),
            pattern=WEEK,
            now=timezone.now() - timedelta(days=10),
        )
        offer(made, location)
    assert queries() <= few + 1, "one more for the letters, of which there were none"
    assert few <= 34


def test_strangers_find_nothing(desk, location):
    manager = staff(desk, Role.MANAGER, scope=Scope.LOCATION, scope_id=location.pk)
    policy = staff(desk, Role.POLICY_OFFICER)
    for name in ("office", "office_new_request", "audit"):
        assert page_of(manager, desk, name).status_code == 404
        assert page_of(policy, desk, name).status_code == 404
    assert page_of(Client(), desk, "office").status_code == 302
