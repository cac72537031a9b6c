"""Keeping a list of certificates, carrying it out in one transaction, and taking it back."""

import json
from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kribbe.billing.importing.plan import plan
from kribbe.billing.importing.rows import Row
from kribbe.billing.models import Books, CertificateImport, FeeCertificate, ImportedCertificate
from kribbe.billing.services.fees import add_certificate
from kribbe.enrolment.models import Placement
from kribbe.people.models import Child
from kribbe.places.importing.files import Line, Table
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

KEPT = timedelta(days=14)


def keep_list(
    *, principal: Principal, books: Books, name: str, table: Table, now: datetime
) -> CertificateImport:
    """Keep what a file says until it is carried out; sealed, as it names families."""
    return CertificateImport.objects.create(
        books=books,
        file_name=name[:200],
        table=json.dumps([table.header, [[line.number, line.cells] for line in table.lines], table.source]),
        given_at=now,
        given_by=principal.user_id,
    )


def forget_lists(*, now: datetime) -> int:
    """Let go of lists that nobody carried out in two weeks. Returns how many."""
    gone, _rows = CertificateImport.objects.filter(done_at=None, given_at__lte=now - KEPT).delete()
    return gone


def table_of(run: CertificateImport) -> Table:
    """The kept list."""
    header, lines, source = json.loads(run.table or '[[], [], ""]')
    return Table(tuple(header), tuple(Line(number, cells) for number, cells in lines), source)


def carry_out(*, principal: Principal, run_id: int, now: datetime) -> CertificateImport:
    """Write every row that has no fault, all in one transaction; rows are judged anew under the lock.

    Raises RefusedError where it was carried out already, or nothing can be.
    """
    with transaction.atomic():
        run = CertificateImport.objects.select_related("books").get(pk=run_id)
        lock_rows((Books, run.books_id), (CertificateImport, run_id))
        run.refresh_from_db()
        if run.done_at is not None:
            raise RefusedError(_("This list was taken over already."), code="done")
        table = table_of(run)
        lock_rows(*((Child, place.child_id) for place in plan(table, run.books).places.values()))
        made = plan(table, run.books)
        if not made.new:
            raise RefusedError(_("No row of this list can be taken over."), code="nothing")
        for row in made.new:
            _write(principal, run, row, made.places[row.line], now)
        run.done_at, run.table, run.totals = now, None, made.totals
        run.faults = [fault.as_kept() for fault in made.faults]
        run.save(update_fields=["done_at", "table", "totals", "faults"])
        record(principal=principal, action="billing.import", subject=run, now=now, new=len(made.new))
    return run


def _write(principal: Principal, run: CertificateImport, row: Row, place: Placement, now: datetime) -> None:
    if row.first is None or row.day_fee is None:
        raise ValueError("a row without faults has a day and a fee")
    standing = FeeCertificate.objects.filter(books=run.books, child=place.child_id, placement=None)
    before = standing.filter(during__contains=row.first).first()
    certificate = add_certificate(
        principal=principal,
        books=run.books,
        placement=place,
        first=row.first,
        last=row.end,
        day_fee=row.day_fee,
        kind=row.kind,
        code=row.code,
        alone=False,
        now=now,
    )
    ImportedCertificate.objects.create(
        run=run,
        line=row.line,
        certificate=certificate,
        shortened=before,
        shortened_end=before.during.upper if before else None,
    )


def undo_list(*, principal: Principal, run_id: int, now: datetime) -> CertificateImport:
    """Take a list back: its certificates go, and those that they ended hold as before.

    One on which a later certificate leans stays, and is told in `totals`. Raises RefusedError where the list was
    never carried out, or was undone.
    """
    with transaction.atomic():
        run = CertificateImport.objects.select_related("books").get(pk=run_id)
        lock_rows((Books, run.books_id), (CertificateImport, run_id))
        run.refresh_from_db()
        if run.done_at is None or run.undone_at is not None:
            raise RefusedError(_("This list was undone already."), code="undone")
        rows = list(run.certificates.select_related("certificate", "shortened").order_by("-line"))
        lock_rows(*((Child, row.certificate.child_id) for row in rows))
        gone = sum(_took_back(row) for row in rows)
        run.undone_at = now
        run.totals = {**run.totals, "gone": gone, "kept": len(rows) - gone}
        run.save(update_fields=["undone_at", "totals"])
        record(principal=principal, action="billing.import_undo", subject=run, now=now, gone=gone)
    return run


def _took_back(row: ImportedCertificate) -> bool:
    """Take back the last certificate of a child; one on which a later one leans stays."""
    certificate, shortened, end = row.certificate, row.shortened, row.shortened_end
    others = FeeCertificate.objects.filter(
        books=certificate.books_id, child=certificate.child_id, placement=None, pk__gt=certificate.pk
    )
    if others.exists():
        return False
    certificate.delete()
    if shortened is not None:
        shortened.during = DateRange(shortened.during.lower, end)
        shortened.save(update_fields=["during"])
    return True
