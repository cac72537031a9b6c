"""What a family reads about its place: before it begins, during the stay, and after."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

START = date(2027, 3, 1)
END = date(2028, 3, 1)

pytestmark = pytest.mark.django_db


@built_once
def at_home():
    """An Maes, logged in, whose child has a place that came from a list, without a signature."""
    now = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
    location = cast.make_location(cast.make_desk(), "De Notelaar")
    group = cast.make_group(location, 1, now=now)
    household = cast.make_household(location.desk, "Maes", now=now)
    parent = cast.make_user(
        "an@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=household.pk, now=now
    )
    child = cast.make_child(household, "Noor", born=date(2026, 9, 1))
    monday = WeekPattern.from_text("mon")
    place = cast.make_placement(child, group, start=START, end=END, pattern=monday, now=now)
    return client_of(parent), reverse("enrolment:placement", args=[place.reference])


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2027, 2, 28), "The location gets in touch to agree on the first days."),
        (START, "Your child has this place since 1 March 2027."),
        (date(2028, 2, 29), "Your child has this place since 1 March 2027."),
        (END, "The stay ended on 29 February 2028."),
    ],
)
def test_it_says_where_the_stay_is(at_home, monkeypatch, today, said):
    client, address = at_home
    monkeypatch.setattr(timezone, "localdate", lambda *_args: today)
    assert said in client.get(address).content.decode()


def test_a_place_that_came_from_a_list_waits_for_no_signature(at_home):
    client, address = at_home
    assert [step.label for step in client.get(address).context["steps"]] == ["Reserved", "Certain"]
