"""Small instances with everything in them: siblings, transfers, owed places, moving up, weekends, overfull groups."""

from hypothesis import strategies as st

from kribbe.allocation.tests.worked import child, instance

PLACES = ("L0", "L1", "L2")


@st.composite
def heads(draw, most=5):
    """Places are heads: one period, one half-day."""
    names = PLACES[: draw(st.integers(1, 3))]
    places = [_place(name, 0, [{"id": "G0", "free": [[draw(st.integers(0, 2))]]}]) for name in names]
    children = []
    for number in range(draw(st.integers(1, most))):
        wanted = draw(st.permutations(names))[: draw(st.integers(1, len(names)))]
        wishes = [
            {
                "location": name,
                "standing": _standing(draw),
                "stays": [{"group": "G0", "from": 0, "to": 1, "pattern": 1}],
            }
            for name in wanted
        ]
        children.append(child(f"c{number}", *wishes))
    return instance(places, children, periods=1, slots=1)


@st.composite
def anything(draw, most=4):
    """Two periods, two groups, two slots or a Saturday; two wishes may be at one location."""
    periods, slots = draw(st.integers(1, 2)), draw(st.sampled_from([1, 2, 12]))
    places = []
    for name in PLACES[: draw(st.integers(1, 2))]:
        groups = [
            {"id": f"G{number}", "free": _free(draw, draw(st.sampled_from([1, periods])), slots)}
            for number in range(draw(st.integers(1, 2)))
        ]
        places.append(_place(name, draw(st.sampled_from([0, 0, 1, 2])), groups))
    children = [
        _child(draw, f"c{number}", places, periods, slots) for number in range(draw(st.integers(1, most)))
    ]
    return instance(places, children, _together(draw, children), periods=periods, slots=slots)


def _place(name, owed, groups):
    return {"id": name, "owed": owed, "criteria": ["work", "date"], "groups": groups}


def _free(draw, rows, slots):
    few = st.sampled_from([-1, 0, 1, 1, 1, 2])
    return [[draw(few) for _ in range(slots)] for _ in range(rows)]


def _standing(draw):
    return [draw(st.integers(0, 1)), draw(st.integers(0, 2))]


def _child(draw, name, places, periods, slots):
    standings = {place["id"]: _standing(draw) for place in places}
    wishes = []
    for _ in range(draw(st.sampled_from([0, 1, 1, 2, 2, 3, 3]))):
        place = draw(st.sampled_from(places))
        wishes.append(
            {
                "location": place["id"],
                "standing": standings[place["id"]],
                "stays": _stays(draw, place, periods, slots),
            }
        )
    row = child(name, *wishes, vulnerable=draw(st.booleans()))
    if draw(st.integers(0, 4)) == 0:
        place = draw(st.sampled_from(places))
        row["current"] = {"location": place["id"], "stays": _stays(draw, place, periods, slots)}
    return row


def _stays(draw, place, periods, slots):
    """One stay, or one in each period, each in a group of its own."""
    groups = [group["id"] for group in place["groups"]]
    start = draw(st.integers(0, periods - 1))
    cut = draw(st.booleans()) and start + 1 < periods
    spans = [(start, start + 1), (start + 1, periods)] if cut else [(start, periods)]
    return [
        {
            "group": draw(st.sampled_from(groups)),
            "from": begun,
            "to": end,
            "pattern": draw(_pattern(slots)),
        }
        for begun, end in spans
    ]


def _pattern(slots):
    """On two slots all there are; of a week with its Saturday some that overlap."""
    if slots <= 2:
        return st.integers(1, 2**slots - 1)
    return st.sampled_from([0b1, 0b11, 0b110, 1 << 11, 0b11 << 10, (1 << 10) | 1, 2**12 - 1])


def _together(draw, children):
    names = [row["id"] for row in children]
    if len(names) < 2 or draw(st.booleans()):
        return []
    mixed = draw(st.permutations(names))
    size = draw(st.integers(2, min(3, len(names))))
    mode = draw(st.sampled_from(["same_location", "both_or_none"]))
    return [{"children": list(mixed[:size]), "mode": mode}]
