"""Tables that a person takes along to a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be carried out by a spreadsheet."""


def csv_file(name: str, heads: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table as a file that a Belgian spreadsheet opens: semicolons, UTF-8 with its mark, no formulas."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerows([_plain(cell) for cell in row] for row in [heads, *rows])
    return response


def _plain(cell: object) -> str:
    text = "" if cell is None else str(cell)
    is_number = isinstance(cell, int | float)
    return f"'{text}" if text.startswith(FORMULA) and not is_number else text
