"""A family carer on a phone: states a child of its own, and looks up the day compensation of the month."""

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.models import Presence
from kribbe.attendance.tests.scene import DAY, at
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.places.models import Kind
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import first_of_month
from kribbe.staff.models import HomeChild
from kribbe.testing.browser import PHONE, look_at, seen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_family_carer_states_a_child_and_reads_the_compensation(open_as):
    now = timezone.now()
    first = first_of_month(first_of_month(now.date()) - DAY)
    scene = notelaar(now=now, start=first, kind=Kind.FAMILY)
    for placement, day, end in ((scene.noor, 1, "17:00"), (scene.noor, 2, "12:00"), (scene.lou, 1, "16:30")):
        Presence.objects.create(
            placement=placement, day=first + day * DAY, number=0, halves=3,
            start=at(first + day * DAY, "8:00"), end=at(first + day * DAY, end),
        )  # fmt: skip
    page = open_as(manager_of(scene.location, now=now), PHONE)
    page.goto(reverse("staff:home", args=[scene.location.slug]))
    page.get_by_label("Voornaam").fill("Fien")
    page.get_by_label("Geboren op").fill(f"{now.year - 3}-05-04")
    for tile in page.get_by_role("checkbox").all()[:2]:
        tile.check(force=True)
    seen(page)
    page.get_by_role("button", name="Geef het kind op").click()
    page.get_by_text("telt nu mee").wait_for()
    look_at("staff")(page, "home")
    page.get_by_role("button", name="Trek in").click()
    page.get_by_role("button", name="Ongedaan maken").click()
    page.get_by_text("Ongedaan gemaakt").wait_for()
    assert HomeChild.objects.get().gone_at is None
    page.goto(reverse("attendance:compensation", args=[scene.location.slug]) + f"?month={first:%Y-%m}")
    page.get_by_text("56,30").wait_for()
    look_at("attendance")(page, "compensation")
