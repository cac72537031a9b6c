"""The pages on which a location sets its places, its closing days and what it tells of itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.places import ledger
from kribbe.places.models import ClosingDay, Group, GroupCapacity
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.testing import cast
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TODAY = timezone.localtime(NOW).date()
WORK_SLOTS = list(WeekPattern(WORK_WEEK).slots())
PROFILE = {
    "opens_at": "07:00",
    "morning_ends_at": "12:30",
    "closes_at": "18:30",
    "min_half_days": "2",
    "plan_kind": "fixed",
    "deposit": "50",
    "approach": "Veel buiten.",
    "languages": ["nl", "fr"],
}


def client_of(role, scope, scope_id):
    """Somebody of staff who reads English."""
    user = cast.make_user(
        f"{role}{scope_id}@kinderhuis.example", role=role, scope=scope, scope_id=scope_id, now=NOW
    )
    client = log_in(Client(), user, second_factor=True)
    client.cookies.load({"django_language": "en"})
    return client


@built_once
def notelaar():
    return cast.make_location(cast.make_desk(), "De Notelaar")


@pytest.fixture
def group(notelaar):
    return cast.make_group(notelaar, 9, now=NOW)


@pytest.fixture
def client(notelaar):
    return client_of(Role.MANAGER, Scope.LOCATION, notelaar.pk)


def address(name, location, *args):
    return reverse(f"places:{name}", args=[location.slug, *args])


def places(**change):
    return {"from_day": f"{TODAY}", "licensed": 9, "staffed": 7, "open_pattern": WORK_SLOTS} | change


def test_places_are_saved_and_shown(notelaar, group, client):
    page = client.post(address("group_places", notelaar, group.pk), places(), follow=True)
    assert "9 licensed, 7 staffed, 7 to book" in page.content.decode()


def test_a_preview_of_places_changes_nothing(notelaar, group, client):
    ledger.take(
        group_id=group.pk,
        start=TODAY,
        end=TODAY + timedelta(weeks=3),
        pattern=WeekPattern(WORK_WEEK),
        holder="placement:1",
        now=NOW,
    )
    page = client.post(address("group_places", notelaar, group.pk), places(staffed=0, preview="1"))
    assert page.status_code == 200
    assert "more is agreed than that" in page.content.decode()
    assert GroupCapacity.objects.get().staffed_places == 9


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"staffed": 12}, "more staffed places than licensed places"),
        ({"licensed": "many"}, "Type a whole number"),
        ({"open_pattern": []}, "Choose at least one half-day"),
        ({"from_day": "2020-01-01"}, "The day is in the past"),
    ],
)
def test_impossible_places_are_answered_at_their_field(notelaar, group, client, change, said):
    page = client.post(address("group_places", notelaar, group.pk), places(**change))
    assert page.status_code == 422
    assert said in page.content.decode()


def test_a_group_is_added_renamed_and_closed(notelaar, client):
    typed = {"name": "Bijen", "from_months": 0, "to_months": 18, "price_kind": "income"}
    client.post(address("new_group", notelaar), typed | places())
    group = Group.objects.get()
    client.post(address("group", notelaar, group.pk), typed | {"name": "Hommels"})
    client.post(address("group_in_use", notelaar, group.pk))
    group.refresh_from_db()
    assert (group.name, group.active) == ("Hommels", False)


def test_closing_days_can_be_removed_and_put_back(notelaar, client):
    page = address("closing_days", notelaar)
    typed = {"first": f"{TODAY + timedelta(days=9)}", "last": "", "reason": "Brugdag"}
    client.post(page, typed)
    shown = client.post(
        address("remove_closing_days", notelaar, ClosingDay.objects.get().pk), follow=True
    ).content.decode()
    assert "You are open again on these days" in shown
    assert ClosingDay.objects.count() == 0
    assert "You are open again" not in client.get(page).content.decode()


def test_the_profile_is_changed(notelaar, client):
    client.post(address("profile", notelaar), PROFILE)
    notelaar.refresh_from_db()
    assert (notelaar.approach, notelaar.languages, notelaar.min_half_days) == (
        "Veel buiten.",
        ["nl", "fr"],
        2,
    )


def test_a_deposit_above_the_maximum_is_refused_and_nothing_is_lost(notelaar, client):
    page = client.post(address("profile", notelaar), PROFILE | {"deposit": "300"})
    assert page.status_code == 422
    assert "A deposit lies between" in page.content.decode()
    assert "Veel buiten." in page.content.decode()


def test_another_locations_group_is_not_found(notelaar, group):
    other = cast.make_location(notelaar.desk, "Het Molentje")
    stranger = client_of(Role.MANAGER, Scope.LOCATION, other.pk)
    assert stranger.get(address("capacity", notelaar)).status_code == 404
    assert stranger.post(address("group_places", other, group.pk), places()).status_code == 404
    assert stranger.post(address("drop_places", other, GroupCapacity.objects.get().pk)).status_code == 404


def test_a_clerk_reads_and_does_not_change(notelaar, group):
    client = client_of(Role.CLERK, Scope.DESK, notelaar.desk_id)
    page = client.get(address("capacity", notelaar))
    assert page.status_code == 200
    assert "Add a group" not in page.content.decode()
    assert client.post(address("group_in_use", notelaar, group.pk)).status_code == 404
    assert client.post(address("profile", notelaar), PROFILE).status_code == 404


def test_capacity_costs_the_same_however_many_groups(notelaar, client):
    counts = []
    for names in (["A"], ["B", "C", "D"]):
        for name in names:
            cast.make_group(notelaar, 5, now=NOW, name=name)
        with CaptureQueriesContext(connection) as queries:
            client.get(address("capacity", notelaar))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30
