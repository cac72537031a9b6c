"""Issuing tax certificates: those of a year as the books stand, and the corrections of earlier ones."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localtime

from kribbe.billing.models import Books, Payer
from kribbe.people.models import Child
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.tax_certificate import Draft, Period, certificates, counted
from kribbe.taxes.models import CertificateCopy, CertificateKind, TaxCertificate, TaxIdentity, Way
from kribbe.taxes.selectors.certificates import in_force
from kribbe.taxes.selectors.paid import ChildPaid, package_payers, paid_by, payers_of_year
from kribbe.taxes.services.identities import PACK
from kribbe.taxes.services.telling import tell_payer
from kribbe.trust.audit import record
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

AT_ONCE = 100
"""Payers in one transaction."""
ORGANISER = ("name", "street", "postcode", "city", "enterprise_number")
CERTIFIER = ("name", "street", "postcode", "city", "enterprise_number", "code")
PAYER = ("name", "street", "postcode", "city", "country")
Key = tuple[int, int]
"""Payer and child."""


@dataclass(frozen=True, slots=True)
class Issued:
    """How many were issued, by what they are."""

    new: int = 0
    changed: int = 0
    cancelled: int = 0

    def __add__(self, other: "Issued") -> "Issued":
        return Issued(self.new + other.new, self.changed + other.changed, self.cancelled + other.cancelled)


def issue_year(*, principal: Principal, books: Books, year: int, now: datetime) -> Issued:
    """Issue every certificate of a year as the books stand, and correct those that no longer say what was paid.

    Interrupted, it can be called again: what is right already is left alone.
    """
    keys = payers_to_look_at(books, year)
    done = Issued()
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        done += issue_part(principal=principal, books=books, year=year, keys=part, now=now)
    return done


def payers_to_look_at(books: Books, year: int) -> list[int]:
    """The payers (by primary key) who paid in a year or for a package before, or have a certificate of it."""
    return sorted(
        {
            *payers_of_year(books, year).values_list("pk", flat=True),
            *package_payers(books, year).values_list("pk", flat=True),
            *in_force(books, year).values_list("payer_id", flat=True),
        }
    )


def take_copy(*, principal: Principal, certificate: TaxCertificate, way: Way, now: datetime) -> bool:
    """Note that a copy leaves; returns whether it is a duplicate, which the document then says."""
    with transaction.atomic():
        lock_rows((TaxCertificate, certificate.pk))
        again = CertificateCopy.objects.filter(certificate=certificate).exists()
        CertificateCopy.objects.create(
            certificate=certificate, way=way, is_duplicate=again, taken_at=now, taken_by=principal.user_id
        )
        _record(principal, "tax_certificate.copy", certificate, now, way=str(way), duplicate=again)
    return again


def issue_part(
    *, principal: Principal, books: Books, year: int, keys: Sequence[int], now: datetime
) -> Issued:
    """Issue and correct the certificates of these payers, all of them or none."""
    with transaction.atomic():
        lock_rows((Books, books.pk), *((Payer, key) for key in keys))
        payers = list(Payer.objects.filter(pk__in=keys).select_related("adult__household"))
        standing: dict[Key, list[TaxCertificate]] = defaultdict(list)
        for each in in_force(books, year).filter(payer__in=keys).select_related("payer__adult", "child"):
            standing[each.payer_id, each.child_id].append(each)
        wanted, found = _wanted(payers, year, localtime(now).date())
        writer = _Writer(principal, books, year, now)
        for key in sorted(set(wanted) | set(standing)):
            writer.write(found.get(key), wanted.get(key, []), standing.get(key, []))
        writer.finish()
    return writer.done


def _wanted(
    payers: Sequence[Payer], year: int, today: date
) -> tuple[Mapping[Key, Sequence[Draft]], Mapping[Key, ChildPaid]]:
    pack = load_pack(PACK)
    found = {(each.payer.pk, each.child.pk): each for each in paid_by(payers, year, today=today)}
    disabled = set(
        TaxIdentity.objects.filter(
            child__in=[child for _payer, child in found], severe_disability=True
        ).values_list("child_id", flat=True)
    )
    return {key: _drafts(each, year, key[1] in disabled, pack) for key, each in found.items()}, found


def _drafts(paid: ChildPaid, year: int, disabled: bool, pack: Pack) -> list[Draft]:
    born = paid.child.born
    if born is None:
        return []
    days = counted(paid.days, year=year, born=born, disabled=disabled, pack=pack)
    return certificates(days, year=year, pack=pack)


class _Writer:
    """Writes the certificates of some payers with numbers that follow, and tells each payer once."""

    def __init__(self, principal: Principal, books: Books, year: int, now: datetime) -> None:
        self._principal, self._books, self._year, self._now = principal, books, year, now
        last = TaxCertificate.objects.filter(books=books, year=year).aggregate(last=Max("number"))["last"]
        self._number = last or 0
        self._told: dict[int, TaxCertificate] = {}
        self.done = Issued()

    def write(
        self, paid: ChildPaid | None, wanted: Sequence[Draft], standing: Sequence[TaxCertificate]
    ) -> None:
        """Bring what stands to what is wanted. What is right stays; of the rest the first replaces the first."""
        said = [each.lines for each in standing]
        asked = [as_lines(each) for each in wanted]
        wrong = sorted((each for each in standing if each.lines not in asked), key=_place)
        missing = [each for each, lines in zip(wanted, asked, strict=True) if lines not in said]
        for draft, old in zip_longest(missing, wrong):
            if draft is None:
                self._cancel(old)
            elif paid is not None:
                self._issue(paid, draft, old)

    def finish(self) -> None:
        """Tell the payers."""
        for certificate in self._told.values():
            tell_payer(certificate, now=self._now)

    def _issue(self, paid: ChildPaid, draft: Draft, old: TaxCertificate | None) -> None:
        self._create(
            payer=paid.payer,
            child=paid.child,
            kind=CertificateKind.CHANGE if old else CertificateKind.ORIGINAL,
            replaces=old,
            lines=as_lines(draft),
            days=draft.days,
            total=draft.total,
            parties=self._parties(paid.payer, paid.child),
        )
        self.done += Issued(changed=1) if old else Issued(new=1)

    def _cancel(self, old: TaxCertificate) -> None:
        self._create(
            payer=old.payer,
            child=old.child,
            kind=CertificateKind.CANCEL,
            replaces=old,
            lines=[],
            days=0,
            total=Decimal(0),
            parties=old.parties,
        )
        self.done += Issued(cancelled=1)

    def _create(self, *, payer: Payer, **fields: Any) -> None:
        self._number += 1
        made = TaxCertificate.objects.create(
            books=self._books,
            payer=payer,
            year=self._year,
            number=self._number,
            language=payer.language,
            issued_on=localtime(self._now).date(),
            issued_at=self._now,
            issued_by=self._principal.user_id,
            **fields,
        )
        self._told[payer.pk] = made
        _record(self._principal, "tax_certificate.issue", made, self._now, kind=str(made.kind))

    def _parties(self, payer: Payer, child: Child) -> dict[str, Any]:
        first, last = (payer.adult.first_name, payer.adult.last_name) if payer.adult else ("", payer.name)
        household = child.household
        return {
            "organiser": {name: getattr(self._books, name) for name in ORGANISER},
            "certifier": _certifier(self._year),
            "payer": {name: getattr(payer, name) for name in PAYER}
            | {"first_name": first, "last_name": last},
            "child": {
                "first_name": child.first_name,
                "last_name": child.last_name,
                "born": f"{child.born}",
                "street": household.street,
                "postcode": household.postcode,
                "city": household.city,
            },
        }


def _certifier(year: int) -> dict[str, str]:
    """The authority that licenses the organiser, by the pack."""
    pack, day = load_pack(PACK), date(year, 12, 31)
    return {name: pack.text(f"tax_certificate.certifier_{name}", day) for name in CERTIFIER}


def _place(certificate: TaxCertificate) -> tuple[str, str, Decimal]:
    """Where it stands among those of a child, as `rules.tax_certificate` orders periods."""
    line = certificate.lines[0]
    return line["first"], line["last"], Decimal(line["amount"])


def as_lines(draft: Draft) -> list[dict[str, Any]]:
    """The periods as they are kept."""
    return [_line(each) for each in draft.periods]


def _line(period: Period) -> dict[str, Any]:
    return {
        "first": f"{period.first}",
        "last": f"{period.last}",
        "days": period.days,
        "price": None if period.price is None else f"{period.price:.2f}",
        "amount": f"{period.amount:.2f}",
    }


def _record(
    principal: Principal, action: str, certificate: TaxCertificate, now: datetime, **data: Any
) -> None:
    adult = certificate.payer.adult
    record(
        principal=principal,
        action=action,
        subject=certificate,
        now=now,
        household_id=adult.household_id if adult else None,
        **data,
    )
