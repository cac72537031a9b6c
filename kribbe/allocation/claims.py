"""Who gives way to whom. Compiled.

Others give way on one of two grounds: they stand worse, or the location still owes vulnerable children a place.
"""

from kribbe.allocation.cells import (
    CHOOSER,
    IS_VULNERABLE,
    NONE,
    STANDS,
    STAYS_FROM,
    STAYS_TO,
    WISH,
    State,
    enter,
    fits,
    has_room,
    is_in_the_way,
    is_overfull,
    leave,
)
from kribbe.allocation.compiled import inner
from kribbe.allocation.tables import (
    CHILD,
    FIRST_ROW,
    FIRST_STAY,
    IS_KEPT,
    LIST_AT,
    LOCATION,
    OWED,
    PAST_ROW,
    PAST_STAY,
    PATTERN,
    RANK,
    VULNERABLE,
    Problem,
)

STATED, IS_OWED = 0, 1
GROUNDS = 2
LAST = 2**31 - 1
"""A rank past all."""


@inner
def _share(p: Problem, one: int, other: int) -> bool:
    """Whether two wishes have a cell in common."""
    for a in range(p.wishes[one, FIRST_STAY], p.wishes[one, PAST_STAY]):
        for b in range(p.wishes[other, FIRST_STAY], p.wishes[other, PAST_STAY]):
            first = max(p.stays[a, FIRST_ROW], p.stays[b, FIRST_ROW])
            past = min(p.stays[a, PAST_ROW], p.stays[b, PAST_ROW])
            if first < past and p.stays[a, PATTERN] & p.stays[b, PATTERN]:
                return True
    return False


@inner
def _vulnerable_before(p: Problem, s: State, location: int, agent: int, rank: int) -> int:
    """How many vulnerable children placed there, the agent's own left out, stand better than this rank."""
    number = 0
    first = p.locations[location, LIST_AT]
    for at in range(first, first + s.size[location]):
        if s.listed[at, IS_VULNERABLE] and s.listed[at, CHOOSER] != agent and s.listed[at, STANDS] < rank:
            number += 1
    return number


@inner
def _is_shielded(p: Problem, s: State, agent: int, wish: int, place: int) -> bool:
    """Whether the location owes its place to the one who is listed there, and the wish is of no vulnerable child."""
    owed = p.locations[p.wishes[wish, LOCATION], OWED]
    if owed == 0 or p.children[p.wishes[wish, CHILD], VULNERABLE]:
        return False
    if not s.listed[place, IS_VULNERABLE]:
        return False
    before = _vulnerable_before(p, s, p.wishes[wish, LOCATION], agent, s.listed[place, STANDS])
    return bool(before < owed)


@inner
def _gives_way(p: Problem, s: State, agent: int, wish: int, place: int, ground: int) -> bool:
    """Whether the child that is listed at a place of the wish's location may have to give way to that of the wish."""
    if s.listed[place, CHOOSER] == agent:
        return False
    if p.wishes[wish, IS_KEPT]:
        return True
    if ground == IS_OWED:
        return not s.listed[place, IS_VULNERABLE]
    return s.listed[place, STANDS] > p.wishes[wish, RANK] and not _is_shielded(p, s, agent, wish, place)


@inner
def _may_claim(p: Problem, s: State, agent: int, wish: int, ground: int) -> bool:
    """Whether a wish can make others give way on this ground."""
    if ground == STATED:
        return True
    location = p.wishes[wish, LOCATION]
    owed = p.locations[location, OWED]
    if owed == 0 or p.wishes[wish, IS_KEPT] or not p.children[p.wishes[wish, CHILD], VULNERABLE]:
        return False
    return bool(_vulnerable_before(p, s, location, agent, LAST) < owed)


@inner
def _who_gives_way(p: Problem, s: State, agent: int, wish: int, ground: int, known: int, shares: bool) -> int:
    """Write those who may give way to `found`, after the first `known`; return how many are there then.

    With `shares` only those who share a cell with the wish.
    """
    number = known
    if not _may_claim(p, s, agent, wish, ground):
        return number
    first = p.locations[p.wishes[wish, LOCATION], LIST_AT]
    for place in range(first, first + s.size[p.wishes[wish, LOCATION]]):
        if not _gives_way(p, s, agent, wish, place, ground):
            continue
        other = s.listed[place, WISH]
        if shares and not _share(p, wish, other):
            continue
        is_new = True
        for at in range(known):
            is_new &= s.found[at] != other
        if is_new:
            s.found[number] = other
            s.found_stays[number, 0] = s.listed[place, STAYS_FROM]
            s.found_stays[number, 1] = s.listed[place, STAYS_TO]
            number += 1
    return number


@inner
def _counts_enough(p: Problem, s: State, row: int, full: int, number: int) -> bool:
    """Whether so many of those found are in these full cells of a row that one more could be."""
    for slot in range(len(s.counts)):
        s.counts[slot] = 0
    for at in range(number):
        for stay in range(s.found_stays[at, 0], s.found_stays[at, 1]):
            if p.stays[stay, FIRST_ROW] <= row < p.stays[stay, PAST_ROW]:
                shared = p.stays[stay, PATTERN] & full
                for slot in range(s.room.shape[1]):
                    s.counts[slot] += shared >> slot & 1
    lacking = False
    for slot in range(s.room.shape[1]):
        lacking |= bool(full >> slot & 1) and s.room[row, slot] + s.counts[slot] < 1
    return not lacking


