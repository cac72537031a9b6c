"""Every address and who may pass its door: an outsider gets "not found", a visitor is asked to log in.

Anna Maes is a parent with a request, an offer and a placement; Charlie is a parent of another household and must
not reach Anna's things. A route that has no row here fails the test, and so does a row without a route.
"""

import re
from collections import Counter

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kribbe.config.tests.doors import DOORS
from kribbe.config.tests.doors_kinds import ALL, PARTS
from kribbe.config.tests.world import client_of

pytestmark = [pytest.mark.long, pytest.mark.django_db]

THIRD_PARTY = ("account_", "mfa_", "set_language", "socialaccount", "usersessions")
"""Routes of packages and of the shell, open to all or guarded and tested by the package itself."""


def route_names(resolver: URLResolver | None = None, space: str = "") -> set[str]:
    found: set[str] = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found |= route_names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            found.add(f"{space}{pattern.name}")
    return found


def test_every_route_has_its_door():
    ours = {name for name in route_names() if not name.startswith(THIRD_PARTY)}
    assert ours == set(DOORS)


def addresses(resolver, before=""):
    """Every route as text, its parts without their names, and its name."""
    for pattern in resolver.url_patterns:
        address = before + re.sub(r"<(\w+:)?\w+>", "<>", str(pattern.pattern))
        yield from (
            addresses(pattern, address) if isinstance(pattern, URLResolver) else [(address, pattern.name)]
        )


def test_no_address_hides_another():
    known = Counter(address for address, _name in set(addresses(get_resolver())))
    twice = [address for address, times in known.items() if times > 1]
    assert twice == []


def outcome(response):
    """passed, not found, or sent on to log in or to give the second factor."""
    if response.status_code in {404, 403}:
        return "not found"
    if response.status_code == 302 and response.url.startswith("/account/"):
        return "log in"
    if any(template.name == "web/session_ended.html" for template in response.templates):
        return "log in"
    return "passed"


@pytest.mark.parametrize("part", range(PARTS))
def test_doors(part, world):
    users, named = world
    clients = {who: client_of(users, who) for who in sorted(ALL)}
    wrong = {}
    for name in sorted(DOORS)[part::PARTS]:
        door = DOORS[name]
        address = reverse(name, args=[named[arg] for arg in door.args]) + door.query.format(**named)
        for who, client in clients.items():
            found = knock(client, address, post=door.post)
            if found != expected(who, door):
                wrong[name, who] = found
    assert wrong == {}, "\n".join(f"{key}: {found}" for key, found in sorted(wrong.items()))


def knock(client, address, *, post):
    """Try the door, and leave everything behind it as it was."""
    with transaction.atomic():
        response = client.post(address) if post else client.get(address)
        if response.streaming:
            response.getvalue()
        transaction.set_rollback(True)
    return outcome(response)


def expected(who, door):
    if who in door.who:
        return "passed"
    if door.token:
        return "not found"
    if who == "unverified clerk":
        return "log in"
    return "log in" if who == "visitor" and not door.hidden else "not found"
