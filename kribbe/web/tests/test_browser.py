"""The gallery in a real browser: accessibility, narrow screens, and what the scripts do."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kribbe.testing.browser import PHONE, seen

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("kribbe.web.tests.urls"),
]

OFFER = re.compile(r"Make an offer ?: Noor M\.")
OpenPage = Callable[..., Page]
GALLERY = "/_web/gallery/"
LAST = "’t Zonnetje"
SCREENS = [GALLERY, GALLERY + "search/", GALLERY + "request/", GALLERY + "waiting-list/"]


@pytest.fixture(autouse=True)
def _demo(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", SCREENS)
def test_screens_are_accessible_and_fit(open_page: OpenPage, address: str) -> None:
    page = open_page()
    page.goto(address)
    seen(page)


def test_the_picker_says_in_words_what_is_ticked(open_page: OpenPage) -> None:
    page = open_page(language="en")
    page.goto(GALLERY + "request/")
    sentence = page.locator(".sentence")
    expect(sentence).to_contain_text("5 half-days: Monday and Tuesday the whole day, Thursday morning.")
    page.get_by_label("Friday afternoon").check()
    expect(sentence).to_contain_text("6 half-days:")
    expect(sentence).to_contain_text("Friday afternoon")
    page.get_by_role("button", name="Clear all").click()
    expect(sentence).to_contain_text("You haven't chosen any half-day yet.")


def test_wishes_move_by_keyboard_and_say_so(open_page: OpenPage) -> None:
    page = open_page(language="en")
    page.goto(GALLERY)
    expect(page.locator(".ranked.is-sortable")).to_be_visible()
    down = page.get_by_role("button", name="Move De Notelaar down")
    down.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    order = page.locator('.ranked input[name="order"]').evaluate_all("all => all.map(one => one.value)")
    assert order == ["12", "13", "11"]
    expect(page.locator("[data-ranked-status]")).to_have_text("De Notelaar is now number 3.")
    expect(page.get_by_role("button", name="Move De Notelaar up")).to_be_focused()


def order_of(page: Page) -> list[str]:
    order: list[str] = page.locator('.ranked input[name="order"]').evaluate_all(
        "all => all.map(one => one.value)"
    )
    return order


def grip(page: Page, name: str) -> tuple[float, float]:
    """The middle of the handle by which a wish is dragged."""
    box = page.locator("li", has=page.get_by_role("button", name=f"Move {name} up")).locator("[data-grip]")
    box.scroll_into_view_if_needed()
    found = box.bounding_box()
    assert found is not None
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def hold_until(page: Page, order: list[str], x: float, y: float) -> None:
    """Keep the mouse moving by a pixel, as a hand does, until the list has followed it."""
    for turn in range(40):
        if order_of(page) == order:
            return
        page.mouse.move(x, y + turn % 2)
        page.wait_for_timeout(50)


def test_wishes_are_dragged_with_the_mouse_and_the_form_follows(open_page: OpenPage) -> None:
    page = open_page(language="en")
    page.goto(GALLERY)
    expect(page.locator(".ranked.is-sortable")).to_be_visible()
    assert order_of(page) == ["11", "12", "13"]
    page.mouse.move(*grip(page, "De Notelaar"))
    page.mouse.down()
    x, y = grip(page, LAST)
    page.mouse.move(x, y + 20, steps=12)
    hold_until(page, ["12", "13", "11"], x, y + 20)
    page.mouse.up()
    assert order_of(page) == ["12", "13", "11"]
    expect(page.locator("[data-ranked-status]")).to_have_text("De Notelaar is now number 3.")
    assert page.locator(".ranked [data-nr]").all_inner_texts() == ["1", "2", "3"]


def test_wishes_are_dragged_with_a_finger_while_the_page_stands_still(open_page: OpenPage) -> None:
    page = open_page(size=(820, 1180), language="en")
    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.goto(GALLERY)
    expect(page.locator(".ranked.is-sortable")).to_be_visible()
    grip(page, LAST)
    (x, start), (_x, end) = grip(page, "De Notelaar"), grip(page, LAST)
    scrolled = page.evaluate("scrollY")
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": start}]})
    for step in range(1, 13):
        here = {"x": x, "y": start + (end + 20 - start) * step / 12}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [here]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("[data-ranked-status]")).to_have_text("De Notelaar is now number 3.")
    assert order_of(page) == ["12", "13", "11"]
    assert page.evaluate("scrollY") == scrolled


def test_a_dialog_opens_takes_the_focus_and_gives_it_back(open_page: OpenPage) -> None:
    page = open_page(language="en")
    page.goto(GALLERY)
    opener = page.locator('[data-dialog="sure"]')
    opener.click()
    expect(page.get_by_role("dialog", name="Withdraw this request?")).to_be_visible()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_form_is_sent_once_however_often_it_is_pressed(open_page: OpenPage) -> None:
    page = open_page(language="en")
    page.goto(GALLERY + "request/")
    sent = page.evaluate(
        """() => {
            const form = document.querySelector("form.form");
            let count = 0;
            form.addEventListener("submit", (event) => {
                if (!event.defaultPrevented) count += 1;
                event.preventDefault();
            });
            form.requestSubmit();
            form.requestSubmit();
            form.requestSubmit();
            return count;
        }"""
    )
    assert sent == 1


def test_on_the_phone_a_row_is_a_line_that_opens(open_page: OpenPage) -> None:
    page = open_page(size=PHONE, language="en")
    page.goto(GALLERY + "waiting-list/")
    offer = page.get_by_role("link", name=OFFER)
    expect(offer).to_be_hidden()
    page.get_by_role("button", name="More about Noor M.").click()
    expect(offer).to_be_visible()


def test_without_script_nothing_is_hidden(open_page: OpenPage) -> None:
    page = open_page(size=PHONE, language="en", javascript=False)
    page.goto(GALLERY + "waiting-list/")
    expect(page.get_by_role("link", name=OFFER)).to_be_visible()
    page.goto(GALLERY + "search/")
    expect(page.get_by_label("Address or postcode")).to_be_visible()
    expect(page.get_by_role("link", name="De Notelaar")).to_be_visible()


def test_the_map_shows_the_places_of_the_list(open_page: OpenPage) -> None:
    page = open_page(language="en")
    page.goto(GALLERY + "search/")
    pin = page.get_by_role("button", name="1. De Notelaar")
    expect(pin).to_be_visible(timeout=20_000)
    page.locator("#place-1").hover()
    expect(pin).to_have_class("map-pin map-pin--all maplibregl-marker maplibregl-marker-anchor-bottom is-hot")
    pin.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#place-1 a")).to_be_focused()


def test_keyboard_reaches_the_content_first(open_page: OpenPage) -> None:
    page = open_page(language="en")
    page.goto(GALLERY + "request/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    expect(page.get_by_role("link", name="To the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
