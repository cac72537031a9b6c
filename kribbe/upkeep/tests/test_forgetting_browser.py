"""A clerk keeps a family longer and lets it go, in a real browser with nothing for axe; the family reads why."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.people.models import Household
from kribbe.rules.calendar import add_months
from kribbe.testing import cast
from kribbe.testing.browser import PHONE, look_at
from kribbe.trust.principal import Role, Scope
from kribbe.upkeep.models import ForgettingHold
from kribbe.upkeep.tests.scene import register

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("forgetting")


def test_a_family_is_kept_longer_and_let_go(open_as):
    now, desk = timezone.now(), cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    request = register(desk, [location], now=now, email="an@ouders.example")
    request.state, request.end = "ended", "unanswered"
    request.ended_at = (
        now - (timezone.localdate() - add_months(timezone.localdate(), -60)) + timedelta(days=20)
    )
    request.save()
    Household.objects.update(created_at=now - timedelta(days=3000))
    clerk = cast.make_user(
        "marleen@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=now
    )
    parent = cast.make_user(
        "an@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=request.household_id, now=now
    )
    page = open_as(clerk)
    page.goto(reverse("upkeep:forgetting", args=[desk.slug]))
    look(page, "soon")
    page.get_by_role("link", name="Langer bewaren").click()
    page.get_by_label("Waarom").fill("Er loopt een beroep.")
    look(page, "keep")
    page.locator("main form button").last.click()
    page.get_by_text("Er loopt een beroep.").wait_for()
    look(page, "kept")
    assert ForgettingHold.objects.get().ended_at is None
    family = open_as(parent, PHONE)
    family.goto(reverse("people:my_data"))
    family.get_by_text("Het loket houdt het langer bij: “Er loopt een beroep.”").wait_for()
    look(family, "my-data")
    page.get_by_role("link", name="Loslaten").click()
    page.locator("main form button").last.click()
    page.get_by_text("De eigen termijn van het gezin geldt weer.").wait_for()
    assert ForgettingHold.objects.get().ended_at is not None
