"""Whose it isn't, what it costs, and what is told."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from kribbe.contact.models import Notice
from kribbe.enrolment import words
from kribbe.enrolment.models import CareRequest, Placement, Preference
from kribbe.enrolment.services.answer_offer import AfterYes, Yes, accept_offer, take_back_offer
from kribbe.enrolment.services.sign import lapse_unsigned
from kribbe.enrolment.services.wishes import end_request, refuse_wish
from kribbe.enrolment.tasks import lay_weeks, offers_run_out, reservations_run_out
from kribbe.enrolment.templatetags.enrolment import starting
from kribbe.enrolment.tests.parent.scene import (
    NOW,
    PART,
    START,
    TODAY,
    WEEK,
    excuses,
    family,
    offer,
    page,
)
from kribbe.places.models import Kind, LedgerWeek, LicenceState
from kribbe.rules.counting import RequestEnd
from kribbe.testing import cast, sessions
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db


def test_others_get_the_same_answer_as_for_what_is_not_there(client, maes, desk, notelaar):
    other = family(desk, "Peeters", [notelaar])
    made = offer(other, notelaar, excuses=excuses(maes, notelaar))
    placed = accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=NOW)
    for name, reference in (
        ("request", other.reference),
        ("request_need", other.reference),
        ("request_wishes", other.reference),
        ("request_end", other.reference),
        ("request_birth", other.reference),
        ("offer", made.reference),
        ("placement", placed.reference),
        ("request", "NIETDAAR"),
    ):
        assert client.get(reverse(f"enrolment:{name}", args=[reference])).status_code == 404, name
    client.logout()
    assert client.get(reverse("enrolment:my")).status_code == 302
    late = client.post(reverse("enrolment:offer", args=[made.reference]), {"answer": "decline"})
    assert late.status_code == 401


def test_the_queries_do_not_grow_with_children_and_wishes(client, desk, maes, notelaar, molentje):
    def cost():
        page(client, "my")
        with CaptureQueriesContext(connection) as queries:
            page(client, "my")
        return len(queries)

    small = cost()
    for number in range(4):
        child = cast.make_child(maes.household, f"Kind {number}", born=TODAY - timedelta(days=100 + number))
        extra = cast.make_location(desk, f"Extra {number}")
        cast.make_group(extra, 3, now=NOW)
        cast.make_request(child, [notelaar, molentje, extra], start=START, pattern=WEEK, now=NOW)
        family(desk, f"Ander{number}", [notelaar, extra], days_ago=number)
    assert cost() == small
    assert small <= 34


def test_the_queries_of_a_request_do_not_grow_with_its_wishes(client, desk, maes, notelaar):
    def cost():
        page(client, "request", maes.reference)
        with CaptureQueriesContext(connection) as queries:
            page(client, "request", maes.reference)
        return len(queries)

    small = cost()
    for number in range(3, 6):
        extra = cast.make_location(desk, f"Extra {number}")
        cast.make_group(extra, 3, now=NOW)
        Preference.objects.create(
            request=maes, location=extra, rank=number, registered_at=NOW, open_pattern=WEEK.mask, state_at=NOW
        )
        family(desk, f"Ander{number}", [notelaar, extra], days_ago=number)
    assert cost() == small
    assert small <= 30


def test_a_refusal_names_organiser_desk_and_authority(maes, notelaar):
    refuse_wish(
        principal=SYSTEM,
        preference_id=maes.preferences.get(location=notelaar).pk,
        reason_code="full",
        note="We hebben geen plaats tot in september.",
        now=NOW,
    )
    notice = Notice.objects.get(kind="enrolment/wish_refused")
    assert notice.subject == "De Notelaar heeft geen plaats voor Kind Maes"
    for told in (
        "full",
        "We hebben geen plaats tot in september.",
        "Kinderhuis vzw",
        "Lindedaal",
        "02 555 01 10",
        "Opgroeien, Klachtendienst",
    ):
        assert told in notice.body


def test_every_notice_reads_well_in_dutch(maes, notelaar, molentje):
    """Nothing untranslated, no hole left: one of each of the notices that follow from offers and places."""
    take_back_offer(
        principal=SYSTEM, offer_id=offer(maes, notelaar, message="Welkom!").pk, reason="Ziek.", now=NOW
    )
    stay = Yes(AfterYes.STAY)
    lower = accept_offer(principal=SYSTEM, offer_id=offer(maes, notelaar).pk, yes=stay, now=NOW)
    accept_offer(principal=SYSTEM, offer_id=offer(maes, molentje).pk, yes=Yes(), now=NOW)
    assert Placement.objects.get(pk=lower.pk).state == "ended"
    lapse_unsigned(now=NOW + timedelta(days=40))
    told = {notice.kind: notice for notice in Notice.objects.all()}
    assert {
        "enrolment/offer_made",
        "enrolment/offer_taken_back",
        "enrolment/offer_accepted",
        "enrolment/place_reserved",
        "enrolment/place_given_up",
        "enrolment/place_lapsed",
        "enrolment/place_lapsed_location",
    } <= told.keys()
    for notice in told.values():
        assert not re.search(r"\b(the|you|your|place|family)\b", f"{notice.subject} {notice.body}"), (
            notice.body
        )
        assert "%(" not in notice.body
        assert "  " not in notice.subject


def test_ordinals_and_positions_in_both_languages():
    with translation.override("nl"):
        assert [words.ordinal(n) for n in (1, 2, 8, 19, 20, 100, 101, 103)] == [
            "1ste", "2de", "8ste", "19de", "20ste", "100ste", "101ste", "103de",
        ]  # fmt: skip
    with translation.override("en"):
        assert [words.ordinal(n) for n in (1, 2, 3, 4, 11, 22, 113)] == [
            "1st", "2nd", "3rd", "4th", "11th", "22nd", "113th",
        ]  # fmt: skip


def test_a_clerk_helps_on_behalf_and_the_look_is_recorded(client, maes, desk, monkeypatch):
    clerk = cast.make_user("loket@lindedaal.example", role="clerk", scope="desk", scope_id=desk.pk, now=NOW)
    monkeypatch.setattr("kribbe.people.middleware.has_second_factor", lambda request: True)
    client.force_login(clerk)
    story = reverse("enrolment:household", args=[desk.slug, maes.household.reference])
    assert client.get(reverse("enrolment:request", args=[maes.reference])).url == story
    for name in ("request_need", "request_wishes", "request_end", "request_switches"):
        shown = page(client, name, maes.reference)
        assert story in shown
        assert f'href="{reverse("enrolment:my")}"' not in shown
    look = AuditEntry.objects.filter(action="request.read").first()
    assert (look.actor_id, look.household_id) == (clerk.pk, maes.household_id)


def test_what_time_brings_about(maes, molentje):
    offer(maes, molentje)
    assert (offers_run_out(NOW), reservations_run_out(NOW)) == (0, 0)
    later = NOW + timedelta(days=12)
    assert (offers_run_out(later), reservations_run_out(later)) == (1, 0)
    lay_weeks(NOW)
    last = LedgerWeek.objects.latest("monday").monday
    assert lay_weeks(NOW + timedelta(days=14)) == 2
    assert LedgerWeek.objects.latest("monday").monday == last + timedelta(days=14)
    assert CareRequest.objects.get(pk=maes.pk).state == "open"


@pytest.mark.parametrize("name", ["request_need", "request_wishes", "request_end"])
def test_a_form_that_was_open_when_the_request_ended_says_so(client, maes, name):
    end_request(principal=SYSTEM, request_id=maes.pk, end=RequestEnd.CANCELLED_PARENT, now=NOW)
    address = reverse(f"enrolment:{name}", args=[maes.reference])
    with translation.override("nl"):
        page = client.post(address, {"end": RequestEnd.CANCELLED_PARENT}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("enrolment:request", args=[maes.reference])
    assert "Deze aanvraag is gestopt" in page.content.decode()


def test_a_clerks_look_at_a_place_without_an_offer_is_recorded(client, desk, notelaar):
    household = cast.make_household(desk, "Claes", now=NOW)
    child = cast.make_child(household, "Lou", born=TODAY - timedelta(days=300))
    placement = cast.make_placement(
        child, notelaar.groups.get(), start=START, end=START + timedelta(days=90), pattern=PART, now=NOW
    )
    clerk = cast.make_user(
        "loket@lindedaal.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=NOW
    )
    sessions.log_in(client, clerk, second_factor=True)
    assert client.get(reverse("enrolment:placement", args=[placement.reference])).status_code == 200
    assert AuditEntry.objects.get(action="household.read").household_id == household.pk


def test_a_start_with_no_room_is_told_as_one_day():
    day = date(2027, 3, 1)
    with translation.override("en"):
        assert starting(day, day) == "From 1 March 2027"
        assert starting(day, date(2027, 4, 1)) == "From 1 March 2027, at the latest on 1 April 2027"


def test_french_tells_a_place_and_a_colon_as_french_does():
    with translation.override("fr"):
        assert [words.ordinal(n) for n in (1, 2)] == ["1re", "2e"]
        assert words.need(0b11) == "2 demi-jours : lundi toute la journée"
        assert (Kind.FAMILY.label, LicenceState.LICENSED.label) == ("Accueil familial", "Autorisé")
