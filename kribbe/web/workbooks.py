"""Tables as files: CSV as a Belgian spreadsheet opens it, and XLSX."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from django.http import HttpResponse
from django.utils.timezone import localtime

from kribbe.web.tables import csv_file

KINDS = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 60

Row = Sequence[object]


def table_file(kind: str, name: str, heads: Sequence[str], rows: Iterable[Row]) -> HttpResponse:
    """The table as a file of this kind ("csv" or "xlsx"), named without its ending."""
    if kind == "csv":
        return csv_file(name, heads, rows)
    response = HttpResponse(workbook(name, heads, list(rows)), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def workbook(name: str, heads: Sequence[str], rows: Sequence[Row]) -> bytes:
    """One sheet with a header that stays in view; numbers and days stay numbers and days, no text is a formula."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(name[:31])
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
        longest = max([len(head), *(len(str(row[column])) for row in rows)])
        sheet.set_column(column, column, min(WIDEST, longest + 2))
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, day)
    sheet.freeze_panes(1, 0)
    book.close()
    return content.getvalue()


def _write(
    sheet: "xlsxwriter.worksheet.Worksheet", row: int, column: int, value: object, day: object
) -> None:
    match value:
        case None | "":
            return
        case datetime():
            sheet.write_string(row, column, localtime(value).isoformat(timespec="minutes"))
        case date():
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
        case int() | float() | Decimal():
            sheet.write_number(row, column, value)
        case _:
            sheet.write_string(row, column, str(value))
