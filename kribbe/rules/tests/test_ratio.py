"""Carers and children: the law before and after 1 January 2027, by hand and against trying every number."""

import json
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.packs import load_pack
from kribbe.rules.ratio import (
    Half,
    Layout,
    Present,
    baby_months,
    carers_needed,
    is_baby,
    may_be,
    need_of_groups,
    shortfalls,
    with_baby,
)

FLANDERS = load_pack("flanders")
BEFORE, AFTER = date(2026, 12, 31), date(2027, 1, 1)
BABIES, TODDLERS, MIXED = Layout.BABIES, Layout.TODDLERS, Layout.MIXED


def needed(on: date, resting=False, family=False, **children: int) -> int:
    given_children = {Layout(name): number for name, number in children.items()}
    asleep = given_children if resting else {}
    need = carers_needed(children=given_children, pack=FLANDERS, on=on, resting=asleep, family=family)
    return need.carers


@pytest.mark.parametrize(
    ("babies", "before", "after"),
    [(0, 0, 0), (1, 1, 1), (5, 1, 1), (6, 1, 2), (8, 1, 2), (9, 2, 2), (10, 2, 2), (18, 2, 4), (19, 3, 4)],
)
def test_babies_by_hand(babies, before, after):
    assert (needed(BEFORE, babies=babies), needed(AFTER, babies=babies)) == (before, after)


def test_each_layout_by_hand():
    """Up to 2026: 8 for one carer, 9 each for several. From 2027: 5, 8 or 7 by layout."""
    assert [needed(AFTER, toddlers=n) for n in (8, 9, 16, 17)] == [1, 2, 2, 3]
    assert [needed(AFTER, mixed=n) for n in (7, 8, 14, 15)] == [1, 2, 2, 3]
    assert [needed(BEFORE, mixed=n) for n in (7, 8, 9, 18, 19)] == [1, 1, 2, 2, 3]


def test_groups_add_up_before_rounding():
    """7 babies (1.4) and 12 toddlers (1.5) make 2.9: three carers, not two and two."""
    assert needed(AFTER, babies=7, toddlers=12) == 3
    assert needed(BEFORE, babies=7, toddlers=12) == 3


def test_a_mixed_group_with_only_babies_stays_mixed():
    """Eleven babies in a mixed group need two carers; in a group of babies three."""
    assert (needed(AFTER, mixed=11), needed(AFTER, babies=11)) == (2, 3)


def test_rest_and_family_care_by_hand():
    assert [needed(AFTER, resting=True, mixed=n) for n in (3, 28, 29)] == [1, 2, 3]
    assert [needed(on, resting=True, babies=14) for on in (BEFORE, AFTER)] == [2, 2]
    assert [needed(on, babies=14) for on in (BEFORE, AFTER)] == [2, 3]
    assert [needed(BEFORE, family=True, mixed=n) for n in (7, 8, 9)] == [1, 1, 2]
    assert [needed(AFTER, family=True, mixed=n) for n in (7, 8)] == [1, 2]


def test_care_at_a_home_has_a_most_however_many_carers_there_are():
    """Twelve children of two carers together are four too many: above eight it is group care."""
    for on in (BEFORE, AFTER):
        halves = [Half(on=on, slot=0, children={MIXED: n}, carers=2) for n in (8, 12)]
        [short] = shortfalls(halves=halves, pack=FLANDERS, family=True)
        assert (short.missing, short.need.carers, short.need.too_many) == (0, 2, 4)
        assert short.need.reasons[-1].english() == (
            "At one home at most 8 children may be there at once, however many carers there are."
        )
        assert shortfalls(halves=halves, pack=FLANDERS) == []


