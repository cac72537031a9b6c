"""The reference of the API in a real browser: on a phone and a screen, without a request to anywhere else."""

import pytest

from kribbe.testing.browser import OpenPage, screenshot, seen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_programmer_finds_an_address_and_its_example(open_page: OpenPage) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/")
    seen(page)
    screenshot(page, "api-1280")
    page.get_by_role("link", name="GET /api/v1/locations/{slug}/free").click()
    section = page.locator("section[aria-labelledby=location_free]")
    section.get_by_text("Example").click()
    section.get_by_text('"counted_at"').wait_for()
    seen(page)
    own = page.url.partition("/api/")[0]
    assert [url for url in asked if not url.startswith((own, "data:"))] == []
