"""A file of the bank: checked as a whole, looked at, and booked or thrown away."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Manager
from django.utils.translation import gettext_lazy as _

from kribbe.banking.models import BankFile, FileForm, FileState, Movement, Statement
from kribbe.banking.words import fault_words
from kribbe.billing.models import Books
from kribbe.places.importing.kinds import told_kind
from kribbe.rules.bank import statement as told
from kribbe.rules.bank.camt import read_camt
from kribbe.rules.bank.coda import LENGTH, read_coda
from kribbe.trust.audit import record
from kribbe.trust.collector import few_collections
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

READERS: dict[FileForm, Callable[[bytes], list[told.Statement]]] = {
    FileForm.CODA: read_coda,
    FileForm.CAMT: read_camt,
}
MOST_TEXT = 300
HEADER = b"0000"
"""The first bytes of every CODA file."""


@few_collections()
def take_in(*, principal: Principal, books: Books, data: bytes, name: str, now: datetime) -> BankFile:
    """Check a file and keep what it tells of the books' account, or of one that they had earlier; the same file again
    gives the one that is here.

    Raises RefusedError with the record that is wrong, where all of it is of other accounts, or is here already.
    """
    digest = hashlib.sha256(data).hexdigest()
    known = BankFile.objects.filter(books=books, digest=digest).first()
    if known:
        return known
    form, told_all = _read(data, name)
    statements = _own(books, told_all)
    with transaction.atomic():
        lock_rows((Books, books.pk))
        known = BankFile.objects.filter(books=books, digest=digest).first()
        if known:
            return known
        fresh = [each for each in statements if not _is_here(books, each)]
        if not fresh:
            raise RefusedError(_("All statements of this file are here already."), field="file", code="known")
        file = BankFile.objects.create(
            books=books,
            form=form,
            name=name[:120],
            digest=digest,
            skipped=len(statements) - len(fresh),
            others=len(told_all) - len(statements),
            received_at=now,
            received_by=principal.user_id,
        )
        for each in fresh:
            _keep(books, file, each)
        record(principal=principal, action="bank.take_in", subject=file, now=now, statements=len(fresh))
    return file


def throw_away(*, principal: Principal, file: BankFile, now: datetime) -> None:
    """Forget a file that wasn't booked. Raises RefusedError where some of it was."""
    with transaction.atomic():
        lock_rows((Books, file.books_id))
        file.refresh_from_db()
        if file.state == FileState.BOOKED or file.statements.filter(booked_at__isnull=False).exists():
            raise RefusedError(_("This file is booked, and stays."), code="booked")
        record(principal=principal, action="bank.throw_away", subject=file, now=now)
        file.delete()


def _read(data: bytes, name: str) -> tuple[FileForm, list[told.Statement]]:
    begun = data.lstrip(b"\xef\xbb\xbf \r\n\t")
    _check_kind(begun, name)
    form = FileForm.CAMT if begun.startswith(b"<") else FileForm.CODA
    try:
        return form, READERS[form](data)
    except told.StatementError as error:
        raise RefusedError(fault_words(error), field="file", code=error.code) from error


def _check_kind(begun: bytes, name: str) -> None:
    """Raises RefusedError, with what it is, where a file can't be one of a bank; a damaged one can."""
    what = told_kind(begun)
    is_record = begun.startswith(HEADER) or len(begun.split(b"\n", 1)[0].rstrip(b"\r")) == LENGTH
    if what is None and (begun.startswith(b"<") or is_record):
        return
    said = {"name": name, "what": what or _("no statement of a bank")}
    raise RefusedError(
        _("“%(name)s” is %(what)s. Give the file with statements that your bank offers as CODA or CAMT.053.")
        % said,
        field="file",
        code="another_kind",
    )


def _own(books: Books, statements: Sequence[told.Statement]) -> list[told.Statement]:
    """Those of the accounts of the books. Raises RefusedError where there are none."""
    versions: Manager[Any] = apps.get_model("billing", "BooksEvent")._default_manager
    accounts = {books.iban, *versions.filter(pgh_obj=books).values_list("iban", flat=True)}
    own = [each for each in statements if each.iban in accounts]
    if not own:
        raise RefusedError(
            _("This is a statement of %(other)s. Your books have the account %(own)s.")
            % {"other": statements[0].iban, "own": books.iban},
            field="file",
            code="other_account",
        )
    return own


def _is_here(books: Books, each: told.Statement) -> bool:
    here = Statement.objects.filter(books=books, iban=each.iban, year=each.year, number=each.number).first()
    if here is None:
        return False
    if (here.old_balance, here.new_balance, here.on) != (each.old_balance, each.new_balance, each.new_on):
        raise RefusedError(
            _("Statement %(number)s is here already, with other balances. Ask your bank which of them holds.")
            % {"number": each.number},
            field="file",
            code="other_balances",
        )
    return True


def _keep(books: Books, file: BankFile, each: told.Statement) -> None:
    statement = Statement.objects.create(
        books=books,
        file=file,
        iban=each.iban,
        year=each.year,
        number=each.number,
        old_balance=each.old_balance,
        new_balance=each.new_balance,
        old_on=each.old_on,
        on=each.new_on,
    )
    Movement.objects.bulk_create(
        (Movement(statement=statement, **_fields(one)) for one in each.movements), batch_size=1000
    )


def _fields(one: told.Movement) -> dict[str, Any]:
    return {
        "number": one.number,
        "amount": one.amount,
        "on": one.entered_on,
        "value_on": one.value_on,
        "bank_reference": one.bank_reference[:35],
        "ogm": one.ogm,
        "text": one.text[:MOST_TEXT],
        "iban": one.iban,
        "name": one.name[:140],
        "client_reference": one.client_reference[:35],
        "code": one.code[:20],
        "return_reason": one.return_reason[:4],
    }
