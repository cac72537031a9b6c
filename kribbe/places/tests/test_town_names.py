"""A town is found by all its names, and told in the language of the page."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kribbe.places.tests.scene import make_desk, make_location
from kribbe.region.models import Desk
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db


@built_once
def desk() -> Desk:
    desk = make_desk()
    town = desk.municipality
    town.name_fr, town.name_de = "Louvain", "Löwen"
    town.save()
    desk.public_languages = ["nl", "fr", "de"]
    desk.save()
    return desk


@pytest.mark.parametrize(
    ("language", "said", "nothing"),
    [
        ("nl", "Leuven", "vonden niets"),
        ("fr", "Louvain", "rien trouvé"),
        ("de", "Löwen", "nichts mit dem Namen"),
    ],
)
@pytest.mark.parametrize("typed", ["Leuven", "louvain", "Löwen"])
def test_any_name_finds_it_and_the_page_says_its_own(
    client: Client, desk: Desk, language: str, said: str, nothing: str, typed: str
) -> None:
    found = client.get(reverse("places:search", args=[desk.slug]), {"address": typed, "lang": language})
    assert found.context["place"].label == said
    assert nothing not in found.text
    options = client.get(reverse("places:suggest", args=[desk.slug]), {"q": typed, "lang": language})
    assert f'data-value="{said}"' in options.text


def test_a_location_lies_in_the_town_that_is_read_and_keeps_its_address(desk: Desk) -> None:
    seat, village = make_location(desk, "De Notelaar"), make_location(desk, "Pluk", city="Heverlee")
    with translation.override("fr"):
        assert (seat.town, seat.city, village.town) == ("Louvain", "Leuven", "Heverlee")
