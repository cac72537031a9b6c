"""A location's week and day, an agreement signed by both, an absence whose cost is seen first; nothing for axe."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.people.models import Adult
from kribbe.planning.importing.run import work_off_waiting
from kribbe.planning.models import Absence, ChildFile, DayChange, DayRules, GroupTeam, Paper
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import notelaar, place
from kribbe.planning.written import opening_hours
from kribbe.rules.calendar import monday_of, public_holidays
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.testing.browser import PHONE, look_at
from kribbe.testing.worlds import built_once

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("planning")
DAY = timedelta(days=1)
NAMES = ("Vos", "Peeters", "Smets", "Willems", "Jacobs", "De Smet")
WEEKS = (
    "mon tue thu",
    "mon-am tue wed",
    "mon wed thu fri-am",
    "tue thu fri",
    "mon tue wed thu fri",
    "wed-pm fri",
)


@built_once
def scene():
    now = timezone.now()
    made = notelaar(now=now, places=7, start=monday_of(now.date()) - 28 * DAY, day_price=30)
    for name, week in zip(NAMES, WEEKS, strict=True):
        place(made.desk, made.group, name, "Kim", WeekPattern.from_text(week), made.start, now)
    GroupTeam.objects.create(
        group=made.group,
        during=(made.start, None),
        layout="mixed",
        carers=[1] * 4 + [0] * 2 + [1] * (SLOTS - 6),
    )
    return made


def open_monday(now):
    day = monday_of(now.date()) + 7 * DAY
    while any(day + n * DAY in public_holidays((day + n * DAY).year) for n in range(5)):
        day += 7 * DAY
    return day


def test_a_manager_looks_at_the_week_and_writes_an_agreement(open_as, scene):
    monday = open_monday(scene.now)
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("planning:week", args=[scene.location.slug]) + f"?week={monday}")
    page.get_by_role("heading", name="Vlinders").wait_for()
    assert page.get_by_text("1 begeleider te weinig").first.is_visible()
    look(page, "week")
    page.goto(reverse("planning:day", args=[scene.location.slug]) + f"?on={monday}")
    page.get_by_text("Noor M.").first.wait_for()
    look(page, "day")
    page.goto(reverse("planning:team", args=[scene.location.slug]))
    look(page, "carers")
    page.goto(reverse("planning:agreements", args=[scene.location.slug]))
    look(page, "agreements")
    page.get_by_role("link", name="Noor Maes").click()
    page.get_by_role("link", name="Schrijf de overeenkomst").click()
    page.get_by_role("button", name="Eerst bekijken").click()
    page.get_by_role("heading", name="De eerste vier weken").wait_for()
    look(page, "write")
    page.get_by_label("Je naam, als handtekening").fill("Mia Claes")
    page.get_by_role("button", name="Teken en verstuur").click()
    page.get_by_text("Dit wacht op het gezin").wait_for()
    assert Paper.objects.get().location_name == "Mia Claes"


def test_a_second_agreement_for_the_other_parent(open_as, scene):
    """The first is signed for every other week; the second is looked at beside it, then sent."""
    Adult.objects.create(
        household=scene.noor.child.household, first_name="Bram", last_name="Claes", name_key="claes bram"
    )
    hours = {0: ((480, 1020),), 1: ((480, 1020),)}
    paper = send_paper(
        principal=scene.manager, placement_id=scene.noor.pk, name="Mia Claes",
        terms=Terms(first=scene.start, weeks=(hours, {})), now=scene.now,
    )  # fmt: skip
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=scene.now)
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("planning:agreement", args=[scene.location.slug, scene.noor.reference]))
    page.get_by_role("link", name="Overeenkomst met de andere ouder").click()
    page.get_by_label("Bram Claes").check()
    for day in ("Maandag", "Dinsdag"):
        page.get_by_label(f"{day}, week 1, van").fill("08:30")
        page.get_by_label(f"{day}, week 1, tot").fill("16:30")
    page.get_by_role("button", name="Eerst bekijken").click()
    page.get_by_role("heading", name="De eerste vier weken").wait_for()
    look(page, "second")
    page.get_by_label("Je naam, als handtekening").fill("Mia Claes")
    page.get_by_role("button", name="Teken en verstuur").click()
    page.get_by_text("Dit wacht op het gezin").wait_for()
    assert Paper.objects.filter(agreement__placement__parent__first_name="Bram").count() == 1


def test_a_visit_before_the_first_day(open_as):
    scene = notelaar(now=timezone.now())
    day = scene.start - 7 * DAY
    while day in public_holidays(day.year):
        day += DAY
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("planning:agreement", args=[scene.location.slug, scene.noor.reference]))
    page.get_by_role("link", name="Wendagen").click()
    for label, text in (("Dag", f"{day}"), ("Vanaf", "09:00"), ("Tot", "10:30")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Voeg dit bezoek toe").click()
    page.get_by_text("9:00–10:30").wait_for()
    look(page, "getting-used")
    page.get_by_role("button", name="Terugnemen").click()
    page.get_by_text("Nog geen bezoeken").wait_for()


LIST = """Voornaam;Naam;Geboortedatum;Naam ouder;E-mail ouder;Start;Einde;Dagen;Dagprijs
Mila;Wouters;{born};Wouters;mila@ouders.example;{start};{end};wo 8:00-17:00 | wo vm;24,50
Finn;Baert;{born};Baert;finn@ouders.example;{start};{end};vr 5:00-17:00;24,50
Ella;Aerts;{born};Aerts;;{start};{end};do vm, vr nm;veel
"""


def test_a_manager_takes_over_a_list_and_undoes_it(open_as, scene):
    days = {"born": scene.start - 250 * DAY, "start": scene.start, "end": scene.start + 400 * DAY}
    content = LIST.format(**{name: f"{day:%d/%m/%Y}" for name, day in days.items()}).encode()
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("planning:agreements", args=[scene.location.slug]))
    page.get_by_role("link", name="Een lijst overnemen").click()
    page.get_by_label("Bestand met kinderen en overeenkomsten").set_input_files(
        {"name": "kinderen.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Eerst bekijken").click()
    page.get_by_text("valt buiten de openingsuren").first.wait_for()
    look(page, "take-over")
    page.get_by_label("Je naam, als handtekening").fill("Mia Claes")
    page.get_by_role("button", name="Neem 1 overeenkomst over").click()
    page.get_by_text("0 van 3 rijen zijn geschreven").wait_for()
    look(page, "being-taken-over")
    page.goto(reverse("planning:import", args=[scene.location.slug]))
    page.get_by_role("link", name="kinderen.csv").click()
    work_off_waiting(now=timezone.now())
    page.get_by_role("link", name="Mila Wouters").wait_for()
    look(page, "taken-over")
    page.get_by_role("button", name="Maak deze lijst ongedaan").click()
    page.get_by_text("Deze lijst is ongedaan gemaakt").wait_for()
    assert not Paper.objects.exclude(taken_over=None).exists()


def test_a_manager_changes_many_children_by_keyboard(open_as, scene):
    """Lou's Monday becomes a Wednesday: looked at, signed and sent without a mouse, and taken back."""
    weeks = opening_hours(WeekPattern(scene.lou.pattern), scene.location)
    terms = Terms(first=scene.start, weeks=weeks)
    acting = {"principal": scene.manager, "name": "Mia Claes", "now": scene.now}
    paper = send_paper(**acting, placement_id=scene.lou.pk, terms=terms)
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An", now=scene.now)
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("planning:many", args=[scene.location.slug]))
    for child in ("Lou Claes", "Noor Maes"):
        page.get_by_label(child).focus()
        page.keyboard.press("Space")
    page.get_by_label("Ze komen in de plaats op deze dag").select_option("2")
    page.get_by_label("Vanaf").fill(f"{open_monday(scene.now)}")
    page.get_by_role("button", name="Eerst bekijken").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Kan verstuurd worden").wait_for()
    expect(page.get_by_role("heading", name="Wat het doet")).to_be_in_viewport()
    look(page, "many")
    page.get_by_label("Je naam, als handtekening").fill("Mia Claes")
    page.get_by_role("button", name="Teken en verstuur").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Naar 1 gezin gestuurd").wait_for()
    page.get_by_role("button", name="Ongedaan maken").click()
    page.get_by_text("1 wijziging is teruggenomen.").wait_for()


