"""Who takes desks off their region finds no hidden count that the desks don't give away themselves."""

from itertools import product
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from kribbe.rules.small_numbers import HiddenTable, hide_table
from kribbe.rules.small_wholes import Part, hide_whole

COLUMNS = "ab"
rows = st.lists(st.integers(0, 7), min_size=2, max_size=2)
tables = st.lists(rows, min_size=1, max_size=3)


def parts_of(table, threshold):
    named = [dict(zip(COLUMNS, row, strict=True)) for row in table]
    return [Part(counts, hide_table(counts, threshold)) for counts in named]


def sums_of(table):
    return {name: sum(row[place] for row in table) for place, name in enumerate(COLUMNS)}


def possible(parts, whole, threshold):
    """By trying every table: the values that each hidden count, and each hidden sum, can have."""
    hidden = [(n, key) for n, part in enumerate(parts) for key in COLUMNS if part.told.cells[key] is None]
    most = {
        n: max([threshold - 1, *(part.counts[key] for m, key in hidden if m == n)])
        for n, part in enumerate(parts)
    }
    found: dict[object, set[int]] = {}
    for values in product(*(range(1, most[n] + 1) for n, _key in hidden)):
        guess = {**{(n, key): part.counts[key] for n, part in enumerate(parts) for key in COLUMNS}}
        guess.update(zip(hidden, values, strict=True))
        if fits(guess, parts, whole):
            for cell in hidden:
                found.setdefault(cell, set()).add(guess[cell])
            for key in COLUMNS:
                found.setdefault(key, set()).add(sum(guess[n, key] for n in range(len(parts))))
    return found


def fits(guess, parts, whole):
    totals = (
        part.told.total in (None, sum(guess[n, key] for key in COLUMNS)) for n, part in enumerate(parts)
    )
    columns = (whole.cells[key] in (None, sum(guess[n, key] for n in range(len(parts)))) for key in COLUMNS)
    return all(totals) and all(columns) and whole.total in (None, sum(guess.values()))


@settings(max_examples=200)
@given(tables, st.integers(3, 5))
def test_who_subtracts_the_desks_from_the_region_finds_nothing(table, threshold):
    parts, sums = parts_of(table, threshold), sums_of(table)
    told = hide_whole(hide_table(sums, threshold), parts, threshold)
    nothing = HiddenTable(dict.fromkeys(COLUMNS), None)
    alone, together = possible(parts, nothing, threshold), possible(parts, told, threshold)
    for cell, values in together.items():
        key = cell if isinstance(cell, str) else None
        count = sums[key] if key else parts[cell[0]].counts[cell[1]]
        if 0 < count < threshold and not (key and told.cells[key] is not None):
            assert len(values) > 1 or len(alone[cell]) == 1, (cell, told)


@given(tables, st.integers(3, 5))
def test_what_is_told_is_true_and_nothing_hidden_comes_back(table, threshold):
    before = hide_table(sums_of(table), threshold)
    told = hide_whole(before, parts_of(table, threshold), threshold)
    assert told.total in (None, before.total)
    assert all(told.cells[key] in (None, before.cells[key]) for key in COLUMNS)


@given(st.lists(st.lists(st.integers(5, 40), min_size=2, max_size=2), min_size=1, max_size=6))
def test_nothing_is_hidden_without_need(table):
    before = hide_table(sums_of(table))
    assert hide_whole(before, parts_of(table, 5)) == before


def test_by_hand():
    """Desk one hides 3 and 9 of 12, two tells 20 and 30: the sum 23 would tell 3, and so would 39 by 62 less 39.

    Of two desks that hide 3 and 2, and 2 and 3, both sums are told: 4 and 1, and 1 and 4, would give the same.
    """
    one, two = {"a": 3, "b": 9}, {"a": 20, "b": 30}
    alone = [Part(row, hide_table(row)) for row in (one, two)]
    assert hide_whole(hide_table({"a": 23, "b": 39}), alone) == HiddenTable({"a": None, "b": None}, 62)
    both = [Part(row, hide_table(row)) for row in ({"a": 3, "b": 2}, {"a": 2, "b": 3})]
    assert hide_whole(hide_table({"a": 5, "b": 5}), both) == HiddenTable({"a": 5, "b": 5}, 10)


def test_a_count_without_a_total_of_its_own():
    parts = [Part({"a": 3}, hide_table({"a": 3})), Part({"a": 20}, hide_table({"a": 20}))]
    assert hide_whole(hide_table({"a": 23}), parts) == HiddenTable({"a": None}, None)


def test_hundreds_of_desks_take_no_time():
    """Twelve columns of three hundred desks, most of their counts small."""
    counts = (0, 0, 1, 2, 3, 5, 9, 40)
    columns = [f"{number}" for number in range(12)]
    table = [{key: counts[hash((desk, int(key))) % 8] for key in columns} for desk in range(300)]
    parts = [Part(row, hide_table(row)) for row in table]
    whole = hide_table({key: sum(row[key] for row in table) for key in columns})

    def seconds():
        start = process_time()
        hide_whole(whole, parts)
        return process_time() - start

    assert min(seconds() for _time in range(3)) < 0.05
