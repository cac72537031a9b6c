"""Every page of visitors and parents in French, English and German: not a Dutch word of ours is left on it.

A part that is Dutch by law, as the words of a letter, says so with `lang="nl"`; examples of code are left alone.
"""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from kribbe.config.tests.doors import DOORS
from kribbe.config.tests.test_every_page import NO_PAGE, is_page
from kribbe.config.tests.world import client_of

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

DUTCH = re.compile(
    r"\b(aanvraag|aanvragen|deze|een|geen|heb|het|jouw|kies|maar|naar|niet|ook|opvang|plaatsen|terug|voor|"
    r"wachtlijst|wijzig|wordt|zijn)\b",
    re.IGNORECASE,
)
"""Words that a Dutch page can't do without, and that French, English and German don't have."""

READERS = ("anna", "visitor")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Shown(HTMLParser):
    """The text of a page and what is read out of it, without scripts and what is marked as Dutch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if not any(self.open):
            self.found += [
                given[name] or "" for name in ("alt", "aria-label", "placeholder", "title") if name in given
            ]
        if tag not in VOID:
            self.open.append(
                tag in {"code", "pre", "script", "style", "template"}
                or (given.get("lang") == "nl" and tag != "html")
            )

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self.found.append(data)


def dutch_on(html: str) -> list[str]:
    """The pieces of a page's text in which a Dutch word stands."""
    shown = Shown()
    shown.feed(html)
    pieces = (" ".join(piece.split()) for piece in shown.found)
    return [piece for piece in pieces if DUTCH.search(piece)]


@pytest.mark.parametrize("language", ["fr", "en", "de"])
def test_no_page_of_visitors_and_parents_has_dutch_left_on_it(language, world):
    users, named = world
    left, seen = [], 0
    for name, door in sorted(DOORS.items()):
        reader = next((who for who in READERS if door.who and who in door.who), None)
        if reader is None or door.post or name in NO_PAGE:
            continue
        client = client_of(users, reader)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        address = reverse(name, args=[named[arg] for arg in door.args])
        answer = client.get(address, headers={"accept-language": language})
        answer.close()
        if not is_page(answer["Content-Type"], answer.status_code, answer.getvalue()):
            continue
        seen += 1
        left += [f"{name}: {piece}" for piece in dutch_on(answer.text)]
    assert not left, "\n".join(dict.fromkeys(left))
    assert seen > 60


def test_a_dutch_word_is_seen_and_what_is_marked_as_dutch_is_not():
    assert dutch_on("<p>Kies een dag</p>") == ["Kies een dag"]
    assert dutch_on('<img alt="Wijzig"><p>Choose</p>') == ["Wijzig"]
    assert dutch_on('<div lang="nl"><p>Kies een dag</p></div><p>Choose</p>') == []


def test_dutch_is_on_the_same_pages_in_dutch(world):
    users, named = world
    assert dutch_on(Client().get(reverse("region:home", args=[named["desk"]])).text)
    assert users
