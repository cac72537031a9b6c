"""How large the region of a database is: places, families, requests, and how far back their history goes."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Min
from django.utils.timezone import localdate

from kribbe.enrolment.models import CareRequest, Placement, PlacementState, RequestState
from kribbe.people.models import Child
from kribbe.places.models import Location
from kribbe.planning.models import CareAgreement


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Rows that are there, and the first day of which the history of requests tells."""

    locations: int
    children: int
    in_care: int
    open_requests: int
    placements: int
    agreements: int
    since: date | None
    bytes: int

    def as_json(self) -> dict[str, object]:
        """Figures as they are printed."""
        return asdict(self) | {"since": self.since.isoformat() if self.since else None}

    def sentence(self) -> str:
        """All of it."""
        return (
            f"{self.locations:,} locations, {self.children:,} children "
            f"({self.in_care:,} of them in care today), {self.open_requests:,} open requests, "
            f"{self.placements:,} placements, {self.agreements:,} agreements, "
            f"history since {self.since or 'today'}, {self.bytes / 1024**3:.1f} GB"
        )


def counted() -> Counted:
    """Of the database to which Django is connected."""
    versions = apps.get_model("enrolment", "CareRequestEvent")
    told: dict[str, Any] = versions._default_manager.aggregate(first=Min("pgh_created_at"))
    here = Placement.objects.filter(state=PlacementState.FINAL, during__contains=localdate())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = int(cursor.fetchone()[0])
    return Counted(
        locations=Location.objects.filter(active=True).count(),
        children=Child.objects.count(),
        in_care=here.values("child").distinct().count(),
        open_requests=CareRequest.objects.filter(state=RequestState.OPEN).count(),
        placements=Placement.objects.count(),
        agreements=CareAgreement.objects.count(),
        since=localdate(told["first"]) if told["first"] else None,
        bytes=size,
    )
