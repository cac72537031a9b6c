"""A group closes on days of its own: its children are planned nowhere, those of the other groups come as agreed."""

from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.urls import reverse
from icalendar import Calendar

from kribbe.contact.access import Seat
from kribbe.contact.models import Notice, Side
from kribbe.contact.services.feeds import make_feed, token_of
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.models import ClosingDay
from kribbe.places.services.closing_days import add_closing, remove_closing
from kribbe.planning.models import Absence, HouseRules, TellingSide
from kribbe.planning.selectors.allowance import stated, year_of
from kribbe.planning.selectors.days import rooms_at
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.selectors.week import week_of
from kribbe.planning.services.absences import report_absence
from kribbe.planning.services.closings import families_of_closing
from kribbe.planning.services.days import Wish, ask_day
from kribbe.planning.tests.pages import at
from kribbe.planning.tests.scene import FULL_MONDAY_TUESDAY, notelaar, place
from kribbe.planning.tests.test_occupancy import by_pages
from kribbe.rules.calendar import public_holidays
from kribbe.rules.closing import Closing
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.clock import BRUSSELS
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 9, 10, tzinfo=BRUSSELS)
DAY = timedelta(days=1)
MONDAY, TUESDAY = date(2027, 4, 12), date(2027, 4, 13)
START = date(2027, 2, 1)
WHOLE_DAYS = WeekPattern.from_text("mon tue wed thu fri")


@built_once
def kept():
    """Noor and Lou come in the Vlinders, Mats on Mondays and Tuesdays in the Kevers."""
    made = notelaar(now=NOW, start=START)
    made.kevers = cast.make_group(made.location, 4, now=NOW, name="Kevers")
    made.mats = place(made.desk, made.kevers, "Peeters", "Mats", FULL_MONDAY_TUESDAY, START, NOW)
    return made


def close(kept, group, first, last=None, **more):
    return add_closing(
        principal=kept.manager,
        location_id=kept.location.pk,
        closing=Closing(first, last or first, "studiedag"),
        group_id=group.pk if group else None,
        now=NOW,
        **more,
    )


def comes(kept, day):
    """The first names of those who are planned on a day, as the week has it."""
    week = week_of(kept.location, day - day.weekday() * DAY, today=NOW.date())
    return sorted(
        row.planned.child.first_name
        for group in week.groups
        for row in group.rows
        if row.there >> 2 * day.weekday() & 3
    )


def test_the_week_has_the_children_of_the_other_group(kept):
    close(kept, kept.group, MONDAY)
    assert comes(kept, MONDAY) == ["Mats"]
    assert comes(kept, TUESDAY) == ["Mats", "Noor"]
    week = week_of(kept.location, MONDAY, today=NOW.date())
    assert MONDAY not in week.closed
    assert {group.group.name: group.cells[0].closed for group in week.groups} == {
        "Vlinders": True,
        "Kevers": False,
    }


def test_the_pages_say_that_the_group_is_closed(kept, clock):
    day = clock.today
    while day.weekday() != 0 or day in public_holidays(day.year):
        day += DAY
    close(kept, kept.group, MONDAY)
    ClosingDay.objects.update(during=(day, day + DAY))
    page = (
        client_of(manager_of(kept.location, now=clock.now))
        .get(at(kept, "day") + f"?on={day}")
        .content.decode()
    )
    assert page.count("This group is closed on this day.") == 1


def test_there_is_no_room_in_it(kept):
    close(kept, kept.group, MONDAY)
    rooms = rooms_at([kept.location], [MONDAY, TUESDAY])
    assert rooms[kept.group.pk, MONDAY].places == (0, 0)
    assert rooms[kept.group.pk, TUESDAY].places == (3, 3)
    assert (rooms[kept.kevers.pk, MONDAY].places, rooms[kept.kevers.pk, MONDAY].taken) == ((4, 4), (1, 1))


@pytest.mark.parametrize("seed", range(4))
def test_occupancy_and_the_weeks_of_random_closings_are_those_of_a_plain_count(kept, seed):
    chance = Random(seed)  # noqa: S311
    whole = place(kept.desk, kept.kevers, "Smets", "Bo", WHOLE_DAYS, START, NOW)
    members = {kept.group: [kept.noor, kept.lou], kept.kevers: [kept.mats, whole]}
    first, last = date(2027, 4, 5), date(2027, 5, 30)
    for _try in range(12):
        group, day = chance.choice([None, *members]), first + chance.randrange(50) * DAY
        try:
            close(kept, group, day, day + chance.randrange(4) * DAY)
        except RefusedError:
            continue
    rows = [(row.group_id, row.during) for row in ClosingDay.objects.all()]
    assert {key for key, _during in rows} == {None, kept.group.pk, kept.kevers.pk}
    planned = 0
    for day in (first + n * DAY for n in range((last - first).days + 1)):
        names = [
            each.child.first_name
            for group, places in members.items()
            for each in places
            if WeekPattern(each.pattern).mask >> 2 * day.weekday() & 3
            and day not in public_holidays(day.year)
            and not any(day in during and key in (None, group.pk) for key, during in rows)
        ]
        assert comes(kept, day) == sorted(names), day
        planned += 2 * len(names)
    found = cells(first=first, last=last, today=first, location=kept.location.pk).total()
    assert found == by_pages(kept, first, last, first)
    assert found.planned == planned > 0


