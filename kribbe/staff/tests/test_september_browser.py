"""A manager of two locations plans September in August: from children who move up to a roster on paper."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.models import Placement
from kribbe.places.models import ClosingDay
from kribbe.planning.models import DayBatch, DayChange, GroupTeam, ManyChange, Paper
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import notelaar, place
from kribbe.planning.written import opening_hours
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.staff.models import RosterProposal, Shift
from kribbe.staff.services.proposals import calculate_waiting
from kribbe.staff.tests.scene import hire
from kribbe.testing import cast
from kribbe.testing.browser import DESKTOP, axe, look_at
from kribbe.trust.principal import Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.long]
look = look_at("september")
DAY = timedelta(days=1)
AUGUST = datetime(2026, 8, 17, 7, tzinfo=UTC)
SEPTEMBER = date(2026, 9, 7)
"""A Monday, a week after school began; Noor and Lou begin on it."""
NEXT = SEPTEMBER + 7 * DAY


@pytest.fixture
def august(monkeypatch):
    """The server's clock runs on from a Monday morning in August 2026."""
    real, begun = timezone.now, timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: AUGUST + (real() - begun))
    return AUGUST


@pytest.fixture
def scene(august):
    """Noor and Lou begin in September, nine others are there already; Mats is 18 months old on 14 September."""
    made = notelaar(now=august, places=14, start=SEPTEMBER, day_price=30)
    made.group.to_months = 18
    made.group.save(update_fields=["to_months"])
    older = cast.make_group(made.location, 9, now=august, name="Kevers", from_months=18, to_months=36)
    for group in (made.group, older):
        GroupTeam.objects.create(
            group=group, during=(date(2026, 1, 1), None), layout="mixed", carers=[1] * 10 + [0] * (SLOTS - 10)
        )
    week = WeekPattern.from_text("mon tue thu")
    mats = place(made.desk, made.group, "Vos", "Mats", week, date(2026, 1, 5), august)
    mats.child.born = date(2025, 3, 14)
    mats.child.save(update_fields=["born"])
    for number in range(8):
        place(made.desk, made.group, f"Smets {number}", "Kim", week, SEPTEMBER - 14 * DAY, august)
    for name in ("An Jacobs", "Bo Peeters"):
        hire(made, name, week=60, group_id=made.group.pk)
    sister = cast.make_location(made.desk, "De Kastanje")
    group = cast.make_group(sister, 10, now=august)
    place(made.desk, group, "Wouters", "Mila", week, SEPTEMBER, august)
    return made


@pytest.fixture
def page(open_as, scene):
    user = cast.make_user(
        "mia@kinderhuis.example",
        role=Role.ORGANISER,
        scope=Scope.ORGANISER,
        scope_id=scene.location.organiser_id,
        now=scene.now,
    )
    return open_as(user, DESKTOP)


def address(scene, name, *more, week=None):
    found = reverse(name, args=[scene.location.slug, *more])
    return f"{found}?week={week}" if week else found


def press(page, name):
    """By keyboard alone: the button gets the focus, Enter does the rest."""
    page.get_by_role("button", name=name).first.focus()
    page.keyboard.press("Enter")


def sign_for_family(scene, paper):
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=timezone.now())


def test_a_manager_plans_september(page, scene):
    the_locations_side_by_side(page, scene)
    a_child_moves_up(page, scene)
    an_agreement_and_its_school_holidays(page, scene)
    a_closing_day(page, scene)
    many_children_at_once(page, scene)
    a_day_moved_and_the_week_copied(page, scene)
    a_roster_with_what_it_lacks(page, scene)


def the_locations_side_by_side(page, scene):
    page.goto(address(scene, "planning:week", week=SEPTEMBER))
    page.get_by_role("link", name="Alle locaties").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Alle locaties, week 37").wait_for()
    page.get_by_role("row", name="De Kastanje").wait_for()
    look(page, "together")


def a_child_moves_up(page, scene):
    page.goto(address(scene, "enrolment:coming_free"))
    row = page.get_by_role("row", name="Mats Vos")
    axe(page)
    row.get_by_role("button").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Afgesproken verhuizingen").or_(
        page.get_by_text("Kevers")
    ).first.wait_for()
    assert Placement.objects.get(child__first_name="Mats", group__name="Kevers").during.lower == date(
        2026, 9, 14
    )


