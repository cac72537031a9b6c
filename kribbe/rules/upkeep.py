"""When a family is asked whether it still needs a place, and when a request ends by itself."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kribbe.rules.calendar import add_months


class Ask(StrEnum):
    """Why a family is asked."""

    PERIOD = "period"
    START_PASSED = "start_passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a desk decided. `months` None: never asked; `end_months` None: a request never ends by itself."""

    months: int | None
    answer_days: int
    reminder_days: int
    end_months: int | None


def ask_now(
    *, confirmed: date, asked: date | None, wanted_start: date, today: date, terms: Terms
) -> Ask | None:
    """Whether, and why, to ask today.

    `confirmed` is the day on which the family registered or last said that it still needs a place, `asked` the day of
    the last question. Once the wanted start has passed one more question follows, then again each period.
    """
    if terms.months is None:
        return None
    last = max(confirmed, asked or confirmed)
    if wanted_start <= today and last < wanted_start:
        return Ask.START_PASSED
    return Ask.PERIOD if add_months(last, terms.months) <= today else None


def answer_by(asked: date, terms: Terms) -> date:
    """The last day to answer."""
    return asked + timedelta(days=terms.answer_days)


def remind_on(asked: date, terms: Terms) -> date:
    """The day on which a family that didn't answer is reminded."""
    return asked + timedelta(days=terms.reminder_days)


def ends_unanswered(*, latest_start: date, today: date, terms: Terms) -> bool:
    """Whether the latest start passed so long ago that the request ends without a place."""
    return terms.end_months is not None and add_months(latest_start, terms.end_months) <= today
