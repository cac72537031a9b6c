"""Every page that somebody can open, as that person finds it in a browser: axe finds nothing, nothing is too wide.

The pages are those of the test of doors. What parents and visitors read is walked in each language.
"""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Error, Page

from kribbe.config.tests.doors import DOORS
from kribbe.config.tests.doors_kinds import Door
from kribbe.config.tests.world import client_of
from kribbe.testing.browser import NARROWEST, OpenPage, axe, fits

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PARTS = 4
FEWEST = 3
"""Pages that a part has at least, so that a world without rows can't pass."""
STAFF_LANGUAGES = ["nl"]
LANGUAGES = [code for code, _name in settings.LANGUAGES]
NO_PAGE = {
    **dict.fromkeys(
        (
            "attendance:my", "attendance:tablet", "billing:paid_online", "billing:pile", "enrolment:give_up",
            "enrolment:location_give_up", "enrolment:new_request",
            "outofschool:my", "people:start", "planning:move_day",
            "sickcare:my",
        ),
        "leads on to another page",
    ),
    **dict.fromkeys(
        ("places:suggest", "region:settings_look_preview", "region:settings_policy_preview"), "a piece of a page"
    ),
    "billing:export": "a file, of a format that is named in its question",
    "contact:office_new_thread": "its question names the family to write to",
}  # fmt: skip
"""Addresses that answer in HTML without a page of their own, and why. One that isn't here must have its page."""

PICTURES = {"places:photo", "region:logo"}
"""Left out: a browser draws a page of its own around a picture, and complains that our policy refuses its style."""
A_FILE = "Download is starting"
"""What the browser says of an address that gives a file to keep."""
READERS = ("visitor", "anna", "clerk", "manager", "policy officer", "administrator")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_narrow_and_accessible(part, language, world, open_page: OpenPage) -> None:
    users, named = world
    opened = open_page(size=NARROWEST, language=language)
    problems, seen = [], 0
    for name, door in _pages(language)[part::PARTS]:
        reader = _reader(door)
        client = client_of(users, reader)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        address = reverse(name, args=[named[arg] for arg in door.args])
        _sit_down(opened, client)
        try:
            answer = opened.goto(address)
        except Error as error:
            problems += [] if A_FILE in error.message else [f"{name}: {error.message}"]
            continue
        assert answer is not None
        kind = answer.headers["content-type"]
        is_there = not answer.request.redirected_from and is_page(kind, answer.status, answer.body())
        if is_html(kind) and is_there == (name in NO_PAGE):
            problems.append(f"{name} {address}: {answer.status}, against what NO_PAGE says")
        if not is_there or name in NO_PAGE:
            continue
        seen += 1
        problems += _problems(opened, name, address)
    assert not problems, "\n".join(problems)
    assert seen >= FEWEST, "hardly a page was there to look at"


def _pages(language: str) -> list[tuple[str, Door]]:
    return [
        (name, door)
        for name, door in sorted(DOORS.items())
        if door.who
        and not door.post
        and name not in PICTURES
        and (language in STAFF_LANGUAGES or {"visitor", "anna"} & door.who)
    ]


def _reader(door: Door) -> str:
    return next(who for who in (*READERS, *sorted(door.who)) if who in door.who)


def is_html(kind: str) -> bool:
    """Whether content of this type is for a reader's eyes, not a file or data."""
    return kind.startswith("text/html")


def is_page(kind: str, status: int, content: bytes) -> bool:
    """Whether somebody sees a whole page there, also one that says that a link is over."""
    return is_html(kind) and status in {200, 410} and b"<h1" in content


def _sit_down(opened: Page, client: Client) -> None:
    """Give the browser the visitor's session and language, and nothing of who sat here before."""
    context = opened.context
    context.clear_cookies()
    context.add_cookies(
        [
            {"name": key, "value": morsel.value, "url": _server(opened)}
            for key, morsel in client.cookies.items()
        ]
    )


def _server(opened: Page) -> str:
    if opened.url == "about:blank":
        opened.goto("/livez")
    return "/".join(opened.url.split("/")[:3])


def _problems(opened: Page, name: str, address: str) -> list[str]:
    found = []
    for check in (fits, axe):
        try:
            check(opened)
        except AssertionError as error:
            found.append(f"{name} {address}: {error}")
    return found
