"""The proposed roster beside all rosters there are, on small weeks; every rule judged without the solver's code."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kribbe.rules.packs import load_pack
from kribbe.rules.reasons import CODES
from kribbe.rules.roster.check import faults
from kribbe.rules.roster.explain import ORDER, lacks, what_keeps
from kribbe.rules.roster.plan import HALVES, Law, Task, Terms, Turn, missing
from kribbe.rules.roster.solve import propose, shortage

DAY = timedelta(days=1)
MONDAY = date(2026, 9, 7)
SMALL = Law(rest=40, stretch=3, least=1)
"""Shorter turns than the law's, so that all of them can be tried."""
FIRST, SIZE = 16, 6


def needs(*numbers: int, first: int = FIRST) -> list[int]:
    """Forty-eight numbers, those given from `first` on."""
    return [0] * first + list(numbers) + [0] * (HALVES - first - len(numbers))


def terms(carer: int, week: int = 76, days: int = 5, window: tuple[int, int] = (14, 37), **more) -> Terms:
    windows = {MONDAY + n * DAY: window for n in range(days)}
    return Terms(carer, **({"weeks": {MONDAY: week}, "windows": windows, "most_a_day": 18} | more))


def turns_of(own: Terms, day: date, law: Law) -> Iterator[Turn | None]:
    """Every turn that a carer could have on a day, and none."""
    yield None
    window = own.windows.get(day)
    if window is None or day in own.away:
        return
    for start in range(*window):
        for end in range(start + law.least, window[1] + 1):
            yield Turn(day, own.carer, start, end)
            for pause in range(start + 1, end - 1):
                yield Turn(day, own.carer, start, end, pause)


def all_weeks(own: Terms, task: Task) -> list[list[Turn]]:
    """Every week of one carer that breaks no rule, the same presence once."""
    found = {}
    alone = Task(task.days, {}, [own], (), task.law)
    for choice in product(*(list(turns_of(own, day, task.law)) for day in task.days)):
        turns = [turn for turn in choice if turn is not None]
        if not faults(alone, turns):
            found[frozenset((turn.day, half) for turn in turns for half in turn.present())] = turns
    return list(found.values())


def least_of_all(task: Task) -> int:
    """The least shortage of all rosters."""
    weeks = [all_weeks(own, task) for own in task.carers]
    return min(shortage(task, [turn for week in choice for turn in week]) for choice in product(*weeks))


def test_logistic_help_counts_beside_two_carers_of_its_own_group_only():
    """Three are needed; two carers and one of the logistic staff are there, of whom one may count."""
    here = {MONDAY: needs(3)}
    task = Task(
        [MONDAY], here, [terms(1), terms(2), terms(3, helps=frozenset({MONDAY}))], logistic={MONDAY: needs(1)}
    )
    turns = [Turn(MONDAY, carer, FIRST, FIRST + 1) for carer in (1, 2, 3)]
    assert missing(task, turns) == {}
    together, apart = {1: 7, 2: 7, 3: 7}, {1: 7, 2: 8, 3: 7}
    for groups, short in ((together, 0), (apart, 1), ({**together, 3: 8}, 1)):
        by_day = {(carer, MONDAY): group for carer, group in groups.items()}
        assert sum(each.missing for each in lacks(task, turns, by_day)) == short


@st.composite
def small_tasks(draw) -> Task:
    """Two carers on two days, or three on one; six half-hours a day at most."""
    count, length = draw(st.sampled_from([(2, 2), (3, 1), (1, 2)]))
    size = 4 if (count, length) == (2, 2) else SIZE
    days = [MONDAY + n * DAY for n in range(length)]
    numbers = st.lists(st.integers(0, count + 1), min_size=size, max_size=size)
    carers = []
    for carer in range(count):
        windows = {}
        for day in days:
            start = draw(st.integers(FIRST, FIRST + 2))
            windows[day] = (start, draw(st.integers(start, FIRST + size)))
        away = frozenset(draw(st.lists(st.sampled_from(days), max_size=1)))
        carers.append(
            Terms(
                carer,
                weeks={MONDAY: draw(st.integers(0, 9))},
                windows=windows,
                most_a_day=draw(st.integers(2, 5)),
                away=away,
            )
        )
    return Task(days, {day: needs(*draw(numbers)) for day in days}, carers, (), SMALL)


@settings(max_examples=60, deadline=None)
@given(small_tasks())
def test_no_roster_at_all_has_a_smaller_shortage(task):
    proposed = propose(task)
    assert faults(task, proposed.turns) == []
    assert proposed.least == {MONDAY}
    assert shortage(task, proposed.turns) == least_of_all(task)


@settings(max_examples=60, deadline=None)
@given(small_tasks())
def test_every_half_hour_that_is_short_is_explained(task):
    turns = propose(task).turns
    told = lacks(task, turns)
    spread = {(each.day, half): each.missing for each in told for half in range(each.start, each.end)}
    assert spread == missing(task, turns)
    for each in told:
        there = sum(each.start in turn.present() for turn in turns if turn.day == each.day)
        kept = sum(int(dict(reason.params)["carers"]) for reason in each.reasons)
        assert kept + there == len(task.carers)
        assert all(reason.code in CODES for reason in each.reasons)


