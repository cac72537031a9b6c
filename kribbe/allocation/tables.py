"""The tables that the compiled solver works on."""

from typing import NamedTuple

from kribbe.allocation.columns import Ints, Longs

LOCATION, CHILD, RANK, IS_KEPT, FIRST_STAY, PAST_STAY = range(6)
"""Columns of `Problem.wishes`."""

FIRST_ROW, PAST_ROW, PATTERN = range(3)
"""Columns of `Problem.stays`."""

AGENT, VULNERABLE = range(2)
"""Columns of `Problem.children`."""

LIST_AT, OWED = range(2)
"""Columns of `Problem.locations`."""


class Problem(NamedTuple):
    """The numbers of an instance; those that name things of one type, so that each function is compiled once.

    Things of a row stand from `x_at[i]` up to and without `x_at[i + 1]`.
    """

    room: Ints
    """By row (a group in a period) and slot: free places, and those of children who have one already."""
    stays: Ints
    """The rows that a stay covers, and its pattern."""
    wishes: Ints
    """Where; whose; the child's number in the location's order, lower goes first; kept or not; its stays."""
    option_wishes: Longs
    wishes_at: Longs
    """By option: its wishes in `option_wishes`."""
    options_at: Longs
    """By agent: its options."""
    children: Longs
    locations: Longs
    """Where its list of placed children begins (as long as the children who wish it), and how many it owes."""
