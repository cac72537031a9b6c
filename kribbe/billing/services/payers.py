"""Who pays for a place, and for which part of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import Books, FeeCertificate, Payer, PayerKind, Share
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
    """Have somebody pay for each place of a month that nobody pays for: the parent with whom it is agreed, else the
    applicant of the household. Returns how many.
    """
    with transaction.atomic():
        lock_rows((Books, books.pk))
        waiting = list(placements_of(books, month).filter(shares=None).prefetch_related(None))
        by_place = _asked(waiting)
        adults = set(by_place.values())
        known = {each.adult_id: each for each in Payer.objects.filter(books=books, adult__in=adults)}
        new = [payer_of(books, each, now) for each in adults if each.pk not in known]
        known |= {each.adult_id: each for each in Payer.objects.bulk_create(new)}
        made = Share.objects.bulk_create(
            Share(
                placement=each,
                payer=known[by_place[each.pk].pk],
                during=DateRange(each.during.lower, None),
                percent=HUNDRED,
            )
            for each in waiting
            if each.pk in by_place
        )
    return len(made)


def _asked(waiting: Sequence[Placement]) -> dict[int, Adult]:
    """By place the parent who pays for it; one whose family has no applicant any more has none."""
    households = {each.child.household_id for each in waiting}
    parents = {each.parent_id for each in waiting if each.parent_id is not None}
    adults = Adult.objects.select_related("household").filter(
        Q(household__in=households, is_applicant=True) | Q(pk__in=parents)
    )
    by_key = {each.pk: each for each in adults}
    applicants = {each.household_id: each for each in adults if each.is_applicant}
    found = {
        each.pk: by_key.get(each.parent_id or 0) or applicants.get(each.child.household_id)
        for each in waiting
    }
    return {key: adult for key, adult in found.items() if adult is not None}


def carry_payers(before_id: int, following_ids: Sequence[int], _now: datetime) -> None:
    """Who pays for a place, and its own fee certificates, go with the places in which the stay goes on."""
    following = Placement.objects.in_bulk(following_ids)
    for place in following.values():
        during = (place.during.lower, place.during.upper)
        for model in (Share, FeeCertificate):
            rows = model.objects.filter(placement=before_id, during__overlap=during)
            for row in rows:
                row.pk, row.placement_id = None, place.pk
                row.save(force_insert=True)


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
