"""The register of the Flemish government, played by a server here that answers as documented, or misbehaves."""

from __future__ import annotations

import email.message
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django.fixtures import Settings

from kribbe.places import addresses, basisregisters
from kribbe.places.addresses import Located, Precision, locate, suggest
from kribbe.places.basisregisters import REST_SECONDS, Asked, Basisregisters, _wait_of, rest
from kribbe.places.tests.import_scene import Scene, make_scene, make_street
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db


def match(nis: str = "44021", *, x: float = 140252.76, y: float = 198794.27, **other: Any) -> dict[str, Any]:
    """One match, in the shape of the documentation's example."""
    gml = (
        '<gml:Point srsName="https://www.opengis.net/def/crs/EPSG/0/31370" xmlns:gml="http://www.opengis.net/gml/3.2">'
        f"<gml:pos>{x} {y}</gml:pos></gml:Point>"
    )
    return {
        "@type": "Adres",
        "identificator": {"objectId": "36416228", "naamruimte": "https://data.vlaanderen.be/id/adres"},
        "gemeente": {
            "objectId": nis,
            "gemeentenaam": {"geografischeNaam": {"spelling": "Gent", "taal": "nl"}},
        },
        "postinfo": {"objectId": "9032"},
        "straatnaam": {
            "objectId": "69499",
            "straatnaam": {"geografischeNaam": {"spelling": "Aalbessenlaan", "taal": "nl"}},
        },
        "huisnummer": "14",
        "volledigAdres": {"geografischeNaam": {"spelling": "Aalbessenlaan 14, 9032 Gent", "taal": "nl"}},
        "adresPositie": {
            "geometrie": {"type": "Point", "gml": gml},
            "positieGeometrieMethode": "aangeduidDoorBeheerder",
            "positieSpecificatie": "gebouw",
        },
        "adresStatus": "inGebruik",
        "officieelToegekend": False,
        "score": 89.3,
        "links": [],
        **other,
    }


class Register:
    """What the next answer is, and what was asked."""

    def __init__(self) -> None:
        self.status, self.body, self.seconds = 200, b"", 0.0
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, list[str]], str | None]] = []
        self.url = ""

    def answer(self, *matches: dict[str, Any]) -> None:
        self.body = json.dumps({"@context": "", "adresMatches": matches, "warnings": []}).encode()