def test_a_day_of_two_carers_worked_by_hand():
    """One child from 7:30 to 17:30, more from 9:30 to 15:30, when two are needed.

    Who opens works from 7:30 on and who closes until 17:30: eight hours each at least, so both pause, and both can
    only do so while two are needed. Two half-hours lack one carer, whatever one tries.
    """
    day = needs(*[1] * 4, *[2] * 12, *[1] * 4, first=15)
    task = Task([MONDAY], {MONDAY: day}, [terms(1), terms(2)])
    proposed = propose(task)
    assert faults(task, proposed.turns) == []
    assert shortage(task, proposed.turns) == 2
    assert proposed.least == {MONDAY}
    told = lacks(task, proposed.turns)
    assert [[reason.code for reason in each.reasons] for each in told] == [["roster.pause"]] * 2


def test_hours_of_a_contract_are_used_but_never_exceeded():
    days = [MONDAY + n * DAY for n in range(5)]
    task = Task(days, {day: needs(*[1] * 20) for day in days}, [terms(1, week=40)])
    turns = propose(task).turns
    assert sum(turn.worked for turn in turns) == 40
    assert shortage(task, turns) == 60
    codes = {reason.code for each in lacks(task, turns) for reason in each.reasons}
    assert "roster.used_up" in codes
    assert codes <= {
        "roster.used_up",
        "roster.pause",
    }


def test_what_keeps_somebody_is_told_one_by_one():
    tuesday = MONDAY + DAY
    late = Turn(MONDAY, 5, 30, 44)
    task = Task(
        [MONDAY, tuesday],
        {tuesday: needs(3, first=16)},
        [
            terms(1, away=frozenset({tuesday})),
            terms(2, days=1),
            terms(3, week=10),
            terms(4, window=(20, 37)),
            terms(5),
            terms(6),
        ],
        fixed=[late, Turn(tuesday, 6, 16, 30)],
    )
    used = [Turn(MONDAY, 3, 20, 30)]
    kept = [what_keeps(task, used, each, tuesday, 16) for each in task.carers]
    assert kept == ["away", "unavailable", "used_up", "unavailable", "rest", "elsewhere"]
    long = Turn(tuesday, 7, 16, 35, 25)
    seventh = Task([tuesday], task.needs, [terms(7)])
    assert what_keeps(seventh, [long], terms(7), tuesday, 25) == "pause"
    assert what_keeps(seventh, [long], terms(7), tuesday, 36) == "day_full"
    assert what_keeps(seventh, [], terms(7), tuesday, 36) == "shape"
    assert {f"roster.{code}" for code in ORDER} | {"roster.nobody"} <= set(CODES)


def test_eleven_hours_of_rest_hold_within_a_week_over_weeks_and_beside_what_stays():
    days = [MONDAY + n * DAY for n in range(14)]
    early_and_late = [1 if 12 <= half < 18 or 38 <= half < 44 else 0 for half in range(HALVES)]
    windows = dict.fromkeys(days, (12, 44))
    weeks = {MONDAY: 200, MONDAY + 7 * DAY: 200}
    own = Terms(1, weeks=weeks, windows=windows, most_a_day=18)
    eve = Turn(MONDAY - DAY, 1, 30, 44)
    task = Task(days, dict.fromkeys(days, early_and_late), [own], fixed=[eve])
    turns = propose(task).turns
    assert faults(task, turns) == []
    assert next(turn for turn in turns if turn.day == MONDAY).start >= 18
    assert min(shortage(Task([day], task.needs, [own]), turns) for day in days) == 6


@pytest.mark.parametrize(
    ("turn", "fault"),
    [
        (Turn(MONDAY, 1, 14, 27), "too long without a pause"),
        (Turn(MONDAY, 1, 14, 30, 15), "a pause that isn't asked"),
        (Turn(MONDAY, 1, 14, 36, 25), "too long a day"),
        (Turn(MONDAY, 1, 14, 19), "too short a turn"),
        (Turn(MONDAY, 1, 12, 20), "not available"),
        (Turn(MONDAY + 5 * DAY, 1, 14, 20), "not available"),
        (Turn(MONDAY + 4 * DAY, 1, 14, 20), "on leave"),
        (Turn(MONDAY, 9, 14, 20), "nobody of the task"),
    ],
)
def test_the_checker_finds_each_fault(turn, fault):
    task = Task([MONDAY + n * DAY for n in range(6)], {}, [terms(1, away=frozenset({MONDAY + 4 * DAY}))])
    assert any(fault in each for each in faults(task, [turn]))


def test_the_checker_finds_what_only_turns_together_break():
    task = Task([MONDAY, MONDAY + DAY], {}, [terms(1, week=20, window=(0, 48))])
    late, early = Turn(MONDAY, 1, 34, 44), Turn(MONDAY + DAY, 1, 14, 26)
    found = " ".join(faults(task, [late, early]))
    assert "too little rest" in found
    assert "more than the contract" in found
    assert "two turns" in " ".join(faults(task, [Turn(MONDAY, 1, 0, 6), Turn(MONDAY, 1, 8, 14)]))


def test_the_law_of_work_is_read_from_the_pack():
    assert Law.of(load_pack("flanders"), MONDAY) == Law(rest=22, stretch=12, least=6)


def test_the_same_task_gives_the_same_roster_twice():
    days = [MONDAY + n * DAY for n in range(5)]
    day = needs(*[1] * 2, *[3] * 14, *[2] * 4, first=14)
    task = Task(days, dict.fromkeys(days, day), [terms(carer) for carer in range(4)])
    assert propose(task) == propose(task)
