"""Who counts at a family carer's home, and the day compensation: worked by hand, and against a plain count."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.family_carer import Present, Tie, compensation, counts, present
from kribbe.rules.packs import FigureMissing, load_pack

PACK = load_pack("flanders")
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
BIRTHS = st.dates(date(2010, 1, 1), date(2023, 12, 31))


@pytest.mark.parametrize(
    ("tie", "born", "last"),
    [
        (Tie.OWN, date(2020, 1, 1), date(2026, 8, 31)),
        (Tie.OWN, date(2020, 12, 31), date(2026, 8, 31)),
        (Tie.GRANDCHILD, date(2014, 5, 5), date(2026, 8, 31)),
        (Tie.CARED, date(2014, 5, 5), date(2026, 8, 31)),
        (Tie.OWN, date(2020, 2, 29), date(2026, 8, 31)),
    ],
)
def test_a_child_counts_to_the_end_of_its_school(tie, born, last):
    child = Present(tie, born)
    assert counts(child, pack=PACK, on=last)
    assert not counts(child, pack=PACK, on=last + timedelta(days=1))


def test_a_worked_home_in_2026_and_2027():
    """Six children in care, a daughter of four at home and a grandson of ten: eight, one too many from 2027 on."""
    home = [Present(Tie.CARED, date(2025, 3, 1))] * 6
    home += [Present(Tie.OWN, date(2022, 6, 1)), Present(Tie.GRANDCHILD, date(2016, 6, 1))]
    now, next_year = (present(home, pack=PACK, on=on) for on in (date(2026, 12, 31), date(2027, 1, 1)))
    assert (now.children, now.limit, now.too_many) == (8, 8, 0)
    assert (next_year.children, next_year.limit, next_year.too_many) == (8, 7, 1)
    assert [reason.code for reason in now.reasons] == ["ratio.family", "family_carer.own"]
    grown = [Present(Tie.OWN, date(2019, 6, 1))]
    assert present(grown, pack=PACK, on=date(2026, 12, 31)).children == 0


@given(st.lists(st.tuples(st.sampled_from(Tie), BIRTHS)), DAYS)
def test_counted_as_a_plain_count(home, on):
    years = {Tie.OWN: 6, Tie.GRANDCHILD: 12, Tie.CARED: 12}
    school_year = on.year if on.month >= 9 else on.year - 1
    plain = sum(born <= on and school_year - born.year < years[tie] for tie, born in home)
    found = present([Present(tie, born) for tie, born in home], pack=PACK, on=on)
    assert found.children == plain
    assert found.too_many == max(0, plain - found.limit)


def test_four_children_of_twenty_days():
    """4 × 20 × 28.15 = 2252.00; half days have no known rate and are told apart."""
    days = [(date(2026, 3, 2) + timedelta(days=n % 20), True) for n in range(80)]
    found = compensation([*days, (date(2026, 3, 30), False)], pack=PACK)
    assert (found.amount, found.full_days, found.half_days) == (Decimal("2252.00"), 80, 1)


@given(st.lists(st.tuples(DAYS, st.booleans())))
def test_every_day_is_paid_or_told_apart(days):
    found = compensation(days, pack=PACK)
    assert found.full_days + found.half_days == len(days)
    assert found.amount == Decimal("28.15") * sum(full for _day, full in days)


def test_before_the_first_known_rate_nothing_is_guessed():
    with pytest.raises(FigureMissing):
        compensation([(date(2023, 12, 31), True)], pack=PACK)
