"""A child that is ill: told by the family or the location, the note that is asked, and what the pages say of it."""

import io
from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from kribbe.contact.models import Notice
from kribbe.planning.models import Absence, HouseRules
from kribbe.planning.selectors.allowance import planned_days, stated
from kribbe.planning.services.absences import see_note
from kribbe.planning.tests.pages import at, looked_of, open_day, signed
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def house_rules(scene, **fields):
    return HouseRules.objects.create(
        location=scene.location, version=1, from_day=date(2020, 1, 1), absence_full=25, absence_half=15,
        published_at=scene.now, **fields,
    )  # fmt: skip


def mine(scene, name="my_agreement"):
    return reverse(f"planning:{name}", args=[scene.noor.reference])


def told_by_location(scene, manager, day, kind):
    address = at(scene, "absence", scene.noor.reference)
    return manager.post(address, {"on": f"{day}", "do": "away", "kind": kind})


def test_a_family_says_that_its_child_is_ill_and_reads_what_that_counts_as(scene, parent):
    house_rules(scene, ill_days=3)
    signed(scene)
    day = open_day(scene)
    typed = {"first": f"{day}", "ill": "on"}
    looked = parent.post(mine(scene, "my_absence"), {**typed, "do": "look"}).content.decode()
    assert "1 of these days is free because of illness." in looked
    assert parent.post(mine(scene, "my_absence"), {**typed, "do": "report"}).status_code == 302
    told = Absence.objects.get()
    assert (told.kind, told.late, told.side) == ("illness", False, "family")
    page = parent.get(mine(scene)).content.decode()
    assert "Ill: costs nothing" in page
    assert "Free days of illness used: 1 of 3." in page
    assert "3 days of illness a year are free" in page


def test_the_page_of_an_absence_begins_with_the_next_day_on_which_the_child_comes(scene, parent):
    signed(scene)
    today = scene.now.date()
    told = stated(scene.noor, today.year, today=today)
    days = planned_days(told, today, today + 28 * DAY)
    page = parent.get(mine(scene, "my_absence")).content.decode()
    assert f'value="{next((day for day in days if day.year == today.year), today)}"' in page


def test_an_absence_changed_after_its_cost_was_shown_is_shown_again_before_it_is_reported(scene, parent):
    house_rules(scene)
    signed(scene)
    day = open_day(scene)
    shown = parent.post(mine(scene, "my_absence"), {"first": f"{day}", "do": "look"})
    looked = {"first": f"{day}", "looked": looked_of(shown)}
    again = parent.post(mine(scene, "my_absence"), {**looked, "ill": "on", "do": "report"}).content.decode()
    assert "nothing is sent yet" in again
    assert not Absence.objects.exists()
    assert parent.post(mine(scene, "my_absence"), {**looked, "do": "report"}).status_code == 302
    assert Absence.objects.get().day == day


def test_told_late_it_costs_where_the_house_rules_give_no_day_of_illness(scene, parent):
    house_rules(scene, told_by=time(9), told_days_before=60)
    signed(scene)
    typed = {"first": f"{open_day(scene)}", "ill": "on"}
    looked = parent.post(mine(scene, "my_absence"), {**typed, "do": "look"}).content.decode()
    assert "these days count like any other absence" in looked
    parent.post(mine(scene, "my_absence"), {**typed, "do": "report"})
    assert Absence.objects.get().late is True


def test_the_location_notes_an_illness_and_sees_the_note(scene, manager, parent):
    house_rules(scene, ill_days=3, ill_note=True)
    signed(scene)
    day = open_day(scene)
    assert told_by_location(scene, manager, day, "illness_late").status_code == 302
    assert Absence.objects.get().late is True
    assert "Ill: Not told in time" in parent.get(mine(scene)).content.decode()
    shown = at(scene, "day") + f"?on={day}"
    assert 'value="note"' in manager.get(shown).content.decode()
    address = at(scene, "absence", scene.noor.reference)
    manager.post(address, {"on": f"{day}", "do": "note"})
    page = manager.get(shown).content.decode()
    assert "note seen" in page
    assert 'value="note_back"' in page
    assert "note seen: costs nothing" in parent.get(mine(scene)).content.decode()
    manager.post(address, {"on": f"{day}", "do": "note_back"})
    assert Absence.objects.get().note_seen_at is None
    deeds = AuditEntry.objects.filter(action__startswith="absence.note").values_list("action", flat=True)
    assert set(deeds) == {"absence.note", "absence.note_back"}


def test_no_note_is_asked_of_another_absence_nor_where_the_house_rules_ask_none(scene, manager):
    house_rules(scene, ill_days=3)
    signed(scene)
    day = open_day(scene)
    told_by_location(scene, manager, day, "illness")
    assert 'value="note"' not in manager.get(at(scene, "day") + f"?on={day}").content.decode()
    Absence.objects.update(kind="told")
    with pytest.raises(RefusedError):
        see_note(principal=scene.manager, placement_id=scene.noor.pk, day=day, seen=True, now=scene.now)


def test_a_parent_is_told_that_the_note_is_still_to_be_seen(scene, parent):
    house_rules(scene, ill_days=None, ill_note=True)
    signed(scene)
    typed = {"first": f"{open_day(scene)}", "ill": "on", "do": "look"}
    assert "Until the location has seen it" in parent.post(mine(scene, "my_absence"), typed).content.decode()


@pytest.mark.parametrize(
    ("typed", "kept", "said"),
    [
        ({}, (0, False), "counts like any other absence"),
        ({"ill_days": "4", "ill_note": "on"}, (4, True), "4 days of illness a year are free"),
        ({"ill_days": "4", "ill_all": "on"}, (None, False), "Every day of illness is free"),
    ],
)
def test_house_rules_say_how_many_days_of_illness_are_free(scene, manager, typed, kept, said):
    whole = {"from_day": f"{scene.now.date() + DAY}", "notice_days": "30", "rounding": "up", **typed}
    assert manager.post(at(scene, "house_rules"), whole).status_code == 302
    rules = HouseRules.objects.get()
    assert (rules.ill_days, rules.ill_note) == kept
    assert said in manager.get(at(scene, "house_rules")).content.decode()


def test_fewer_days_of_illness_are_less_good_and_begin_two_months_later(scene, manager):
    house_rules(scene, ill_days=4)
    typed = {
        "from_day": f"{scene.now.date() + DAY}", "notice_days": "30", "rounding": "up", "absence_full": "25",
        "absence_half": "15",
    }  # fmt: skip
    refused = manager.post(at(scene, "house_rules"), {**typed, "ill_days": "3"})
    assert refused.status_code == 422
    assert "2 months before" in refused.content.decode()
    assert manager.post(at(scene, "house_rules"), {**typed, "ill_days": "4"}).status_code == 302
    assert "free of charge" not in Notice.objects.filter(kind="planning/house_rules").first().body


def test_the_paper_says_what_a_day_of_illness_counts_as(scene, parent):
    house_rules(scene, ill_days=4)
    paper = signed(scene)
    file = parent.get(reverse("planning:my_paper", args=[paper.reference])).content
    text = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages).split())
    assert "4 days of illness" in text or "4 ziektedagen" in text
