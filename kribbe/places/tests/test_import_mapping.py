"""Columns guessed from their names in four languages; mappings written and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.places.importing.mapping import (
    FIELD_NAMES,
    KIND_VALUES,
    BadMappingError,
    ColumnMap,
    fitting,
    from_kept,
    guess,
    read_toml,
    shipped_maps,
    to_toml,
)
from kribbe.places.importing.values import DATE_FORMATS
from kribbe.places.importing.words import HEADERS
from kribbe.places.tests.import_scene import read
from kribbe.trust.text import fold


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "Naam opvanglocatie;Vergunningsnummer;Soort opvang;Straat;Huisnummer;Postcode;Gemeente;Vergunde plaatsen",
            ["name", "licence_number", "kind", "street", "house_number", "postcode", "city", "places"],
        ),
        (
            "Nom;Numéro d'autorisation;Type d'accueil;Adresse;Code postal;Commune;Pouvoir organisateur;Capacité",
            ["name", "licence_number", "kind", "street", "postcode", "city", "organiser", "places"],
        ),
        (
            "Location name;Licence number;Kind of care;Address;Postal code;Town;Latitude;Longitude;Phone number",
            ["name", "licence_number", "kind", "street", "postcode", "city", "latitude", "longitude", "phone"],
        ),
        (
            "Einrichtung;Zulassungsnummer;Betreuungsart;Straße;PLZ;Ort;Träger;Plätze;Längengrad;Breitengrad",
            ["name", "licence_number", "kind", "street", "postcode", "city", "organiser", "places", "longitude",
             "latitude"],
        ),
    ],
)  # fmt: skip
def test_headers_of_four_languages(header: str, expected: list[str]) -> None:
    found = guess(read(f"{header}\n{';'.join('x' for _ in expected)}\n"))
    columns = {column: target for target, column in found.mapping.columns.items()}
    assert [columns[column] for column in header.split(";")] == expected
    assert all(0.7 < share <= 1 for share in found.confidence.values())


def test_a_name_nearly_right_is_a_doubtful_guess() -> None:
    found = guess(read("Naam;Vergunde plaasten\nDe Merel;12\n"))
    assert found.mapping.columns["places"] == "Vergunde plaasten"
    assert found.confidence["places"] < found.confidence["name"]


def test_what_values_mean_is_guessed_too() -> None:
    table = read(
        "naam,soort,x,y,sinds\nA,Gezinsopvang,173200,174200,31/12/2019\nB,BSO,173201,174201,01/02/2020\n"
        "C,Iets,173201,174201,01/02/2020\n"
    )
    mapping = guess(table).mapping
    assert mapping.kinds == {"gezinsopvang": "family", "bso": "skip"}
    assert (mapping.coordinates, mapping.date_format) == ("lambert72", "DD/MM/YYYY")


def test_a_list_without_a_kind_is_of_day_care() -> None:
    assert guess(read("naam,adres\nA,B\n")).mapping.default_kind == "group"


def test_each_word_names_one_field() -> None:
    words = [word for known in HEADERS.values() for word in known]
    assert len(words) == len(set(words))
    assert all(fold(word) == word for word in words)


def test_shipped_mappings_read_their_lists() -> None:
    assert set(shipped_maps()) == {"lrk", "plain"}
    for mapping in shipped_maps().values():
        header = ",".join(mapping.columns.values())
        assert guess(read(f"{header}\n{header}\n")).mapping.columns == mapping.columns


MAPPINGS = st.builds(
    ColumnMap,
    columns=st.dictionaries(
        st.sampled_from(list(FIELD_NAMES)), st.text(st.characters(exclude_categories=["Cs"]))
    ),
    kinds=st.dictionaries(
        st.text(st.sampled_from("abc é\"\\'"), min_size=1).map(fold), st.sampled_from(KIND_VALUES)
    ),
    date_format=st.sampled_from(DATE_FORMATS),
    default_kind=st.sampled_from(["", *KIND_VALUES]),
)


@given(MAPPINGS)
def test_a_mapping_comes_back_from_toml_as_it_was(mapping: ColumnMap) -> None:
    assert read_toml(to_toml(mapping)) == mapping
    assert from_kept(mapping.as_kept()) == mapping


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[columns]\nnaam = 'x'", "'naam' is not one of"),
        ("[columns\n", "line 1"),
        ("[kinds]\nx = 'school'", "'school' is not one of: group, family"),
        ("[dates]\nformat = 'week 3'", "'week 3' is not one of"),
        ("[coordinates]\nsystem = 'rd'", "'rd' is not one of"),
        ("[colums]\nname = 'x'", "unknown section"),
        ("columns = 3", "columns"),
        ("[columns]\nname = 3", "columns"),
    ],
)
def test_a_wrong_mapping_is_named(text: str, message: str) -> None:
    with pytest.raises(BadMappingError, match=message.replace("[", r"\[")):
        read_toml(text)


def test_a_mapping_must_fit_the_file() -> None:
    table = read("naam,adres\nA,B\n")
    with pytest.raises(BadMappingError, match="plaatsen"):
        fitting(ColumnMap({"name": "naam", "places": "plaatsen"}), table)
    with pytest.raises(BadMappingError):
        fitting(ColumnMap({"street": "adres"}), table)
