"""A merge with its undo, and a complaint from the parent to the answer, in a real browser with nothing for axe."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.services.direct import Direct, take_directly
from kribbe.enrolment.services.wishes import refuse_wish
from kribbe.people.models import User
from kribbe.people.services import rebuild_keys
from kribbe.testing import cast
from kribbe.testing.browser import PHONE, look_at, seen
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope
from kribbe.upkeep.models import Complaint, ComplaintState, Merge, PairState
from kribbe.upkeep.tests.scene import WEEK, born, register, twice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("upkeep")


@built_once
def scene():
    return twice()


def clerk_of(desk):
    return cast.make_user(
        "marleen@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=timezone.now()
    )


def test_a_merge_and_its_undo(open_as, scene):
    page = open_as(clerk_of(scene.desk))
    page.goto(reverse("enrolment:office", args=[scene.desk.slug]))
    page.get_by_role("link", name="Misschien hetzelfde kind").click()
    look(page, "pairs")
    page.get_by_role("link", name="Noor Maes").click()
    look(page, "pair")
    page.get_by_role("button", name="Hetzelfde kind: samenvoegen").click()
    page.get_by_role("button", name="Draai de samenvoeging terug").wait_for()
    look(page, "merged")
    assert Merge.objects.get().kept == scene.first.child
    page.get_by_role("button", name="Draai de samenvoeging terug").click()
    page.get_by_role("button", name="Hetzelfde kind: samenvoegen").wait_for()
    look(page, "undone")
    assert Merge.objects.get().undone_at is not None
    assert scene.pair.state == PairState.OPEN


def test_a_child_taken_directly_is_the_one_of_a_request(open_as):
    now, desk = timezone.now(), cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    group = cast.make_group(location, 5, now=now)
    asked = register(desk, [location], now=now, email="an@ouders.example", days_ago=40)
    today = timezone.localdate()
    told = Direct(
        group_id=group.pk,
        name="Noor M.",
        birth_month=born(),
        start=today,
        end=today + timedelta(days=300),
        pattern=WEEK,
        municipality=desk.municipality,
    )
    take_directly(principal=SYSTEM, location_id=location.pk, told=told, now=now)
    page = open_as(clerk_of(desk))
    page.goto(reverse("enrolment:office", args=[desk.slug]))
    page.get_by_role("link", name="Rechtstreeks opgenomen").click()
    page.get_by_role("link", name="Noor Maes").wait_for()
    look(page, "taken")
    page.get_by_role("button", name="sluiten als hier geplaatst").click()
    page.get_by_text("De aanvraag is gesloten").first.wait_for()
    page.get_by_role("link", name="Bekeken", exact=True).click()
    page.get_by_text("Gesloten als geplaatst").wait_for()
    look(page, "taken-closed")
    asked.refresh_from_db()
    assert asked.end == "answered"
    page.get_by_role("button", name="aanvraag weer openen").click()
    page.get_by_role("button", name="sluiten als hier geplaatst").wait_for(state="detached")
    asked.refresh_from_db()
    assert asked.state == "open"


def test_a_desk_asks_that_of_the_request_and_reads_its_answer(open_as):
    now, desk, other = timezone.now(), cast.make_desk(), cast.make_desk("overzijde", nis="99002")
    location = cast.make_location(desk, "De Notelaar")
    group = cast.make_group(location, 5, now=now)
    asked = register(other, [cast.make_location(other, "Pluk")], now=now, email="an@ouders.example")
    today = timezone.localdate()
    told = Direct(
        group_id=group.pk,
        name="Noor M.",
        birth_month=born(),
        start=today,
        end=today + timedelta(days=300),
        pattern=WEEK,
        municipality=other.municipality,
    )
    rebuild_keys()
    take_directly(principal=SYSTEM, location_id=location.pk, told=told, now=now)
    here = open_as(clerk_of(desk))
    here.goto(reverse("upkeep:taken", args=[desk.slug]))
    here.get_by_role("button", name="Vraag het aan dat loket").click()
    here.get_by_text("nog geen antwoord").wait_for()
    look(here, "taken-waits")

    colleague = cast.make_user(
        "jan@overzijde.example", role=Role.CLERK, scope=Scope.DESK, scope_id=other.pk, now=now
    )
    there = open_as(colleague)
    there.goto(reverse("enrolment:office", args=[other.slug]))
    there.get_by_role("link", name="Een ander loket vraagt").click()
    there.get_by_text("Het loket van Lindedaal vroeg het op").wait_for()
    assert "Noor M." not in there.content()
    look(there, "taken-asked")
    there.get_by_label("Waarom de aanvraag van Noor Maes open blijft").select_option("not_reached")
    there.get_by_role("button", name="Antwoord nee").click()
    there.get_by_role("link", name="Beantwoord", exact=True).click()
    there.get_by_role("button", name="Neem het antwoord terug").click()
    there.get_by_role("button", name="sluiten als daar geplaatst").click()
    there.get_by_text("De aanvraag is gesloten als geplaatst").first.wait_for()
    there.get_by_role("link", name="Beantwoord", exact=True).click()
    there.get_by_role("button", name="aanvraag weer openen").wait_for()
    look(there, "taken-answered")
    asked.refresh_from_db()
    assert asked.end == "answered"
    here.goto(reverse("upkeep:taken", args=[desk.slug]) + "?seen=1")
    here.get_by_text("op jullie vraag").wait_for()
    look(here, "taken-told")


def test_a_complaint_from_the_parent_to_the_answer(open_as, scene):
    scene.desk.pass_over_reasons.filter(code="full").update(text_nl="Er is geen plaats vrij op deze dagen")
    wish = scene.first.preferences.order_by("rank").first()
    refuse_wish(principal=SYSTEM, preference_id=wish.pk, reason_code="full", note="", now=timezone.now())
    parent = open_as(User.objects.get(email="an@ouders.example"), PHONE)
    parent.goto(reverse("enrolment:request", args=[scene.first.reference]))
    parent.get_by_role("link", name="Dien een klacht in").click()
    look(parent, "complain")
    parent.get_by_label("De Notelaar weigerde een plaats").check()
    parent.get_by_label("Wat klopt er niet?").fill("Op de kaart staan er nog halve dagen vrij op onze dagen.")
    parent.get_by_role("button", name="Verstuur de klacht").click()
    parent.get_by_role("button", name="Trek de klacht in").wait_for()
    look(parent, "complaint")

    clerk = open_as(clerk_of(scene.desk))
    clerk.goto(reverse("enrolment:office", args=[scene.desk.slug]))
    clerk.get_by_role("link", name="Klachten").click()
    look(clerk, "complaints")
    clerk.get_by_role("link", name="Noor Maes").click()
    clerk.get_by_role("button", name="Ik onderzoek het").click()
    clerk.get_by_label("De klacht is deels terecht").check()
    clerk.get_by_label("Je antwoord").fill(
        "Twee van je drie dagen waren vrij. De opvang bekijkt je vraag opnieuw."
    )
    look(clerk, "answer")
    clerk.get_by_role("button", name="Verstuur het antwoord").click()
    clerk.get_by_role("heading", name="Onlangs afgesloten").wait_for()
    seen(clerk)

    parent.reload()
    parent.get_by_role("heading", name="Het antwoord van het loket").wait_for()
    look(parent, "answered")
    assert Complaint.objects.get().state == ComplaintState.ANSWERED
