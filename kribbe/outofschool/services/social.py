"""Families with the social tariff of a club: its staff decide, on what the family showed them."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kribbe.outofschool.models import Club, SocialTariff
from kribbe.people.models import Household
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)


def grant_social(
    *, principal: Principal, club: Club, household: Household, first: date, last: date, now: datetime
) -> SocialTariff:
    """A family pays the social tariff from a day to a day, both included; what overlaps these days gives way.

    Months that were invoiced are set right by their next run. Raises RefusedError where `last` is before `first`.
    """
    if last < first:
        raise RefusedError(_("This day is before the first one."), field="last")
    with transaction.atomic():
        lock_rows((Household, household.pk))
        _clear(club, household, first, last)
        made = SocialTariff.objects.create(
            club=club,
            household=household,
            during=DateRange(first, last + DAY),
            recorded_at=now,
            recorded_by=principal.user_id,
        )
        _record(principal, "club.social", made, now)
    return made


def take_back_social(*, principal: Principal, club: Club, key: int, now: datetime) -> None:
    """The family pays the ordinary price on all of these days."""
    with transaction.atomic():
        found = SocialTariff.objects.select_related("club", "household").filter(club=club, pk=key).first()
        if found is not None:
            lock_rows((Household, found.household_id))
            _record(principal, "club.social_back", found, now)
            found.delete()


def _clear(club: Club, household: Household, first: date, last: date) -> None:
    """Of the rows that overlap these days, only what lies outside them stays."""
    rows = SocialTariff.objects.filter(
        club=club, household=household, during__overlap=DateRange(first, last + DAY)
    )
    for row in rows:
        lower, upper = row.during.lower, row.during.upper
        row.delete()
        for begin, end in ((lower, min(upper, first)), (max(lower, last + DAY), upper)):
            if begin < end:
                row.pk, row.during = None, DateRange(begin, end)
                row.save(force_insert=True)


def _record(principal: Principal, action: str, row: SocialTariff, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=row,
        now=now,
        household_id=row.household_id,
        desk_id=row.club.desk_id,
        during=f"{row.during}",
    )