def test_the_reasons():
    need = carers_needed(children={BABIES: 7, TODDLERS: 12}, pack=FLANDERS, on=AFTER)
    assert [reason.english() for reason in need.reasons] == [
        "7 children in groups of babies: at most 5 for each carer.",
        "12 children in groups without babies: at most 8 for each carer.",
    ]
    before = carers_needed(children={BABIES: 7, TODDLERS: 12}, pack=FLANDERS, on=BEFORE)
    assert [reason.english() for reason in before.reasons] == [
        "19 children: at most 9 for each carer, where there are several."
    ]


FULL_WEEK = {
    0: ({BABIES: 12, TODDLERS: 14, MIXED: 12}, 5),
    1: ({BABIES: 14, TODDLERS: 16, MIXED: 14}, 5),
    2: ({BABIES: 6, TODDLERS: 8, MIXED: 6}, 3),
    3: ({BABIES: 14, TODDLERS: 16, MIXED: 14}, 5),
    4: ({BABIES: 10, TODDLERS: 12, MIXED: 9}, 4),
}
"""A location of three groups: by weekday the children and the carers of its roster."""


def week_of(monday: date) -> list[Half]:
    return [
        Half(monday + timedelta(days=day), 2 * day + part, children, carers)
        for day, (children, carers) in FULL_WEEK.items()
        for part in (0, 1)
    ]


def test_a_location_that_is_fine_in_2026_falls_short_in_2027():
    """The week of 14 December is covered: 38, 44, 20, 44 and 31 children, by nines 5, 5, 3, 5 and 4.

    A month later the same week needs 12/5 + 14/8 + 12/7 = 5.9 on Monday, 14/5 + 16/8 + 14/7 = 6.8 on Tuesday and
    Thursday, 6/5 + 1 + 6/7 = 3.1 on Wednesday, 2 + 1.5 + 9/7 = 4.8 on Friday: 6, 7, 4, 7 and 5.
    """
    assert shortfalls(halves=week_of(date(2026, 12, 14)), pack=FLANDERS) == []
    short = shortfalls(halves=week_of(date(2027, 1, 11)), pack=FLANDERS)
    assert [(each.slot, each.need.carers, each.missing) for each in short] == [
        (0, 6, 1), (1, 6, 1), (2, 7, 2), (3, 7, 2), (4, 4, 1), (5, 4, 1), (6, 7, 2), (7, 7, 2), (8, 5, 1), (9, 5, 1),
    ]  # fmt: skip


def test_the_week_of_new_year_is_judged_by_the_day():
    """Thursday 31 December 2026 is the last day of the old law, Friday 1 January 2027 the first of the new."""
    short = shortfalls(halves=week_of(date(2026, 12, 28)), pack=FLANDERS)
    assert {each.on for each in short} == {date(2027, 1, 1)}


def test_children_can_not_be_fewer_than_none():
    with pytest.raises(ValueError, match="fewer than none"):
        needed(AFTER, mixed=-1)


numbers = st.integers(0, 60)


AROUND = st.sampled_from([BEFORE, AFTER]) | st.dates(date(2024, 1, 1), date(2030, 12, 31))


@given(numbers, numbers, numbers, AROUND)
def test_the_least_number_that_keeps_within_the_law(babies, toddlers, mixed, on):
    """Tried one by one, in whole numbers: 5, 8 and 7 go into 280 56, 35 and 40 times."""

    def enough(carers: int) -> bool:
        total = babies + toddlers + mixed
        if on < AFTER:
            return total <= {0: 0, 1: 8}.get(carers, 9 * carers)
        return babies * 56 + toddlers * 35 + mixed * 40 <= 280 * carers

    least = next(carers for carers in count() if enough(carers))
    assert needed(on, babies=babies, toddlers=toddlers, mixed=mixed) == least


