"""Accounts for addresses that nobody proved go, and nothing else does."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from kribbe.people.models import Household, User
from kribbe.people.services import link_user, make_account
from kribbe.people.services.left_behind import UNPROVEN, forget_left_behind
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


def test_an_address_that_nobody_proved_is_forgotten_with_its_account(household: Household) -> None:
    now = timezone.now()
    for name in ("typed", "used", "parent", "adult"):
        make_account(email=f"{name}@post.example", name=name)
    User.objects.filter(email="used@post.example").update(last_login=now)
    link_user(
        household=household, user=User.objects.get(email="parent@post.example"), principal=SYSTEM, now=now
    )
    household.adults.update(user=User.objects.get(email="adult@post.example"))
    for name, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=name, session_data="", expire_date=now + timedelta(days=days))
    assert forget_left_behind(now=now + UNPROVEN / 2) == 0, "a code may still come"
    Session.objects.create(session_key="late", session_data="", expire_date=now + UNPROVEN * 2)
    assert forget_left_behind(now=now + UNPROVEN + timedelta(hours=1)) == 1
    assert {user.name for user in User.objects.all()} == {"used", "parent", "adult"}
    assert set(Session.objects.values_list("session_key", flat=True)) == {"late"}
