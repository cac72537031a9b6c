"""The tests' own looks at a page: they find what they are there for, and a page keeps to this machine."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from kribbe.testing.browser import NARROWEST, PHONE, SIZES, OpenPage, axe, fits, look_at, seen, seen_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>{}</main></html>'
SENT = """() => Object.fromEntries(performance.getEntriesByType("resource")
    .filter((one) => one.name.includes("/static/"))
    .map((one) => [one.name, one.transferSize >= one.encodedBodySize]))"""
"""Which of the page's styles, scripts and letters came whole from the server, not from what the browser keeps."""


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page(size=NARROWEST)


def test_nothing_is_found_where_nothing_is_wrong(page: Page) -> None:
    page.set_content(PAGE.format("<p>A text.</p>"))
    axe(page)
    fits(page)


@pytest.mark.parametrize(
    ("piece", "rule"),
    [
        ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">', "image-alt"),
        ('<p style="color: #aaa; background: #fff">Too pale.</p>', "color-contrast"),
    ],
)
def test_axe_tells_the_rule(page: Page, piece: str, rule: str) -> None:
    page.set_content(PAGE.format(piece))
    with pytest.raises(AssertionError, match=f"^{rule} "):
        axe(page)


@pytest.mark.parametrize(
    ("piece", "told"),
    [
        ('<p style="width: 900px">Too wide.</p>', "px wide in 320 px.*Too wide"),
        ('<nav class="bar" style="height: 121px">Too high.</nav>', "is 121 px high"),
    ],
)
def test_what_does_not_fit_is_told(page: Page, piece: str, told: str) -> None:
    page.set_content(PAGE.format(piece))
    with pytest.raises(AssertionError, match=told):
        fits(page)


@pytest.mark.parametrize("width", [width for width, _height in SIZES])
def test_what_is_too_wide_at_one_size_is_told(page: Page, width: int) -> None:
    style = f"<style>@media (width: {width}px) {{ p {{ width: 1400px; }} }}</style>"
    page.set_content(PAGE.format(f"{style}<p>Too wide.</p>"))
    with pytest.raises(AssertionError, match=f"px wide in {width} px"):
        seen(page)


def test_a_page_has_its_own_size_last_and_keeps_it(page: Page) -> None:
    page.set_content(PAGE.format("<p>A text.</p>"))
    assert list(seen_at(page)) == list(SIZES)
    assert list(seen_at(page, PHONE)) == [PHONE, NARROWEST]
    assert page.viewport_size == {"width": NARROWEST[0], "height": NARROWEST[1]}


def test_a_look_draws_the_pictures_that_the_docs_have(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRIBBE_SCREENSHOTS", "1")
    monkeypatch.setattr("kribbe.testing.browser.PICTURES", tmp_path)
    drawn = tmp_path / "testing-page-390.png"
    drawn.touch()
    page.set_content(PAGE.format("<p>A text.</p>"))
    look_at("testing")(page, "page")
    assert list(tmp_path.iterdir()) == [drawn]
    with Image.open(drawn) as picture:
        assert picture.width == 390


def test_a_picture_from_elsewhere_is_an_empty_one_of_this_machine(page: Page) -> None:
    page.set_content(PAGE.format('<img alt="" src="https://tiles.example/1/2/3.png">'))
    picture = page.locator("img")
    assert picture.evaluate("async (one) => { await one.decode(); return one.naturalWidth; }") == 1


def test_the_browser_keeps_styles_and_scripts_from_page_to_page(page: Page) -> None:
    page.goto("/")
    page.goto("/")
    sent = page.evaluate(SENT)
    assert len(sent) >= 3 and not any(sent.values()), sent
