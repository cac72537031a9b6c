"""Complaints: who may take one back, and the desk that follows them when a household moves on."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Household
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.permissions import Action, roles_for
from kribbe.trust.principal import SYSTEM, Role, Scope
from kribbe.upkeep.models import ComplaintKind, ComplaintState
from kribbe.upkeep.services.complaints import About, complain
from kribbe.upkeep.tests.scene import register
from kribbe.upkeep.tests.test_pair_pages import clerk_of

pytestmark = pytest.mark.django_db


@built_once
def made():
    now = timezone.now()
    desk = cast.make_desk()
    found = register(desk, [cast.make_location(desk, "De Notelaar")], now=now, email="an@ouders.example")
    about = About(kind=ComplaintKind.OTHER)
    return complain(principal=SYSTEM, request_id=found.pk, about=about, text="Niet eerlijk.", now=now)


def test_a_clerk_reads_a_complaint_but_cannot_withdraw_it(made):
    clerk, address = clerk_of(made.desk), reverse("upkeep:complaint", args=[made.reference])
    assert clerk.get(address).status_code == 200
    assert clerk.post(address).status_code == 404
    made.refresh_from_db()
    assert made.state == ComplaintState.RECEIVED


def test_a_parent_withdraws_it_and_the_family_is_told(made):
    user = cast.make_user(
        "an@ouders.example",
        role=Role.PARENT,
        scope=Scope.HOUSEHOLD,
        scope_id=made.household_id,
        now=timezone.now(),
    )
    client_of(user).post(reverse("upkeep:complaint", args=[made.reference]))
    made.refresh_from_db()
    assert (made.state, made.closed_by) == (ComplaintState.WITHDRAWN, user.pk)
    assert Notice.objects.get(kind="upkeep/complaint_withdrawn").mails.get().address == "an@ouders.example"


def test_after_a_move_the_new_desk_answers_and_the_old_one_no_longer_counts_it(made):
    old, new = made.desk, cast.make_desk("overzijde", nis="99002")
    Household.objects.filter(pk=made.household_id).update(desk=new)
    answers = {"outcome": "right", "answer": "U hebt gelijk."}
    page = {desk: reverse("upkeep:office_complaint", args=[desk.slug, made.reference]) for desk in (old, new)}
    lists = {
        desk: clerk_of(desk).get(reverse("upkeep:complaints", args=[desk.slug])).context["rows"]
        for desk in (old, new)
    }
    assert (len(lists[old]), len(lists[new])) == (0, 1)
    assert client_of(_clerk(old)).post(page[old], answers).status_code == 404
    client_of(_clerk(new)).post(page[new], answers)
    made.refresh_from_db()
    assert made.state == ComplaintState.ANSWERED


def _clerk(desk):
    now = timezone.now() - timedelta(days=1)
    return cast.make_user(
        f"x@{desk.slug}.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=now
    )


def test_only_parents_and_the_desk_complain_and_only_the_applicant_lets_others_in():
    assert roles_for(Action.COMPLAINT_MAKE, Scope.HOUSEHOLD) == (Role.PARENT, Role.CO_PARENT)
    assert roles_for(Action.HOUSEHOLD_CONSENT, Scope.HOUSEHOLD) == (Role.PARENT,)
    assert roles_for(Action.HOUSEHOLD_INVITE, Scope.HOUSEHOLD) == (Role.PARENT,)
