"""What location and family see and do, who may, and how many queries it costs."""

import re
from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from kribbe.contact.access import Seat
from kribbe.contact.models import Side
from kribbe.contact.services.feeds import make_feed, token_of
from kribbe.places.models import GroupCapacity
from kribbe.planning.models import Absence, AgreedWeeks, GroupTeam, HouseRules, Paper
from kribbe.planning.tests.pages import at, looked_of, open_day, queries, signed
from kribbe.planning.tests.scene import place
from kribbe.rules.calendar import public_holidays
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOURS = {"turns": "1"} | {
    f"w0d{day}{part}": text for day in (0, 1) for part, text in (("from", "08:00"), ("to", "17:00"))
}


def test_from_an_empty_agreement_to_two_signatures(scene, manager, parent):
    listed = manager.get(at(scene, "agreements")).content.decode()
    assert "2 places have no agreement" in listed or "2 plaatsen" in listed
    write = at(scene, "write", scene.noor.reference)
    typed = {"first": f"{scene.noor.during.lower}", **HOURS, "day_fee": "21.50"}
    preview = manager.post(write, {**typed, "do": "preview"})
    assert preview.status_code == 200
    assert "8:00–17:00" in preview.content.decode()
    assert not Paper.objects.exists()
    unsigned = manager.post(write, {**typed, "do": "send"})
    assert unsigned.status_code == 422
    assert 'id="id_name"' in unsigned.content.decode()
    sent = {**typed, "looked": looked_of(preview), "do": "send", "name": "Mia"}
    other = manager.post(write, {**sent, "day_fee": "22.50"})
    assert "nothing is sent yet" in other.text
    again = manager.post(write, {**sent, "day_fee": "22.50", "do": "preview"})
    assert "nothing is sent yet" not in again.text
    assert not Paper.objects.exists()
    assert manager.post(write, sent).status_code == 302
    mine = reverse("planning:my_agreement", args=[scene.noor.reference])
    assert parent.post(mine, {"agreed": "on", "name": "An Maes"}).status_code == 302
    assert AgreedWeeks.objects.get().masks == [0b1111]
    paper = Paper.objects.get()
    for client, address in (
        (manager, at(scene, "paper", paper.reference)),
        (parent, reverse("planning:my_paper", args=[paper.reference])),
    ):
        file = client.get(address)
        assert file["Content-Type"] == "application/pdf"
        assert file.content.startswith(b"%PDF")
    assert manager.get(at(scene, "agreement", scene.noor.reference)).status_code == 200


def test_two_children_of_the_same_short_name_are_told_apart(scene, manager):
    day = scene.noor.during.lower
    pages = [at(scene, "week") + f"?on={day}", at(scene, "day") + f"?on={day}"]
    assert all("Noor M." in manager.get(page).content.decode() for page in pages)
    lou = scene.lou.child
    lou.first_name, lou.last_name = "Noor", "Michiels"
    lou.save()
    for page in pages:
        shown = manager.get(page).content.decode()
        assert "Noor Michiels" in shown and "Noor Maes" in shown and "Noor M." not in shown


def test_the_paper_says_it_all(scene):
    import io

    from pypdf import PdfReader

    from kribbe.planning.papers import paper_pdf

    HouseRules.objects.create(
        location=scene.location, version=3, from_day=date(2020, 1, 1), notice_days=30, published_at=scene.now,
        allowance_days=20, told_by=time(18), told_days_before=1, absence_full=15, absence_half=9,
    )  # fmt: skip
    paper = signed(scene)
    reader = PdfReader(io.BytesIO(paper_pdf(paper)))
    text = " ".join(page.extract_text() for page in reader.pages)
    for said in ("De Notelaar", "Noor Maes", "8:00–17:00", "Mia", "An Maes", "30"):
        assert said in text
    # two days of five: 8 of the 20 days of full-time care
    for said in (
        "8 dagen in een heel jaar",
        "vóór 18:00 op de dag ervoor",
        "15 voor een hele dag",
        "9 voor een halve dag",
        "Wennen kost niets.",
    ):
        assert said in text, said
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert paper_pdf(paper) == paper_pdf(paper)


