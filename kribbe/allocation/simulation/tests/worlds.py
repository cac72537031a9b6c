"""Worlds made by hand."""

import numpy as np

from kribbe.allocation.simulation.population import SLOTS, Families, Places, Size, World

SMALL = Size(children=60, locations=5, months=6)


def world(capacities, children, *, income_tariff=True):
    """Locations of one group each, that look at their lists on day 0 of the week.

    A child is a dict with `wishes`; what else it doesn't say is 0 or as usual: a year's stay of whole weeks.
    """
    size = Size(len(children), len(capacities), 6)
    room = np.broadcast_to(
        np.array(capacities)[:, None, None], (len(capacities), size.horizon, SLOTS)
    ).astype(np.int32)
    numbers = np.arange(len(capacities), dtype=np.int32)
    years = np.zeros((len(capacities), size.horizon // 12 + 1), np.int32)
    places = Places(
        first=numbers,
        last=numbers,
        capacity=np.array(capacities, np.int32),
        income_tariff=np.full(len(capacities), income_tariff),
        looks_on=np.zeros(len(capacities), np.int32),
        room=room,
        cared=years,
        cared_vulnerable=years.copy(),
    )
    return World(size, 1, places, _families(children))


def _families(children):
    count = len(children)

    def column(name, usual):
        return np.array([child.get(name, usual) for child in children], np.int32)

    wishes = np.full((count, 12), -1, np.int32)
    for row, child in zip(wishes, children, strict=True):
        row[: len(child["wishes"])] = child["wishes"]
    vulnerable = np.array([child.get("vulnerable", False) for child in children])
    wanted = column("wanted", 12)
    return Families(
        registered=column("registered", 0),
        wanted=wanted,
        moves_up=wanted + 99,
        end=wanted + 12,
        pattern=column("pattern", 0b1111111111),
        vulnerable=vulnerable,
        law=np.where(vulnerable, 0, 2).astype(np.int32),
        wishes=wishes,
        own=np.ones((count, 12), np.int32),
        lot=np.arange(count, dtype=np.int32),
        sibling=np.full(count, -1, np.int32),
        answers_in=column("answers_in", 3),
        stops=column("stops", 10_000),
        stays_for=np.array([child.get("stays_for", 1.0) for child in children]),
    )
