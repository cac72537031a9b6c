"""Three desks of the demo region as a browser shows them: each its own colours, type, icon, words and rules."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page

from kribbe.demo.book import Book
from kribbe.demo.tables import towns
from kribbe.demo.territory import lay_out
from kribbe.testing.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESKS = ("leuven", "herent", "rotselaar")
FACE = """() => {
    const of = (selector) => getComputedStyle(document.querySelector(selector));
    return {
        button: of("main .ams-button--primary").backgroundColor,
        sand: getComputedStyle(document.documentElement).getPropertyValue("--c-sand").trim(),
        type: of("body").fontFamily,
        icon: document.querySelector(".bar .brand__mark").innerHTML,
        name: document.querySelector(".bar .brand__text").innerText,
    };
}"""


@pytest.fixture(autouse=True)
def _region():
    book = Book(timezone.localdate() - timedelta(days=1))
    lay_out(book)
    with transaction.atomic():
        for model in book.tables:
            book.save(model)


def face(page: Page, slug: str) -> dict[str, str]:
    page.goto(f"/{slug}/")
    found: dict[str, str] = page.evaluate(FACE)
    page.goto(f"/{slug}/how-it-works/")
    return {**found, "rules": page.locator("section[aria-labelledby=rules-title] ul").inner_text()}


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


def test_three_desks_differ_in_all_that_a_family_sees_of_them(open_page: OpenPage) -> None:
    page = open_page()
    faces = {slug: face(page, slug) for slug in DESKS}
    for part in ("button", "sand", "type", "icon", "name", "rules"):
        assert len({faces[slug][part] for slug in DESKS}) == len(DESKS), (part, faces)
    chosen = {town.slug: town.tokens["primary"] for town in towns() if town.slug in DESKS}
    assert {slug: faces[slug]["button"] for slug in DESKS} == {slug: rgb(chosen[slug]) for slug in DESKS}
    assert "hoogstens 5 locaties" in faces["herent"]["rules"]
    assert "volgorde van een loting" in faces["rotselaar"]["rules"]
    assert "zoveel locaties" in faces["leuven"]["rules"]
