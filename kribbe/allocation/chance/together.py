"""A round as its desk holds it, inside a future: the round's own solver, for everybody who would take part. Compiled.

Children ask in their own order, locations hold by their order for that kind of price, brothers and sisters choose as
one, a child goes on in the next group when it is too old for the first, and the places that a location owes
vulnerable children go to them first.
"""

import numpy as np

from kribbe.allocation.cells import NONE, State
from kribbe.allocation.chance.game import INCOME, Game, answer, fill
from kribbe.allocation.chance.luck import Luck, compiled
from kribbe.allocation.chance.people import (
    BIRTH,
    BY_LAW,
    FIRST,
    LATEST,
    LOCATION,
    NOBODY,
    OTHER,
    PAST,
    PATTERN,
    PRICE,
    REGISTERED,
    SIBLING,
    START,
    UNTIL,
    VULNERABLE,
)
from kribbe.allocation.chance.scene import DATE_BITS, GRADE_BITS, NEVER, Ints, Joint, Places, Table
from kribbe.allocation.paths import solve
from kribbe.allocation.tables import Problem

ALONE = -1
"""The number of the round of a location that keeps its own hand."""

ROUNDS = 20
MOST_LEGS = 4

WISH, PLACE, KEY, CHILD, FIRST_LEG, PAST_LEG, ASKED = range(7)
"""Columns of what is asked in a round: whose wish, on which list, the place in its order, the child, its stays."""

GROUP, BEGINS, ENDS = range(3)
"""Columns of stays."""


@compiled
def _legs(p: Places, of: int, group: int, stay: tuple[int, int, int], legs: Ints, number: int) -> int:
    """Write the stays of a child (born, first month, last) that begins in a group after the first `number`.

    Returns how many there are then. Too old for its group it goes on in the one in which it can stay longest.
    """
    born, start, until = stay
    most = number + MOST_LEGS
    while True:
        age = p.to_months[group]
        following = NONE
        for other in range(p.groups_at[of], p.groups_at[of + 1]):
            is_later = following == NONE or p.to_months[other] > p.to_months[following]
            if p.from_months[other] <= age < p.to_months[other] and is_later:
                following = other
        outgrown = born + age
        if following == NONE or outgrown >= until or number + 1 == most:
            legs[number, GROUP], legs[number, BEGINS], legs[number, ENDS] = group, start, until
            return number + 1
        if outgrown > start:
            legs[number, GROUP], legs[number, BEGINS], legs[number, ENDS] = group, start, outgrown
            number, start = number + 1, outgrown
        group = following


@compiled
def _most_asked(g: Game, p: Places, number: int) -> int:
    """No round asks more than this: every wish, on both lists, with both patterns, from every group."""
    most = 0
    for wish in range(g.wishes.shape[1]):
        location = g.wishes[LOCATION, wish]
        if p.joint[location] == number:
            most += 2 * (p.groups_at[2 * location + 2] - p.groups_at[2 * location])
    return most


@compiled
def _takes_part(g: Game, person: int, now: int, first: int, until: int) -> int:
    """The month in which a child would begin; NEVER where it doesn't take part."""
    rows = g.rows
    start = max(rows[START, person], first)
    waits = not g.placed[person] and rows[REGISTERED, person] <= now < g.gone[person]
    if waits and start < until and start <= max(rows[START, person], rows[LATEST, person]):
        return int(start)
    return NEVER


@compiled
def _ask(
    g: Game, p: Places, wish: int, start: int, asks: Ints, legs: Ints, made: tuple[int, int]
) -> tuple[int, int]:
    """Write how a child could be at the location of a wish; returns how many asks and stays there are then."""
    number, stays = made
    person, location = g.wishes[0, wish], g.wishes[LOCATION, wish]
    born, until = g.rows[BIRTH, person], min(g.rows[UNTIL, person], g.full.shape[1])
    for kind in range(2):
        of = 2 * location + kind
        if not g.rows[PRICE, person] >> kind & 1 or start >= until:
            continue
        for pattern in (g.rows[PATTERN, person], g.rows[OTHER, person]):
            for group in range(p.groups_at[of], p.groups_at[of + 1]):
                if pattern and p.from_months[group] <= start - born < p.to_months[group]:
                    asks[number, WISH], asks[number, PLACE], asks[number, ASKED] = wish, of, pattern
                    asks[number, KEY] = g.wishes[BY_LAW + kind, wish]
                    asks[number, FIRST_LEG] = stays
                    stays = _legs(p, of, group, (born, start, until), legs, stays)
                    asks[number, PAST_LEG] = stays
                    number += 1
    return number, stays


