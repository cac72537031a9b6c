"""The page where a visitor finds the desk of a town."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kribbe.region.models import Desk, Municipality, Region
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db

TOWNS = (
    ("leuven", "Leuven", "Louvain", ["3000", "3010"], 4.70),
    ("bertem", "Bertem", "", ["3060"], 4.62),
    ("heverlee", "Oud-Heverlee", "", ["3050"], 4.66),
)


@built_once
def desks() -> dict[str, Desk]:
    region = Region.objects.create(name="Proef", slug="proef")
    made = {}
    for number, (slug, name, french, postcodes, longitude) in enumerate(TOWNS):
        town = _town(region, f"2400{number}", name, longitude, name_fr=french, postcodes=postcodes)
        made[slug] = Desk.objects.create(region=region, municipality=town, slug=slug, name=name)
    _town(region, "24009", "Huldenberg", 4.61, postcodes=["3040"])
    return made


def _town(region: Region, nis_code: str, name: str, longitude: float, **more: object) -> Municipality:
    return Municipality.objects.create(
        region=region, nis_code=nis_code, name_nl=name, longitude=longitude, latitude=50.88, **more
    )


@pytest.mark.parametrize("words", ["3010", "louvain", "LEUVEN", "3000 Leuv", "Lueven", "Leuve"])
def test_one_town_leads_to_its_desk(client: Client, desks: dict[str, Desk], words: str) -> None:
    assert client.get("/", {"q": words}).url == reverse("region:home", args=["leuven"])


def test_part_of_a_name_is_found_where_a_word_begins(client: Client, desks: dict[str, Desk]) -> None:
    assert client.get("/", {"q": "hever"}).url == reverse("region:home", args=["heverlee"])
    assert not client.get("/", {"q": "ever"}).context["found"].desks


def test_a_name_typed_by_ear_is_found(client: Client, desks: dict[str, Desk]) -> None:
    assert client.get("/", {"q": "Oudheverlé"}).url == reverse("region:home", args=["heverlee"])


def test_a_whole_name_goes_before_a_longer_one(client: Client, desks: dict[str, Desk]) -> None:
    """Berte has no desk, and isn't taken for Bertem, whose name begins alike and which has one."""
    region = desks["leuven"].region
    _town(region, "24010", "Berte", 4.60)
    page = client.get("/", {"q": "berte"}, headers={"accept-language": "en"})
    assert "Berte has no desk here yet" in page.content.decode()
    assert client.get("/", {"q": "bertem"}).url == reverse("region:home", args=["bertem"])


def test_a_town_without_a_desk_shows_the_nearest_first(client: Client, desks: dict[str, Desk]) -> None:
    page = client.get("/", {"q": "3040"}, headers={"accept-language": "en"})
    assert [desk.slug for desk in page.context["found"].desks] == ["bertem", "heverlee", "leuven"]
    assert "Huldenberg has no desk here yet" in page.content.decode()


def test_what_nobody_can_mean_keeps_the_way_back(client: Client, desks: dict[str, Desk]) -> None:
    for words in ("Atlantis", "!!!", "9" * 300):
        page = client.get("/", {"q": words}, headers={"accept-language": "en"})
        assert "No municipality found" in page.content.decode()


def test_a_single_desk_needs_no_choice(client: Client, desks: dict[str, Desk]) -> None:
    Desk.objects.exclude(slug="leuven").delete()
    for query in ({}, {"q": "Atlantis"}):
        assert client.get("/", query).url == reverse("region:home", args=["leuven"])
