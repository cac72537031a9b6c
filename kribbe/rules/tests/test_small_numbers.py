from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.small_numbers import HiddenTable, hide, hide_category, hide_grid, hide_table


def names(counts: tuple[int, ...]) -> dict[str, int]:
    return {str(place): count for place, count in enumerate(counts)}


def test_small_counts_are_hidden_and_zero_is_told() -> None:
    assert [hide(n) for n in range(7)] == [0, None, None, None, None, 5, 6]
    assert hide(9, threshold=10) is None
    for wrong in ((-1, 5), (1, 2)):
        with pytest.raises(ValueError, match=r"negative|threshold"):
            hide(*wrong)


@pytest.mark.parametrize("cells", [1, 2, 3, 4])
@pytest.mark.parametrize("threshold", [3, 4, 5])
def test_no_hidden_count_can_be_worked_out(cells: int, threshold: int) -> None:
    """Every table up to a size, grouped by what is published: a hidden count has several values in a group.

    So a reader who knows the method can't tell either.
    """
    behind = defaultdict(list)
    for counts in product(range(3 * threshold), repeat=cells):
        table = hide_table(names(counts), threshold)
        behind[(*table.cells.values(), table.total)].append(counts)
    for published, tables in behind.items():
        for place in range(cells):
            possible = {counts[place] for counts in tables}
            assert (len(possible) > 1) == (published[place] is None), (published, tables)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.integers(3, 12))
def test_what_is_told_is_true_and_never_small(counts: list[int], threshold: int) -> None:
    table = hide_table(names(tuple(counts)), threshold)
    for told, count in zip(table.cells.values(), counts, strict=True):
        assert told in (None, count)
        assert told is None or told == 0 or told >= threshold
    assert table.total in (None, sum(counts))
    assert sum(told is None for told in table.cells.values()) != 1 or table.total is None


@given(st.lists(st.integers(5, 40), max_size=8))
def test_nothing_is_hidden_without_need(counts: list[int]) -> None:
    assert hide_table(names(tuple(counts))) == HiddenTable(names(tuple(counts)), sum(counts))


def test_tables_by_hand() -> None:
    # 3 would be 30 - 20 - 7, so 7 hides too; 3 + 7 could be 7 + 3.
    assert hide_table({"a": 20, "b": 3, "c": 7}) == HiddenTable({"a": 20, "b": None, "c": None}, 30)
    assert hide_table({"a": 20, "b": 3, "c": 2}).cells == {"a": 20, "b": None, "c": None}
    assert hide_table({"a": 0, "b": 4}) == HiddenTable({"a": 0, "b": None}, None)


def test_no_hidden_count_of_a_category_can_be_worked_out_from_everybody() -> None:
    """Every small pair of a category and the rest, grouped by what is told: the row of everybody and the category's.

    A hidden count has several values in a group, inside the category and in the rest. Only totals are looked at
    that no larger count could make.
    """
    behind = defaultdict(list)
    for counts in product(range(8), repeat=4):
        inside, outside = names(counts[:2]), names(counts[2:])
        everybody = hide_table({name: inside[name] + outside[name] for name in inside}, 3)
        told = hide_category(inside, outside, 3)
        behind[(*told.cells.values(), told.total, *everybody.cells.values(), everybody.total)].append(counts)
    for published, worlds in behind.items():
        for place in range(4) if (published[-1] or 0) < 8 else ():
            possible = {counts[place] for counts in worlds}
            assert len(possible) > 1 or not possible & {1, 2}, (published, worlds)


@given(st.lists(st.integers(0, 12), min_size=9, max_size=9))
def test_every_number_of_a_grid_is_a_sum_of_told_cells(counts: list[int]) -> None:
    pairs = {(row, column): counts.pop() for row in "abc" for column in "xyz"}
    grid = hide_grid(pairs)
    for side, sums in ((0, grid.rows), (1, grid.columns)):
        for name, told in sums.items():
            cells = [grid.cells[pair] for pair in pairs if pair[side] == name]
            assert (told is None) == (None in cells)
            assert told is None or told == sum(pairs[pair] for pair in pairs if pair[side] == name)
    assert grid.total in (None, sum(pairs.values()))
