"""Odd input is answered in words, never by a failure: numbers that are none, days at the edge of the calendar.

Every address is asked with odd parameters, and every form of every page is sent with odd values in its fields.
"""

from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.urls import reverse

from kribbe.config.tests.doors import DOORS
from kribbe.config.tests.world import client_of

pytestmark = [pytest.mark.long, pytest.mark.django_db]

PARTS = 2
READERS = ("clerk", "manager", "anna", "administrator", "policy officer", "referrer", "visitor")
ODD = ("²", "9" * 30, "9999-12-31")
PARAMETERS = (
    "after", "at", "before", "days", "first", "group", "km", "last", "month", "pattern", "place", "reason", "seen",
    "start", "week", "year",
)  # fmt: skip
BY_TYPE = {"date": ("9999-12-31", "0001-01-01"), "number": ("9" * 30, "-1"), "month": ("9999-12",)}
SKIPPED = ("csrfmiddlewaretoken", "once")


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: address, and the type of each named field."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = given.get("method", "").lower() == "post"
            if self._open:
                self.found.append((given.get("action", ""), {}))
        elif self._open and tag in {"input", "select", "textarea", "button"} and given.get("name"):
            self.found[-1][1].setdefault(given["name"], given.get("type", tag))

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "form"


def pages(part):
    for name in sorted(DOORS)[part::PARTS]:
        door = DOORS[name]
        if door.who and not door.post:
            yield name, door, next(who for who in (*READERS, *sorted(door.who)) if who in door.who)


def answered(send):
    """The answer, with everything that it did undone."""
    with transaction.atomic():
        response = send()
        text = b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    assert response.status_code < 500
    return response, text


@pytest.mark.parametrize("part", range(PARTS))
def test_no_odd_parameter_and_no_odd_field_makes_a_page_fail(part, world):
    users, named = world
    sent = 0
    for name, door, who in pages(part):
        client = client_of(users, who)
        address = reverse(name, args=[named[arg] for arg in door.args]) + door.query.format(**named)
        glue = "&" if "?" in address else "?"
        for odd in ODD:
            answered(lambda: client.get(f"{address}{glue}{urlencode(dict.fromkeys(PARAMETERS, odd))}"))  # noqa: B023
        response, text = answered(lambda: client.get(address))  # noqa: B023
        if not response.get("Content-Type", "").startswith("text/html"):
            continue
        parser = Forms()
        parser.feed(text.decode())
        for action, fields in parser.found:
            if action.startswith(("/account/", "/_language/")):
                continue
            for turn in (0, 1):
                values = {
                    field: odds[turn % len(odds)]
                    for field, kind in fields.items()
                    if field not in SKIPPED
                    for odds in [BY_TYPE.get(kind, ("²", "9" * 30))]
                }
                answered(lambda: client.post(action or address, values))  # noqa: B023
                sent += 1
    assert sent, "no form was sent"


@pytest.mark.django_db
def test_an_address_with_a_nul_is_nobodys_and_a_question_is_read_without(client):
    assert client.get("/?after=%00").status_code == 200
    assert client.get("/%00/").status_code == 400


@pytest.mark.django_db
def test_head_is_answered_as_get_is(client):
    told = client.head("/")
    assert (told.status_code, told.content) == (200, b"")
    assert int(told["Content-Length"]) > 0
    assert client.head("/nowhere/").status_code == 404
