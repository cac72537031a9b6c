"""The worked example of the definitions, and small builders of instances."""

from typing import Any

FULL_WEEK = [[1] * 10]


def stay(group: str = "G1", start: int = 0, end: int = 3, pattern: int = 15) -> dict[str, Any]:
    return {"group": group, "from": start, "to": end, "pattern": pattern}


def wish(location: str, standing: list[int], **of_stay: Any) -> dict[str, Any]:
    return {"location": location, "standing": standing, "stays": [stay(**of_stay)]}


def child(
    name: str, *wishes: dict[str, Any], vulnerable: bool = False, current: Any = None
) -> dict[str, Any]:
    return {
        "id": name,
        "household": f"h{name}",
        "vulnerable": vulnerable,
        "current": current,
        "wishes": list(wishes),
    }


def location(name: str, *, owed: int = 0, free: list[list[int]] | None = None) -> dict[str, Any]:
    groups = [{"id": "G1", "free": free or FULL_WEEK}]
    return {"id": name, "owed": owed, "criteria": ["work", "date"], "groups": groups}


def instance(
    locations: list[dict[str, Any]],
    children: list[dict[str, Any]],
    together: list[dict[str, Any]] | None = None,
    *,
    periods: int = 3,
    slots: int = 10,
) -> dict[str, Any]:
    return {
        "format": "kribbe.allocation.instance/1",
        "periods": periods,
        "slots": slots,
        "seed": 7,
        "locations": locations,
        "children": children,
        "together": together or [],
    }


WORKED = instance(
    [location("L1"), location("L2")],
    [
        child("c1", wish("L1", [0, 20260114], pattern=1023)),
        child("c2", wish("L1", [1, 20260110])),
        child("c3", wish("L1", [1, 20260301]), wish("L2", [1, 20260301])),
    ],
)

WORKED_RESULT = {
    "format": "kribbe.allocation.result/1",
    "placed": [
        {"child": "c1", "wish": 0, "location": "L1", "on": "open"},
        {"child": "c3", "wish": 1, "location": "L2", "on": "open"},
    ],
    "unplaced": ["c2"],
    "refusals": [
        {"child": "c2", "wish": 0, "group": "G1", "period": 0, "slot": 0, "ahead": 1, "grounds": {"work": 1}},
        {"child": "c3", "wish": 0, "group": "G1", "period": 0, "slot": 0, "ahead": 1, "grounds": {"work": 1}},
    ],
    "envy": [],
    "totals": {
        "children": 3,
        "placed": 2,
        "first_wish": 1,
        "half_days_filled": 42,
        "half_days_free": 60,
        "waste": 0,
        "envy": 0,
    },
    "solver": {"version": "3", "proof": "stable"},
}