def households(kind):
    return sorted(Notice.objects.filter(kind=f"planning/{kind}").values_list("household_id", flat=True))


def of(*placements):
    return sorted(each.child.household_id for each in placements)


def test_the_families_of_the_group_alone_are_told_and_told_again(kept):
    assert families_of_closing(kept.location.pk, kept.group.pk, MONDAY, MONDAY, NOW) == 2
    assert families_of_closing(kept.location.pk, kept.kevers.pk, MONDAY, MONDAY, NOW) == 1
    assert families_of_closing(kept.location.pk, None, MONDAY, MONDAY, NOW) == 3
    with pytest.raises(RefusedError, match="2 gezinnen"):
        close(kept, kept.group, MONDAY, knowing=1)
    row = close(kept, kept.group, MONDAY, knowing=2)
    assert households("location_closes") == of(kept.noor, kept.lou)
    notice = Notice.objects.filter(kind="planning/location_closes")[0]
    assert notice.subject == "De Notelaar (Vlinders): gesloten op 12 april 2027 (studiedag)"
    assert "De groep Vlinders van De Notelaar is gesloten op 12 april 2027" in notice.body
    remove_closing(principal=kept.manager, location_id=kept.location.pk, closing_id=row.pk, now=NOW)
    assert households("location_opens") == of(kept.noor, kept.lou)
    assert Notice.objects.filter(kind="planning/location_opens")[0].subject.startswith(
        "De groep Vlinders van"
    )


def test_two_groups_that_close_on_one_day_tell_each_their_own(kept):
    close(kept, kept.group, MONDAY)
    close(kept, kept.kevers, MONDAY)
    assert households("location_closes") == of(kept.noor, kept.lou, kept.mats)


def test_the_calendar_of_a_family_follows_the_group_of_each_child(kept, client, monkeypatch):
    mats = kept.mats.child
    mats.household = kept.noor.child.household
    mats.save()
    close(kept, kept.group, MONDAY)
    close(kept, kept.kevers, TUESDAY)
    feed = make_feed(
        seat=Seat(Side.HOUSEHOLD, kept.desk, household=kept.noor.child.household), principal=SYSTEM, now=NOW
    )
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    answer = client.get(reverse("contact:feed", args=[token_of(feed)]))
    titles = {
        (event.decoded("dtstart").date(), str(event["summary"]).partition(":")[0])
        for event in Calendar.from_ical(answer.content).walk("VEVENT")
    }
    days = (MONDAY, TUESDAY, MONDAY + 7 * DAY)
    assert {each for each in titles if each[0] in days} == {
        (TUESDAY, "Noor"),
        (MONDAY, "Mats"),
        (days[2], "Noor"),
        (days[2], "Mats"),
    }


def test_no_absence_and_no_extra_day_on_a_day_that_the_group_is_closed(kept):
    close(kept, kept.group, MONDAY, MONDAY + 2 * DAY)
    told = {"principal": kept.manager, "days": [MONDAY], "side": TellingSide.LOCATION, "now": NOW}
    with pytest.raises(RefusedError, match="niet gepland"):
        report_absence(placement_id=kept.noor.pk, **told)
    assert len(report_absence(placement_id=kept.mats.pk, **told)) == 1
    with pytest.raises(RefusedError, match="het is een sluitingsdag"):
        ask_day(
            principal=kept.parent,
            placement_id=kept.noor.pk,
            wish=Wish(day=MONDAY + 2 * DAY, halves=3, instead_of=None),
            now=NOW,
        )


def moved(kept, day):
    """Noor goes on in the Kevers from a day on."""
    kept.noor.during = (START, day)
    kept.noor.save()
    later = cast.make_placement(
        kept.noor.child, kept.kevers, start=day, end=date(2029, 2, 1), pattern=FULL_MONDAY_TUESDAY, now=NOW
    )
    later.replaces = kept.noor
    later.save()
    return later


def test_a_child_that_moved_has_the_days_of_its_group_of_each_day(kept):
    later = moved(kept, TUESDAY)
    close(kept, kept.group, date(2027, 4, 5), TUESDAY)
    close(kept, kept.kevers, date(2027, 4, 19))
    monday, tuesday = date(2027, 4, 19), date(2027, 4, 20)
    assert "Noor" not in comes(kept, MONDAY), "she is with the Vlinders still, who are closed"
    assert "Noor" in comes(kept, TUESDAY), "she is with the Kevers by now"
    assert "Noor" not in comes(kept, monday)
    assert "Noor" in comes(kept, tuesday)
    HouseRules.objects.create(
        location=kept.location, version=1, from_day=date(2020, 1, 1), absence_full=25, absence_half=15,
        allowance_days=18, published_at=NOW,
    )  # fmt: skip
    for placement, day in (
        (kept.noor, date(2027, 3, 1)),
        (kept.noor, MONDAY),
        (later, monday),
        (later, tuesday),
    ):
        Absence.objects.create(placement=placement, day=day, kind="told", side="family", told_at=NOW)
    for placement in (kept.noor, later):
        told = stated(type(placement).objects.get(pk=placement.pk), 2027, today=NOW.date())
        assert year_of(told, 2027).now.balance.used == 2, "1 March and 20 April alone were planned"
