"""Who counts among the carers that the law asks for: by role, by the law of the day, by who is beside them."""

from datetime import date

import pytest

from kribbe.rules.at_work import Role, most_logistic, who_count
from kribbe.rules.packs import load_pack

PACK = load_pack("flanders")


@pytest.mark.parametrize(("needed", "most"), [(0, 0), (3, 0), (4, 1), (7, 1), (8, 2), (12, 3)])
def test_logistic_staff_are_a_quarter_at_most_and_never_more_by_rounding(needed, most):
    assert most_logistic(needed, PACK, date(2027, 1, 1)) == most


def test_before_the_new_ratio_logistic_staff_do_not_count():
    assert most_logistic(8, PACK, date(2026, 12, 31)) == 0


def test_logistic_staff_count_in_a_group_with_two_carers_only():
    assert who_count({1: 2, 2: 1}, {1: 1}, 1) == 4
    assert who_count({1: 2, 2: 1}, {2: 1}, 1) == 3
    assert who_count({1: 3}, {1: 2}, 1) == 4, "no more than the law's part"


def test_interns_volunteers_and_coaches_never_count():
    assert [role for role in Role if not role.may_count] == [Role.INTERN, Role.VOLUNTEER, Role.COACH]
