"""The page of occupancy on a phone and on a screen; nothing for axe."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of
from kribbe.testing import cast
from kribbe.testing.browser import seen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_how_full_a_location_is(open_as):
    now = timezone.now()
    scene = notelaar(now=now, start=monday_of(now.date()) - timedelta(weeks=4))
    cast.make_group(scene.location, 2, now=now, name="Egels")
    page = open_as(manager_of(scene.location, now=now))
    page.goto(reverse("planning:occupancy", args=[scene.location.slug]))
    seen(page)
    page.get_by_label("Tel per").select_option("half")
    page.get_by_label("Leefgroep", exact=True).select_option("Vlinders")
    page.get_by_role("button", name="Toon").click()
    page.wait_for_url("**step=half**")
    seen(page)
    with page.expect_download() as taken:
        page.get_by_role("link", name="XLSX").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
