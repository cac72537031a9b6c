"""Fee certificates and charges of one day, written down by hand."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import (
    Books,
    CertificateKind,
    Charged,
    FeeCertificate,
    OneCharge,
    charged_by,
    site_of,
)
from kribbe.billing.selectors.listed import check_once
from kribbe.billing.selectors.pieces import places_from
from kribbe.enrolment.models import Placement
from kribbe.people.models import Child
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)


def add_certificate(
    *,
    principal: Principal,
    books: Books,
    placement: Charged,
    first: date,
    last: date | None,
    day_fee: Decimal,
    kind: CertificateKind,
    code: str,
    alone: bool,
    now: datetime,
    replaces: bool = False,
) -> FeeCertificate:
    """Write a fee down from a day to a day (both included), of the child or of this place `alone`.

    One of a place holds for the later pieces of its stay too, and is written for each. One that holds on the first
    day, and began earlier, ends on its eve. With `replaces` it takes the place of whatever holds on its days, as
    where the true one comes after one at the maximum fee. Raises RefusedError where another begins on one of the days
    without that, and where `last` is before `first`.
    """
    if last is not None and last < first:
        raise RefusedError(_("This day is before the first one."), field="last")
    after = last + DAY if last else None
    with transaction.atomic():
        lock_rows((Child, placement.child_id))
        homes: list[Placement | None] = [*places_from(placement)] if alone else []
        made, *_later = [
            _written(
                FeeCertificate(
                    books=books,
                    child=placement.child,
                    placement=home,
                    during=DateRange(first, after),
                    day_fee=day_fee,
                    kind=kind,
                    code=code,
                    recorded_at=now,
                    recorded_by=principal.user_id,
                ),
                replaces=replaces,
            )
            for home in homes or [None]
        ]
        _record(principal, "billing.certificate", made, placement, now)
    return made


def _written(new: FeeCertificate, *, replaces: bool) -> FeeCertificate:
    """The certificate in the books, where the others of the child or of the place give way to it."""
    others = FeeCertificate.objects.filter(books=new.books, child=new.child_id, placement=new.placement_id)
    first, after = new.during.lower, new.during.upper
    if not replaces:
        _check_room(others, first, after)
    _give_way(others, first, after)
    new.save()
    return new


def withdraw_certificate(
    *, principal: Principal, books: Books, placement: Charged, certificate_id: int, now: datetime
) -> None:
    """A certificate that was wrong no longer holds, from its first day on; the next runs of its months say so.

    One of this place goes from the later pieces of its stay too. Its days are held back until another holds. The
    history keeps it.
    """
    with transaction.atomic():
        lock_rows((Child, placement.child_id))
        own = FeeCertificate.objects.filter(books=books, child=placement.child_id, pk=certificate_id)
        alone = Q(placement=placement) if isinstance(placement, Placement) else Q(pk__in=())
        for each in own.filter(Q(placement=None) | alone):
            _record(principal, "billing.certificate_back", each, placement, now)
            _of_later_pieces(each, placement).delete()
            each.delete()


def _of_later_pieces(certificate: FeeCertificate, placement: Charged) -> QuerySet[FeeCertificate]:
    """The same certificate as it was written for the later pieces of the stay."""
    if certificate.placement_id is None:
        return FeeCertificate.objects.none()
    later = [each.pk for each in places_from(placement)[1:]]
    return FeeCertificate.objects.filter(
        placement__in=later,
        recorded_at=certificate.recorded_at,
        day_fee=certificate.day_fee,
        kind=certificate.kind,
        code=certificate.code,
        during__overlap=certificate.during,
    )


def _check_room(others: QuerySet[FeeCertificate], first: date, after: date | None) -> None:
    if others.filter(during__overlap=DateRange(first, after), during__startswith__gte=first).exists():
        raise RefusedError(
            _("Another certificate begins on one of these days. Say so if this one takes its place."),
            field="first",
        )
    if after is not None and others.filter(during__contains=DateRange(first, after + DAY)).exists():
        raise RefusedError(
            _("Another certificate holds before and after these days. Say so if this one takes its place."),
            field="last",
        )


def _give_way(others: QuerySet[FeeCertificate], first: date, after: date | None) -> None:
    """What holds on these days holds before and after them only."""
    for each in others.filter(during__overlap=DateRange(first, after)):
        begins, ends = each.during.lower, each.during.upper
        goes_on = after is not None and (ends is None or ends > after)
        if begins < first:
            each.during = DateRange(begins, first)
            each.save(update_fields=["during"])
        elif goes_on:
            each.during = DateRange(after, ends)
            each.save(update_fields=["during"])
        else:
            each.delete()
        if begins < first and goes_on:
            each.pk, each.during = None, DateRange(after, ends)
            each.save(force_insert=True)


def add_charge(
    *,
    principal: Principal,
    charged: Charged,
    day: date,
    name: str,
    amount: Decimal,
    now: datetime,
    kind: str = "",
) -> OneCharge:
    """Charge something once, or below nought give it back.

    Raises RefusedError for nought, outside the place, and for what the law doesn't list at a price by income.
    """
    if not amount:
        raise RefusedError(_("Type an amount."), field="amount")
    if day not in charged.during:
        raise RefusedError(_("The child has no place on this day."), field="day")
    check_once(charged, kind, name, amount, day)
    with transaction.atomic():
        made = OneCharge.objects.create(
            **charged_by(charged),
            day=day,
            kind=kind,
            name=name,
            amount=amount,
            made_at=now,
            made_by=principal.user_id,
        )
        _record(principal, "billing.charge", made, charged, now)
    return made


def take_back_charge(*, principal: Principal, charged: Charged, charge_id: int, now: datetime) -> None:
    """A charge no longer holds; what was asked for it goes back with the next run of its month."""
    with transaction.atomic():
        for each in OneCharge.objects.filter(**charged_by(charged), pk=charge_id, taken_back_at=None):
            each.taken_back_at = now
            each.save(update_fields=["taken_back_at"])
            _record(principal, "billing.charge_back", each, charged, now)


def _record(principal: Principal, action: str, subject: Model, charged: Charged, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=subject,
        now=now,
        household_id=charged.child.household_id,
        desk_id=site_of(charged).desk_id,
    )
