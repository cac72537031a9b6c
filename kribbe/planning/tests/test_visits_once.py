"""A child that visits its next group is there once: in that group, and not in its own, in every count of the law."""

import pytest

from kribbe.planning.selectors import visit_law
from kribbe.planning.selectors.plan import plan_at
from kribbe.planning.selectors.short import short_weeks
from kribbe.planning.selectors.week import week_of
from kribbe.planning.services.getting_used import agree_visit
from kribbe.planning.tests.visiting import (
    MONDAY,
    NOON,
    NOW,
    OPENS,
    Child,
    at_home,
    newcomer,
    staffed,
    visiting,
)
from kribbe.rules.getting_used import Visit
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
SEEDS = range(8)
HALF_DAYS = ((0, NOON), (NOON, 24 * 60))
TEN = (10 * 60, 11 * 60)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_week_against_a_plain_count(seed):
    """Children, carers and those too many of both half-days are those of their tightest minute."""
    made = visiting(seed)
    needs = week_of(made.location, MONDAY, today=NOW.date()).needs[:2]
    assert [need.weight for need in needs] == [made.worst(*half) for half in HALF_DAYS]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("carers", [1, 2])
def test_the_weeks_ahead_against_a_plain_count(seed, carers):
    made = visiting(seed)
    staffed(made, carers)
    too_few = [need for half in HALF_DAYS if (need := made.worst(*half)[1]) > carers]
    found = short_weeks(made.location, first=MONDAY, weeks=1, today=NOW.date())
    assert [(week.half_days, week.most) for week in found] == (
        [(len(too_few), max(too_few) - carers)] if too_few else []
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_check_of_one_more_visit_against_a_plain_count(seed):
    """At each of its moments the groups are as in that minute, and no minute of the visit asks more."""
    made = visiting(seed, kind="family")
    last = [child for child in made.children if child.visits in made.groups][-1]
    last.placement.getting_used_days.all().delete()
    visit = Visit(MONDAY, *last.hours)
    plan = plan_at([made.location], MONDAY, MONDAY)
    moments = visit_law._moments(last.placement, plan, visit)
    for moment, there in moments.items():
        assert {group.name: there[group.pk] for group in made.groups} == dict(made.there(moment)), moment
    worst = max(sum(made.there(minute).values()) for minute in range(*last.hours))
    assert max(sum(there[group.pk] for group in made.groups) for there in moments.values()) == worst


def test_seven_at_a_home_and_one_of_them_visits():
    """By the law of 2027 an eighth can't come; one of the seven that visits the other group is none."""
    made = at_home(7)
    child = made.children[0]
    agreed = agree_visit(
        principal=made.manager, placement_id=child.placement.pk, visit=Visit(MONDAY, *TEN), now=NOW
    )
    assert agreed.pk
    with pytest.raises(RefusedError):
        agree_visit(
            principal=made.manager,
            placement_id=newcomer(made, made.groups[1]).pk,
            visit=Visit(MONDAY, *TEN),
            now=NOW,
        )


def test_who_visits_another_location_makes_room_meanwhile():
    """Seven at a home, one of whom gets used to a crèche from ten to eleven: then another may visit, not before."""
    made = at_home(7, elsewhere=True)
    agree_visit(
        principal=made.manager, placement_id=made.children[0].placement.pk, visit=Visit(MONDAY, *TEN), now=NOW
    )
    new = newcomer(made, made.groups[1])
    for hours in ((9 * 60, 11 * 60), (10 * 60, 11 * 60 + 5)):
        with pytest.raises(RefusedError):
            agree_visit(principal=made.manager, placement_id=new.pk, visit=Visit(MONDAY, *hours), now=NOW)
    assert agree_visit(principal=made.manager, placement_id=new.pk, visit=Visit(MONDAY, *TEN), now=NOW).pk


def test_the_plain_count_itself():
    """A child with a place in one group that visits another from ten to eleven."""
    groups = [object(), object()]
    child = Child(group=groups[0], halves=1, visits=groups[1], hours=TEN)
    assert [child.at(minute) for minute in (OPENS, 510, 600, 659, 660, NOON)] == [
        None, groups[0], groups[1], groups[1], groups[0], None,
    ]  # fmt: skip
