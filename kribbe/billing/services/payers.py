"""Who pays for a place, and for which part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import (
    Books,
    Delivery,
    FeeCertificate,
    Payer,
    PayerKind,
    Share,
    ShareChange,
)
from kribbe.billing.selectors.facts import placements_of
from kribbe.billing.selectors.shares import payer_of
from kribbe.enrolment.models import Placement
from kribbe.people.models import Adult
from kribbe.rules.billing.shares import HUNDRED
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


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


def payer_for(*, books: Books, placement: Placement, now: datetime) -> Payer | None:
    """Who pays most of a place by what was agreed last, else its usual payer, written if it wasn't.

    None where the family has nobody.
    """
    with transaction.atomic():
        lock_rows((Books, books.pk))
        sharing = Payer.objects.filter(books=books, shares__placement=placement).order_by(
            F("shares__during__endswith").desc(nulls_first=True), "-shares__percent", "pk"
        )
        if found := sharing.first():
            return found
        adult = _asked([placement]).get(placement.pk)
        if adult is None:
            return None
        known = Payer.objects.filter(books=books, adult=adult).first()
        if known is None:
            known = payer_of(books, adult, now)
            known.save()
    return known


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


def share_out(
    *, principal: Principal, placement: Placement, parts: Sequence[Part], first: date, now: datetime
) -> ShareChange:
    """From a day on these payers pay for the place, in place of those of before.

    A payer that isn't written yet is. The days of before keep their payers, or have the usual one. Raises
    RefusedError unless the parts make 100 percent together and each payer is named once, and on a day on which the
    place is over.
    """
    if sum(part.percent for part in parts) != HUNDRED:
        raise RefusedError(_("Together the shares must make 100%."), field="percent")
    if len({(part.payer.pk, part.payer.adult_id) for part in parts}) != len(parts):
        raise RefusedError(_("Name each payer once."), field="percent")
    if placement.during.upper is not None and first >= placement.during.upper:
        raise RefusedError(_("The place is over on this day."), field="first")
    with transaction.atomic():
        lock_rows((Placement, placement.pk))
        before = [_kept(each) for each in Share.objects.filter(placement=placement).order_by("pk")]
        if not before and first > placement.during.lower:
            _share_usually(placement, parts[0].payer.books, now)
        later = Share.objects.filter(placement=placement)
        later.filter(during__startswith__gte=first).delete()
        for share in later.filter(during__contains=first):
            share.during = DateRange(share.during.lower, first)
            share.save(update_fields=["during"])
        Share.objects.bulk_create(
            Share(
                placement=placement,
                payer=_written(part.payer),
                during=DateRange(first, None),
                percent=part.percent,
            )
            for part in parts
        )
        made = ShareChange.objects.create(
            placement=placement, first=first, before=before, made_at=now, made_by=principal.user_id
        )
        _record(principal, "billing.shares", placement, now, first=f"{first}")
    return made


def undo_shares(*, principal: Principal, placement: Placement, change_id: int, now: datetime) -> None:
    """Have those pay who paid before the last change. Raises RefusedError where it isn't the last, or is undone."""
    with transaction.atomic():
        lock_rows((Placement, placement.pk))
        last = ShareChange.objects.filter(placement=placement, undone_at=None).order_by("-pk").first()
        if last is None or last.pk != change_id:
            raise RefusedError(_("Somebody changed this since. Look at the payers again."), code="changed")
        Share.objects.filter(placement=placement).delete()
        Share.objects.bulk_create(_as_it_was(placement, each) for each in last.before)
        last.undone_at = now
        last.save(update_fields=["undone_at"])
        _record(principal, "billing.shares_back", placement, now, first=f"{last.first}")


def keep_payer(
    *, principal: Principal, books: Books, payer: Payer | None, fields: Mapping[str, Any], now: datetime
) -> Payer:
    """Write an organisation down as a payer, or change how a payer is called and reached from now on.

    Documents that were issued stay. Raises RefusedError for an electronic invoice without an enterprise number.
    """
    if fields["delivery"] == Delivery.PEPPOL and not fields["enterprise_number"]:
        raise RefusedError(
            _("An electronic invoice needs the enterprise number of whom it goes to."),
            field="enterprise_number",
        )
    with transaction.atomic():
        if payer is None:
            payer = Payer(books=books, kind=PayerKind.ORGANISATION, made_at=now)
        else:
            lock_rows((Payer, payer.pk))
            payer.refresh_from_db()
        for name, value in fields.items():
            setattr(payer, name, value)
        payer.save()
        record(
            principal=principal,
            action="billing.payer",
            subject=payer,
            now=now,
            household_id=payer.adult.household_id if payer.adult else None,
        )
    return payer


def _share_usually(placement: Placement, books: Books, now: datetime) -> None:
    """Who usually pays does so from the place's first day on."""
    adult = _asked([placement]).get(placement.pk)
    if adult is not None:
        payer = _written(payer_of(books, adult, now))
        Share.objects.create(placement=placement, payer=payer, during=DateRange(placement.during.lower, None))


def _written(payer: Payer) -> Payer:
    """The payer as it stands in the books, written where it doesn't yet."""
    if payer.pk is not None:
        return payer
    standing = Payer.objects.filter(books=payer.books, adult=payer.adult).first()
    if standing is None:
        payer.save()
    return standing or payer


def _kept(share: Share) -> list[Any]:
    ends = (share.during.lower, share.during.upper)
    return [share.payer_id, *(end.isoformat() if end else None for end in ends), str(share.percent)]


def _as_it_was(placement: Placement, kept: Sequence[Any]) -> Share:
    payer, *ends, percent = kept
    lower, upper = (date.fromisoformat(end) if end else None for end in ends)
    return Share(
        placement=placement, payer_id=payer, during=DateRange(lower, upper), percent=Decimal(percent)
    )


def _record(principal: Principal, action: str, placement: Placement, now: datetime, **data: str) -> None:
    record(
        principal=principal,
        action=action,
        subject=placement,
        now=now,
        household_id=placement.child.household_id,
        desk_id=placement.group.location.desk_id,
        **data,
    )
