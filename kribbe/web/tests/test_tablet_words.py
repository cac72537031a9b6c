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
    assert lines(calls=["An 0471 22 33"])["call"] == "Call: An 0471\u00a022\u00a033", "on one line"
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


NET = {
    "offline": "No network: {count} waiting",
    "offlineNone": "No network",
    "sending": "Sending {count}",
    "noDay": "Paper",
    "fetching": "Fetching",
}


@pytest.mark.parametrize(
    ("is_offline", "is_held", "count", "said"),
    [
        (False, True, 0, ""),
        (False, True, 2, "Sending 2"),
        (False, False, 0, "Fetching"),
        (True, True, 0, "No network"),
        (True, True, 2, "No network: 2 waiting"),
        (True, False, 0, "Paper"),
        (True, False, 1, "Paper No network: 1 waiting"),
    ],
)
def test_how_it_stands_with_the_network(is_offline, is_held, count, said):
    state = {"isOffline": is_offline, "isHeld": is_held, "count": count}
    assert call_each("tablet-words.js", "netOf", [[state, NET]]) == [said]


def test_what_became_of_taps_is_said_once_for_all_of_a_kind():
    def of(name):
        return {"name": name, "at": "2026-03-09T11:00:00+00:00"}

    """What wasn't kept by each name, as nothing else keeps it; of marked taps the last ones, and how many more."""
    names = ("Noor", "Lou", "Kim", "Mats")
    marked = [{"event": of(name), "marks": ["Without a PIN"]} for name in names]
    (said,) = call_each("tablet-told.js", "gathered", [[[], [{"event": of("Bo")}, {"event": None}], marked]])
    told = {"marked": "{marks}: {names}", "refused": "Not kept: {names}"}
    (lines,) = call_each("tablet-told.js", "linesOf", [[said, told]])
    assert [each["of"] for each in lines] == ["", "Without a PIN"]
    assert [each["text"].count(":") for each in lines] == [2, 4], "a time with each name"
    assert [name in lines[1]["text"] for name in names] == [False, True, True, True]
    assert lines[1]["text"].endswith(" (+1)") and "Bo" in lines[0]["text"]


def test_a_time_is_written_as_on_the_pages():
    """By the words of the server, in whatever zone the machine is that runs this."""
    moments = [datetime(2026, 3, 9, hour, 5, tzinfo=UTC) for hour in range(24)]
    with override("nl-be"):
        pages = [time_format(each.astimezone().time()) for each in moments]
    assert call_each("tablet-state.js", "clock", [[each.isoformat()] for each in moments]) == pages
    assert "8:05" in pages and "14:05" in pages