@pytest.fixture
def register(settings: Settings) -> Iterator[Register]:
    played = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            played.asked.append((parts.path, parse_qs(parts.query), self.headers.get("x-api-key")))
            time.sleep(played.seconds)
            try:
                self.send_response(played.status)
                for name, value in played.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(played.body)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            """Tell nobody."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    played.url = f"http://127.0.0.1:{server.server_address[1]}"
    settings.ADDRESS_REGISTER = "basisregisters"
    settings.ADDRESS_REGISTER_URL, settings.ADDRESS_REGISTER_KEY = played.url, "geheim"
    rest.until = 0.0
    yield played
    rest.until = 0.0
    server.shutdown()
    server.server_close()


@built_once
def scene() -> Scene:
    made = make_scene()
    make_street(made.lindedaal.municipality, "Aalbessenlaan", "3999", at=(4.705, 50.881))
    return made


def test_the_documented_answer_is_a_place_on_the_map(scene: Scene, register: Register) -> None:
    register.answer(match())
    found = locate("Aalbessenlaan 14, 9032 Gent")
    assert found is not None
    assert (found.label, found.precision, found.municipality_id) == (
        "Aalbessenlaan 14, 9032 Gent",
        Precision.ADDRESS,
        None,
    )
    west_of_the_meridian = (150_000 - 140_252.76) / 69_900
    """In degrees: at 51.1 degrees north one is 69.9 km wide. The two data differ by about a hundred metres."""
    assert found.longitude == pytest.approx(4.3675 - west_of_the_meridian, abs=3e-3)
    assert found.latitude == pytest.approx(51.099, abs=3e-3)
    assert register.asked == [
        (
            "/v2/adresmatch",
            {"Straatnaam": ["Aalbessenlaan"], "Huisnummer": ["14"], "Postcode": ["9032"]},
            "geheim",
        )
    ]


def test_a_municipality_of_ours_is_recognised_by_its_code(scene: Scene, register: Register) -> None:
    home = scene.lindedaal.municipality
    register.answer(match(home.nis_code))
    found = locate("Aalbessenlaan 14, Lindedaal")
    assert found is not None
    assert found.municipality_id == home.pk
    assert register.asked[0][1]["Gemeentenaam"] == ["Lindedaal"]


def test_the_likeliest_counts_and_a_tie_over_a_border_is_no_answer(scene: Scene, register: Register) -> None:
    home, neighbour = scene.lindedaal.municipality, scene.beukhove.municipality
    register.answer(match(neighbour.nis_code, score=80.0), match(home.nis_code, score=95.0))
    found = locate("Aalbessenlaan 14, 3999")
    assert found is not None
    assert found.municipality_id == home.pk
    register.answer(match(neighbour.nis_code, score=95.0), match(home.nis_code, score=95.0))
    fallen_back = locate("Aalbessenlaan 14, 3999")
    assert fallen_back is not None
    assert fallen_back.precision is Precision.STREET


@pytest.mark.parametrize("matches", [[], [match(score=12.0)], [match(adresPositie=None)]])
def test_no_likely_address_leaves_the_known_streets(
    scene: Scene, register: Register, matches: list[dict[str, Any]]
) -> None:
    register.answer(*matches)
    found = locate("Aalbessenlaan 14, 3999 Lindedaal")
    assert found is not None
    assert found.precision is Precision.STREET
    assert not rest.holds


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_after_a_refusal_the_known_streets_answer_and_nobody_asks_for_a_while(
    scene: Scene, register: Register, status: int
) -> None:
    register.status = status
    for _ in range(3):
        found = locate("Aalbessenlaan 14, 3999 Lindedaal")
        assert found is not None
        assert found.precision is Precision.STREET
    assert len(register.asked) == 1


def test_it_waits_as_long_as_the_register_asks(scene: Scene, register: Register) -> None:
    register.status, register.headers = 429, {"Retry-After": "120"}
    locate("Aalbessenlaan 14, 3999 Lindedaal")
    assert 100 < rest.until - time.monotonic() <= 120


@pytest.mark.parametrize("said", ["²", "soon", "-5", "9" * 5000])
def test_a_wait_that_is_no_number_is_half_a_minute(scene: Scene, register: Register, said: str) -> None:
    assert _wait_of(HTTPError("", 429, "", email.message.Message(), None)) == REST_SECONDS
    headers = email.message.Message()
    headers["Retry-After"] = said
    assert _wait_of(HTTPError("", 429, "", headers, None)) == REST_SECONDS


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"adresMatches": 5}', b'{"adresMatches": [{"score": 99, "adresPositie": {}}]}',
     json.dumps({"adresMatches": [match(adresPositie={"geometrie": {"gml": "<gml:Polygon/>"}})]}).encode(),
     json.dumps({"adresMatches": [match(volledigAdres=None)]}).encode()],
)  # fmt: skip
def test_garbage_leaves_the_known_streets(scene: Scene, register: Register, body: bytes) -> None:
    register.body = body
    found = locate("Aalbessenlaan 14, 3999 Lindedaal")
    assert found is not None
    assert found.precision is Precision.STREET


def test_a_late_answer_is_not_waited_for(
    scene: Scene, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "TIME_OUT_SECONDS", 0.3)
    monkeypatch.setattr(basisregisters, "SECONDS", 0.2)
    register.answer(match())
    register.seconds = 1.0
    begun = time.monotonic()
    found = locate("Aalbessenlaan 14, 3999 Lindedaal")
    assert time.monotonic() - begun < 0.9
    assert found is not None
    assert found.precision is Precision.STREET


def test_nobody_there(scene: Scene, register: Register, settings: Settings) -> None:
    settings.ADDRESS_REGISTER_URL = "http://127.0.0.1:9"
    found = locate("Aalbessenlaan 14, 3999 Lindedaal")
    assert found is not None
    assert found.precision is Precision.STREET
    assert rest.holds


def test_suggestions_come_from_it_once_the_address_is_whole(scene: Scene, register: Register) -> None:
    register.answer(match())
    assert [each.precision for each in suggest("aalbes")] == [Precision.STREET]
    assert register.asked == []
    assert [each.label for each in suggest("aalbessenlaan 14, gent")] == ["Aalbessenlaan 14, 9032 Gent"]


def test_the_known_streets_alone_ask_nobody(scene: Scene, register: Register, settings: Settings) -> None:
    settings.ADDRESS_REGISTER = "known-streets"
    assert locate("Aalbessenlaan 14, 3999 Lindedaal") is not None
    assert register.asked == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kerkstraat 12, 3000 Leuven", Asked("Kerkstraat", "12", "3000", "Leuven")),
        ("Kerkstraat 12a bus 3, 3000 Leuven", Asked("Kerkstraat", "12a", "3000", "Leuven")),
        ("Sint-Jansstraat 5 3000 Leuven", Asked("Sint-Jansstraat", "5", "3000", "Leuven")),
        ("Oude Baan 7, Heverlee", Asked("Oude Baan", "7", "", "Heverlee")),
        ("Kerkstraat", None),
        ("Kerkstraat 12", None),
        ("3000 Leuven", None),
        ("", None),
    ],
)
def test_parts_of_an_address(text: str, expected: Asked | None) -> None:
    assert Asked.read(text) == expected


def test_lambert_2008_is_read_too_and_another_system_is_not() -> None:
    register = Basisregisters("http://127.0.0.1:9", "", {})
    other = match()
    other["adresPositie"]["geometrie"]["gml"] = (
        '<gml:Point srsName="https://www.opengis.net/def/crs/EPSG/0/3812">'
        "<gml:pos>649328.0 665262.0</gml:pos></gml:Point>"
    )
    ((found, score),) = register._read({"adresMatches": [other]})
    assert isinstance(found, Located)
    assert (found.longitude, found.latitude) == (pytest.approx(4.35921583), pytest.approx(50.797815))
    assert score == 89.3
    other["adresPositie"]["geometrie"]["gml"] = other["adresPositie"]["geometrie"]["gml"].replace(
        "3812", "4326"
    )
    with pytest.raises(KeyError):
        register._read({"adresMatches": [other]})
