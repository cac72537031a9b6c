"""Dates of a care request: what can't be right, and when something falls due."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from kribbe.rules.calendar import add_months, age_in_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import FigureMissing, Pack, load_pack
from kribbe.rules.reasons import Problem, Reason

DEFAULT_PACK = "flanders"
NEXT_SCHOOL_YEAR = 4
"""Months that lead from after the last entry day of a school year into the next one."""
LONGEST_WAIT_FOR_BIRTH = 10
"""Months from today to an expected date at most; a longer one is a slip of the pen."""


def check_request(
    *,
    born: date | None,
    expected: date | None,
    wanted_start: date | None,
    latest_start: date | None,
    pattern: WeekPattern,
    wishes: Sequence[str],
    max_wishes: int | None,
    today: date,
    pack: Pack | None = None,
) -> list[Problem]:
    """What is wrong with a request, in the order of its fields; warnings don't stop it.

    `expected` counts only while `born` is None. `wishes` are the ids of the locations, `max_wishes` None is
    unlimited. `field` of a problem is the name of the argument. `pack` gives the age of school entry.
    """
    pack = pack or load_pack(DEFAULT_PACK)
    return [
        *_check_birth(born, expected, today),
        *_check_start(born, expected, wanted_start, latest_start, today),
        *_warn_school_age(born or expected, wanted_start, pack.integer("school.entry_months", today)),
        *([] if pattern else [Problem("pattern", Reason.of("pattern.empty"))]),
        *_check_wishes(wishes, max_wishes),
    ]


def _check_birth(born: date | None, expected: date | None, today: date) -> Iterator[Problem]:
    if born is not None:
        if born > today:
            code = "born.future" if expected else "born.future_expected_missing"
            yield Problem("born", Reason.of(code))
    elif expected is None:
        yield Problem("born", Reason.of("birth.missing"))
    elif expected < today:
        yield Problem("expected", Reason.of("expected.past"))
    elif expected > add_months(today, LONGEST_WAIT_FOR_BIRTH):
        yield Problem("expected", Reason.of("expected.too_far", months=LONGEST_WAIT_FOR_BIRTH))


def _check_start(
    born: date | None, expected: date | None, wanted: date | None, latest: date | None, today: date
) -> Iterator[Problem]:
    if wanted is None:
        yield Problem("wanted_start", Reason.of("start.missing"))
        return
    if wanted < today:
        yield Problem("wanted_start", Reason.of("start.past"))
    if born is not None and wanted < born:
        yield Problem("wanted_start", Reason.of("start.before_birth"))
    if born is None and expected is not None and wanted < expected:
        yield Problem("wanted_start", Reason.of("start.before_expected"))
    if latest is not None and latest < wanted:
        yield Problem("latest_start", Reason.of("latest.before_wanted"))


def _warn_school_age(birth: date | None, wanted: date | None, entry: int) -> Iterator[Problem]:
    if birth is None or wanted is None:
        return
    age = age_in_months(birth, wanted)
    if age >= entry:
        reason = Reason.of("start.school_age", age=age, months=entry)
        yield Problem("wanted_start", reason, warning=True)


def _check_wishes(wishes: Sequence[str], allowed: int | None) -> Iterator[Problem]:
    if len(set(wishes)) < len(wishes):
        yield Problem("wishes", Reason.of("wishes.twice"))
    if allowed is not None and len(wishes) > allowed:
        yield Problem("wishes", Reason.of("wishes.too_many", allowed=allowed, given=len(wishes)))


def offer_deadline(read_on: date, reaction_days: int) -> date:
    """The last day on which an offer can be answered, `reaction_days` calendar days after it could be read."""
    return read_on + timedelta(days=reaction_days)


def earliest_answer(start: date, months: int) -> date:
    """The first day on which a location may answer: so many months before the wanted start."""
    return add_months(start, -months)


def turns_urgent(start: date, days: int) -> date:
    """The day on which an unanswered request turns urgent: so many days before the wanted start."""
    return start - timedelta(days=days)


def last_own_change(start: date, days: int | None) -> date | None:
    """The last day on which a family changes start and locations itself, `days` before the start; None: no last."""
    return None if days is None else start - timedelta(days=days)


def default_end(born_or_expected: date, pack: Pack | None = None) -> date:
    """The first day without care unless agreed otherwise: the day on which school opens to the child.

    That is the first entry day of the pack once the child has the age. Where the pack knows no entry days for that
    time, the day on which it has the age.
    """
    pack = pack or load_pack(DEFAULT_PACK)
    old_enough = school_age(born_or_expected, pack)
    for day in (old_enough, add_months(old_enough, NEXT_SCHOOL_YEAR)):
        try:
            days = _entry_days(pack.text("school.entry_dates", day))
        except FigureMissing:
            return old_enough
        found = next((each for each in days if each >= old_enough), None)
        if found is not None:
            return found
    return old_enough


def school_age(born_or_expected: date, pack: Pack | None = None) -> date:
    """The day on which a child has the age of nursery school, whether or not it opens then."""
    pack = pack or load_pack(DEFAULT_PACK)
    return add_months(born_or_expected, pack.integer("school.entry_months", born_or_expected))


@lru_cache
def _entry_days(text: str) -> tuple[date, ...]:
    return tuple(map(date.fromisoformat, text.split()))
