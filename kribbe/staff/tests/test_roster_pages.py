"""The roster at its pages: by keyboard and forms, copied, undone; a carer's page; the calendar read by others."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from icalendar import Calendar

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.models import GroupCapacity, Kind, Location
from kribbe.planning.tests.scene import place
from kribbe.rules.halfdays import WeekPattern
from kribbe.staff.models import Contract, Leave, RosterChange, Shift, ShiftFeed
from kribbe.staff.services.feeds import feed_of_token, make_feed, token_of
from kribbe.staff.services.roster import Hours, set_shift
from kribbe.staff.tests.scene import busy, hire, open_monday
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    return busy(timezone.now())


@pytest.fixture
def manager(scene):
    return client_of(manager_of(scene.location, now=scene.now))


def at(scene, name, *more):
    return reverse(f"staff:{name}", args=[scene.location.slug, *more])


def monday_of_scene(scene):
    return open_monday(localtime(scene.now).date() + DAY)


def put(scene, carer, day, start=14, end=26):
    hours = Hours(group_id=scene.group.pk, start=start, end=end)
    set_shift(principal=SYSTEM, location=scene.location, carer=carer, day=day, hours=hours, now=scene.now)


def test_a_shift_is_written_copied_and_undone_by_forms(scene, manager):
    monday, an = monday_of_scene(scene), hire(scene, "An Jacobs")
    address = at(scene, "shift", an.reference, f"{monday}")
    assert manager.get(address).status_code == 200
    typed = {"group": scene.group.pk, "start": "07:30", "end": "16:00", "pause": ""}
    for wrong, field in (
        ({"start": "07:40"}, "start"),
        ({"end": "07:00"}, "end"),
        ({"pause": "08:00"}, "pause"),
    ):
        refused = manager.post(address, {**typed, **wrong})
        assert refused.status_code == 422
        assert f'id="id_{field}"' in refused.content.decode()
    assert manager.post(address, typed).status_code == 302
    shift = Shift.objects.get()
    assert (shift.start, shift.end, shift.pause) == (15, 32, 23)
    week = manager.get(at(scene, "roster") + f"?week={monday}").content.decode()
    assert "7:30–16:00" in week
    change = at(scene, "roster_change")
    next_week = monday + 7 * DAY
    copied = {"do": "copy", "week": f"{monday}", "first": f"{next_week}", "weeks": "1"}
    assert manager.post(change, copied).status_code == 302
    assert Shift.objects.count() == 2
    last = RosterChange.objects.first()
    assert manager.post(change, {"do": "undo", "change": last.reference}).status_code == 302
    assert Shift.objects.count() == 1
    assert manager.post(address, {**typed, "do": "remove"}).status_code == 302
    assert not Shift.objects.exists()
    assert manager.get(at(scene, "shift", an.reference, "never")).status_code == 404


def test_a_day_shows_half_hours_and_what_is_missing(scene, manager):
    monday, an = monday_of_scene(scene), hire(scene, "An Jacobs")
    put(scene, an, monday, 14, 32)
    page = manager.get(at(scene, "roster_day") + f"?on={monday}").content.decode()
    assert page.count('class="roster__in"') == 17
    assert page.count('class="roster__pause"') == 1
    assert 'class="roster__short"' in page


def test_twelve_children_of_two_carers_at_a_home_are_too_many(manager, scene):
    for number in range(2):
        place(
            scene.desk,
            scene.group,
            f"Das {number}",
            "Kim",
            WeekPattern.from_text("mon"),
            scene.start,
            scene.now,
        )
    Location.objects.filter(pk=scene.location.pk).update(kind=Kind.FAMILY)
    monday = monday_of_scene(scene)
    for name in ("An Jacobs", "Bo Smets"):
        put(scene, hire(scene, name), monday, 14, 36)
    for address in (at(scene, "roster") + "?week=", at(scene, "roster_day") + "?on="):
        assert "4 children too many." in manager.get(f"{address}{monday}").content.decode()
    for name, asked in (("week", "week"), ("day", "on")):
        page = manager.get(reverse(f"planning:{name}", args=[scene.location.slug]) + f"?{asked}={monday}")
        assert "4 children too many" in page.content.decode()
    team = manager.get(reverse("planning:team", args=[scene.location.slug])).content.decode()
    assert "4 children too many at most" in team
    assert "0 carers" not in team


def test_pages_cost_no_more_for_more_carers_shifts_and_locations(scene, manager):
    monday = monday_of_scene(scene)
    pages = [
        at(scene, "roster") + f"?week={monday}",
        at(scene, "roster_day") + f"?on={monday}",
        at(scene, "ahead"),
        at(scene, "team"),
    ]

    def cost():
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as captured:
                assert manager.get(page).status_code == 200
            found.append(len(captured))
        return found

    put(scene, hire(scene, "An Jacobs"), monday)
    cost()
    few = cost()
    for number in range(6):
        carer = hire(scene, f"Bo {number}")
        for day in range(5):
            put(scene, carer, monday + day * DAY)
    assert cost() == few
    assert max(few) <= 30


def test_the_week_plan_judges_a_roster_from_what_it_read(scene, manager):
    """A roster adds one to the questions of the week plan: when the groups rest."""
    monday = monday_of_scene(scene)
    address = reverse("planning:week", args=[scene.location.slug]) + f"?week={monday}"

    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(address).status_code == 200
        return len(captured)

    without = asked()
    put(scene, hire(scene, "An Jacobs"), monday)
    assert asked() == without + 1 <= 22


def test_a_carers_page_takes_contract_and_leave_and_names_the_field_that_is_wrong(scene, manager):
    an = hire(scene, "An Jacobs")
    today = localtime(scene.now).date()
    typed = {
        "begin": f"{today}",
        "hours": "19",
        "day_hours": "8",
        "role": "logistic",
        "group": scene.group.pk,
        "d0from": "07:00",
        "d0to": "15:00",
    }
    contract = at(scene, "contract", an.reference)
    refused = manager.post(contract, {**typed, "until": f"{today - DAY}"})
    assert refused.status_code == 422
    assert "id_until_error" in refused.content.decode() or 'id="id_until"' in refused.content.decode()
    assert manager.post(contract, typed).status_code == 302
    made = Contract.objects.order_by("-during").first()
    assert (made.week, made.day, made.group, made.available.get().start) == (38, 16, scene.group, 14)
    leave = at(scene, "leave", an.reference)
    assert manager.post(leave, {"kind": "illness", "first_day": f"{today}"}).status_code == 302
    assert manager.post(leave, {"kind": "leave", "first_day": f"{today}"}).status_code == 422
    assert manager.post(leave, {"do": "back", "leave": Leave.objects.get().pk}).status_code == 302
    assert not Leave.objects.exists()


def test_a_new_contract_offers_the_days_on_which_the_location_is_open(scene, manager):
    """Closed on Wednesday; a second group is open on Saturday."""
    GroupCapacity.objects.update(open_pattern=0b11_11_00_11_11)
    cast.make_group(scene.location, 5, now=scene.now, name="Uilen", open_pattern=0b01_00_00_00_00_00)
    form = manager.get(at(scene, "carer", hire(scene, "An Jacobs").reference)).context["contract_form"]
    assert [day for day in range(7) if f"d{day}from" in form.initial] == [0, 1, 3, 4, 5]
    assert form.initial["d5to"] == scene.location.closes_at


def test_a_carers_calendar_is_read_by_another_library_and_revoked(scene, manager):
    monday, an = monday_of_scene(scene), hire(scene, "An Jacobs")
    put(scene, an, monday, 14, 26)
    put(scene, hire(scene, "Bo Smets"), monday, 16, 28)
    calendar = at(scene, "calendar", an.reference)
    assert manager.post(calendar, {"do": "make"}).status_code == 302
    token = token_of(ShiftFeed.objects.get())
    outsider = Client(headers={"host": "localhost"})
    answer = outsider.get(reverse("staff:feed", args=[token]))
    assert answer["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert len(events) == 1
    begin, end = localtime(events[0].decoded("dtstart")), localtime(events[0].decoded("dtend"))
    assert (begin.date(), begin.hour, end.hour) == (monday, 7, 13)
    assert "De Notelaar" in str(events[0]["summary"])
    assert "Bo" not in answer.content.decode()
    again = make_feed(principal=SYSTEM, location=scene.location, carer=an, now=scene.now)
    assert outsider.get(reverse("staff:feed", args=[token])).status_code == 404
    assert feed_of_token(f"{again.nonce}-{'0' * 32}") is None
    assert manager.post(calendar, {"do": "revoke"}).status_code == 302
    assert outsider.get(reverse("staff:feed", args=[token_of(again)])).status_code == 404


def test_leave_takes_shifts_out_of_the_calendar_and_is_marked_on_the_roster(scene, manager):
    monday, an = monday_of_scene(scene), hire(scene, "An Jacobs")
    put(scene, an, monday)
    manager.post(at(scene, "leave", an.reference), {"kind": "leave", "first_day": f"{monday}"})
    page = manager.get(at(scene, "roster") + f"?week={monday}").content.decode()
    assert "roster__shift--clash" in page
    day = manager.get(at(scene, "roster_day") + f"?on={monday}").content.decode()
    assert 'class="roster__in"' not in day
    assert '<small class="bad">away</small>' in day
    feed = make_feed(principal=SYSTEM, location=scene.location, carer=an, now=scene.now)
    answer = Client(headers={"host": "localhost"}).get(reverse("staff:feed", args=[token_of(feed)]))
    assert not Calendar.from_ical(answer.content).walk("VEVENT")
