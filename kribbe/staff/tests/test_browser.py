"""A team with hours, a proposal taken over, a shift changed by keyboard, undone; papers that end."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.planning.models import GroupTeam
from kribbe.rules.halfdays import SLOTS
from kribbe.staff.models import Carer, Document, DocumentKind, RosterProposal, Shift
from kribbe.staff.services.documents import Held, add_document
from kribbe.staff.services.proposals import calculate_waiting
from kribbe.staff.tests.scene import busy, hire, open_monday
from kribbe.testing.browser import look_at, seen
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("staff")
DAY = timedelta(days=1)
TEAM = (("An Jacobs", 76), ("Bo Smets", 60), ("Cas Peeters", 38))


def next_september(now: datetime) -> date:
    """The first whole week of the September to come."""
    year = now.year + (now.date() >= date(now.year, 9, 1))
    return open_monday(date(year, 9, 1))


@built_once
def scene():
    made = busy(timezone.now(), children=12)
    for name, week in TEAM:
        hire(made, name, week=week, group_id=made.group.pk)
    GroupTeam.objects.create(
        group=made.group,
        during=(made.start, None),
        layout="mixed",
        carers=[2] * 6 + [1] * 2 + [0] * (SLOTS - 8),
    )
    return made


def test_a_manager_has_a_roster_proposed(open_as, scene):
    monday = next_september(scene.now)
    page = open_as(manager_of(scene.location, now=scene.now))
    roster = reverse("staff:roster", args=[scene.location.slug])
    page.goto(f"{roster}?week={monday}")
    page.get_by_label("Aantal weken vanaf deze").select_option("1")
    page.get_by_role("button", name="Stel een rooster voor").click()
    page.get_by_role("heading", name="Voorgesteld rooster").wait_for()
    page.get_by_text("Het wordt berekend").wait_for()
    calculate_waiting(now=scene.now)
    page.goto(reverse("staff:proposal", args=[scene.location.slug, RosterProposal.objects.get().reference]))
    page.get_by_role("button", name="Helemaal overnemen").wait_for()
    look(page, "proposal")
    page.get_by_role("button", name="Helemaal overnemen").click()
    page.get_by_role("heading", name="Rooster, week").wait_for()
    assert Shift.objects.filter(day__gte=monday).exists()
    look(page, "roster")
    page.goto(reverse("staff:roster_day", args=[scene.location.slug]) + f"?on={monday}")
    page.get_by_role("heading", name="Rooster van").wait_for()
    look(page, "day")
    shift = Shift.objects.filter(day=monday).first()
    page.goto(reverse("staff:shift", args=[scene.location.slug, shift.carer.reference, f"{monday}"]))
    page.get_by_label("Tot", exact=True).fill("12:00")
    page.get_by_label("Vanaf", exact=True).fill("07:30")
    page.get_by_label("Pauze van een half uur om").fill("")
    page.get_by_role("button", name="Dienst bewaren").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Bewaard. Je kunt het ongedaan maken.").wait_for()
    assert page.get_by_role("link", name="7:30–12:00").first.is_visible()
    page.get_by_role("button", name="Ongedaan maken").click()
    page.get_by_text("Ongedaan gemaakt.").wait_for()
    assert Shift.objects.get(day=monday, carer=shift.carer).end == shift.end


def test_a_carers_page_and_the_weeks_ahead(open_as, scene):
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("staff:team", args=[scene.location.slug]))
    seen(page)
    page.get_by_role("link", name="An Jacobs").click()
    page.get_by_role("heading", name="Werkuren").wait_for()
    page.get_by_text("Uren afspreken vanaf een dag").click()
    look(page, "carer")
    page.goto(reverse("staff:ahead", args=[scene.location.slug]))
    page.get_by_role("heading", name="Begeleiders in de komende weken").wait_for()
    look(page, "ahead")


def test_a_manager_renews_a_paper_and_undoes_it(open_as, scene):
    an = Carer.objects.get(name="An Jacobs")
    acting = {"principal": SYSTEM, "location": scene.location, "now": scene.now}
    for kind, left, carer in (("first_aid", 20, an), ("medical", -3, an), ("licence", 400, None)):
        last = scene.now.date() + left * DAY
        add_document(**acting, held=Held(kind=DocumentKind(kind), last=last, carer=carer))
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("enrolment:today", args=[scene.location.slug]))
    page.get_by_role("link", name="Alle documenten").click()
    page.get_by_role("heading", name="Documenten die aflopen").wait_for()
    look(page, "documents")
    row = page.get_by_role("row").filter(has_text="Levensreddend handelen")
    row.get_by_text("Vernieuw of verwijder").click()
    row.get_by_label("Geldig tot en met").fill(f"{scene.now.date() + 900 * DAY}")
    row.get_by_role("button", name="Vernieuw", exact=True).click()
    page.get_by_text("Gewijzigd").wait_for()
    seen(page)
    page.get_by_role("button", name="Ongedaan maken").click()
    page.get_by_text("Ongedaan gemaakt").wait_for()
    assert Document.objects.filter(gone_at=None).count() == 3
