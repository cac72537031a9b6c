"""Without network a tablet says who is in as the server will: its script in node against the rule of the register."""

from datetime import UTC, date, datetime
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from kribbe.rules.attendance import Plan, Pressed, Tap, stays_of
from kribbe.testing.node import call_each

DAY, EVENING = date(2026, 3, 3), datetime(2026, 3, 3, 22, tzinfo=UTC)
PLACES = ("own", "next")
HELD = {
    "day": f"{DAY}",
    "groups": [
        {"name": ref, "children": [{"ref": ref, "person": "one", "in": False, "stays": [], "notes": []}]}
        for ref in PLACES
    ],
}


def shown(queues):
    """The one child at both places, by queue."""
    told = call_each("tablet-state.js", "withQueue", [[HELD, queue] for queue in queues])
    return [[group["children"][0] for group in groups] for groups in told]


def event(number, kind, child, minute, cancels=""):
    at = f"2026-03-03T{minute // 60:02}:{minute % 60:02}:00+00:00"
    return {"key": f"{UUID(int=number)}", "kind": kind, "child": child, "at": at, "cancels": cancels}


def test_a_visit_by_hand():
    """In at its own group, then in at the next one: it is there alone, and its own group says where it is."""
    [[own, there]] = shown([[event(1, "in", "own", 450), event(2, "in", "next", 600)]])
    assert (own["in"], there["in"]) == (False, True)
    assert own["stays"] == [["2026-03-03T07:30:00+00:00", "2026-03-03T10:00:00+00:00"]]
    assert own["there"] == {"group": "next", "since": "2026-03-03T10:00:00+00:00"}
    [[own, there]] = shown([[
        event(1, "in", "own", 450), event(2, "in", "next", 600),
        event(3, "cancel", "next", 601, cancels=f"{UUID(int=2)}"),
    ]])  # fmt: skip
    assert (own["in"], own["stays"], there["in"]) == (True, [["2026-03-03T07:30:00+00:00", None]], False)


def test_a_thousand_queues_at_random():
    """Where a child is in, after any taps at its two places, some of them taken back."""
    random = Random(5)  # noqa: S311 - the same queues each run
    queues = [_queue(random) for _number in range(1000)]
    found = [{place: each["in"] for place, each in zip(PLACES, told, strict=True)} for told in shown(queues)]
    assert found == [{place: _is_in(queue, place) for place in PLACES} for queue in queues]


def _queue(random):
    minutes = sorted(random.sample(range(420, 1080), random.randrange(8)))
    queue = [
        event(number, random.choice(["in", "out"]), random.choice(PLACES), minute)
        for number, minute in enumerate(minutes, start=1)
    ]
    gone = [each for each in queue if random.random() < 0.2]
    return queue + [
        event(100 + number, "cancel", each["child"], 1081, cancels=each["key"])
        for number, each in enumerate(gone)
    ]


def _is_in(queue, place):
    taps = [
        (each["child"],
         Tap(UUID(each["key"]), Pressed(each["kind"]), datetime.fromisoformat(each["at"]), EVENING,
             UUID(each["cancels"]) if each["cancels"] else None))
        for each in queue
    ]  # fmt: skip
    stays = stays_of(
        DAY,
        [tap for child, tap in taps if child == place],
        Plan(((480, 1020),)),
        zone=ZoneInfo("UTC"),
        now=EVENING,
        elsewhere=[tap for child, tap in taps if child != place],
    )
    return any(stay.end is None for stay in stays)
