"""A manager moves a day in the week plan by keys and by mouse, copies the week, and writes the school holidays."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.planning.models import DayChange, DayState, Paper
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of, public_holidays
from kribbe.testing.browser import NARROWEST, look_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("planning")
DAY = timedelta(days=1)


def plain_week(now):
    day = monday_of(now.date()) + 7 * DAY
    while any(day + n * DAY in public_holidays((day + n * DAY).year) for n in range(14)):
        day += 7 * DAY
    return day


def test_a_day_is_moved_by_keys_and_by_mouse(open_as):
    scene = notelaar(now=timezone.now(), start=monday_of(timezone.now().date()) - 28 * DAY)
    monday = plain_week(scene.now)
    page = open_as(manager_of(scene.location, now=scene.now))
    week = reverse("planning:week", args=[scene.location.slug]) + f"?week={monday}"
    page.goto(week)
    grips = page.get_by_role("row", name="Noor").locator("[data-move-day]")
    page.locator("[data-plan][data-ready]").first.wait_for()
    grips.first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_text("Er is niets verplaatst").wait_for()
    page.keyboard.press("Enter")
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Wat het doet").wait_for()
    look(page, "move")
    page.get_by_role("button", name="Verplaats deze dag").click()
    page.get_by_role("button", name="Maak de laatste verplaatsing ongedaan").wait_for()
    assert DayChange.objects.get().day == monday + 3 * DAY
    page.get_by_role("link", name="Kopieer de wijzigingen van deze week").click()
    page.get_by_role("button", name="Kopieer 1 dag").wait_for()
    look(page, "copy-week")
    page.goto(week)
    page.get_by_role("button", name="Maak de laatste verplaatsing ongedaan").click()
    page.get_by_text("1 dag is teruggenomen.").wait_for()
    assert DayChange.objects.get().state == DayState.WITHDRAWN
    row = page.get_by_role("row", name="Noor")
    row.locator("[data-move-day]").nth(2).drag_to(row.locator("td").nth(9))
    page.get_by_role("heading", name="Wat het doet").wait_for()
    page.get_by_role("button", name="Verplaats deze dag").click()
    page.get_by_role("button", name="Maak de laatste verplaatsing ongedaan").wait_for()
    assert DayChange.objects.filter(state=DayState.GRANTED, day=monday + 4 * DAY).count() == 1


class Finger:
    """One finger on the screen, through the browser's own protocol."""

    def __init__(self, page):
        self.page, self.session = page, page.context.new_cdp_session(page)

    def __call__(self, kind, spot=None):
        points = [{"x": spot[0], "y": spot[1]}] if spot else []
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, source, target, *, rest):
        """From one element to another; `rest` is in milliseconds, before the finger moves."""
        start, end = middle(source), middle(target)
        self("touchStart", start)
        self.page.wait_for_timeout(rest)
        for step in range(1, 6):
            self("touchMove", tuple(a + (b - a) * step / 5 for a, b in zip(start, end, strict=True)))
        self("touchEnd")


def middle(element):
    box = element.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_day_is_moved_by_a_finger_that_rests_on_it_first(open_as):
    """A finger that moves at once scrolls, and one that leaves the child's row moves nothing."""
    scene = notelaar(now=timezone.now(), start=monday_of(timezone.now().date()) - 28 * DAY)
    monday = plain_week(scene.now)
    page = open_as(manager_of(scene.location, now=scene.now), NARROWEST)
    week = reverse("planning:week", args=[scene.location.slug]) + f"?week={monday}"
    page.goto(week)
    page.locator("[data-plan][data-ready]").first.wait_for()
    finger, row = Finger(page), page.get_by_role("row", name="Noor")
    grip, thursday = row.locator("[data-move-day]").first, row.locator("td").nth(6)
    grip.scroll_into_view_if_needed()
    finger.drag(grip, thursday, rest=0)
    finger.drag(grip, page.get_by_role("row", name="Lou").locator("td").nth(6), rest=500)
    page.wait_for_timeout(300)
    assert f"week={monday}" in page.url
    assert not page.locator(".is-target").count()
    finger.drag(grip, thursday, rest=500)
    page.get_by_role("heading", name="Wat het doet").wait_for()
    assert f"to={monday + 3 * DAY}" in page.url


def test_school_holidays_are_written_once(open_as):
    now = datetime(2026, 8, 3, 8, tzinfo=UTC)
    scene = notelaar(now=now, start=date(2026, 9, 7))
    hours = ((480, 1020),)
    terms = Terms(first=scene.start, weeks=({0: hours, 1: hours},))
    paper = send_paper(principal=scene.manager, placement_id=scene.noor.pk, terms=terms, name="Mia", now=now)
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=now)
    page = open_as(manager_of(scene.location, now=now))
    page.goto(reverse("planning:agreement", args=[scene.location.slug, scene.noor.reference]))
    page.get_by_role("link", name="Schoolvakanties").click()
    page.get_by_role("button", name="Eerst bekijken").click()
    page.get_by_role("heading", name="Wat het doet").wait_for()
    look(page, "holidays")
    page.get_by_label("Je naam, als handtekening").fill("Mia Claes")
    page.get_by_role("button", name="Teken en verstuur").click()
    page.get_by_text("Dit wacht op het gezin").wait_for()
    assert Paper.objects.get(is_addendum=True).schedule["stretches"]
