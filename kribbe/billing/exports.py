"""Files for accounting: the journal, the sales journal, and the balance of payers. All from the ledger."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import xlsxwriter
from django.utils.translation import gettext as _

from kribbe.billing.chart import numbers_of
from kribbe.billing.models import Account, Books
from kribbe.billing.selectors.accounts import aged, documents_of, journal_rows, sales_rows
from kribbe.rules.money import NOUGHT, cents

BLANK = cents(NOUGHT)
"""With its cents, as all amounts of a column."""
Row = Sequence[object]
Table = tuple[Sequence[str], list[Row]]


JOURNAL = (
    "entry", "date", "document", "kind", "account", "account_name", "customer", "customer_name", "text", "debit",
    "credit", "currency",
)  # fmt: skip
"""Heads of the journal: the same in every language, so that a package that knows them once knows them always."""


def journal(books: Books, first: date, last: date) -> Table:
    """Heads and rows of the journal: a line for each side of an entry, under the numbers of the organiser's chart."""
    numbers = numbers_of(books)
    lines = list(journal_rows(books, first, last))
    documents = documents_of({line.entry for line in lines})
    rows: list[Row] = [
        [
            line.entry.reference,
            line.entry.on,
            documents.get(line.entry_id, ""),
            line.entry.kind,
            numbers[Account(line.account)],
            Account(line.account).label,
            line.payer.reference if line.payer else "",
            line.payer.name if line.payer else "",
            line.entry.note or line.entry.get_kind_display(),
            max(line.amount, BLANK),
            max(-line.amount, BLANK),
            "EUR",
        ]
        for line in lines
    ]
    return JOURNAL, rows


def sales(books: Books, first: date, last: date) -> Table:
    """Heads and rows of the sales journal: a row for each invoice and credit note."""
    heads = [
        _("Number"), _("Date"), _("Due on"), _("Kind"), _("Payer"), _("Enterprise number"), _("Month of care"),
        _("Total"), _("VAT"), _("Reference"),
    ]  # fmt: skip
    rows: list[Row] = [
        [
            str(each),
            each.issued_on,
            each.due_on,
            each.get_kind_display(),
            each.parties["buyer"]["name"],
            each.parties["buyer"]["enterprise_number"],
            each.month,
            each.total,
            Decimal("0.00"),
            each.ogm,
        ]
        for each in sales_rows(books, first, last)
    ]
    return heads, rows


def balances(books: Books, on: date) -> Table:
    """Heads and rows of what payers owe at the end of a day, by how late it is."""
    heads = [
        _("Payer"), _("Not due yet"), _("Up to 30 days late"), _("31 to 60 days"), _("61 to 90 days"),
        _("Over 90 days"), _("Costs, less what was paid too much"), _("Total"),
    ]  # fmt: skip
    rows: list[Row] = [[row.payer.name, *row.bands, row.beside, row.total] for row in aged(books, on)]
    return heads, rows


def as_book(name: str, table: Table) -> bytes:
    """A table as a workbook (XLSX): dates are dates, amounts numbers with two decimals."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        styles = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            Decimal: book.add_format({"num_format": "0.00"}),
        }
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(name[:31])
        heads, rows = table
        sheet.write_row(0, 0, heads, bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, styles)
        sheet.autofit()
    return made.getvalue()


def _write(
    sheet: "xlsxwriter.worksheet.Worksheet", row: int, column: int, cell: object, styles: dict[type, object]
) -> None:
    if isinstance(cell, Decimal):
        sheet.write_number(row, column, float(cell), styles[Decimal])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, styles[date])
    else:
        sheet.write_string(row, column, str(cell))
