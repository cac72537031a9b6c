"""A parent who was registered twice reaches the pages of both households; nobody can hide one from them."""

from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kribbe.enrolment.pages.drafts_begun import COOKIE, hold
from kribbe.enrolment.services.drafts import new_draft
from kribbe.enrolment.tests.parent.scene import NOW, TODAY, page
from kribbe.people.models import User
from kribbe.people.services import link_user
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM, VISITOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(desk, maes):
    """Another household of the same account, with Mats."""
    household = cast.make_household(desk, "Maes", now=NOW, email="an@ouders.example")
    cast.make_child(household, "Mats", born=TODAY - timedelta(days=30))
    link_user(household=household, user=User.objects.get(), principal=SYSTEM, now=NOW)
    return household


def choose(client, household):
    return client.post(reverse("enrolment:my_household", args=[household.reference]))


def test_with_one_household_nothing_is_chosen(client, maes):
    assert "meer dan eens ingeschreven" not in page(client, "my")


def test_the_oldest_is_seen_until_another_is_chosen_and_back(client, maes, second):
    shown = page(client, "my")
    assert "meer dan eens ingeschreven" in shown
    assert reverse("enrolment:my_household", args=[second.reference]) in shown
    assert reverse("enrolment:my_household", args=[maes.household.reference]) not in shown
    mine = [reverse("people:my_data"), reverse("contact:messages"), reverse("contact:threads")]
    assert client.get(mine[0]).context["household"] == maes.household
    assert choose(client, second).url == mine[0]
    assert client.get(mine[0]).context["household"] == second
    assert client.get(mine[2]).context["seat"].household == second
    assert client.get(mine[1]).status_code == 200
    choose(client, maes.household)
    assert client.get(mine[0]).context["household"] == maes.household


def test_a_household_of_somebody_else_is_never_chosen(client, desk, maes):
    other = cast.make_household(desk, "Ander", now=NOW)
    assert choose(client, other).status_code == 404
    session = client.session
    session["household"] = other.pk
    session.save()
    assert client.get(reverse("people:my_data")).context["household"] == maes.household


@pytest.mark.parametrize(("nis", "joins"), [(None, True), ("99003", False)])
def test_who_logs_in_on_the_way_registers_for_the_own_household(client, desk, maes, nis, joins):
    here = cast.make_desk("elders", nis=nis) if nis else desk
    draft = new_draft(principal=VISITOR, desk=here, now=NOW)
    draft.save()
    with_it = hold(HttpRequest(), HttpResponse(), draft.reference)
    client.cookies[COOKIE] = with_it.cookies[COOKIE].value
    client.get(reverse("enrolment:draft_child", args=[here.slug, draft.reference]))
    draft.refresh_from_db()
    assert draft.user == User.objects.get()
    assert draft.household == (maes.household if joins else None)
