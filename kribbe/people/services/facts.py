"""What a household tells of itself: recorded with the days on which it holds."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import FactKind, Household, HouseholdFact
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.watching import household_changes

DAY = timedelta(days=1)


@transaction.atomic
def record_fact(
    *,
    household: Household,
    kind: FactKind,
    since: date,
    principal: Principal,
    now: datetime,
    last_day: date | None = None,
) -> HouseholdFact:
    """The fact holds from `since` up to and with `last_day`, or until it is ended.

    Raises RefusedError where the days are in the wrong order or the fact is known for one of them.
    """
    lock_rows((Household, household.pk))
    during = _period(since, last_day)
    _refuse_double(household, kind, during)
    with household_changes(household.pk, now):
        fact = HouseholdFact.objects.create(
            household=household, kind=kind, during=during, recorded_at=now, recorded_by=principal.user_id
        )
    _record(fact, "fact.recorded", principal, now)
    return fact


@transaction.atomic
def end_fact(*, fact: HouseholdFact, last_day: date, principal: Principal, now: datetime) -> None:
    """The fact holds up to and with `last_day`.

    Raises RefusedError for a day before it began, or where the same fact was recorded again before that day.
    """
    lock_rows((Household, fact.household_id))
    during = _period(fact.during.lower, last_day)
    _refuse_double(fact.household, FactKind(fact.kind), during, but=fact)
    _change_days(fact, during, now)
    _record(fact, "fact.ended", principal, now)


@transaction.atomic
def reopen_fact(*, fact: HouseholdFact, principal: Principal, now: datetime) -> None:
    """It didn't end after all. Raises RefusedError where the same fact was recorded again since."""
    lock_rows((Household, fact.household_id))
    during = _period(fact.during.lower, None)
    _refuse_double(fact.household, FactKind(fact.kind), during, but=fact)
    _change_days(fact, during, now)
    _record(fact, "fact.reopened", principal, now)


def _change_days(fact: HouseholdFact, during: DateRange, now: datetime) -> None:
    with household_changes(fact.household_id, now):
        fact.during = during
        fact.save(update_fields=["during"])


def _period(since: date, last_day: date | None) -> DateRange:
    if last_day is not None and last_day < since:
        raise RefusedError(_("The last day is before the first."), field="last_day")
    return DateRange(since, last_day + DAY if last_day else None)


def _refuse_double(
    household: Household, kind: FactKind, during: DateRange, *, but: HouseholdFact | None = None
) -> None:
    known = household.facts.filter(kind=kind, during__overlap=during)
    if any(fact != but for fact in known):
        raise RefusedError(_("This is known already for these days."), field="kind", code="known-fact")


def _record(fact: HouseholdFact, action: str, principal: Principal, now: datetime) -> None:
    """The kind of a fact is sensitive, so the audit row holds its key alone."""
    audit.record(
        principal=principal,
        action=action,
        subject=fact,
        now=now,
        household_id=fact.household_id,
        desk_id=fact.household.desk_id,
        since=str(fact.during.lower),
        until=str(fact.during.upper or ""),
    )