def test_a_change_can_be_taken_back(scene, manager, parent):
    signed(scene)
    first = open_day(scene)
    typed = {
        "first": f"{first}",
        "turns": "1",
        "w0d0from": "09:00",
        "w0d0to": "16:00",
        "w0d3from": "09:00",
        "w0d3to": "12:00",
    }
    sent = manager.post(at(scene, "write", scene.noor.reference), {**typed, "name": "Mia", "do": "send"})
    assert sent.status_code == 302
    paper = Paper.objects.get(signed_at=None)
    assert paper.is_addendum
    shown = parent.get(reverse("planning:my_agreement", args=[scene.noor.reference])).content.decode()
    assert "9:00–12:00" in shown
    manager.post(at(scene, "withdraw", paper.reference))
    paper.refresh_from_db()
    assert paper.withdrawn_at is not None
    assert (
        "9:00–12:00"
        not in parent.get(reverse("planning:my_agreement", args=[scene.noor.reference])).content.decode()
    )


def test_a_parent_sees_the_cost_before_reporting(scene, parent):
    """At € 30 a day: the first two days are free, the third costs what the house rules ask."""
    HouseRules.objects.create(
        location=scene.location, version=1, from_day=date(2020, 1, 1), absence_full=25, absence_half=15,
        allowance_days=18, published_at=scene.now,
    )  # fmt: skip
    signed(scene)
    first = open_day(scene)
    address = reverse("planning:my_absence", args=[scene.noor.reference])
    looked = parent.post(address, {"first": f"{first}", "do": "look"}).content.decode()
    assert "0 <small>" in looked
    assert not Absence.objects.exists()
    assert parent.post(address, {"first": f"{first}", "do": "report"}).status_code == 302
    assert Absence.objects.get().side == "family"
    again = parent.post(address, {"first": f"{first}", "do": "look"})
    assert again.status_code == 422
    mine = reverse("planning:my_agreement", args=[scene.noor.reference])
    assert f"<span>{first:%A} " in parent.get(mine).content.decode()
    parent.post(reverse("planning:my_absence_back", args=[scene.noor.reference]), {"day": f"{first}"})
    assert Absence.objects.get().taken_back_at is not None


def test_an_absence_that_ends_before_it_begins_is_told(scene, parent):
    signed(scene)
    first = open_day(scene)
    answer = parent.post(
        reverse("planning:my_absence", args=[scene.noor.reference]),
        {"first": f"{first}", "last": f"{first - timedelta(days=1)}", "do": "report"},
    )
    assert answer.status_code == 422
    assert "The last day is before the first." in answer.content.decode()
    assert not Absence.objects.exists()


def test_beyond_the_allowance_it_costs(scene, parent):
    from kribbe.planning.selectors.allowance import cost, stated
    from kribbe.rules.billing.case import Absent

    signed(scene)
    HouseRules.objects.create(
        location=scene.location, version=1, from_day=date(2020, 1, 1), absence_full=25, absence_half=15,
        published_at=scene.now,
    )  # fmt: skip
    scene.group.price_kind = "free"
    scene.group.save()
    first = open_day(scene)
    told = stated(
        scene.noor.__class__.objects.select_related("group__location__desk").get(pk=scene.noor.pk),
        first.year,
        today=scene.now.date(),
    )
    days = [first + 7 * n * DAY for n in range(60) if (first + 7 * n * DAY).year == first.year]
    days += [day + DAY for day in days if (day + DAY).year == first.year]
    found = cost(told, dict.fromkeys(sorted(days), Absent.TOLD))
    uses = sum(each.uses for each in found)
    charged = [line for each in found for line in each.lines]
    assert uses + len(charged) == len([day for day in days if day not in told.closed])
    assert all(line.amount == 25 for line in charged)


def test_pages_cost_the_same_however_many_children(scene, manager, parent):
    names = ("day", "week", "year", "agreements", "team")
    signed(scene)
    first = [queries(manager, at(scene, name))[0] for name in names]
    for number in range(4):
        group = cast.make_group(scene.location, 3, now=scene.now, name=f"Groep {number}")
        place(
            scene.desk, group, f"Vos{number}", "Kim", WeekPattern.from_text("mon tue"), scene.start, scene.now
        )
    assert [queries(manager, at(scene, name))[0] for name in names] == first
    assert max(first[:2]) <= 22
    assert max(first) <= 30
    mine = reverse("planning:my_agreement", args=[scene.noor.reference])
    assert queries(parent, mine)[0] <= 30
    assert queries(parent, reverse("planning:my_days"))[0] <= 30


