from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.small_numbers import HiddenTable, hide, hide_category, hide_columns, hide_table


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


@pytest.mark.parametrize("cells", [1, 2, 3, 4, 5])
def test_a_column_hides_its_counts_from_who_knows_its_sum_from_another_page(cells: int) -> None:
    """Every column up to a size, grouped by what is published and by its sum, which another page tells if it may."""
    behind = defaultdict(list)
    for counts in product(range(7), repeat=cells):
        grid = hide_columns({(name, "x"): count for name, count in names(counts).items()}, 3)
        behind[(*grid.cells.values(), *grid.columns.values(), hide(sum(counts), 3))].append(counts)
    for published, tables in behind.items():
        for place in range(cells):
            possible = {counts[place] for counts in tables}
            assert len(possible) > 1 or not possible & {1, 2}, (published, tables)


@given(st.lists(st.integers(0, 12), min_size=9, max_size=9))
def test_every_other_sum_of_a_grid_is_of_told_cells(counts: list[int]) -> None:
    pairs = {(row, column): counts.pop() for row in "abc" for column in "xyz"}
    grid = hide_columns(pairs)
    for row, told in grid.rows.items():
        cells = [grid.cells[row, column] for column in "xyz"]
        assert told == (None if None in cells else sum(pairs[row, column] for column in "xyz"))
    for column, told in grid.columns.items():
        assert told in (None, sum(pairs[row, column] for row in "abc"))
    assert grid.total == (None if None in grid.columns.values() else sum(pairs.values()))


def test_a_town_tells_of_the_grid_what_stands_around_it() -> None:
    pairs = {("a", "a"): 20, ("a", "b"): 3, ("b", "a"): 6, ("b", "b"): 9, ("c", "a"): 0, ("c", "b"): 7}
    grid = hide_columns(pairs)
    # 3 would be 19 - 9 - 7, so 7 hides too.
    assert (grid.cells["a", "b"], grid.cells["c", "b"]) == (None, None)
    assert (grid.columns, grid.total) == ({"a": 26, "b": 19}, 45)
    around = grid.around({"a"})
    assert around.cells == {("a", "a"): 20, ("a", "b"): None, ("b", "a"): 6}
    assert (around.rows, around.columns, around.total) == ({"a": None, "b": 6}, {"a": 26, "b": None}, None)
