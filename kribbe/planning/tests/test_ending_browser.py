"""A family ends its agreement earlier than the term, the location agrees, and a file is typed; nothing for axe."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.models import Placement
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.planning.tests.pages import signed
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of
from kribbe.testing.browser import PHONE, look_at
from kribbe.testing.worlds import built_once

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("planning")
DAY = timedelta(days=1)


@built_once
def scene():
    now = timezone.now()
    return notelaar(now=now, start=monday_of(now.date()) - 28 * DAY, day_price=30)


def test_both_sides_end_an_agreement(open_as, scene):
    signed(scene)
    earlier = timezone.localtime(scene.now).date() + 14 * DAY
    parent = open_as(scene.parent_user(), PHONE)
    parent.goto(reverse("planning:my_agreement", args=[scene.noor.reference]))
    parent.get_by_role("link", name="De overeenkomst beëindigen").click()
    parent.get_by_label("Laatste opvangdag").fill(f"{earlier}")
    parent.get_by_label("Je naam, als handtekening").fill("An Maes")
    look(parent, "my-ending")
    parent.get_by_role("button", name="De overeenkomst beëindigen").click()
    parent.get_by_role("link", name="De brief (pdf)").wait_for()
    look(parent, "my-ending-asked")

    manager = open_as(manager_of(scene.location, now=scene.now))
    manager.goto(reverse("planning:ending", args=[scene.location.slug, scene.noor.reference]))
    look(manager, "ending-asked")
    manager.get_by_label("Je naam, als handtekening").fill("Mia")
    manager.get_by_role("button", name="Akkoord en tekenen").click()
    manager.get_by_text("Beantwoord").first.wait_for()
    look(manager, "ending")
    assert Placement.objects.get(pk=scene.noor.pk).during.upper == earlier + DAY


def test_a_location_types_the_file(open_as, scene):
    manager = open_as(manager_of(scene.location, now=scene.now))
    manager.goto(reverse("planning:file", args=[scene.location.slug, scene.lou.reference]))
    manager.get_by_role("link", name="Invullen voor het gezin").click()
    manager.get_by_label("Wie het vertelde, voor het gezin").fill("An Claes")
    look(manager, "write-file")
    manager.get_by_role("button", name="Bewaren").click()
    manager.get_by_text("An Claes vertelde dit").wait_for()
