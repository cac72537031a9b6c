"""The last day by the term of notice."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.house_rules import told_until
from kribbe.rules.notice import term_of
from kribbe.rules.packs import load_pack

TOLD = date(2026, 11, 27)


def test_the_term_counts_calendar_days_from_the_day_on_which_it_is_told():
    term = term_of(TOLD, 60)
    assert (term.days, term.last) == (60, date(2027, 1, 26))
    assert "60" in term.why.english()


def test_told_of_worse_house_rules_a_family_ends_without_a_term_for_two_months():
    pack = load_pack("flanders")
    until, before = told_until(date(2026, 9, 27), pack), told_until(date(2026, 9, 26), pack)
    assert until == TOLD
    assert term_of(TOLD, 60, free_until=until).last == TOLD
    assert term_of(TOLD, 60, free_until=before).last == date(2027, 1, 26)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 365))
def test_it_never_ends_before_it_is_told(told, days):
    assert told <= term_of(told, days).last
