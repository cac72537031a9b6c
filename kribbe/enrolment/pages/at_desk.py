"""What the desk's own pages share: their door, and tables as files."""

import csv
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.views.decorators.cache import never_cache

from kribbe.people.access import require_at_desk
from kribbe.trust.permissions import Action

View = Callable[..., HttpResponse]
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def at_desk(action: Action) -> Callable[[View], View]:
    """Opens a page for those who may do this over the desk or its region; others find nothing there."""

    def guard(view: View) -> View:
        @wraps(view)
        @never_cache
        def opened(request: Any, desk: str, **parts: Any) -> HttpResponse:
            require_at_desk(request.principal, action, request.desk)
            return view(request, **parts)

        return opened

    return guard


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table as a file that a Belgian spreadsheet opens: semicolons, UTF-8 with its mark, no formulas."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow(heads)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return response


def _plain(cell: object) -> str:
    text = "" if cell is None else str(cell)
    is_number = isinstance(cell, int | float)
    return f"'{text}" if text.startswith(FORMULA) and not is_number else text
