"""The last place at a family carer's home goes to one visit, also where two groups are visited at the same moment."""

from threading import Barrier

import pytest

from kribbe.planning.models import GettingUsedDay
from kribbe.planning.selectors.visit_law import broken_by
from kribbe.planning.services import getting_used
from kribbe.planning.tests.visiting import MONDAY, NOW, at_home, newcomer
from kribbe.rules.getting_used import Visit
from kribbe.testing.races import side_by_side
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TEN = Visit(MONDAY, 10 * 60, 11 * 60)


def two_visits():
    """Six are there, of the seven of 2027; a child visits either group."""
    made = at_home(6)
    places = [newcomer(made, group) for group in made.groups]
    return [
        lambda each=each: getting_used.agree_visit(
            principal=made.manager, placement_id=each.pk, visit=TEN, now=NOW
        )
        for each in places
    ]


def test_the_first_of_two_visits_has_the_last_place():
    outcomes = side_by_side(two_visits())
    [refused] = [each for each in outcomes if isinstance(each, Exception)]
    assert isinstance(refused, RefusedError), outcomes
    assert refused.field == "day"
    assert GettingUsedDay.objects.count() == 1


def test_control_without_locks_both_have_it(monkeypatch):
    """Both count before either is written: the locks would prevent it."""
    monkeypatch.setattr(locks, "ENABLED", False)
    counted = Barrier(2, timeout=20)

    def counting(*given):
        found = broken_by(*given)
        counted.wait()
        return found

    monkeypatch.setattr(getting_used, "broken_by", counting)
    side_by_side(two_visits())
    assert GettingUsedDay.objects.count() == 2
