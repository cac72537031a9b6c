"""Streets, towns, postcodes and locations found though they are typed wrong."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from kribbe.places.finding import SURE, Sort, close_matches, suggestions
from kribbe.places.models import NameKey, Street
from kribbe.places.names import beginning, best_run, likeness, stem, trigrams
from kribbe.places.services.names import learn_names
from kribbe.places.tests.scene import HERENT, make_desk, make_location
from kribbe.region.models import Desk
from kribbe.trust.text import fold

WORDS = st.text(alphabet="abcdefghijklmnoprstuvwz", min_size=4, max_size=16)


def make_street(
    desk: Desk, name: str, postcode: str = "3000", city: str = "Leuven", **fields: object
) -> Street:
    seat = desk.municipality
    values = {"longitude": seat.longitude, "latitude": seat.latitude} | fields
    return Street.objects.create(
        name=name, key=fold(name), postcode=postcode, city=city, municipality=seat, **values
    )


@pytest.fixture
def desk(db: None) -> Desk:
    desk = make_desk()
    desk.municipality.postcodes = ["3000", "3010", "3012"]
    desk.municipality.save()
    herent = make_desk("Herent", at=HERENT, region=desk.region)
    for name in ("Naamsestraat", "Bondgenotenlaan", "Tiensestraat", "Kerkstraat", "Wilgenlaan", "Berkstraat"):
        make_street(desk, name)
    make_street(desk, "Diestsesteenweg", "3010", "Kessel-Lo")
    make_street(herent, "Kerkstraat", "3020", "Herent")
    make_street(herent, "Berghof", "3020", "Herent")
    make_location(desk, "Kinderdagverblijf De Notelaar")
    make_location(desk, "’t Lammeke")
    make_location(herent, "Onthaalhuis Samira", city="Herent")
    learn_names()
    return desk


@pytest.mark.parametrize("typed", ["kesselo", "kesel-lo", "Kessello", "kessel lo", "KESSEL-LO"])
def test_a_town_within_a_municipality_typed_wrong(desk: Desk, typed: str) -> None:
    found = close_matches(typed, desk=desk, limit=3)
    assert (found[0].sort, found[0].label) == (Sort.TOWN, "Kessel-Lo")
    assert "Kessel-Lo" in [match.label for match in suggestions(typed[:5], desk=desk, limit=8)]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Naamsestraet", "Naamsestraat, 3000 Leuven"),
        ("Naamsestraet 12", "Naamsestraat, 3000 Leuven"),
        ("Naamsestraet 12, 3000 Leuven", "Naamsestraat, 3000 Leuven"),
        ("Naamsestraat, Leven", "Naamsestraat, 3000 Leuven"),
        ("Namsestraat", "Naamsestraat, 3000 Leuven"),
        ("Naamsetsraat", "Naamsestraat, 3000 Leuven"),
        ("Bondgenotenlan", "Bondgenotenlaan, 3000 Leuven"),
        ("bontgenotelaan 5", "Bondgenotenlaan, 3000 Leuven"),
        ("Thiensestraat", "Tiensestraat, 3000 Leuven"),
        ("Diestse stwg 4, kesel-lo", "Diestsesteenweg, 3010 Kessel-Lo"),
        ("wilgelaan", "Wilgenlaan, 3000 Leuven"),
        ("kerkstraat herendt", "Kerkstraat, 3020 Herent"),
        ("Kerkstraat 3", "Kerkstraat, 3000 Leuven"),
        ("Herendt", "Herent"),
        ("Krech De Notelaar", "Kinderdagverblijf De Notelaar, Leuven"),
        ("De Nootelaar", "Kinderdagverblijf De Notelaar, Leuven"),
        ("de notelaar leuven", "Kinderdagverblijf De Notelaar, Leuven"),
        ("t lameke", "’t Lammeke, Leuven"),
        ("Samiera", "Onthaalhuis Samira, Herent"),
    ],
)
def test_what_was_meant_comes_first(desk: Desk, typed: str, label: str) -> None:
    assert [match.label for match in close_matches(typed, desk=desk, limit=3)][:1] == [label]


@pytest.mark.parametrize(
    "typed",
    ["", " ", "12", "Atlantis 5", "Nergensstraat 9999, Nergenshuizen", "Gent", "x" * 5000, "'; drop table", "\0",
     "straat", "de"],
)  # fmt: skip
def test_what_resembles_nothing_finds_nothing(desk: Desk, typed: str) -> None:
    assert close_matches(typed, desk=desk, limit=3) == []


@pytest.mark.parametrize(
    ("typed", "first", "sort"),
    [
        ("naams", "Naamsestraat, 3000 Leuven", Sort.STREET),
        ("naemses", "Naamsestraat, 3000 Leuven", Sort.STREET),
        ("leu", "Leuven", Sort.TOWN),
        ("301", "3010 Kessel-Lo", Sort.POSTCODE),
        ("3012", "3012 Leuven", Sort.POSTCODE),
        ("lammek", "’t Lammeke, Leuven", Sort.LOCATION),
        ("notel", "Kinderdagverblijf De Notelaar, Leuven", Sort.LOCATION),
        ("krech de not", "Kinderdagverblijf De Notelaar, Leuven", Sort.LOCATION),
    ],
)
def test_while_typing_all_kinds_are_suggested(desk: Desk, typed: str, first: str, sort: Sort) -> None:
    found = suggestions(typed, desk=desk, limit=8)
    assert (found[0].label, found[0].sort) == (first, sort)


def test_of_two_streets_of_one_name_the_nearest_comes_first(desk: Desk) -> None:
    assert [match.label for match in suggestions("kerkst", desk=desk, limit=2)] == [
        "Kerkstraat, 3000 Leuven",
        "Kerkstraat, 3020 Herent",
    ]


def test_for_a_second_address_no_locations_are_suggested(desk: Desk) -> None:
    found = suggestions("de notelaar", desk=desk, limit=8, places_only=True)
    assert Sort.LOCATION not in {match.sort for match in found}


def test_a_location_of_another_region_is_not_suggested(desk: Desk) -> None:
    make_location(make_desk("Elders"), "De Vreemdeling")
    learn_names()
    assert suggestions("vreemdeling", desk=desk, limit=8) == []
    assert close_matches("De Vreemdelink", desk=desk, limit=8) == []


def test_names_are_learnt_once(desk: Desk) -> None:
    count = NameKey.objects.count()
    assert learn_names() == 0
    make_street(desk, "Nieuwstraat")
    assert learn_names() == 1
    assert NameKey.objects.count() == count + 1


def test_queries_do_not_grow_with_streets(desk: Desk) -> None:
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            suggestions("naemses", desk=desk, limit=8)
            close_matches("Naamsestraet 12, Leuven", desk=desk, limit=3)
        counts.append(len(queries))
        for more in range(200):
            make_street(desk, f"Naamse{'abcdefghij'[more % 10]}straat {more + 200 * number}")
        learn_names()
    assert counts[0] == counts[1] <= 10


@given(WORDS, st.data())
def test_one_letter_wrong_is_still_alike(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    wrong = word[:place] + data.draw(st.sampled_from("aeioubdkt")) + word[place + 1 :]
    assert likeness(word + "straat", word + "straat") == 1.0
    assert likeness(wrong + "straat", word + "straat") >= SURE or len(word) < 6
    assert 0 <= beginning(wrong[:5], word + "straat") < 1
    assert best_run([wrong + "straat", "zzzz"], word + "straat")[0] == likeness(
        wrong + "straat", word + "straat"
    )


@given(WORDS)
def test_the_stem_leaves_what_tells_a_street_apart(word: str) -> None:
    assert stem(word + "straat") == word
    assert len(trigrams(word)) <= len(word)
