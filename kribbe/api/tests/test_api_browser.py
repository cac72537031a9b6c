"""The reference of the API in a real browser: on a phone and a screen, without a request to anywhere else."""

import pytest

from kribbe.testing.browser import NARROWEST, OpenPage, axe, fits, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("size", "name"), [((1280, 900), "api-1280"), (NARROWEST, "")])
def test_a_programmer_finds_an_address_and_its_example(open_page: OpenPage, size, name) -> None:
    page = open_page(size=size)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/")
    axe(page)
    fits(page)
    if name:
        screenshot(page, name)
    page.get_by_role("link", name="GET /api/v1/locations/{slug}/free").click()
    section = page.locator("section[aria-labelledby=location_free]")
    section.get_by_text("Example").click()
    section.get_by_text('"counted_at"').wait_for()
    fits(page)
    axe(page)
    own = page.url.partition("/api/")[0]
    assert [url for url in asked if not url.startswith((own, "data:"))] == []
