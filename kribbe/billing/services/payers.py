"""Who pays for a place, and for which part of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import Books, Payer, PayerKind, Share
from kribbe.billing.selectors.facts import placements_of
from kribbe.enrolment.models import Placement
from kribbe.people.models import Adult
from kribbe.rules.billing.shares import HUNDRED
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """A payer and its percent."""

    payer: Payer
    percent: Decimal


def usual_payers(*, books: Books, month: date, now: datetime) -> int:
    """Have the applicant of the household pay for each place of a month that nobody pays for. Returns how many."""
    with transaction.atomic():
        lock_rows((Books, books.pk))
        waiting = list(placements_of(books, month).filter(shares=None).prefetch_related(None))
        households = {each.child.household_id for each in waiting}
        adults = Adult.objects.select_related("household").filter(household__in=households, is_applicant=True)
        known = {each.adult_id: each for each in Payer.objects.filter(books=books, adult__in=adults)}
        new = [payer_of(books, each, now) for each in adults if each.pk not in known]
        known |= {each.adult_id: each for each in Payer.objects.bulk_create(new)}
        by_household = {each.household_id: known[each.pk] for each in adults}
        made = Share.objects.bulk_create(
            Share(
                placement=each,
                payer=by_household[each.child.household_id],
                during=DateRange(each.during.lower, None),
                percent=HUNDRED,
            )
            for each in waiting
            if each.child.household_id in by_household
        )
    return len(made)


def payer_of(books: Books, adult: Adult, now: datetime) -> Payer:
    """A payer for a parent, not written yet; one that lives elsewhere has its own address."""
    home = adult.household
    elsewhere = bool(adult.other_street)
    return Payer(
        books=books,
        kind=PayerKind.ADULT,
        adult=adult,
        name=f"{adult.first_name} {adult.last_name}",
        street=adult.other_street if elsewhere else home.street,
        postcode=adult.other_postcode if elsewhere else home.postcode,
        city=adult.other_city if elsewhere else home.city,
        email=adult.email,
        language=home.language,
        made_at=now,
    )


def share_out(
    *, principal: Principal, placement: Placement, parts: Sequence[Part], first: date, now: datetime
) -> None:
    """From a day on these payers pay for the place, in place of those of before. Raises RefusedError unless they
    make 100 percent together and each is named once.
    """
    if sum(part.percent for part in parts) != HUNDRED:
        raise RefusedError(_("Together the shares must make 100%."), field="percent")
    if len({part.payer.pk for part in parts}) != len(parts):
        raise RefusedError(_("Name each payer once."), field="percent")
    with transaction.atomic():
        lock_rows((Placement, placement.pk))
        later = Share.objects.filter(placement=placement)
        later.filter(during__startswith__gte=first).delete()
        for share in later.filter(during__contains=first):
            share.during = DateRange(share.during.lower, first)
            share.save(update_fields=["during"])
        Share.objects.bulk_create(
            Share(placement=placement, payer=part.payer, during=DateRange(first, None), percent=part.percent)
            for part in parts
        )
        record(
            principal=principal,
            action="billing.shares",
            subject=placement,
            now=now,
            household_id=placement.child.household_id,
            first=f"{first}",
        )
