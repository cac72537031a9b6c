"""One request may rank locations of any municipality of the region, and of no other."""

import pytest
from django.utils import timezone

from kribbe.enrolment.selectors.choices import Asked, choices
from kribbe.places.services.names import learn_names
from kribbe.places.tests.scene import HERENT, make_desk, make_location
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast

pytestmark = pytest.mark.django_db


def test_places_of_a_neighbour_are_offered_and_ranked_beside_the_own() -> None:
    now = timezone.now()
    home, other = cast.make_desk(), cast.make_desk("elders", nis="99002")
    assert home.region_id == other.region_id
    own, neighbour = cast.make_location(home, "De Notelaar"), cast.make_location(other, "Over de grens")
    asked = Asked(desk=home, births=[], start=None, pattern=WeekPattern.from_text("mon"))
    assert {choice.location.name for choice in choices(asked)} == {"De Notelaar", "Over de grens"}
    household = cast.make_household(home, "Maes", now=now, email="anna@ouders.example")
    child = cast.make_child(household, "Noor", born=now.date())
    request = cast.make_request(
        child, [neighbour, own], start=now.date(), pattern=WeekPattern.from_text("mon"), now=now
    )
    ranked = request.preferences.order_by("rank").values_list("location__desk__slug", flat=True)
    assert list(ranked) == [other.slug, home.slug]


def test_a_location_of_another_region_is_not_offered() -> None:
    home = make_desk()
    make_location(make_desk("Elders"), "Andere streek")
    asked = Asked(desk=home, births=[], start=None, pattern=WeekPattern.from_text("mon"))
    assert choices(asked, query="Andere streek") == []


def test_a_name_typed_wrong_is_found_among_the_choices() -> None:
    home = make_desk()
    make_location(make_desk("Herent", at=HERENT, region=home.region), "Onthaalhuis Samira")
    make_location(home, "De Notelaar")
    learn_names()
    asked = Asked(desk=home, births=[], start=None, pattern=WeekPattern.from_text("mon"))
    assert [choice.location.name for choice in choices(asked, query="samiera")] == ["Onthaalhuis Samira"]