@compiled
def _asked(g: Game, p: Places, number: int, now: int, first: int, until: int) -> tuple[Ints, Ints, Ints]:
    """What everybody asks, the best wish of a child first; the stays; and the children who take part."""
    most = _most_asked(g, p, number)
    asks, legs = np.empty((most, 7), np.int64), np.empty((most * MOST_LEGS, 3), np.int64)
    children, count = np.empty(g.rows.shape[1], np.int64), 0
    made = (0, 0)
    for person in range(g.rows.shape[1]):
        start = _takes_part(g, person, now, first, until)
        if start == NEVER:
            continue
        before = made[0]
        for wish in range(g.rows[FIRST, person], g.rows[PAST, person]):
            if p.joint[g.wishes[LOCATION, wish]] == number and g.offered[wish] == NEVER:
                made = _ask(g, p, wish, start, asks, legs, made)
        asks[before : made[0], CHILD] = count
        if made[0] > before:
            children[count] = person
            count += 1
    return asks[: made[0]], legs[: made[1]], children[:count]


@compiled
def _ranks(asks: Ints) -> Ints:
    """By ask: a number that orders those of one list; the same for those of one child."""
    keys = (asks[:, PLACE] << (DATE_BITS + GRADE_BITS)) | asks[:, KEY]
    order = np.argsort(keys, kind="mergesort")
    ranks = np.zeros(len(keys), np.int64)
    for at in range(1, len(order)):
        ranks[order[at]] = ranks[order[at - 1]] + (keys[order[at]] != keys[order[at - 1]])
    return ranks


@compiled
def _pairs(g: Game, asks: Ints, children: Ints, begins: Ints) -> Ints:
    """By child: the brother or sister with whom it chooses as one, since they wait for one location; or NONE."""
    number_of = np.full(g.rows.shape[1], NONE, np.int64)
    number_of[children] = np.arange(len(children))
    pairs = np.full(len(children), NONE, np.int64)
    for child in range(len(children)):
        sibling = g.rows[SIBLING, children[child]]
        if sibling == NOBODY or number_of[sibling] == NONE:
            continue
        other = number_of[sibling]
        for one in range(begins[child], begins[child + 1]):
            for two in range(begins[other], begins[other + 1]):
                if asks[one, PLACE] == asks[two, PLACE]:
                    pairs[child] = other
    return pairs


@compiled
def _joint_options(asks: Ints, begins: Ints, one: int, two: int) -> Ints:
    """The asks of each option of a pair, NONE for one of them without a place, the best option first.

    Both at one location goes first; then by the sum of ranks, then by the first child's.
    """
    mine, theirs = begins[one + 1] - begins[one], begins[two + 1] - begins[two]
    options = np.empty(((mine + 1) * (theirs + 1) - 1, 2), np.int64)
    worth = np.empty(len(options), np.int64)
    for at in range(len(options)):
        a, b = at // (theirs + 1), at % (theirs + 1)
        options[at, 0] = begins[one] + a if a < mine else NONE
        options[at, 1] = begins[two] + b if b < theirs else NONE
        worth[at] = (1 << 40) | ((a + b) << 20) | a
        if a < mine and b < theirs and asks[begins[one] + a, PLACE] == asks[begins[two] + b, PLACE]:
            worth[at] -= 1 << 40
    return options[np.argsort(worth, kind="mergesort")]


@compiled
def _most_options(begins: Ints, pairs: Ints) -> int:
    """No more asks than this stand in the options of all."""
    most = begins[-1]
    for child in range(len(pairs)):
        if pairs[child] > child:
            other = pairs[child]
            mine, theirs = begins[child + 1] - begins[child], begins[other + 1] - begins[other]
            most += 2 * (mine + 1) * (theirs + 1)
    return most


@compiled
def _options(asks: Ints, begins: Ints, child: int, other: int, wishes: Ints, at: Ints, made: int) -> int:
    """Write the options of a child, or of it and its brother or sister; returns how many there are then."""
    if other == NONE:
        for ask in range(begins[child], begins[child + 1]):
            wishes[at[made]] = ask
            at[made + 1] = at[made] + 1
            made += 1
        return made
    for option in _joint_options(asks, begins, child, other):
        at[made + 1] = at[made]
        for ask in option:
            if ask != NONE:
                wishes[at[made + 1]] = ask
                at[made + 1] += 1
        made += 1
    return made