def test_a_parent_signs_and_sees_what_an_absence_costs(open_as, scene):
    send_paper(
        principal=scene.manager,
        placement_id=scene.noor.pk,
        terms=Terms(first=scene.noor.during.lower, weeks=({0: ((480, 1020),), 1: ((480, 1020),)},)),
        name="Mia Claes",
        now=scene.now,
    )
    page = open_as(scene.parent_user(), PHONE)
    page.goto(reverse("planning:my_days"))
    look(page, "my-days")
    page.get_by_role("link", name="Lees en teken").click()
    page.get_by_label("Ik heb dit gelezen en ga akkoord.").check()
    page.get_by_label("Je naam, als handtekening").fill("An Maes")
    page.get_by_role("button", name="Tekenen", exact=True).click()
    page.get_by_text("Getekend. Het document staat hieronder.").wait_for()
    look(page, "my-agreement")
    page.get_by_role("link", name="Meld een afwezigheid").click()
    page.get_by_label("Eerste dag").fill(f"{open_monday(scene.now)}")
    page.get_by_role("button", name="Zie wat het kost").click()
    page.get_by_role("heading", name="Wat het kost").wait_for()
    assert not Absence.objects.exists()
    look(page, "my-absence")
    page.get_by_role("button", name="Meld het").click()
    page.get_by_text("Gemeld:").first.wait_for()
    assert Absence.objects.get().side == "family"


