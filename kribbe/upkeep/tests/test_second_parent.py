"""A second parent joins a household by invitation."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from kribbe.contact.access import Seat
from kribbe.contact.models import Side
from kribbe.contact.services.feeds import feed_at, make_feed
from kribbe.people.models import RoleGrant, User
from kribbe.people.services import link_user
from kribbe.trust.principal import SYSTEM, Role
from kribbe.trust.tokens import make_token
from kribbe.upkeep.models import Invitation
from kribbe.upkeep.services.invite import invite
from kribbe.upkeep.tests.scene import family_client, register
from kribbe.upkeep.tokens import INVITATION

pytestmark = pytest.mark.django_db


def there(request_) -> str:
    return reverse("upkeep:second_parent", args=[request_.household.reference])


def test_a_second_parent_joins_once_and_is_taken_back(request_, parent, now):
    parent.post(there(request_), {"email": "Jo@ouders.example"})
    made = Invitation.objects.get()
    link = reverse("upkeep:invitation", args=[make_token(INVITATION, made.pk)])
    jo, eve = (User.objects.create_user(f"{name}@ouders.example", name=name) for name in ("jo", "eve"))
    family_client(eve).post(link)
    assert not RoleGrant.objects.filter(user=eve).exists()
    second = family_client(jo)
    assert second.get(link).status_code == 200
    assert not RoleGrant.objects.filter(user=jo).exists()
    second.post(link)
    grant = RoleGrant.objects.get(user=jo)
    assert (grant.role, grant.scope_id) == (Role.CO_PARENT, request_.household_id)
    assert second.get(reverse("enrolment:request", args=[request_.reference])).status_code == 200
    assert second.get(there(request_)).status_code == 404
    home = Seat(Side.HOUSEHOLD, request_.desk, household=request_.household)
    make_feed(seat=home, principal=SYSTEM, now=now)
    assert parent.post(there(request_), {"take_back": "²"}).status_code == 404
    parent.post(there(request_), {"take_back": made.pk})
    assert feed_at(home) is None
    assert not RoleGrant.objects.filter(user=jo).exists()
    second.post(link)
    assert not RoleGrant.objects.filter(user=jo).exists()


def test_a_second_parent_without_an_account_gets_one_by_the_code(request_, parent, client, mailoutbox):
    parent.post(there(request_), {"email": "sam@ouders.example"})
    link = reverse("upkeep:invitation", args=[make_token(INVITATION, Invitation.objects.get().pk)])
    assert "sam@ouders.example" in client.get(link).text
    assert not User.objects.filter(email="sam@ouders.example").exists(), "looking changes nothing"
    assert client.post(link, {"name": ""}).status_code == 422
    asked = client.post(link, {"name": "Sam Maes"})
    code = re.search(r"^([A-Z0-9]{3,}-[A-Z0-9]{3,})\s*$", mailoutbox[-1].body, re.MULTILINE)
    assert code is not None
    back = client.post(asked["Location"], {"code": code.group(1)})
    assert back["Location"] == link
    assert RoleGrant.objects.filter(user__name="Sam Maes").count() == 0
    assert client.post(link)["Location"] == reverse("enrolment:my")
    assert client.get(reverse("enrolment:request", args=[request_.reference])).status_code == 200
    assert "Je doet al mee" in client.get(link).text
    assert EmailAddress.objects.get(email="sam@ouders.example").verified


def test_a_link_that_lost_a_part_says_what_to_do(client):
    answer = client.get(reverse("upkeep:invitation", args=["Mw:1xWhm9:kapot"]))
    assert answer.status_code == 404
    assert "Open de mail opnieuw" in answer.text


def test_who_is_logged_in_with_another_address_is_told_so(request_, now):
    made = invite(principal=SYSTEM, household_id=request_.household_id, email="jo@ouders.example", now=now)
    eve = family_client(User.objects.create_user("eve@ouders.example"))
    page = eve.get(reverse("upkeep:invitation", args=[make_token(INVITATION, made.pk)])).text
    assert "logged in as eve@ouders.example" in page
    assert "Join the household" not in page


def test_an_invitation_runs_out(request_, now):
    made = invite(principal=SYSTEM, household_id=request_.household_id, email="jo@ouders.example", now=now)
    Invitation.objects.filter(pk=made.pk).update(good_until=now)
    jo = User.objects.create_user("jo@ouders.example")
    family_client(jo).post(reverse("upkeep:invitation", args=[make_token(INVITATION, made.pk)]))
    assert not RoleGrant.objects.exists()


def test_of_two_households_the_one_of_the_address_is_meant(request_, desk, location, now, parent):
    later = register(desk, [location], now=now, first_name="Mats", email="an@ouders.example")
    user = User.objects.get(email="an@ouders.example")
    link_user(household=later.household, user=user, principal=SYSTEM, now=now)
    parent.post(reverse("enrolment:my_household", args=[later.household.reference]))
    data = parent.get(reverse("people:my_data"))
    assert there(later) in data.text
    parent.post(there(later), {"email": "jo@ouders.example"})
    parent.post(reverse("enrolment:my_household", args=[request_.household.reference]))
    parent.post(there(later), {"email": "sam@ouders.example"})
    assert set(Invitation.objects.values_list("household", flat=True)) == {later.household_id}


def test_nobody_invites_for_another_household(request_, desk, location, now, parent):
    strange = register(desk, [location], now=now, last_name="Ander")
    assert parent.post(there(strange), {"email": "jo@ouders.example"}).status_code == 404
    assert not Invitation.objects.exists()
