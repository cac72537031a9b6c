"""My child is sick tonight and needs care tomorrow: from the parent's phone to the carer's yes and back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.sickcare.models import CarerDay, Proposal, SickCall
from kribbe.sickcare.tests.scene import on_call
from kribbe.sickcare.tokens import ANSWER
from kribbe.testing import cast
from kribbe.testing.browser import PHONE, look_at
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope
from kribbe.trust.tokens import make_token

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("sickcare")


@built_once
def scene():
    return on_call(now=timezone.localtime(), families=1)


def user_of(scene, role, scope, scope_id):
    return cast.make_user(f"{role}@test.example", role=role, scope=scope, scope_id=scope_id, now=scene.now)


def link_of(scene, proposal):
    return reverse("sickcare:answer", args=[scene.desk.slug, make_token(ANSWER, proposal.pk)])


def test_sick_tonight_care_tomorrow(open_as, open_page, scene):
    """The nearest carer can't, the second one comes, and the family sees who."""
    household = scene.children[0].household
    parent = open_as(user_of(scene, Role.PARENT, Scope.HOUSEHOLD, household.pk), PHONE)
    parent.goto(reverse("sickcare:my"))
    parent.get_by_label("Dag").fill(f"{scene.tomorrow}")
    parent.get_by_label("Vanaf", exact=True).fill("08:00")
    parent.get_by_label("Tot", exact=True).fill("16:30")
    look(parent, "ask")
    parent.get_by_role("button", name="Vraag nu").click()
    parent.get_by_text("We zoeken").first.wait_for()
    look(parent, "searching")

    first = open_page(size=PHONE)
    first.goto(link_of(scene, Proposal.objects.get()))
    assert "Dorpsstraat 5" not in first.content()
    look(first, "answer")
    first.get_by_role("button", name="Nee").click()
    first.get_by_text("Deze vraag is gesloten").wait_for()

    second = open_page(size=PHONE)
    second.goto(link_of(scene, Proposal.objects.get(carer=scene.carers[1])))
    second.get_by_role("button", name="Ja, ik kom").click()
    second.get_by_text("Dorpsstraat 5").wait_for()
    look(second, "comes")
    second.get_by_role("link", name="Mijn oproepbare dagen").click()
    look(second, "days")
    assert SickCall.objects.get().state == "confirmed"

    parent.reload()
    parent.get_by_text("Mieke 2").first.wait_for()
    assert parent.get_by_role("link", name="0470 00 00 02").is_visible()
    look(parent, "confirmed")


def test_nobody_is_on_call(open_as, scene):
    CarerDay.objects.all().delete()
    household = scene.children[0].household
    parent = open_as(user_of(scene, Role.PARENT, Scope.HOUSEHOLD, household.pk), PHONE)
    parent.goto(reverse("sickcare:my"))
    parent.get_by_label("Dag").fill(f"{scene.tomorrow}")
    parent.get_by_label("Vanaf", exact=True).fill("08:00")
    parent.get_by_label("Tot", exact=True).fill("16:30")
    parent.get_by_role("button", name="Vraag nu").click()
    parent.get_by_role("link", name="02 555 01 99").first.wait_for()
    look(parent, "nobody")


def test_the_desk_follows_the_calls_and_keeps_its_carers(open_as, scene):
    clerk = open_as(user_of(scene, Role.CLERK, Scope.DESK, scene.desk.pk))
    clerk.goto(reverse("sickcare:calls", args=[scene.desk.slug]))
    look(clerk, "calls")
    clerk.goto(reverse("sickcare:carers", args=[scene.desk.slug]))
    look(clerk, "carers")
