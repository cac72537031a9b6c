"""Saturdays and Sundays: asked, listed, offered, counted; and out of sight where nobody has or asks them."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.forms.need import Birth, NeedForm
from kribbe.enrolment.models import Chance
from kribbe.enrolment.services.chances import count_chances
from kribbe.enrolment.services.last_minute import publish
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.ledger_free import free_by_month
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import SLOTS, WORK_WEEK, WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db

SATURDAY = WeekPattern.from_text("sat")
ASKED = WeekPattern.from_text("fri sat")


@built_once
def scene():
    """De Notelaar is open on Saturdays, De Vink isn't; Noor asks Friday and Saturday at both, Lou Monday."""
    now = timezone.now()
    start = add_months(first_of_month(timezone.localdate(now)), 2)
    desk = cast.make_desk()
    open_, closed = cast.make_location(desk, "De Notelaar"), cast.make_location(desk, "De Vink")
    group = cast.make_group(open_, 2, now=now, open_pattern=WORK_WEEK | SATURDAY.mask)
    cast.make_group(closed, 2, now=now)

    def family(name, locations, pattern):
        household = cast.make_household(desk, name, now=now - timedelta(days=9))
        child = cast.make_child(household, name, born=start - timedelta(days=200))
        return cast.make_request(child, locations, start=start, pattern=pattern, now=now - timedelta(days=9))

    noor = family("Noor", [open_, closed], ASKED)
    family("Lou", [closed], WeekPattern.from_text("mon"))
    return now, start, group, noor


def offer(scene, location, pattern):
    now, start, _group, noor = scene
    return make_offer(
        principal=SYSTEM,
        preference_id=noor.preferences.get(location=location).pk,
        group_id=location.groups.get().pk,
        start=start,
        pattern=pattern,
        now=now,
    )


def form(**more):
    data = QueryDict(mutable=True)
    data.setlist("pattern", ["8", "9", "10", "11"])
    data.update({"flexibility": "exact", "wanted_start": "2027-02-01", "latest_start": "2027-05-01", **more})
    return NeedForm(data, births=[Birth(None, None)], today=timezone.localdate())


def test_a_family_asks_saturdays_which_lie_folded_until_one_is_ticked():
    asked = form()
    assert asked.is_valid(), asked.errors
    assert asked.pattern_given == ASKED
    html = f"{asked['pattern']}"
    assert '<details class="picker__fold" open>' in html
    assert 'value="10" id="id_pattern_10" checked' in html
    empty = f"{NeedForm(births=[Birth(None, None)], today=timezone.localdate())['pattern']}"
    assert '<details class="picker__fold">' in empty
    assert empty.count('type="checkbox"') == SLOTS


def test_the_waiting_list_has_columns_of_the_weekend_only_where_it_counts(scene):
    now, start, group, noor = scene
    closed = noor.preferences.exclude(location=group.location).get().location

    clients = {each: client_of(manager_of(each, now=now)) for each in (group.location, closed)}

    def columns(location):
        address = reverse("enrolment:waiting_list", args=[location.slug])
        page = clients[location].get(address, {"month": f"{start:%Y-%m}"})
        return page.text.count('class="queue__day"'), page.text

    assert columns(group.location)[0] == 7
    count, text = columns(closed)
    assert count == 7, "Noor asks Saturday there"
    assert "asked but full" in text
    noor.preferences.filter(location=closed).update(state="refused")
    assert columns(closed)[0] == 5


def test_saturdays_are_offered_held_and_counted(scene):
    _now, start, group, noor = scene
    before = free_by_month(group_ids=[group.pk], first_month=start, months=1)[group.pk][0]
    made = offer(scene, group.location, ASKED)
    after = free_by_month(group_ids=[group.pk], first_month=start, months=1)[group.pk][0]
    taken = WeekPattern.from_slots(slot for slot in range(SLOTS) if after[slot] < before[slot])
    assert (made.kind, taken, before[10], before[12]) == ("same", ASKED, 2, 0)
    closed = noor.preferences.exclude(location=group.location).get().location
    with pytest.raises(RefusedError):
        offer(scene, closed, ASKED)


def test_the_offers_picker_shows_the_weekend_where_the_group_is_open_or_the_family_asks_it(scene):
    now, start, group, noor = scene
    wish = noor.preferences.get(location=group.location)
    page = client_of(manager_of(group.location, now=now)).get(
        reverse("enrolment:make_offer", args=[group.location.slug, wish.pk]), {"start": f"{start}"}
    )
    assert "picker__grid--7" in page.text
    assert "Saturday morning, 2 places free, asked" in page.text


def test_a_last_minute_saturday(scene):
    now, _start, group, _noor = scene
    today = timezone.localdate(now)
    made = publish(
        principal=SYSTEM, location_id=group.location_id, group_id=group.pk, first=today,
        last=today + timedelta(days=13), pattern=SATURDAY, note="", now=now,
    )  # fmt: skip
    page = Client(headers={"accept-language": "en"}).get(
        reverse("enrolment:vacancies", args=[group.location.desk.slug])
    )
    assert "Saturday the whole day" in page.text
    assert made.pattern == SATURDAY.mask


def test_chances_are_counted_for_a_saturday(scene):
    now, _start, _group, noor = scene
    assert count_chances(now=now)
    assert set(Chance.objects.filter(request=noor).values_list("pattern", flat=True)) == {ASKED.mask}


def test_the_api_names_a_free_saturday(scene):
    _now, start, group, _noor = scene
    found = Client().get(f"/api/v1/locations/{group.location.slug}/free").json()
    months = {month["month"]: month["free"] for month in found["groups"][0]["months"]}
    assert {"sat-am", "sat-pm"} <= set(months[f"{start:%Y-%m}"])
    assert "sun-am" not in months[f"{start:%Y-%m}"]
