"""A municipality is called by its name in the language of the page, and so is a desk that goes by that name."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from kribbe.region.branding import brand_of
from kribbe.region.models import Desk, Municipality, Region
from kribbe.region.selectors import municipalities_of, named
from kribbe.testing.server import CHECKOUT

SAID = {"nl": "Leuven", "fr": "Louvain", "de": "Löwen", "en": "Leuven"}

FILES = {
    "api/selectors.py": "the API keeps the Dutch name; the others stand beside it",
    "enrolment/selectors/hand_over.py": "a document for another desk's program",
    "config/commands/make_desk.py": "the console",
}
"""Where what nobody reads as a page calls a desk by the name it gave itself, and why."""


@pytest.fixture
def leuven(db: None) -> Municipality:
    region = Region.objects.create(name="Proef", slug="proef")
    Municipality.objects.create(
        region=region, nis_code="24038", name_nl="Lommel", longitude=4.6, latitude=50.9
    )
    return Municipality.objects.create(
        region=region,
        nis_code="24062",
        name_nl="Leuven",
        name_fr="Louvain",
        name_de="Löwen",
        longitude=4.7,
        latitude=50.88,
    )


@pytest.mark.parametrize(("language", "said"), SAID.items())
def test_a_municipality_says_its_name(leuven: Municipality, language: str, said: str) -> None:
    with translation.override(language):
        assert leuven.name == str(leuven) == said
        assert Municipality.objects.values_list(named(), flat=True).get(pk=leuven.pk) == said
        assert {each.name for each in municipalities_of(leuven.region_id or 0)} == {said, "Lommel"}


def test_they_stand_in_the_order_of_the_names_that_are_read(leuven: Municipality) -> None:
    for language, names in (("nl", ["Leuven", "Lommel"]), ("fr", ["Lommel", "Louvain"])):
        with translation.override(language):
            assert [each.name for each in municipalities_of(leuven.region_id or 0)] == names


def test_outside_any_language_it_is_the_dutch_one(leuven: Municipality) -> None:
    with translation.override(None):
        assert leuven.name == "Leuven"
    assert leuven.names == ("Leuven", "Louvain", "Löwen")


@pytest.mark.parametrize(("own", "shown"), [("Leuven", "Louvain"), ("Kinderloket", "Kinderloket")])
def test_a_desk_says_the_name_of_its_municipality_where_it_goes_by_that(
    leuven: Municipality, own: str, shown: str
) -> None:
    desk = Desk(municipality=leuven, name=own)
    with translation.override("fr"):
        assert desk.shown_name == str(desk) == shown


@pytest.mark.parametrize(
    ("language", "usual", "own"),
    [
        ("nl", "Loket kinderopvang", "Opvang in Leuven"),
        ("fr", "Guichet d’accueil", "Accueil à Louvain"),
        ("en", "Childcare desk", "Opvang in Leuven"),
        (None, "Loket kinderopvang", "Opvang in Leuven"),
    ],
)
def test_the_line_under_the_name_is_in_the_language_of_the_page(
    leuven: Municipality, language: str | None, usual: str, own: str
) -> None:
    plain = Desk(municipality=leuven, name="Leuven")
    chosen = Desk(
        municipality=leuven, name="Leuven", subtitle="Opvang in Leuven", subtitle_fr="Accueil à Louvain"
    )
    with translation.override(language):
        assert brand_of(plain).subtitle == plain.shown_subtitle == usual
        assert brand_of(chosen).subtitle == own


def test_no_page_mail_or_document_calls_them_otherwise() -> None:
    """`desk.name` and `name_nl` are for files and programs: what people read goes by `shown_name` and `name`.

    So it is with `desk.subtitle` and `shown_subtitle`.
    """
    found = set()
    for path in sorted(Path(CHECKOUT, "kribbe").rglob("*")):
        inside = path.relative_to(CHECKOUT / "kribbe")
        if "tests" in inside.parts:
            continue
        if path.suffix in {".html", ".txt", ".typ"}:
            pattern = r"desk\.name\b|desk\.subtitle\b|name_nl"
        elif path.suffix == ".py" and not {"demo", "testing", "migrations"} & set(inside.parts):
            pattern = r"desk\.(name|subtitle)\b"
        else:
            continue
        if re.search(pattern, path.read_text(encoding="utf-8")):
            found.add(inside.as_posix())
    assert found <= set(FILES)
