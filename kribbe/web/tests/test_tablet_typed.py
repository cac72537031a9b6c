"""What the tablet takes for a name, held against what the server keeps; and what it shows of who still waits."""

from datetime import date, datetime, timedelta

import pytest

from kribbe.rules.packs import load_pack
from kribbe.rules.ratio import figures_on
from kribbe.testing.node import call_each
from kribbe.trust.typed import is_seen

NAMES = [
    "Lotte",
    "  Ömer ",
    "李",
    "\u0645\u0631\u064a\u0645",
    "3",
    "",
    " ",
    "\u202e",
    "\u3164",
    "\u0301",
    "-",
]


def test_a_name_has_a_letter_and_the_server_keeps_each():
    names = call_each("tablet-typed.js", "isName", [[name] for name in NAMES])
    assert [name for name, is_one in zip(NAMES, names, strict=True) if is_one] == NAMES[:4]
    assert all(is_seen(name) for name in NAMES[:4])


@pytest.mark.parametrize(
    ("day", "layout", "asks"),
    [
        ("2026-12-31", "toddlers", False),
        ("2027-01-01", "toddlers", True),
        ("2027-01-01", "mixed", False),
        ("2027-01-01", "babies", False),
    ],
)
def test_a_baby_is_asked_for_where_the_law_of_the_day_looks_at_it(day, layout, asks):
    law = figures_on(load_pack("flanders"), date.fromisoformat(day), family=False)
    assert call_each("tablet-typed.js", "asksBaby", [[law, {"layout": layout}]]) == [asks]
    home = figures_on(load_pack("flanders"), date.fromisoformat(day), family=True)
    assert call_each("tablet-typed.js", "asksBaby", [[home, {"layout": layout}]]) == [False]


NOON = datetime.fromisoformat("2026-03-09T11:00:00+00:00")


def waiting(kind, ref, key, *, at=NOON, **more):
    typed = {"name": "Lotte", "group": 7, "baby": False}
    return {"kind": kind, "child": ref, "key": key, "at": at.isoformat(), "typed": typed, **more}


def children(queue):
    held = {"day": "2026-03-09", "groups": [{"key": 7, "name": "Vlinders", "children": [], "others": []}]}
    ((group,),) = call_each("tablet-state.js", "withQueue", [[held, queue]])
    return [(child["full"], child["in"]) for child in group["children"]]


def test_what_waits_is_shown_once_and_only_on_its_own_day():
    came = waiting("in", "typed-1", "a")
    assert children([came]) == [("Lotte", True)]
    assert children([came, waiting("out", "typed-1", "b"), waiting("in", "typed-1", "c")]) == [
        ("Lotte", True)
    ]
    assert children([came, waiting("out", "typed-1", "b")]) == [("Lotte", False)]
    assert children([came, waiting("cancel", "typed-1", "b", cancels="a")]) == []
    assert children([came, waiting("in", "typed-2", "d")]) == [("Lotte", True), ("Lotte", True)]
    assert children([waiting("in", "typed-1", "a", at=NOON - timedelta(days=1))]) == []


def test_who_comes_here_from_another_location_isn_t_there_any_more():
    """Until the server is heard again, the tablet goes by its own last tap."""
    there = {"group": "De Linde", "since": NOON.isoformat()}
    noor = {
        "ref": "noor",
        "person": "1",
        "full": "Noor",
        "in": False,
        "stays": [],
        "notes": [],
        "there": there,
    }
    held = {"day": "2026-03-09", "groups": [{"key": 7, "name": "Vlinders", "children": [noor], "others": []}]}
    taps = [{"kind": kind, "child": "noor", "key": kind, "at": NOON.isoformat()} for kind in ("in", "out")]
    shown = call_each("tablet-state.js", "withQueue", [[held, []], [held, taps[:1]], [held, taps]])
    assert [(group["children"][0].get("there") or {}).get("group") for (group,) in shown] == [
        "De Linde",
        None,
        None,
    ]
