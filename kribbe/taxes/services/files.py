"""Making the files for authorities, and noting that one was sent."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import Books
from kribbe.taxes.models import AuthorityFile, CertificateKind, FileKind, TaxCertificate
from kribbe.taxes.selectors.certificates import in_force
from kribbe.taxes.selectors.months import LocationMonth
from kribbe.taxes.services.identities import numbers_for_file
from kribbe.taxes.writing import (
    belcotax,
    check_belcotax,
    check_free_month,
    check_income_month,
    free_month,
    income_month,
)
from kribbe.taxes.writing.belcotax import Fiche, Line, Party, Sending, Treatment
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

BELGIUM = "BE"
Treated = tuple[TaxCertificate, Treatment]
"""A certificate, and what the tax office is to do with it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made, its bytes, and what is wrong with it, one line each."""

    file: AuthorityFile | None
    data: bytes
    faults: Sequence[str]


def belcotax_ready(books: Books, year: int) -> QuerySet[TaxCertificate]:
    """The certificates that can go to the tax office: both numbers are known, and the payer lives in Belgium."""
    return in_force(books, year).filter(
        payer__adult__tax_identity__number__isnull=False,
        child__tax_identity__number__isnull=False,
        parties__payer__country=BELGIUM,
    )


def make_belcotax(
    *, principal: Principal, books: Books, year: int, is_test: bool = False, now: datetime
) -> Made:
    """The file of a year: the first an original, after one was sent one that replaces it.

    Without an enterprise number or anything to send it raises RefusedError; with faults no file is noted.
    """
    _check_sender(books)
    with transaction.atomic():
        lock_rows((Books, books.pk))
        before = _last_sent(books, year)
        ready = _to_send(books, year, before)
        fiches = _fiches(principal, ready, now)
        file = AuthorityFile(
            books=books,
            kind=FileKind.BELCOTAX,
            period=date(year, 1, 1),
            rows=len(ready),
            contents=[each.pk for each, how in ready if how != Treatment.CANCEL],
            replaces=before,
            made_at=now,
            made_by=principal.user_id,
        )
        data = belcotax.written(
            Sending(
                year=year,
                made_on=localtime(now).date(),
                reference=file.reference,
                sender=_sender(books),
                phone=books.phone,
                email=books.email,
                fiches=fiches,
                is_test=is_test,
                replaces=before.answer if before else "",
            )
        )
        return _noted(principal, file, data, check_belcotax.faults(data), now)


def _check_sender(books: Books) -> None:
    if not books.enterprise_number or not books.email:
        raise RefusedError(
            _(
                "The tax office asks the organiser's enterprise number and mail address: add both to the books."
            ),
            code="books",
        )


def _to_send(books: Books, year: int, before: AuthorityFile | None) -> list[Treated]:
    """What is ready, and what was sent before and doesn't hold any more. Raises RefusedError where nothing is, and
    where the number that the tax office gave to the file before isn't known.
    """
    standing = belcotax_ready(books, year).select_related("payer__adult", "child").order_by("number")
    ready = [(each, _treatment(each, before)) for each in standing]
    ready += [(each, Treatment.CANCEL) for each in _gone(before, {each.pk for each, _how in ready})]
    if not ready:
        raise RefusedError(_("There is no certificate to send yet."), code="empty")
    if before is not None and not before.answer:
        raise RefusedError(
            _("First write down which number the tax office gave to the file that you sent."), code="answer"
        )
    return ready


def _fiches(principal: Principal, ready: Sequence[Treated], now: datetime) -> list[Fiche]:
    adults, children = numbers_for_file(
        principal=principal, certificates=[each for each, _how in ready], now=now
    )
    return [_fiche(each, how, adults, children) for each, how in ready]


def make_month(
    *, principal: Principal, books: Books, told: LocationMonth, kind: FileKind, now: datetime
) -> Made:
    """A report of a location's month; with faults none is noted."""
    data, faults, rows = month_file(told, kind)
    file = AuthorityFile(
        books=books,
        location=told.location,
        kind=kind,
        period=told.income.month,
        rows=rows,
        made_at=now,
        made_by=principal.user_id,
    )
    with transaction.atomic():
        return _noted(principal, file, data, faults, now)