def test_a_cell_links_only_where_the_child_comes_and_escapes_its_name():
    from kribbe.planning.pages.week_cells import draw_cells

    cells = draw_cells(
        ["in", "away", "out", "shut"],
        "<b>Noor</b>",
        moves={0: "/move/?day=1", 2: "/move/?day=2"},
        days=["Mo", "Tu"],
    )
    assert cells.count("<td") == 4
    assert cells.count("<a ") == 1
    assert "&lt;b&gt;Noor&lt;/b&gt; van Mo" in cells
    assert "<b>" not in cells


def test_many_short_half_days_are_folded_on_a_phone(scene, manager):
    monday = open_day(scene)
    team = GroupTeam.objects.create(
        group=scene.group, during=(scene.start, None), layout="babies", carers=[0] * 14
    )
    assert (
        '<details class="fold-small"><summary>4 half-days'
        in manager.get(at(scene, "week") + f"?week={monday}").content.decode()
    )
    team.carers = [0, 0, 1, 1] + [0] * 10
    team.save()
    assert "fold-small" not in manager.get(at(scene, "week") + f"?week={monday}").content.decode()


def test_the_calendar_of_a_family_is_read_back(scene, client):
    signed(scene)
    day = open_day(scene)
    Absence.objects.create(placement=scene.noor, day=day + DAY, kind="told", side="family", told_at=scene.now)
    household = scene.noor.child.household
    feed = make_feed(
        seat=Seat(Side.HOUSEHOLD, scene.desk, household=household), principal=SYSTEM, now=scene.now
    )
    answer = client.get(reverse("contact:feed", args=[token_of(feed)]))
    calendar = Calendar.from_ical(answer.content)
    starts = {event.decoded("dtstart").date(): event for event in calendar.walk("VEVENT")}
    assert day in starts
    assert day + DAY not in starts
    event = starts[day]
    assert f"{event.decoded('dtstart'):%H:%M}" == "08:00"
    assert f"{event.decoded('dtend'):%H:%M}" == "17:00"
    assert "De Notelaar" in str(event["summary"])
    assert not any(on in public_holidays(on.year) for on in starts)
    assert len({str(event["uid"]) for event in calendar.walk("VEVENT")}) == len(starts)


def test_only_the_day_that_is_told_late_is_priced_as_late(scene):
    """Told at noon of a day that asked it before eight: that day costs, the days after it use the allowance."""
    from datetime import datetime, time

    from kribbe.planning.pages.my_absence import costs
    from kribbe.planning.selectors.absence_parts import Part
    from kribbe.planning.selectors.allowance import stated

    signed(scene)
    HouseRules.objects.create(
        location=scene.location, version=1, from_day=date(2020, 1, 1), absence_full=25, absence_half=15,
        allowance_days=18, told_by=time(8), published_at=scene.now,
    )  # fmt: skip
    scene.group.price_kind = "free"
    scene.group.save()
    monday = open_day(scene)
    noor = scene.noor.__class__.objects.select_related("group__location__desk").get(pk=scene.noor.pk)
    noon = timezone.make_aware(datetime.combine(monday, time(12)))
    found = costs([Part(stated(noor, monday.year, today=monday), [monday, monday + DAY])], noon)
    assert found["late"]
    assert [line["day"] for line in found["lines"]] == [monday]
    assert [each["uses"] for each in found["uses"]] == ["1"]


def test_the_form_has_the_days_on_which_the_group_is_open(scene, manager):
    """A Saturday is agreed with a child that had none, once the group is open then."""
    address = at(scene, "write", scene.noor.reference)
    assert manager.get(address).context["form"].days == (0, 1, 2, 3, 4)
    capacity = GroupCapacity.objects.get(group=scene.group)
    opened = WeekPattern(capacity.open_pattern) | WeekPattern.from_text("sat")
    GroupCapacity.objects.filter(pk=capacity.pk).update(open_pattern=opened.mask)
    assert manager.get(address).context["form"].days == (0, 1, 2, 3, 4, 5)


def test_pages_beside_the_agreements_stand_under_them_in_the_rail(scene, manager):
    for name in ("many", "import"):
        rail = manager.get(at(scene, name)).text.partition("<main")[0].partition('class="rail')[2]
        current = re.findall(r'href="([^"]+)" aria-current="page"', rail)
        assert current == [at(scene, "agreements")], name
