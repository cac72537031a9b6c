"""Children on a visit, moved from group to group, against a list of who is where in each minute."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.getting_used import Move, moments

GROUPS = ("a", "b", "c")
DAY = 120


@st.composite
def visits(draw):
    start = draw(st.integers(0, DAY - 1))
    end = draw(st.integers(start + 1, DAY))
    return Move(
        start, end, draw(st.sampled_from((*GROUPS, None))), draw(st.sampled_from((*GROUPS, None)))
    )  # fmt: skip


@given(
    others=st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 3)),
    moves=st.lists(visits(), max_size=5),
    span=st.tuples(st.integers(0, DAY // 2), st.integers(DAY // 2 + 1, DAY)),
)
def test_the_moments_are_those_of_every_minute(others, moves, span):
    """Each of the groups is as in some minute, and each minute is among the moments."""

    def there(minute):
        names = [name for name, number in others.items() for _ in range(number)]
        for move in moves:
            is_away = move.start <= minute < move.end
            names.append(move.to if is_away else move.home)
        return {name: number for name, number in Counter(names).items() if name is not None}

    present = Counter(others)
    present.update(move.home for move in moves if move.home is not None)
    found = [
        {name: number for name, number in each.items() if number} for each in moments(present, moves, *span)
    ]
    plain = [there(minute) for minute in range(*span)]
    assert all(each in plain for each in found)
    assert all(each in found for each in plain)


def test_a_group_that_has_nobody_loses_nobody():
    """A closed group counts no child; who visits from it is there all the same."""
    assert moments({"a": 0}, [Move(10, 20, "b", "a")], 0, 30) == [{"a": 0}, {"a": 0, "b": 1}, {"a": 0}]
