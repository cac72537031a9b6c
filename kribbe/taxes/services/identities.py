"""National numbers: given by a parent, checked, kept sealed, and deleted once no certificate needs them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from stdnum.be import bis, nn
from stdnum.exceptions import ValidationError

from kribbe.people.models import Adult, Child
from kribbe.rules.packs import load_pack
from kribbe.taxes.models import TaxCertificate, TaxIdentity
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal

PACK = "flanders"
Person = Adult | Child


def checked_number(text: str) -> str:
    """The eleven digits of a national or bis number. Raises RefusedError, whose words never repeat it."""
    for kind in (nn, bis):
        try:
            return str(kind.validate(text))
        except ValidationError:
            continue
    raise RefusedError(
        _("This is not a national number. It has 11 digits; you find it on the back of the identity card."),
        field="number",
        code="national-number",
    )


def give_identity(
    *,
    principal: Principal,
    person: Person,
    number: str | None,
    severe_disability: bool = False,
    now: datetime,
) -> TaxIdentity:
    """Keep a person's number for the tax certificate; with None as number the one that is known stays.

    Raises RefusedError where it is no national number, or isn't that of a child born on its day.
    """
    digits = None if number is None else checked_number(number)
    if digits and isinstance(person, Child):
        _check_birth(digits, person)
    with transaction.atomic():
        lock_rows((type(person), person.pk))
        kept, _made = TaxIdentity.objects.get_or_create(
            **_of(person), defaults={"given_at": now, "given_by": principal.user_id}
        )
        if digits is not None:
            kept.number, kept.given_at, kept.given_by = digits, now, principal.user_id
        kept.severe_disability = severe_disability
        kept.save()
        _record(principal, "tax_number.give", kept, person, now, number=digits is not None)
    return kept


def remove_identity(*, principal: Principal, person: Person, now: datetime) -> bool:
    """Delete what was told for the tax certificate. Returns whether there was anything."""
    with transaction.atomic():
        lock_rows((type(person), person.pk))
        kept = TaxIdentity.objects.filter(**_of(person)).first()
        if kept is None:
            return False
        _record(principal, "tax_number.remove", kept, person, now)
        kept.delete()
    return True


def numbers_for_file(
    *, principal: Principal, certificates: Sequence[TaxCertificate], now: datetime
) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """The numbers in clear of the payers (by adult) and children of certificates, for the file to the tax office.

    Each that is read leaves a row on the trail of its household.
    """
    adults = {each.payer.adult_id for each in certificates if each.payer.adult_id}
    children = {each.child_id for each in certificates}
    kept = TaxIdentity.objects.filter(Q(adult__in=adults) | Q(child__in=children), number__isnull=False)
    of_adults: dict[int, str] = {}
    of_children: dict[int, str] = {}
    for each in kept.select_related("adult__household", "child__household"):
        _record(principal, "tax_number.use", each, each.adult or each.child, now)
        if each.adult_id:
            of_adults[each.adult_id] = each.number or ""
        if each.child_id:
            of_children[each.child_id] = each.number or ""
    return of_adults, of_children


def forget_due(*, now: datetime) -> int:
    """Delete what was told of people of whom no certificate is young enough to need it. Returns how many.

    The years count from the last certificate, or from the year in which the number was given.
    """
    today = localtime(now).date()
    years = load_pack(PACK).integer("tax_certificate.keep_years", today)
    oldest = today.year - years
    needed = TaxCertificate.objects.filter(year__gte=oldest)
    due = (
        TaxIdentity.objects.filter(given_at__year__lt=oldest)
        .exclude(adult__in=needed.filter(payer__adult__isnull=False).values("payer__adult"))
        .exclude(child__in=needed.values("child"))
        .select_related("adult", "child")
    )
    return sum(
        remove_identity(principal=SYSTEM, person=person, now=now)
        for each in due
        if (person := each.adult or each.child)
    )


def _of(person: Person) -> dict[str, Person]:
    return {"child": person} if isinstance(person, Child) else {"adult": person}


def _check_birth(digits: str, child: Child) -> None:
    """A number begins with year and month of birth; in a bis number 20 or 40 is added to the month."""
    born = child.born
    month = int(digits[2:4]) % 20
    if born and month and (digits[:2], month) != (f"{born:%y}", born.month):
        raise RefusedError(
            _("This number isn't that of a child born on this day. Look at the card of the child."),
            field="number",
            code="other-birth",
        )


def _record(
    principal: Principal,
    action: str,
    kept: TaxIdentity,
    person: Person | None,
    now: datetime,
    **data: Any,
) -> None:
    household = person.household if person else None
    record(
        principal=principal,
        action=action,
        subject=kept,
        now=now,
        household_id=household.pk if household else None,
        desk_id=household.desk_id if household else None,
        **data,
    )
