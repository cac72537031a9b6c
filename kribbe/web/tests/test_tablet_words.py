"""What the tablet says of a child and of a day."""

from datetime import UTC, datetime

import pytest
from django.utils.formats import time_format
from django.utils.translation import override

from kribbe.testing.node import call_each

WORDS = {
    "fetch": "May fetch: {names}",
    "call": "Call: {names}",
    "noCalls": "no number",
    "typed": "Ask who brings it",
    "shut": "{closed}. Tap it all the same",
    "noGroups": "No groups yet",
    "groupShut": "This group is closed",
    "empty": "Nobody is planned",
}
NOOR = {
    "in": True,
    "missing": False,
    "stays": [],
    "care": ["nuts"],
    "fetchers": ["Rita 0470"],
    "calls": ["An 0471", "Rita 0470"],
    "away": "",
}


def lines(**more):
    return call_each("tablet-words.js", "linesOf", [[NOOR | more, WORDS]])[0]


def test_who_is_there_has_allergies_who_may_fetch_and_a_number_in_sight():
    assert lines() == {
        "care": "nuts",
        "fetch": "May fetch: Rita 0470",
        "call": "Call: An 0471 · Rita 0470",
        "away": "",
    }
    assert lines(calls=[])["call"] == "Call: no number"
    assert lines(calls=[], typed={"name": "Lotte"})["call"] == "Ask who brings it"


@pytest.mark.parametrize(
    ("child", "shown"),
    [
        ({"in": False}, False),
        ({"in": False, "missing": True}, True),
        ({"in": False, "missing": True, "there": {"group": "De Linde"}}, False),
    ],
)
def test_a_number_is_shown_for_who_is_there_or_missing(child, shown):
    assert bool(lines(**child)["call"]) is shown


def test_a_child_that_came_unplanned_without_network_has_all_of_it():
    lou = NOOR | {"ref": "lou", "person": "2", "in": False, "notes": []}
    held = {"day": "2026-03-09", "groups": [{"key": 7, "name": "V", "children": [], "others": [lou]}]}
    came = {"kind": "in", "child": "lou", "key": "a", "at": "2026-03-09T11:00:00+00:00"}
    ((group,),) = call_each("tablet-state.js", "withQueue", [[held, [came]]])
    (child,) = group["children"]
    (shown,) = call_each("tablet-words.js", "linesOf", [[child, WORDS]])
    assert shown["call"] == "Call: An 0471 · Rita 0470"
    assert shown["fetch"] == "May fetch: Rita 0470"


def test_a_closed_day_says_so_and_what_to_do():
    day = {"closed": "Closed on 9 March", "groups": [{}]}
    found = call_each(
        "tablet-words.js",
        "shutOf",
        [[day, WORDS], [{"closed": "", "groups": [{}]}, WORDS], [{"closed": "", "groups": []}, WORDS]],
    )
    assert found == ["Closed on 9 March. Tap it all the same", "", "No groups yet"]


def test_an_empty_group_says_why():
    empty, shut, some = {"children": []}, {"children": [], "closed": True}, {"children": [1]}
    asked = [[empty, False, WORDS], [shut, False, WORDS], [shut, True, WORDS], [some, False, WORDS]]
    assert call_each("tablet-words.js", "emptyOf", asked) == [
        "Nobody is planned",
        "This group is closed",
        "",
        "",
    ]


def test_a_time_is_written_as_on_the_pages():
    """By the words of the server, in whatever zone the machine is that runs this."""
    moments = [datetime(2026, 3, 9, hour, 5, tzinfo=UTC) for hour in range(24)]
    with override("nl-be"):
        pages = [time_format(each.astimezone().time()) for each in moments]
    assert call_each("tablet-state.js", "clock", [[each.isoformat()] for each in moments]) == pages
    assert "8:05" in pages and "14:05" in pages
