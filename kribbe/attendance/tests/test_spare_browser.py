"""A family that waits, on a phone: it wants to hear, is asked for a place of one day, says yes, and gives it back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from kribbe.attendance.models import DayInvite, InviteState
from kribbe.attendance.services import spare_days
from kribbe.attendance.tests.test_spare_days import wait
from kribbe.enrolment.models import DirectChild
from kribbe.planning.models import DayRules
from kribbe.planning.selectors.days import Room
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of
from kribbe.testing import cast
from kribbe.testing.browser import PHONE, look_at
from kribbe.trust.principal import Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("attendance")
DAY = timedelta(days=1)


@pytest.fixture
def scene(monkeypatch):
    """Adams waits at De Notelaar, which tells of places of one day. Tomorrow has room, whatever weekday it is."""
    now = timezone.now()
    made = notelaar(now=now, places=2, start=monday_of(now.date()) - 28 * DAY)
    DayRules.objects.create(location=made.location, short_notice=True)
    made.waiting = wait(made, "Adams")
    made.user = cast.make_user(
        "de-adams@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD,
        scope_id=made.waiting.household_id, now=now,
    )  # fmt: skip
    monkeypatch.setattr(spare_days, "room_on", lambda *given: Room((2, 2), (1, 1)))
    return made


def ask_for_tomorrow(scene):
    """The invitation that an absence makes."""
    return DayInvite.objects.create(
        request=scene.waiting, group=scene.group, day=localtime(scene.now).date() + DAY, halves=3,
        asked_at=scene.now, answer_by=scene.now + timedelta(hours=8), state_at=scene.now,
    )  # fmt: skip


def test_a_family_that_waits_takes_a_place_of_one_day_and_gives_it_back(open_as, scene):
    page = open_as(scene.user, PHONE)
    page.goto(reverse("attendance:my_spare"))
    page.get_by_role("button", name="Ik wil ervan horen").click()
    page.get_by_text("Je krijgt een mail").wait_for()
    assert scene.waiting.day_listener.since
    invite = ask_for_tomorrow(scene)
    page.reload()
    look(page, "spare-day")
    page.get_by_role("button", name="Ja, we nemen ze").click()
    page.get_by_text("De plaats van deze dag is voor jullie").wait_for()
    invite.refresh_from_db()
    assert invite.state == InviteState.TAKEN
    assert DirectChild.objects.get(day_invite=invite).undone_at is None
    look(page, "spare-day-taken")
    page.get_by_role("button", name="Geef ze terug").click()
    page.get_by_text("Genoteerd").wait_for()
    invite.refresh_from_db()
    assert (invite.state, DirectChild.objects.get().undone_at is None) == (InviteState.DECLINED, False)