@given(numbers, st.integers(0, 4), st.sampled_from(["family", "rest"]), AROUND)
def test_rest_and_family_care_one_child_at_a_time(children, own, kind, on):
    """Shared out one by one: a carer more where all have their most; at rest two to begin with."""
    most = 14 if kind == "rest" else 8 if on < AFTER else 7
    carers = [0, 0] if kind == "rest" and children else []
    for _child in range(children + (own if kind == "family" and children else 0)):
        if not carers or min(carers) == most:
            carers.append(0)
        carers[carers.index(min(carers))] += 1
    there = {MIXED: children}
    need = carers_needed(
        children=there, pack=FLANDERS, on=on, resting=there if kind == "rest" else None, family=kind == "family",
        own=own if kind == "family" else 0,
    )  # fmt: skip
    awake = carers_needed(children=there, pack=FLANDERS, on=on).carers
    assert need.carers == (min(len(carers), awake) if kind == "rest" else len(carers))


def test_a_group_that_rests_lightens_the_others_and_two_stay():
    """In 2027 ten babies rest (10/14) while eight toddlers play (8/8): two carers; all awake ask three."""
    there = {BABIES: 10, TODDLERS: 8}
    need = carers_needed(children=there, pack=FLANDERS, on=AFTER, resting={BABIES: 10})
    assert (need.carers, [reason.code for reason in need.reasons]) == (2, ["ratio.rest", "ratio.toddlers"])
    assert carers_needed(children=there, pack=FLANDERS, on=AFTER).carers == 3
    before = carers_needed(children={MIXED: 28}, pack=FLANDERS, on=BEFORE, resting={MIXED: 14})
    assert (before.carers, before.reasons[-1].code) == (3, "ratio.together"), "14/14 and 14/9; awake four"
    with pytest.raises(ValueError, match="more children rest"):
        carers_needed(children={BABIES: 1}, pack=FLANDERS, on=AFTER, resting={TODDLERS: 1})


@given(numbers, numbers, numbers, AROUND)
def test_rest_never_asks_more_carers(babies, toddlers, mixed, on):
    there = {BABIES: babies, TODDLERS: toddlers, MIXED: mixed}
    need = carers_needed(children=there, pack=FLANDERS, on=on, resting={BABIES: babies, MIXED: mixed})
    assert need.carers <= carers_needed(children=there, pack=FLANDERS, on=on).carers


@given(numbers, numbers, st.sampled_from(Layout), st.sampled_from([BEFORE, AFTER]))
def test_more_children_never_need_fewer_carers(children, more, layout, on):
    assert needed(on, **{layout: children}) <= needed(on, **{layout: children + more})


def test_children_of_a_family_carer_count_beside_those_in_care():
    """Six in care and two of their own: eight, one carer in 2026 and two from 2027 on."""
    in_care = {Layout.MIXED: 6}
    now, later = (
        carers_needed(children=in_care, pack=FLANDERS, on=on, family=True, own=2)
        for on in (date(2026, 12, 31), date(2027, 1, 1))
    )
    assert (now.carers, later.carers) == (1, 2)
    assert [reason.code for reason in later.reasons] == ["ratio.family", "family_carer.own"]
    alone = carers_needed(children={Layout.MIXED: 0}, pack=FLANDERS, on=date(2027, 1, 1), family=True, own=2)
    assert alone.carers == 0


@pytest.mark.parametrize("on", [date(2026, 12, 1), date(2027, 2, 1)])
def test_a_living_group_has_a_most_however_many_carers_there_are(on):
    """18 at once in one living group: 24 are six too many, 18 in each of two groups are none."""
    halves = [
        Half(on=on, slot=0, children={MIXED: sum(groups)}, carers=9, groups=groups)
        for groups in ((24,), (18, 18), (20, 19, 3))
    ]
    assert [(each.need.too_many, each.missing) for each in shortfalls(halves=halves, pack=FLANDERS)] == [
        (6, 0),
        (3, 0),
    ]
    told = [each.english() for each in carers_needed(
        children={MIXED: 24}, pack=FLANDERS, on=on, groups=(24,)
    ).reasons]  # fmt: skip
    assert told[-1] == "24 children in one living group: at most 18, however many carers there are."