@inner
def _is_enough(p: Problem, s: State, wish: int, number: int) -> bool:
    """Whether a wish of an agent who is nowhere has room once all who were found give way."""
    for stay in range(p.wishes[wish, FIRST_STAY], p.wishes[wish, PAST_STAY]):
        for row in range(p.stays[stay, FIRST_ROW], p.stays[stay, PAST_ROW]):
            full = s.full[row] & p.stays[stay, PATTERN]
            if full and (number == 0 or not _counts_enough(p, s, row, full, number)):
                return False
    return True


@inner
def _cover(p: Problem, s: State, number: int, by: int) -> None:
    for at in range(number):
        wish = s.found[at]
        for stay in range(p.wishes[wish, FIRST_STAY], p.wishes[wish, PAST_STAY]):
            for row in range(p.stays[stay, FIRST_ROW], p.stays[stay, PAST_ROW]):
                for slot in range(s.room.shape[1]):
                    s.covered[row, slot] += (p.stays[stay, PATTERN] >> slot & 1) * by


@inner
def _is_covered(p: Problem, s: State, wish: int) -> bool:
    """Whether every overfull cell of a wish has enough who may give way."""
    for stay in range(p.wishes[wish, FIRST_STAY], p.wishes[wish, PAST_STAY]):
        for row in range(p.stays[stay, FIRST_ROW], p.stays[stay, PAST_ROW]):
            for slot in range(s.room.shape[1]):
                is_asked = p.stays[stay, PATTERN] >> slot & 1
                if is_asked and s.room[row, slot] + s.covered[row, slot] < 0:
                    return False
    return True


@inner
def _is_enough_for_all(p: Problem, s: State, agent: int, option: int, number: int) -> bool:
    """Like `_is_enough` for several children at once."""
    first, past = p.wishes_at[option], p.wishes_at[option + 1]
    for at in range(first, past):
        wish = p.option_wishes[at]
        if not p.wishes[wish, IS_KEPT] and not _is_enough(p, s, wish, number):
            return False
    enter(p, s, agent, option)
    _cover(p, s, number, 1)
    enough = True
    for at in range(first, past):
        wish = p.option_wishes[at]
        enough &= bool(p.wishes[wish, IS_KEPT]) or _is_covered(p, s, wish)
    _cover(p, s, number, -1)
    leave(p, s, agent)
    return enough


@inner
def _claim(p: Problem, s: State, agent: int, option: int, ground: int) -> int:
    """How many may give way on this ground (written to `found`); NONE if that isn't enough."""
    first, past = p.wishes_at[option], p.wishes_at[option + 1]
    are_several = past - first > 1
    number = 0
    for at in range(first, past):
        if not p.wishes[p.option_wishes[at], IS_KEPT]:
            number = _who_gives_way(p, s, agent, p.option_wishes[at], ground, number, are_several)
    if are_several:
        return number if _is_enough_for_all(p, s, agent, option, number) else NONE
    return number if _is_enough(p, s, p.option_wishes[first], number) else NONE


@inner
def _has_rights(p: Problem, s: State, agent: int, option: int) -> bool:
    """Whether what is new in an option has room: what is kept need not, for it is a right."""
    first, past = p.wishes_at[option], p.wishes_at[option + 1]
    any_kept = False
    for at in range(first, past):
        wish = p.option_wishes[at]
        any_kept |= bool(p.wishes[wish, IS_KEPT])
        if not p.wishes[wish, IS_KEPT] and not has_room(p, s, wish):
            return False
    if past - first == 1 or not any_kept:
        return any_kept
    enter(p, s, agent, option)
    fit = True
    for at in range(first, past):
        wish = p.option_wishes[at]
        fit &= bool(p.wishes[wish, IS_KEPT]) or not is_overfull(p, s, wish)
    leave(p, s, agent)
    return fit


@inner
def blocks(p: Problem, s: State, agent: int, option: int) -> int:
    """How many may give way for an option that doesn't fit (written to `found`), or NONE if that isn't enough.

    0 if only a kept place is taken. Nothing that the agent holds may be in the way.
    """
    if _has_rights(p, s, agent, option):
        return 0
    for ground in range(GROUNDS):
        number = _claim(p, s, agent, option, ground)
        if number != NONE:
            return number
    return NONE


@inner
def with_kept(p: Problem, s: State, agent: int, option: int, number: int) -> int:
    """Add those who are in a place that the option keeps to the first `number` found; return how many then."""
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        if p.wishes[p.option_wishes[at], IS_KEPT]:
            number = _who_gives_way(p, s, agent, p.option_wishes[at], STATED, number, False)
    return number


@inner
def better_that_block(p: Problem, s: State, agent: int, option: int) -> int:
    """Like `blocks` for an agent where it is: NONE, or how many may give way (0: it fits as it is)."""
    before = leave(p, s, agent)
    number = 0 if fits(p, s, option) else blocks(p, s, agent, option)
    if before != NONE:
        enter(p, s, agent, before)
    return number


@inner
def first_that_blocks(p: Problem, s: State, agent: int) -> int:
    """The best option that an agent likes better than what it has and could justly have, or NONE."""
    past = p.options_at[agent + 1] if s.held[agent] == NONE else s.held[agent]
    if past == p.options_at[agent]:
        return NONE
    before = s.held[agent]
    found = NONE
    for option in range(p.options_at[agent], past):
        if is_in_the_way(p, s, agent, option):
            leave(p, s, agent)
        if fits(p, s, option) or blocks(p, s, agent, option) != NONE:
            found = option
            break
    if s.held[agent] != before:
        enter(p, s, agent, before)
    return found
