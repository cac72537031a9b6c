"""Writing down whose names stood on a page that staff opened."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from kribbe.billing.models import Payer
from kribbe.people.models import Adult, Child
from kribbe.places.models import Location
from kribbe.trust.audit import note_list


def note_payers(
    request: Any, location: Location, payers: Iterable[Payer], *, of: str, children: Iterable[Child] = ()
) -> None:
    """The families of these payers and children were read on the page `of`; one query."""
    adults = {payer.adult_id for payer in payers if payer.adult_id}
    households = list(Adult.objects.filter(pk__in=adults).values_list("household_id", flat=True))
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=[*households, *(child.household_id for child in children)],
        now=timezone.now(),
        of=of,
    )