def test_a_parent_asks_an_extra_day_and_sees_its_cost(open_as, scene):
    DayRules.objects.create(location=scene.location, at_once=True, short_notice=True)
    scene.group.price_kind = "free"
    scene.group.save()
    page = open_as(scene.parent_user(), PHONE)
    page.goto(reverse("planning:my_days"))
    page.get_by_role("link", name="Vraag een extra dag").first.click()
    page.get_by_label("Welke dag?").fill(f"{open_monday(scene.now) + 2 * DAY}")
    page.get_by_label("De voormiddag").check()
    page.get_by_role("button", name="Zie wat het kost").click()
    assert "€" in page.locator("#cost").inner_text()
    assert not DayChange.objects.exists()
    look(page, "my-extra")
    page.get_by_role("button", name="Vraag deze dag").click()
    page.get_by_text("Afgesproken:").first.wait_for()
    assert DayChange.objects.get().state == "granted"
    page.get_by_role("button", name="Trek in").click()
    page.get_by_text("Teruggenomen:").first.wait_for()


def test_a_parent_fills_in_the_file_and_the_location_reads_it(open_as, scene):
    page = open_as(scene.parent_user(), PHONE)
    page.goto(reverse("planning:my_file", args=[scene.noor.reference]))
    page.get_by_label("Allergisch voor 1").fill("noten")
    page.get_by_label("Hoe erg 1").select_option("life")
    page.get_by_label("Wat te doen 1").fill("EpiPen, dan 112")
    page.get_by_label("Mag ophalen: naam 1").fill("Rita Maes")
    page.get_by_label("Slapen").fill("Een dutje om 10 uur")
    look(page, "my-file")
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_text("Bewaard.").first.wait_for()
    assert ChildFile.objects.get().allergies[0]["severity"] == "life"
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("planning:files", args=[scene.location.slug]))
    look(page, "files")
    page.get_by_role("link", name="Noor Maes").click()
    page.get_by_text("EpiPen, dan 112").wait_for()
    look(page, "file")
    page.goto(reverse("planning:extra_days", args=[scene.location.slug]))
    look(page, "extra-days")
