"""Tables that a person takes along to a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.http import HttpResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be carried out by a spreadsheet."""


def csv_file(name: str, heads: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table for a Belgian spreadsheet: semicolons and decimal commas, UTF-8 with its mark, no formulas."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerows([_plain(cell) for cell in row] for row in [heads, *rows])
    return response


def list_file(name: str, heads: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table for whatever reads CSV: commas and decimal points, UTF-8 with its mark, no formulas."""
    out = io.StringIO()
    csv.writer(out).writerows([_harmless(cell) for cell in row] for row in [heads, *rows])
    return text_file(out.getvalue(), name)


def text_file(text: str, name: str) -> HttpResponse:
    """CSV that is written already, such as an example to fill in."""
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _plain(cell: object) -> str:
    if isinstance(cell, Decimal):
        return str(cell).replace(".", ",")
    return _harmless(cell)


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    is_number = isinstance(cell, int | float | Decimal)
    return f"'{text}" if text.startswith(FORMULA) and not is_number else text
