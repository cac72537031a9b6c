"""What location and family see and do, who may, and how many queries it costs."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from icalendar import Calendar

from kribbe.contact.access import Seat
from kribbe.contact.models import Side
from kribbe.contact.services.feeds import make_feed, token_of
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.models import Absence, AgreedWeeks, GroupTeam, HouseRules, Paper
from kribbe.planning.services.papers import Terms, send_paper, sign_paper
from kribbe.planning.tests.scene import notelaar, place
from kribbe.rules.calendar import monday_of, public_holidays
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOURS = {"turns": "1"} | {
    f"w0d{day}{part}": text for day in (0, 1) for part, text in (("from", "08:00"), ("to", "17:00"))
}


@pytest.fixture
def scene():
    """The children began four weeks ago."""
    now = timezone.now()
    return notelaar(now=now, start=monday_of(now.date()) - 28 * DAY, day_price=30)


@pytest.fixture
def manager(scene):
    return client_of(manager_of(scene.location, now=scene.now))


@pytest.fixture
def parent(scene):
    return client_of(scene.parent_user())


def at(scene, name, *more):
    return reverse(f"planning:{name}", args=[scene.location.slug, *more])


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(captured), answer.content.decode()


def open_day(scene, *, weekday=0):
    """A day to come on which children are planned."""
    day = monday_of(scene.now.date()) + (7 + weekday) * DAY
    while day in public_holidays(day.year):
        day += 7 * DAY
    return day


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
    assert manager.post(write, {**typed, "do": "send", "name": "Mia"}).status_code == 302
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


def test_the_paper_says_it_all(scene):
    import io

    from pypdf import PdfReader

    from kribbe.planning.papers import paper_pdf

    HouseRules.objects.create(
        location=scene.location, version=3, from_day=date(2020, 1, 1), notice_days=30, published_at=scene.now
    )
    paper = signed(scene)
    reader = PdfReader(io.BytesIO(paper_pdf(paper)))
    text = " ".join(page.extract_text() for page in reader.pages)
    for said in ("De Notelaar", "Noor Maes", "8:00–17:00", "Mia", "An Maes", "30"):
        assert said in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert paper_pdf(paper) == paper_pdf(paper)


def signed(scene, weeks=None):
    paper = send_paper(
        principal=scene.manager,
        placement_id=scene.noor.pk,
        terms=Terms(first=scene.noor.during.lower, weeks=weeks or ({0: ((480, 1020),), 1: ((480, 1020),)},)),
        name="Mia",
        now=scene.now,
    )
    return sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=scene.now)


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


def test_a_day_says_who_comes_and_who_stays_away(scene, manager):
    signed(scene)
    day = open_day(scene)
    address = at(scene, "day") + f"?on={day}"
    page = manager.get(address).content.decode()
    assert "Noor M." in page
    assert "8:00–17:00" in page
    manager.post(
        at(scene, "absence", scene.noor.reference), {"on": f"{day}", "do": "away", "kind": "force_majeure"}
    )
    assert Absence.objects.get().kind == "force_majeure"
    manager.post(at(scene, "absence", scene.noor.reference), {"on": f"{day}", "do": "back"})
    assert Absence.objects.get().taken_back_at is not None
    manager.post(at(scene, "absence", scene.noor.reference), {"on": f"{day + 2 * DAY}", "do": "away"})
    assert Absence.objects.count() == 1


def test_a_closed_day_has_nobody(scene, manager):
    day = open_day(scene)
    scene.location.closing_days.create(during=(day, day + DAY))
    page = manager.get(at(scene, "day") + f"?on={day}").content.decode()
    assert "Noor M." not in page


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
    assert parent.get(mine).status_code == 200
    parent.post(reverse("planning:my_absence_back", args=[scene.noor.reference]), {"day": f"{first}"})
    assert Absence.objects.get().taken_back_at is not None


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


def test_carers_and_the_weeks_that_fall_short(scene, manager):
    for number in range(7):
        place(scene.desk, cast.make_group(scene.location, 9, now=scene.now, name=f"G{number}"), f"V{number}", "Kim",
              WeekPattern.from_text("mon"), scene.start, scene.now)  # fmt: skip
    team = at(scene, "team")
    carers = {f"carers{slot}": "0" for slot in range(10)}
    refused = manager.post(team, {"group": scene.group.pk, "first": "morgen", "layout": "babies", **carers})
    assert refused.status_code == 422
    saved = manager.post(
        team,
        {
            "group": scene.group.pk,
            "first": f"{scene.now.date()}",
            "layout": "babies",
            **carers,
            "carers2": "1",
        },
    )
    assert saved.status_code == 302
    assert GroupTeam.objects.get().carers[2] == 1
    assert manager.get(team).status_code == 200
    from kribbe.planning.selectors.short import short_weeks

    short = short_weeks(scene.location, first=open_day(scene), weeks=2, today=scene.now.date())
    assert short and short[0].most >= 1


def test_carers_are_set_on_the_half_days_on_which_a_group_is_open(scene, manager):
    """Vlinders works from Monday to Friday; the other group on Thursdays and on Saturday mornings."""
    weekend = cast.make_group(
        scene.location, 9, now=scene.now, name="Uilen", from_months=30, open_pattern=0b01_00_11_00_00_00
    )
    team = at(scene, "team")
    forms = {each["group"].pk: each for each in manager.get(team).context["groups"]}
    shown = {
        key: [[cell and cell[0] for cell in cells] for _name, cells in form["rows"]]
        for key, form in forms.items()
    }
    assert shown == {
        scene.group.pk: [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]],
        weekend.pk: [[6, 10], [7, None]],
    }
    first = f"{scene.now.date()}"
    typed = {"group": weekend.pk, "first": first, "layout": "toddlers", "carers6": "1", "carers10": "2"}
    assert manager.post(team, typed).status_code == 302
    assert GroupTeam.objects.get(group=weekend).carers[10] == 2
    [_name, mornings] = manager.get(team).context["groups"][1]["rows"][0]
    assert [cell[2] for cell in mornings] == [1, 2]


def test_a_small_edit_today_keeps_the_plan_of_next_year(scene, manager):
    """Babies with two carers are planned from January on; then this week gets one carer more."""
    team, today = at(scene, "team"), localtime(scene.now).date()
    january = date(today.year + 1, 1, 1)
    mondays = {"group": scene.group.pk, "carers0": "1", "carers1": "1"}
    first = {**mondays, "first": f"{today - DAY}", "layout": "mixed"}
    ahead = {**mondays, "first": f"{january}", "layout": "babies", "carers0": "2"}
    for typed in (first, ahead, {**first, "first": f"{today}", "carers1": "3"}):
        assert manager.post(team, typed).status_code == 302
    rows = list(GroupTeam.objects.order_by("during"))
    found = [(each.during.lower, each.during.upper, each.layout, each.carers[:2]) for each in rows]
    assert found == [
        (today - DAY, today, "mixed", [1, 1]),
        (today, january, "mixed", [1, 3]),
        (january, None, "babies", [2, 1]),
    ]
    [form] = manager.get(team).context["groups"]
    assert (form["rows"][1][1][0][2], [each["pk"] for each in form["later"]]) == (3, [rows[2].pk])
    assert "Mon 2/1" in manager.get(team).content.decode()
    assert manager.post(team, {"do": "remove", "team": rows[1].pk}).status_code == 422
    assert manager.post(team, {"do": "remove", "team": rows[2].pk}).status_code == 302
    assert [each.during.upper for each in GroupTeam.objects.order_by("during")] == [today, None]
    assert manager.get(team).context["groups"][0]["later"] == []


def test_house_rules_are_published_and_never_changed(scene, manager):
    address = at(scene, "house_rules")
    typed = {
        "from_day": f"{scene.now.date() + DAY}",
        "notice_days": "30",
        "rounding": "up",
        "absence_full": "20",
    }
    assert manager.post(address, typed).status_code == 422
    assert manager.post(address, {**typed, "absence_half": "12"}).status_code == 302
    assert HouseRules.objects.get().version == 1


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


def test_a_day_is_told_as_its_week_tells_it(scene):
    """Each day alone has the children, carers and reasons of the same day in the week, with somebody away."""
    from kribbe.planning.selectors.week import day_of, week_of

    monday, today = open_day(scene), scene.now.date()
    Absence.objects.create(placement=scene.noor, day=monday, kind="told", side="family", told_at=scene.now)
    GroupTeam.objects.create(
        group=scene.group, during=(scene.start, None), layout="babies", carers=[0, 1] * 7
    )
    week = week_of(scene.location, monday, today=today)
    assert [short.slot for short in week.short] == [0, 2]
    for number in range(7):
        on = monday + number * DAY
        alone, slots = day_of(scene.location, on, today=today), slice(2 * number, 2 * number + 2)
        mask = 3 << 2 * number
        assert alone.needs[slots] == week.needs[slots]
        assert alone.carers[slots] == week.carers[slots]
        assert alone.groups[0].cells[slots] == week.groups[0].cells[slots]
        rows = [(row.planned.child.pk, row.there & mask, row.away & mask) for row in week.groups[0].rows]
        assert [(row.planned.child.pk, row.there, row.away) for row in alone.groups[0].rows] == [
            row for row in rows if row[1]
        ]


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


def test_the_audit_of_a_day_names_who_stands_on_it(scene, manager):
    """Noor comes on Monday and Tuesday, Lou on Monday alone."""
    monday = open_day(scene)
    manager.get(at(scene, "day") + f"?on={monday + DAY}")
    [entry] = AuditEntry.objects.filter(action="list.read")
    assert entry.data["households"] == [scene.noor.child.household_id]


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

    from kribbe.planning.pages.mine import _costs
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
    found = _costs(stated(noor, monday.year, today=monday), [monday, monday + DAY], noon)
    assert found["late"]
    assert [line["day"] for line in found["lines"]] == [monday]
    assert found["uses"] == "1"


def test_the_day_tells_allergies_birthdays_and_extra_days(scene, manager):
    from kribbe.planning.models import ChildFile, DayChange

    monday = open_day(scene)
    child = scene.noor.child
    child.born = monday.replace(year=monday.year - 2) if (monday.month, monday.day) != (2, 29) else monday
    child.save()
    ChildFile.objects.create(
        child=child,
        version=1,
        checked_at=scene.now,
        allergies=[{"what": "noten", "severity": "life", "to_do": ""}],
    )
    DayChange.objects.create(
        placement=scene.lou,
        day=monday + DAY,
        halves=1,
        state="granted",
        asked_at=scene.now,
        answered_at=scene.now,
    )
    shown = manager.get(at(scene, "day") + f"?on={monday}").content.decode()
    assert "noten" in shown
    assert "Noor M. turns 2 years" in shown
    assert "extra day" in manager.get(at(scene, "day") + f"?on={monday + DAY}").content.decode()


def test_whoever_was_born_on_29_february_has_a_birthday_every_year():
    from kribbe.planning.pages.day import birthday_in

    assert birthday_in(date(2024, 2, 29), 2027) == date(2027, 2, 28)
    assert birthday_in(date(2024, 2, 29), 2028) == date(2028, 2, 29)


def test_the_year_counts_each_day_as_its_week_does(scene, manager):
    """The fuller half of a day, its places with staff; closed days and holidays; one child too many."""
    from kribbe.planning.selectors.week import week_of
    from kribbe.planning.selectors.year import Fill, year_of_days

    monday = open_day(scene)
    scene.location.closing_days.create(during=(monday + DAY, monday + 2 * DAY))
    months = year_of_days(scene.location, monday.year, today=scene.now.date())
    days = {day.on: day for month in months for week in month.weeks for day in week if day}
    assert len(days) == (date(monday.year, 12, 31) - date(monday.year, 1, 1)).days + 1
    week = week_of(scene.location, monday, today=scene.now.date())
    expected = max(week.groups[0].cells[slot].planned for slot in (0, 1))
    assert (days[monday].children, days[monday].places, days[monday].fill) == (expected, 3, Fill.MIDDLE)
    assert days[monday + DAY].fill is Fill.CLOSED
    assert all(days[on].fill is Fill.CLOSED for on in public_holidays(monday.year))
    scene.group.capacities.update(staffed_places=1, bookable_places=1)
    over = year_of_days(scene.location, monday.year, today=scene.now.date())
    assert {day.on: day for month in over for week in month.weeks for day in week if day}[
        monday
    ].fill is Fill.OVER
    scene.group.capacities.update(staffed_places=0, bookable_places=0)
    bare = year_of_days(scene.location, monday.year, today=scene.now.date())
    assert {day.on: day for month in bare for week in month.weeks for day in week if day}[
        monday
    ].fill is Fill.NO_STAFF
    assert manager.get(at(scene, "year") + f"?year={monday.year + 1}").status_code == 200
    assert manager.get(at(scene, "year") + "?year=²").status_code == 200
