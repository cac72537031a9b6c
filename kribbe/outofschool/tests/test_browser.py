"""A parent registers for a holiday week at the opening minute, a club notes who came; nothing for axe."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.outofschool.models import HolidayPlace, HolidayWeek, Registration
from kribbe.outofschool.services.registering import register
from kribbe.outofschool.tests.scene import make_pupil, make_week, speelvogel
from kribbe.testing.browser import PHONE, look_at
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("outofschool")
DAY = timedelta(days=1)


@built_once
def scene():
    """Six children with a place; a week that opens in two hours."""
    made = speelvogel(now=timezone.now(), places=8)
    made.children += [make_pupil(made.desk, number, now=made.now) for number in range(4, 7)]
    for child in made.children[1:]:
        register(
            principal=SYSTEM,
            year_id=made.year.pk,
            child_id=child.pk,
            school_id=made.school.pk,
            pattern=0b1111111111,
            first=timezone.localdate(),
            now=made.now,
        )
    make_week(made.club, opens_at=made.now + timedelta(hours=2), places=12)
    return made


def test_registers_for_the_easter_week_at_the_opening_minute(open_as, scene):
    page = open_as(scene.parent_user(), PHONE)
    page.goto(reverse("outofschool:search", args=[scene.desk.slug]))
    look(page, "search")
    page.goto(reverse("outofschool:club", args=[scene.desk.slug, scene.club.slug]))
    look(page, "club")
    page.get_by_role("link", name="Vraag een plaats").click()
    page.get_by_label("Maandag na school").check()
    page.get_by_label("Vanaf", exact=True).fill(f"{timezone.localdate()}")
    look(page, "ask")
    page.get_by_role("button", name="Vraag deze plaats").click()
    page.get_by_text("De plaats is toegekend.").wait_for()
    assert Registration.objects.filter(child=scene.children[0], state="granted").exists()
    week = HolidayWeek.objects.get()
    page.goto(reverse("outofschool:my_week", args=[week.reference]))
    page.get_by_text("Nog niet open").first.wait_for()
    page.get_by_label("Kind0 Familie0").check()
    look(page, "week-early")
    page.get_by_role("button", name="Schrijf nu in").click()
    page.get_by_text("Van deze poging werd niets bewaard.").first.wait_for()
    assert not HolidayPlace.objects.exists()
    HolidayWeek.objects.update(opens_at=timezone.now() - timedelta(seconds=1))
    page.get_by_role("button", name="Schrijf nu in").click()
    page.get_by_text("Plaats zeker: Kind0.").wait_for()
    look(page, "mine")
    page.get_by_role("button", name="Annuleren").or_(
        page.get_by_role("button", name="Annuleer")
    ).first.click()
    page.get_by_text("Geannuleerd. Je kan dit hieronder ongedaan maken.").wait_for()
    page.get_by_role("button", name="Ongedaan maken").first.click()
    page.get_by_text("De plaats is terug.").wait_for()
    assert HolidayPlace.objects.get().state == "taken"


def test_a_club_sees_its_day_its_line_and_its_weeks(open_as, scene):
    today = timezone.localdate()
    make_week(scene.club, opens_at=scene.now - 9 * DAY, first=today, places=12, name="Vandaag")
    week = HolidayWeek.objects.get(name="Vandaag")
    for child in scene.children[1:]:
        HolidayPlace.objects.create(
            week=week, child=child, state="taken", state_at=scene.now, asked_at=scene.now
        )
    page = open_as(scene.organiser_user())
    page.goto(reverse("outofschool:day", args=[scene.desk.slug, scene.club.slug]))
    page.get_by_role("button", name="Gekomen").or_(page.get_by_role("button", name="Kwam")).first.click()
    page.get_by_text("aanwezig").first.wait_for()
    look(page, "day")
    for name in ("requests", "holidays", "hours", "club_data"):
        page.goto(reverse(f"outofschool:{name}", args=[scene.desk.slug, scene.club.slug]))
        look(page, name.replace("_", "-"))
