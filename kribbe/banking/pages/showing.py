"""What the pages of banking share."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from kribbe.banking.selectors.movements import Shown
from kribbe.billing.access import note_payers
from kribbe.places.models import Location


def around(location: Location) -> dict[str, Any]:
    """What every page of a location has."""
    return {"place_name": location.name, "location": location}


def at_row(request: Any, rows: "QuerySet[Any]") -> dict[str, Any]:
    """The row after or before which the reader is; a row that isn't there is the beginning."""
    for side in ("after", "before"):
        reference = request.GET.get(side, "")
        found = rows.filter(reference=reference).first() if reference else None
        if found:
            return {side: found}
    return {}


def noted(request: Any, location: Location, rows: Iterable[Shown]) -> None:
    """Write down whose names a page of payments shows."""
    note_payers(request, location, (payer for row in rows for payer in row.payers), of="bank")