def month_file(told: LocationMonth, kind: FileKind) -> tuple[bytes, list[str], int]:
    """The bytes of a report, its faults, and how many lines it has."""
    if kind == FileKind.INCOME_MONTH:
        data = income_month.written(told.income)
        return data, check_income_month.faults(data), len(told.income.lines)
    data = free_month.written(
        month=told.income.month, file_number=told.location.licence_number, children=told.children
    )
    return data, check_free_month.faults(data), len(told.children)


def digest_of(data: bytes) -> str:
    """By which a file is known again."""
    return hashlib.sha256(data).hexdigest()


def mark_sent(*, principal: Principal, file: AuthorityFile, answer: str, now: datetime) -> None:
    """Note that a file went to the authority, with the number that the tax office gave to it."""
    given = answer.strip()
    if not given.isascii() or (given and not given.isalnum()) or len(given) > 6:
        raise RefusedError(_("The number of the tax office has at most 6 letters or digits."), field="answer")
    with transaction.atomic():
        lock_rows((AuthorityFile, file.pk))
        file.refresh_from_db()
        file.sent_at, file.sent_by = file.sent_at or now, file.sent_by or principal.user_id
        file.answer = given or file.answer
        file.save(update_fields=["sent_at", "sent_by", "answer"])
        record(principal=principal, action="authority_file.sent", subject=file, now=now, kind=str(file.kind))


def _noted(
    principal: Principal, file: AuthorityFile, data: bytes, faults: Sequence[str], now: datetime
) -> Made:
    if faults:
        return Made(None, data, faults)
    file.digest = digest_of(data)
    file.save()
    record(
        principal=principal,
        action="authority_file.make",
        subject=file,
        now=now,
        kind=str(file.kind),
        period=f"{file.period}",
        rows=file.rows,
    )
    return Made(file, data, ())


def _last_sent(books: Books, year: int) -> AuthorityFile | None:
    return AuthorityFile.objects.filter(
        books=books, kind=FileKind.BELCOTAX, period=date(year, 1, 1), sent_at__isnull=False
    ).first()


def _treatment(certificate: TaxCertificate, before: AuthorityFile | None) -> Treatment:
    """What a certificate is beside those of the file that was sent before, however often it was corrected since."""
    if before is None or certificate.pk in before.contents:
        return Treatment.NORMAL
    replaced = certificate.replaces
    while replaced is not None and replaced.pk not in before.contents:
        replaced = replaced.replaces
    return Treatment.CHANGE if replaced else Treatment.ADDITION


def _gone(before: AuthorityFile | None, standing: set[int]) -> list[TaxCertificate]:
    """Those that were sent before, and of which nothing holds any more."""
    if before is None:
        return []
    sent = TaxCertificate.objects.filter(pk__in=set(before.contents) - standing)
    sent = sent.select_related("payer__adult", "child", "replaced_by").order_by("number")
    return [each for each in sent if _last_of(each).kind == CertificateKind.CANCEL]


def _last_of(certificate: TaxCertificate) -> TaxCertificate:
    """What holds in its place, after every correction."""
    while later := getattr(certificate, "replaced_by", None):
        certificate = later
    return certificate


def _sender(books: Books) -> Party:
    return Party(books.name, books.street, books.postcode, books.city, books.enterprise_number)


def _fiche(
    certificate: TaxCertificate,
    treatment: Treatment,
    adults: Mapping[int, str],
    children: Mapping[int, str],
) -> Fiche:
    payer, child, certifier = (certificate.parties[name] for name in ("payer", "child", "certifier"))
    return Fiche(
        reference=str(certificate),
        treatment=treatment,
        payer=_party(payer, payer["last_name"], adults.get(certificate.payer.adult_id or 0, "")),
        child=_party(child, child["last_name"], children.get(certificate.child_id, "")),
        certifier=_party(certifier, certifier["name"], certifier["enterprise_number"]),
        lines=[_line(each) for each in certificate.lines],
    )


def _party(told: dict[str, str], name: str, number: str) -> Party:
    born = told.get("born")
    return Party(
        name=name,
        street=told["street"],
        postcode=told["postcode"],
        city=told["city"],
        number=number,
        first_name=told.get("first_name", ""),
        born=date.fromisoformat(born) if born else None,
        code=told.get("code", ""),
    )


def _line(told: dict[str, Any]) -> Line:
    return Line(
        first=date.fromisoformat(told["first"]),
        last=date.fromisoformat(told["last"]),
        days=told["days"],
        price=_cents(told["price"]) if told["price"] else None,
        amount=_cents(told["amount"]),
    )


def _cents(euros: str) -> int:
    return int(Decimal(euros) * 100)