@compiled
def _agents(asks: Ints, begins: Ints, pairs: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Who chooses: the agent of each child, the asks of all options, where those of an option and an agent begin."""
    most = _most_options(begins, pairs)
    wishes, wishes_at = np.empty(most, np.int64), np.zeros(most + 1, np.int64)
    options_at, agent_of = np.zeros(len(pairs) + 1, np.int64), np.full(len(pairs), NONE, np.int64)
    agents, options = 0, 0
    for child in range(len(pairs)):
        if agent_of[child] != NONE:
            continue
        agent_of[child] = agents
        if pairs[child] != NONE:
            agent_of[pairs[child]] = agents
        options = _options(asks, begins, child, pairs[child], wishes, wishes_at, options)
        agents += 1
        options_at[agents] = options
    return agent_of, wishes[: wishes_at[options]], wishes_at[: options + 1], options_at[: agents + 1]


@compiled
def _room(g: Game, p: Places, asks: Ints, legs: Ints) -> tuple[Table, Ints, Table]:
    """The half-days of the groups of a round, row by row; where those of a group begin; and the stays as rows."""
    months = g.room.shape[1]
    row_of, rows = np.full(g.room.shape[0], NONE, np.int64), 0
    for leg in range(len(legs)):
        if row_of[legs[leg, GROUP]] == NONE:
            row_of[legs[leg, GROUP]] = rows
            rows += months
    room = np.zeros((rows, g.room.shape[2]), np.int32)
    for group in range(len(row_of)):
        if row_of[group] != NONE:
            room[row_of[group] : row_of[group] + months] = g.room[group]
    stays = np.empty((len(legs), 3), np.int32)
    for ask in range(len(asks)):
        for leg in range(asks[ask, FIRST_LEG], asks[ask, PAST_LEG]):
            first = row_of[legs[leg, GROUP]]
            stays[leg, 0], stays[leg, 1] = first + legs[leg, BEGINS], first + legs[leg, ENDS]
            stays[leg, 2] = asks[ask, ASKED]
    return room, row_of, stays


@compiled
def _problem(g: Game, p: Places, asks: Ints, legs: Ints, children: Ints) -> Problem:
    """The round in the solver's tables."""
    room, _, stays = _room(g, p, asks, legs)
    begins = np.searchsorted(asks[:, CHILD], np.arange(len(children) + 1))
    agent_of, option_wishes, wishes_at, options_at = _agents(asks, begins, _pairs(g, asks, children, begins))
    ranks = _ranks(asks)
    lists = np.unique(asks[:, PLACE])
    wishes = np.zeros((len(asks), 6), np.int32)
    locations = np.zeros((len(lists) + 1, 2), np.int64)
    for ask in range(len(asks)):
        wishes[ask, 0] = np.searchsorted(lists, asks[ask, PLACE])
        wishes[ask, 1], wishes[ask, 2] = asks[ask, CHILD], ranks[ask]
        wishes[ask, 4], wishes[ask, 5] = asks[ask, FIRST_LEG], asks[ask, PAST_LEG]
        locations[wishes[ask, 0] + 1, 0] += 1
    for place in range(len(lists)):
        locations[place + 1, 0] += locations[place, 0]
        if lists[place] % 2 == INCOME:
            locations[place, 1] = g.owed[lists[place] // 2]
    of_children = np.zeros((len(children), 2), np.int64)
    for child in range(len(children)):
        of_children[child, 0], of_children[child, 1] = agent_of[child], g.rows[VULNERABLE, children[child]]
    return Problem(room, stays, wishes, option_wishes, wishes_at, options_at, of_children, locations)


@compiled
def _nobody_placed(p: Problem) -> State:
    agents, wishes, places = len(p.options_at) - 1, len(p.wishes), len(p.locations) - 1
    full = np.zeros(len(p.room), np.int32)
    for row in range(len(p.room)):
        for slot in range(p.room.shape[1]):
            full[row] |= (p.room[row, slot] < 1) << slot
    return State(
        p.room.copy(),
        full,
        np.full(agents, NONE, np.int64),
        np.zeros((max(1, wishes), 6), np.int32),
        np.zeros(places, np.int64),
        np.full(wishes, NONE, np.int64),
        np.zeros(places, np.int64),
        np.ones(1, np.int64),
        np.zeros_like(p.room),
        np.zeros(max(1, wishes), np.int64),
        np.zeros((max(1, wishes), 2), np.int32),
        np.zeros((2, agents + 1), np.int64),
        np.zeros(agents, np.int64),
        np.zeros(p.room.shape[1], np.int64),
        np.zeros(agents + 1, np.int64),
        np.zeros(agents, np.bool_),
        np.zeros(agents, np.int64),
    )


@compiled
def hold(g: Game, p: Places, joint: Joint, number: int, now: int, luck: Luck) -> None:
    """Give the places of a round in this month, if it has one, and hear the answers."""
    first = joint.opens[number, now]
    if first == NEVER:
        return
    asks, legs, children = _asked(g, p, number, now, first, first + joint.window[number])
    if len(asks) == 0:
        return
    problem = _problem(g, p, asks, legs, children)
    state = _nobody_placed(problem)
    solve(problem, state, np.arange(len(problem.options_at) - 1), np.array([100, 200, 0]), ROUNDS)
    for option in state.held:
        if option == NONE:
            continue
        for at in range(problem.wishes_at[option], problem.wishes_at[option + 1]):
            ask = problem.option_wishes[at]
            became = answer(g, asks[ask, WISH], legs[asks[ask, FIRST_LEG], BEGINS], luck)
            for leg in range(asks[ask, FIRST_LEG], asks[ask, PAST_LEG]):
                fill(g, legs[leg, GROUP], legs[leg, BEGINS], legs[leg, ENDS], asks[ask, ASKED], became)