def an_agreement_and_its_school_holidays(page, scene):
    page.goto(address(scene, "planning:write", scene.noor.reference))
    page.get_by_label("Drie weken wisselen af").check()
    for day in ("Maandag", "Dinsdag"):
        page.get_by_label(f"{day}, week 3, van").fill("08:00")
        page.get_by_label(f"{day}, week 3, tot").fill("16:30")
    press(page, "Eerst bekijken")
    page.get_by_role("heading", name="De eerste vier weken").wait_for()
    look(page, "agreement")
    page.get_by_label("Je naam, als handtekening").fill("Mia Claes")
    press(page, "Teken en verstuur")
    page.get_by_text("Dit wacht op het gezin").wait_for()
    paper = Paper.objects.get()
    assert len(paper.weeks) == 3
    sign_for_family(scene, paper)
    page.goto(address(scene, "planning:holidays", scene.noor.reference))
    press(page, "Eerst bekijken")
    page.get_by_role("heading", name="Wat het doet").wait_for()
    axe(page)
    page.get_by_label("Je naam, als handtekening").fill("Mia Claes")
    press(page, "Teken en verstuur")
    page.get_by_text("Dit wacht op het gezin").wait_for()
    sign_for_family(scene, Paper.objects.get(signed_at=None))


def a_closing_day(page, scene):
    page.goto(address(scene, "places:closing_days"))
    page.get_by_label("Eerste dag").fill("2026-09-25")
    page.get_by_label("Waarom").fill("Studiedag")
    press(page, "Voeg toe")
    page.get_by_text("Jullie zijn gesloten op deze dagen").wait_for()
    axe(page)
    assert ClosingDay.objects.get(location=scene.location).during.lower == date(2026, 9, 25)


def many_children_at_once(page, scene):
    """Lou's Monday becomes a Wednesday from the second week on; only children with a signed agreement go along."""
    weeks = opening_hours(WeekPattern(scene.lou.pattern), scene.location)
    terms = Terms(first=SEPTEMBER, weeks=weeks)
    acting = {"principal": scene.manager, "name": "Mia Claes", "now": scene.now}
    sign_for_family(scene, send_paper(**acting, placement_id=scene.lou.pk, terms=terms))
    page.goto(address(scene, "planning:many"))
    for child in ("Lou Claes", "Kim Smets 0"):
        page.get_by_label(child).focus()
        page.keyboard.press("Space")
    page.get_by_label("Ze komen in de plaats op deze dag").select_option("2")
    page.get_by_label("Vanaf", exact=True).fill(f"{NEXT}")
    press(page, "Eerst bekijken")
    page.get_by_text("Kan verstuurd worden").wait_for()
    page.get_by_text("Blijft zoals het is").wait_for()
    look(page, "many")
    page.get_by_label("Je naam, als handtekening").fill("Mia Claes")
    press(page, "Teken en verstuur")
    page.get_by_text("Naar 1 gezin gestuurd").wait_for()
    assert len(ManyChange.objects.get().papers) == 1


def a_day_moved_and_the_week_copied(page, scene):
    page.goto(address(scene, "planning:week", week=SEPTEMBER))
    page.locator("[data-plan][data-ready]").first.wait_for()
    page.get_by_role("row", name="Noor").locator("[data-move-day]").first.focus()
    page.keyboard.press("Enter")
    for _step in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Wat het doet").wait_for()
    press(page, "Verplaats deze dag")
    page.get_by_role("button", name="Maak de laatste verplaatsing ongedaan").wait_for()
    assert DayChange.objects.get().day == SEPTEMBER + 2 * DAY
    page.get_by_role("link", name="Kopieer de wijzigingen van deze week").click()
    page.get_by_label("Naar hoeveel weken?").select_option("3")
    press(page, "Eerst bekijken")
    page.get_by_text("Kan", exact=True).first.wait_for()
    axe(page)
    press(page, "Kopieer 2 dagen")
    page.get_by_text("Wat niet gekopieerd kon worden").wait_for()
    assert DayBatch.objects.count() == 2


def a_roster_with_what_it_lacks(page, scene):
    """Two carers of thirty hours can't cover the week: it says so, and prints without its buttons."""
    page.goto(address(scene, "staff:roster", week=SEPTEMBER))
    page.get_by_label("Aantal weken vanaf deze").select_option("1")
    press(page, "Stel een rooster voor")
    page.get_by_role("heading", name="Voorgesteld rooster").wait_for()
    calculate_waiting(now=timezone.now())
    page.goto(address(scene, "staff:proposal", RosterProposal.objects.get().reference))
    page.get_by_text("uren begeleiding").first.wait_for()
    look(page, "proposal")
    press(page, "Helemaal overnemen")
    page.get_by_role("heading", name="Rooster, week").wait_for()
    assert Shift.objects.filter(day__gte=SEPTEMBER).exists()
    page.goto(address(scene, "planning:week", week=SEPTEMBER))
    page.get_by_role("heading", name="Te weinig begeleiders op deze halve dagen").wait_for()
    look(page, "week")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Afdrukken").is_visible()
    assert page.get_by_role("row", name="Noor").is_visible()
