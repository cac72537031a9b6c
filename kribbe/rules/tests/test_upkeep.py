from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.upkeep import Ask, Terms, answer_by, ask_now, ends_unanswered, remind_on

TERMS = Terms(months=6, answer_days=21, reminder_days=10, end_months=6)
START = date(2027, 3, 1)


def due(confirmed: date, today: date, *, asked: date | None = None, terms: Terms = TERMS) -> Ask | None:
    return ask_now(confirmed=confirmed, asked=asked, wanted_start=START, today=today, terms=terms)


def test_asked_after_the_period_and_once_the_start_has_passed() -> None:
    registered = date(2026, 1, 10)
    assert due(registered, date(2026, 7, 9)) is None
    assert due(registered, date(2026, 7, 10)) is Ask.PERIOD
    assert due(registered, date(2026, 12, 1), asked=date(2026, 7, 10)) is None
    assert due(date(2027, 2, 1), date(2027, 2, 28)) is None
    assert due(date(2027, 2, 1), date(2027, 3, 1)) is Ask.START_PASSED
    assert due(date(2027, 3, 2), date(2027, 4, 1)) is None
    assert due(date(2027, 3, 2), date(2027, 9, 2)) is Ask.PERIOD


def test_terms() -> None:
    assert remind_on(date(2026, 7, 10), TERMS) == date(2026, 7, 20)
    assert answer_by(date(2026, 7, 10), TERMS) == date(2026, 7, 31)
    assert not ends_unanswered(latest_start=date(2026, 1, 31), today=date(2026, 7, 30), terms=TERMS)
    assert ends_unanswered(latest_start=date(2026, 1, 31), today=date(2026, 7, 31), terms=TERMS)


days = st.dates(date(2025, 1, 1), date(2028, 1, 1))


@given(days, days, st.integers(0, 20))
def test_nobody_is_asked_twice_within_a_period_but_for_the_start(
    confirmed: date, today: date, later: int
) -> None:
    if due(confirmed, today) is not None:
        again = due(confirmed, today + timedelta(days=later), asked=today)
        assert again is None or (again is Ask.START_PASSED and today < START)


@given(days, days)
def test_a_desk_that_never_asks(confirmed: date, today: date) -> None:
    never = Terms(months=None, answer_days=21, reminder_days=10, end_months=None)
    assert due(confirmed, today, terms=never) is None
    assert not ends_unanswered(latest_start=confirmed, today=today, terms=never)