def test_children_who_rest_are_as_many_in_their_group():
    need = carers_needed(
        children={MIXED: 24}, resting={MIXED: 24}, pack=FLANDERS, on=date(2027, 2, 1), groups=(24,)
    )
    assert (need.carers, need.too_many) == (2, 6)


@pytest.mark.parametrize("on", [date(2026, 9, 1), date(2027, 1, 1)])
def test_a_group_that_takes_babies_is_none_of_toddlers(on):
    """The law asks from 2027; layouts are chosen before."""
    babies_to = baby_months(FLANDERS, on)
    assert babies_to == 12
    assert not may_be(Layout.TODDLERS, 0, babies_to)
    assert not may_be(Layout.TODDLERS, 11, babies_to)
    assert may_be(Layout.TODDLERS, 12, babies_to)
    assert all(may_be(layout, 0, babies_to) for layout in (Layout.BABIES, Layout.MIXED))


def test_a_baby_among_toddlers_by_hand():
    """Sixteen toddlers need two carers (16/8); fifteen and a baby are a mixed group: 16/7, three."""
    assert with_baby(TODDLERS, True) is MIXED
    assert [with_baby(layout, False) for layout in Layout] == list(Layout)
    assert (needed(AFTER, toddlers=16), needed(AFTER, mixed=16)) == (2, 3)
    told = carers_needed(children={MIXED: 16}, pack=FLANDERS, on=AFTER, has_baby=True).reasons
    assert [reason.english() for reason in told] == [
        "16 children in mixed groups: at most 7 for each carer.",
        "With a baby a group of toddlers counts as a mixed one.",
    ]
    before = carers_needed(children={MIXED: 16}, pack=FLANDERS, on=BEFORE, has_baby=True).reasons
    assert [reason.code for reason in before] == ["ratio.together"], "the law of 2026 looks at no age"


def test_a_toddler_among_babies_lightens_nothing():
    """The lay-out was chosen: with a toddler a group of babies keeps the limit of babies, a mixed one its own."""
    assert (with_baby(BABIES, True), with_baby(MIXED, True)) == (BABIES, MIXED)


@pytest.mark.parametrize(
    ("born", "last"),
    [
        (date(2026, 1, 11), date(2027, 1, 10)),
        (date(2027, 2, 28), date(2028, 2, 27)),
        (date(2028, 2, 29), date(2029, 2, 27)),
    ],
)
def test_until_the_day_before_its_birthday_a_child_is_a_baby(born, last):
    assert is_baby(born, FLANDERS, last)
    assert not is_baby(born, FLANDERS, last + timedelta(days=1))


@given(st.lists(st.tuples(st.sampled_from(Layout), st.lists(st.booleans(), max_size=20)), max_size=4))
def test_each_child_brings_its_part_of_a_carer(groups):
    """In 280ths of a carer: 56 in a group of babies, 35 among toddlers alone, else 40; `groups` tell who is one."""
    part = {BABIES: 56, TODDLERS: 35, MIXED: 40}
    parts = sum(
        40 if layout is TODDLERS and True in babies else part[layout]
        for layout, babies in groups
        for _child in babies
    )
    there = [Present(layout, len(babies), any(babies)) for layout, babies in groups]
    assert need_of_groups(there, pack=FLANDERS, on=AFTER).carers == -(-parts // 280)


CASES = json.loads((Path(__file__).parent / "ratio_cases.json").read_text(encoding="utf-8"))
"""By hand; the tablet's own count passes the same (`kribbe/web/tests/test_tablet_ratio.py`)."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_cases_that_the_tablet_passes_too(case):
    need = need_of_groups(
        [Present(Layout(layout), inside, baby, rests) for layout, inside, baby, rests in case["groups"]],
        pack=FLANDERS,
        on=date.fromisoformat(case["on"]),
        family=case["family"],
        own=case["own"],
    )
    assert (need.carers, need.too_many) == (case["carers"], case["too_many"])
