"""The browser of the tests sees what a visitor would, and complains when it should."""

import pytest

from kribbe.testing.browser import NARROWEST, OpenPage, axe, fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GOOD = '<!doctype html><html lang="nl"><title>Opvang</title><main><h1>Opvang</h1></main></html>'


def test_a_visitor_reaches_the_server(open_page: OpenPage) -> None:
    page = open_page(size=NARROWEST)
    answer = page.goto("/livez")
    assert answer is not None
    assert answer.ok


def test_axe_finds_what_is_wrong_and_only_that(open_page: OpenPage) -> None:
    page = open_page()
    page.set_content(GOOD)
    axe(page)
    page.set_content(GOOD.replace("<h1>", "<input><h1>"))
    with pytest.raises(AssertionError, match=r"label \(critical\)"):
        axe(page)


def test_a_page_too_wide_is_found(open_page: OpenPage) -> None:
    page = open_page(size=NARROWEST)
    page.set_content(GOOD)
    fits(page)
    page.set_content(GOOD.replace("<h1>", '<h1 style="width: 400px">'))
    with pytest.raises(AssertionError, match=r"(400|408) px wide in 320 px"):
        fits(page)


def test_pictures_from_elsewhere_are_empty_and_no_complaint(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/livez")
    page.set_content(GOOD.replace("<h1>", '<img alt="" src="https://geo.api.vlaanderen.be/1/2/3.png"><h1>'))
    page.wait_for_function("() => document.images[0].complete")
    assert page.evaluate("() => document.images[0].naturalWidth") in {0, 1}
