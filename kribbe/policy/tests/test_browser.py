"""The policy officer's year in a real browser, with nothing for axe to find."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of, make_family
from kribbe.policy.services.snapshots import take_snapshots
from kribbe.policy.tests.scene import new_file, policy_rows, year_of_families
from kribbe.testing import cast
from kribbe.testing.browser import axe, screenshot, seen
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@built_once
def towns():
    """Two desks of one region with faces and policies of their own, and families at both."""
    now = timezone.now()
    here = cast.make_desk(max_wishes=5, reaction_days=10)
    there = cast.make_desk("beukenrode", nis="99002", max_wishes=None, reaction_days=7)
    there.tokens, there.logo_icon = {"primary": "#8a1c4a"}, "sun"
    there.save()
    start = timezone.localdate() + timedelta(days=75)
    for desk, places in ((here, 14), (there, 21)):
        location = cast.make_location(desk, f"Huis van {desk.name}")
        cast.make_group(location, places, now=now)
        for number in range(9):
            make_family(desk, location, number, start=start + timedelta(days=30 * (number % 3)), now=now)
    return here, there


def logged_in(open_page, user):
    page = open_page()
    session = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
    page.goto("/livez")
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])
    return page


def officer_of(desk):
    return cast.make_user(
        "joris@loket.example",
        role=Role.POLICY_OFFICER,
        scope=Scope.REGION,
        scope_id=desk.region_id,
        now=timezone.now(),
    )


def test_every_page_of_the_policy_officer(open_page, towns):
    here, _there = towns
    now = timezone.now()
    for months_ago in (2, 1, 0):
        take_snapshots(now=now - timedelta(days=31 * months_ago))
    named = policy_rows(here, here.locations.get(), now=now)
    new_file(here, now, title="Werkgever aan het kanaal", places_new=14, probability=50)
    page = logged_in(open_page, officer_of(here))
    pages = {
        "figures": ("figures", ()),
        "coverage": ("coverage", ()),
        "months": ("past", ()),
        "month": ("month", (now.year, now.month)),
        "borders": ("flows", ()),
        "simulation": ("simulation", ()),
        "official": ("official", ()),
        "licences": ("licences", ()),
        "files": ("files", ()),
        "file": ("file", (named["file"],)),
        "new-file": ("new_file", ()),
        "grants": ("grants", ()),
    }
    for picture, (name, parts) in pages.items():
        assert page.goto(reverse(f"policy:{name}", args=[here.slug, *parts])).status == 200
        seen(page)
        if picture in {"figures", "months", "simulation", "licences", "files"}:
            screenshot(page, f"policy-{picture}")


def test_the_yearly_report_from_the_first_look_to_the_fixed_document(open_page, towns):
    here, there = towns
    year = timezone.localdate().year - 1
    year_of_families(here.locations.get(), neighbour=there.municipality, year=year)
    page = logged_in(open_page, officer_of(here))
    page.goto(reverse("policy:figures", args=[here.slug]))
    page.get_by_role("link", name="Jaarverslag").click()
    page.get_by_role("heading", name=f"Jaarverslag {year}").wait_for()
    axe(page)
    screenshot(page, "policy-report-year")
    page.get_by_role("button", name="Dit verslag vastleggen").click()
    page.get_by_text("Versie 1, vastgelegd op").wait_for()
    axe(page)
    screenshot(page, "policy-report-fixed")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert download.value.suggested_filename == f"jaarverslag-{year}-lindedaal-v1.pdf"
    page.get_by_role("link", name="Het jaar zoals het nu is").click()
    page.get_by_role("button", name="Dit verslag vastleggen").click()
    page.get_by_text("veranderde niets").wait_for()
