"""A real Chromium for the journeys of the tests: pages, accessibility, pictures for the docs.

Pages reach this machine only: whatever they ask elsewhere (base map) is answered with an empty picture. What
the browser complains about (script errors, refusals by the content security policy) fails the test. The browser
keeps what it fetched, as a visitor's does: a test must not put a route on a whole context, which ends that.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from kribbe.people.models import User
from kribbe.testing.elsewhere import answered_here
from kribbe.testing.server import CHECKOUT
from kribbe.testing.sessions import log_in

AXE = CHECKOUT / "node_modules" / "axe-core" / "axe.min.js"
HAS_AXE = "'axe' in window"
RUN_AXE = """;axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations)"""
PICTURES = CHECKOUT / "docs" / "images"

CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser")

DESKTOP = (1280, 900)
PHONE = (390, 844)
NARROWEST = (320, 640)
SIZES = (DESKTOP, PHONE, NARROWEST)

LITTLE_SCRIPT = "--js-flags=--no-opt,--no-maglev,--single-threaded-gc"
"""A page lives for a second here: making its scripts fast takes more of the processor than it gives back."""

ANSWERED = "the server responded with a status of"
CUT = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED")
"""What the browser says of a refusal, and of a network that is cut."""

MEASURES = """() => {
    const page = document.documentElement, room = page.clientWidth;
    const beyond = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > room);
    return [
        document.querySelector(".bar")?.getBoundingClientRect().height ?? 0,
        page.scrollWidth, room, beyond.slice(0, 5).map((one) => one.outerHTML.slice(0, 80)).join(" "),
    ];
}"""
"""How high the bar is, how wide the page is and may be, and the first elements that stick out."""

SETTLED = """() => document.fonts.status === "loaded"
    && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling")
    && [...document.images].every((one) => one.complete || one.loading === "lazy")"""
HAS_HEADING = f"{SETTLED} && document.querySelector('h1')"

HIGHEST_BAR = 120
"""Pixels: two lines of entries."""

Size = tuple[int, int]
OpenPage = Callable[..., Page]
OpenAs = Callable[..., Page]


def chromium() -> str | None:
    """Path of a Chromium: KRIBBE_CHROMIUM, or on the path; as root on Debian the one without windows, installed now.

    That one draws the same pages with half the work, so it comes first.
    """
    found = os.environ.get("KRIBBE_CHROMIUM") or shutil.which(CHROMIUMS[0])
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run([CHECKOUT / "scripts" / "chromium"], check=False, stdout=subprocess.DEVNULL)  # noqa: S603
    return found or next(filter(None, map(shutil.which, CHROMIUMS)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for each process of the tests; skips where there is none."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium: install one (scripts/chromium on Debian), or name it with KRIBBE_CHROMIUM")
    with pytest.MonkeyPatch.context() as patch, answered_here() as rule, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        arguments = [rule, LITTLE_SCRIPT, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        running = playwright.chromium.launch(executable_path=path, args=arguments)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """`open_page(size=PHONE, language="nl-BE", javascript=True)`: a page of a fresh visitor, without cookies.

    `zone` is where the device thinks that it is. Addresses may be relative to the test's server. Closing checks that
    the browser complained of nothing, but of a network that a test marked `offline` cuts.
    """
    contexts, complaints = [], []
    expected = (ANSWERED, *(CUT if request.node.get_closest_marker("offline") else ()))

    def open_page(
        *,
        size: Size = DESKTOP,
        language: str = "nl-BE",
        javascript: bool = True,
        zone: str = "Europe/Brussels",
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            timezone_id=zone,
            java_script_enabled=javascript,
            reduced_motion="reduce",
            ignore_https_errors=True,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda message: complaints.extend(_complaint(message, expected)))
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def open_as(open_page: OpenPage) -> OpenAs:
    """`open_as(user, size)`: a page of somebody who is logged in, with the second factor."""

    def open_as(user: User, size: Size = DESKTOP) -> Page:
        page = open_page(size=size)
        client = log_in(Client(), user, second_factor=True)
        page.goto("/livez")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])
        return page

    return open_as


@pytest.fixture
def browser_page(open_page: OpenPage) -> Page:
    """A visitor's page at desktop size."""
    return open_page()


def settle(page: Page, state: str = SETTLED) -> None:
    """Wait until the page is there with its letters and pictures, and nothing of it is still asked for."""
    page.wait_for_load_state("load")
    page.wait_for_function(state)


def axe(page: Page) -> None:
    """Assert that axe-core finds nothing on the page as it is now, by WCAG 2.2 AA and good practice."""
    settle(page, HAS_HEADING)
    script = "" if page.evaluate(HAS_AXE) else AXE.read_text()
    found = page.evaluate(script + RUN_AXE)
    assert found == [], "\n".join(_finding(rule) for rule in found)


def screenshot(page: Page, name: str, *, full: bool = False) -> None:
    """Draw docs/images/`name`.png anew when KRIBBE_SCREENSHOTS=1, so that the docs show the pages as tested.

    A new picture begins as an empty file of that name.
    """
    picture = PICTURES / f"{name}.png"
    if os.environ.get("KRIBBE_SCREENSHOTS") == "1" and picture.exists():
        page.evaluate("() => { scrollTo(0, 0); return document.fonts.ready; }")
        picture.write_bytes(few_colours(page.screenshot(full_page=full, animations="disabled")))


def seen_at(page: Page, *sizes: Size) -> Iterator[Size]:
    """Give the page each of the sizes in turn (none given: SIZES), and last its own, which it keeps.

    Asserts at each, before it is yielded, that axe finds nothing and that nothing is too wide.
    """
    kept = page.viewport_size
    assert kept is not None
    own = kept["width"], kept["height"]
    for size in (*(each for each in sizes or SIZES if each != own), own):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        axe(page)
        fits(page)
        yield size


def seen(page: Page) -> None:
    """Assert at all SIZES and the page's own what `seen_at` asserts."""
    for _size in seen_at(page):
        pass


def look_at(room: str, *sizes: Size) -> Callable[[Page, str], None]:
    """`look(page, name)`: `seen_at` these sizes, with its pictures, named after room and width."""

    def look(page: Page, name: str) -> None:
        for width, _height in seen_at(page, *sizes):
            screenshot(page, f"{room}-{name}-{width}", full=True)

    return look


def few_colours(png: bytes) -> bytes:
    """A picture of a page in 256 colours: it looks the same, in a third of the bytes."""
    drawn = Image.open(io.BytesIO(png)).convert("RGB")
    small = io.BytesIO()
    few = drawn.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(small, "PNG", optimize=True)
    return small.getvalue()


def fits(page: Page) -> None:
    """Assert that nothing makes the page, loaded with its styles, scroll sideways, and that its bar stays low."""
    page.wait_for_load_state("load")
    bar, wide, room, beyond = page.evaluate(MEASURES)
    assert bar <= HIGHEST_BAR, f"the bar of {page.url} is {bar} px high"
    assert wide <= room, f"{page.url} is {wide} px wide in {room} px: {beyond}"


def _finding(rule: dict[str, Any]) -> str:
    places = ", ".join(" ".join(map(str, node["target"])) for node in rule["nodes"])
    return f"{rule['id']} ({rule['impact']}): {rule['help']} at {places}"


def _complaint(message: ConsoleMessage, expected: tuple[str, ...]) -> list[str]:
    is_expected = any(text in message.text for text in expected)
    return [message.text] if message.type == "error" and not is_expected else []
