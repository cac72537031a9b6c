"""Every page of staff says in the rail where the reader is, once; "Today" stands for itself alone."""

import pytest
from django.db import transaction
from django.urls import reverse

from kribbe.config.tests.doors import DOORS
from kribbe.config.tests.world import client_of

pytestmark = pytest.mark.django_db

FEWEST = {"organiser": 100, "clerk": 60}
"""Pages of staff that each reads at least, so that a world without them can't pass."""
OF_NO_ENTRY = {
    **dict.fromkeys(
        ("attendance:compensation", "staff:home", "staff:service", "staff:stand_in"),
        "its entry is there for care at home, and the world's location is a day-care centre",
    ),
    "attendance:enrol": "for the tablet, which has no rail",
    "enrolment:look": "opened from a mail",
    "enrolment:locations": "its entry stands beside an open location",
}


@pytest.mark.parametrize("who", FEWEST)
def test_a_page_of_staff_is_marked_once(who, world):
    users, named = world
    client, marked = client_of(users, who), {}
    for name, door in sorted(DOORS.items()):
        address = reverse(name, args=[named[arg] for arg in door.args]) + door.query.format(**named)
        if address.startswith(("/at/", "/office/")) and not door.post and not door.token and who in door.who:
            marked[name] = marks(client, address)
    marked = {name: found for name, found in marked.items() if found is not None}
    wrong = {name: found for name, found in marked.items() if len(found) != (name not in OF_NO_ENTRY)}
    assert wrong == {}
    today = reverse("enrolment:today", args=[named["slug"]])
    assert [name for name, found in marked.items() if found == [today]] == ["enrolment:today"][
        : who == "organiser"
    ]
    assert len(marked) >= FEWEST[who]


def marks(client, address):
    """The addresses of the entries that are marked on the page, or None where it has no rail."""
    with transaction.atomic():
        answer = client.get(address)
        if answer.streaming:
            answer.getvalue()
        transaction.set_rollback(True)
    if not answer.context or not answer.context.get("shell"):
        return None
    rail = answer.context["shell"].rail
    shown = [entry for section in rail for part in (section, *section.drawers) for entry in part.entries]
    return [entry.url for entry in shown if entry.is_current]
