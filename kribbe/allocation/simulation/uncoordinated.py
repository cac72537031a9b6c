"""Each location by itself: it looks at its list once a week and asks the first whose half-days are free."""

from kribbe.allocation.simulation.cells import NOBODY, first_that_fits
from kribbe.allocation.simulation.run import NONE, Offer, Run

TERM = 10
"""Days for which a place is held."""


def give(run: Run, day: int) -> None:
    """The locations whose day it is look at their lists."""
    for location, weekday in enumerate(run.world.places.looks_on):
        if day % 7 == weekday:
            _look(run, location, day)


def _look(run: Run, location: int, day: int) -> None:
    children, positions = run.lists[location]
    there = run.waiting(day)[children]
    children, positions = children[there], positions[there]
    order = run.keys[children, positions].argsort()
    children, positions = children[order], positions[order]
    starts = run.starts(day)[children]
    families, places = run.world.families, run.world.places
    begin = 0
    while True:
        found = first_that_fits(
            run.room,
            int(places.first[location]),
            int(places.last[location]),
            children[begin:],
            starts[begin:],
            families.moves_up,
            families.end,
            families.pattern,
        )
        if found == NOBODY:
            return
        begin += found + 1
        child, position = int(children[begin - 1]), int(positions[begin - 1])
        _ask(run, child, position, day)
        _ask_sibling(run, child, location, day)


def _ask(run: Run, child: int, position: int, day: int) -> None:
    """A first choice is answered when the family gets to it; any other offer is held in hope of a better one."""
    if _is_held(run, child, position):
        return
    days = int(run.world.families.answers_in[child]) if position == 0 else TERM
    owed = run.owed(int(run.wishes[child, position]), day)
    made = run.offer(child, position, day, day + days)
    run.note_envy(run.location(made), day, [made], owed)


def _ask_sibling(run: Run, child: int, location: int, day: int) -> None:
    """A brother or sister who waits there too is asked along, where there is room."""
    sibling = int(run.world.families.sibling[child])
    if sibling == NONE or not run.waiting(day)[sibling] or not run.has_room(sibling, location, day):
        return
    for position in (run.wishes[sibling] == location).nonzero()[0]:
        _ask(run, sibling, int(position), day)


def _is_held(run: Run, child: int, position: int) -> bool:
    held: list[Offer] = run.held.get(child, [])
    return any(each.position == position for each in held)
