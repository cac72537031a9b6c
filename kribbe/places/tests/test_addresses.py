"""Addresses found among the streets that the desk knows; registers that misbehave."""

import time
from typing import ClassVar

import pytest

from kribbe.places import addresses
from kribbe.places.addresses import REGISTERS, AddressRegister, Located, Precision, locate, suggest
from kribbe.places.tests.import_scene import Scene, make_scene, make_street
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db


@built_once
def scene() -> Scene:
    made = make_scene()
    home, neighbour = made.lindedaal.municipality, made.beukhove.municipality
    make_street(home, "Bondgenotenlaan", "3999", at=(4.705, 50.881))
    make_street(home, "Kerkstraat", "3999", at=(4.71, 50.88))
    make_street(neighbour, "Kerkstraat", "3998", at=(4.81, 50.85))
    make_street(home, "Émile Braunplein", "3996", at=(4.73, 50.87), city="Oud-Linde")
    make_street(home, "Sint-Jansstraat", "3996", at=(4.74, 50.86), city="Oud-Linde")
    return made


@pytest.mark.parametrize(
    ("text", "longitude"),
    [
        ("Bondgenotenlaan 20, 3999 Lindedaal", 4.705),
        ("bondgenotenlaan", 4.705),
        ("BONDGENOTENLAAN 20 BUS 3", 4.705),
        ("  bondgenotenln 20a , lindedaal ", 4.705),
        ("3999 Lindedaal, Bondgenotenlaan 20", 4.705),
        ("Bondgenotenlaan 20, Valtilleul", 4.705),
        ("emile braunplein 1", 4.73),
        ("Émile Braunplein 1, Oud-Linde", 4.73),
        ("st-jansstr. 5", 4.74),
        ("Kerkstraat 12, Beukhove", 4.81),
        ("Kerkstraat 12, 3998", 4.81),
        ("Kerkstraat 12, Lindedaal", 4.71),
    ],
)
def test_streets_are_found(scene: Scene, text: str, longitude: float) -> None:
    found = locate(text)
    assert found is not None
    assert (found.longitude, found.precision) == (longitude, Precision.STREET)


def test_the_label_says_what_was_understood(scene: Scene) -> None:
    found = locate("bondgenotenlaan 20a lindedaal")
    assert found is not None
    assert found.label == "Bondgenotenlaan 20A, 3999 Lindedaal"
    assert found.municipality_id == scene.lindedaal.municipality_id


@pytest.mark.parametrize("text", ["3998", "beukhove", "Onbestaandelaan 3, 3998 Beukhove"])
def test_else_the_municipality(scene: Scene, text: str) -> None:
    found = locate(text)
    assert found is not None
    assert (found.label, found.precision) == ("Beukhove", Precision.MUNICIPALITY)


def test_else_the_town_within_it(scene: Scene) -> None:
    found = locate("oud-linde")
    assert found is not None
    assert (found.precision, found.municipality_id) == (Precision.TOWN, scene.lindedaal.municipality_id)
    assert (found.longitude, found.latitude) == pytest.approx((4.735, 50.865))


@pytest.mark.parametrize(
    "text", ["", "  ", ",,,", "Atlantis 5", "Kerkstraat 12", "Bondgenotenlaan 20, Zeedorp", "Kerkstraat 1, 9000 Gent",
             "x" * 5000, "'; drop table places_street; --", "\0"],
)  # fmt: skip
def test_nowhere_or_in_several_places_is_none(scene: Scene, text: str) -> None:
    assert locate(text) is None


def test_suggestions(scene: Scene) -> None:
    assert [found.label for found in suggest("kerk")] == [
        "Kerkstraat, 3998 Beukhove",
        "Kerkstraat, 3999 Lindedaal",
    ]
    assert [found.label for found in suggest("lin")] == ["Lindedaal"]
    assert len(suggest("kerk", limit=1)) == 1
    assert suggest("12") == [] == suggest("")


class Fake(AddressRegister):
    name: ClassVar[str] = "fake"

    def __init__(self, answer: object = None, error: Exception | None = None, seconds: float = 0) -> None:
        self.answer, self.error, self.seconds = answer, error, seconds

    def locate(self, text: str) -> Located | None:
        time.sleep(self.seconds)
        if self.error:
            raise self.error
        return self.answer  # type: ignore[return-value]

    def suggest(self, text: str, limit: int) -> list[Located]:
        found = self.locate(text)
        return [found] if found else []


GOOD = Located(4.9, 50.9, "Elders 1", None, Precision.ADDRESS)


def test_a_register_that_answers(scene: Scene) -> None:
    assert locate("Bondgenotenlaan 20", source=Fake(GOOD)) == GOOD
    assert suggest("bond", source=Fake(GOOD)) == [GOOD]


@pytest.mark.parametrize(
    "source",
    [
        Fake(),
        Fake(error=ConnectionRefusedError()),
        Fake(error=ValueError("no JSON")),
        Fake("<html>"),
        Fake(Located(400.0, 50.0, "", None, Precision.STREET)),
        Fake(GOOD, seconds=0.4),
    ],
    ids=["knows nothing", "refuses", "fails", "garbage", "not on earth", "late"],
)
def test_a_register_that_fails_leaves_the_known_streets(
    scene: Scene, source: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "TIME_OUT_SECONDS", 0.1)
    found = locate("Bondgenotenlaan 20", source=source)
    assert found is not None
    assert found.longitude == 4.705
    assert [each.label for each in suggest("bond", source=source)] == ["Bondgenotenlaan, 3999 Lindedaal"]


def test_the_known_streets_are_registered() -> None:
    assert "known-streets" in REGISTERS
