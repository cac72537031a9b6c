"""Which share of locations and places the figures cover, and how fresh they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import DateTimeField, Exists, F, IntegerField, Max, OuterRef, QuerySet, Subquery, Sum

from kribbe.attendance.models import Presence
from kribbe.billing.models import InvoiceKind, InvoiceLine
from kribbe.enrolment.models import Offer, Placement, PlacementState, Preference, PreferenceState
from kribbe.places.models import GroupCapacity, Location
from kribbe.planning.models import AgreedWeeks
from kribbe.policy.definitions import Basis
from kribbe.policy.territory import Territory
from kribbe.region.selectors import named
from kribbe.staff.models import Shift

CONFIRMED = timedelta(days=28)
"""A location that looked at its places no longer ago has confirmed them."""

LATELY = timedelta(days=365)
"""An offer through the desk within this time: the location gives places through it."""

NEAR = timedelta(days=60)
"""A register kept or a roster made no further away: the location works with it."""


@dataclass(frozen=True, slots=True)
class LocationUse:
    """What one location keeps with the desk. `places` are licensed places; None where none are known."""

    name: str
    slug: str
    desk_slug: str
    kind: str
    municipality: str
    places: int | None
    has_list: bool
    offers: bool
    has_children: bool
    plans: bool
    registers: bool
    rosters: bool
    invoices: bool
    looked_at: datetime | None
    confirmed: bool

    @property
    def keeps_places(self) -> bool:
        """Its free half-days are true only if the children who have them are known to the desk."""
        return self.places is not None and (self.has_children or self.offers)

    def supports(self, basis: Basis) -> bool:
        """Whether figures of this kind rest on this location too."""
        if basis is Basis.QUESTIONS:
            return False
        if basis is Basis.PLACES:
            return self.places is not None
        if basis is Basis.REQUESTS:
            return self.has_list or self.offers
        return self.keeps_places


@dataclass(frozen=True, slots=True)
class Share:
    """So many locations, with so many licensed places."""

    locations: int
    places: int

    @classmethod
    def of(cls, found: Sequence[LocationUse]) -> "Share":
        return cls(len(found), sum(each.places or 0 for each in found))


@dataclass(frozen=True)
class Coverage:
    """The open locations of a territory, and which of them do what."""

    locations: Sequence[LocationUse]

    @property
    def all(self) -> Share:
        return Share.of(self.locations)

    @property
    def confirmed(self) -> Share:
        return Share.of([each for each in self.locations if each.confirmed])

    def using(self, part: str) -> Share:
        """The locations that use a part: `plans`, `registers`, `rosters` or `invoices`."""
        return Share.of([each for each in self.locations if getattr(each, part)])

    @property
    def oldest(self) -> datetime | None:
        """The longest ago that one of those who ever looked did so."""
        return min((each.looked_at for each in self.locations if each.looked_at), default=None)

    def covering(self, basis: Basis) -> Share:
        """The locations on which figures of this kind rest."""
        return Share.of([each for each in self.locations if each.supports(basis)])


def coverage(territory: Territory, *, today: date, now: datetime) -> Coverage:
    """What every open location of the territory keeps with its desk, by name."""
    here = OuterRef("pk")
    places = (
        GroupCapacity.objects.filter(group__location=here, group__active=True, during__contains=today)
        .order_by()
        .values("group__location")
        .annotate(total=Sum("licensed_places"))
        .values("total")
    )
    offered = (
        Offer.objects.filter(preference__location=here)
        .order_by()
        .values("preference__location")
        .annotate(last=Max("made_at"))
        .values("last")
    )
    held = Placement.objects.filter(group__location=here, state=PlacementState.FINAL, during__contains=today)
    waiting = Preference.objects.filter(location=here, state=PreferenceState.WAITING)
    came = Presence.objects.filter(day__gt=today - NEAR, day__lte=today)
    rows = (
        Location.objects.filter(desk__in=territory.desk_ids, active=True)
        .annotate(
            places=Subquery(places, output_field=IntegerField()),
            offered_at=Subquery(offered, output_field=DateTimeField()),
            has_children=Exists(held),
            has_list=Exists(waiting),
            plans=Exists(_agreed(here, today)),
            registers=Exists(came.filter(placement__group__location=here))
            | Exists(came.filter(direct__group__location=here)),
            rosters=Exists(Shift.objects.filter(location=here, day__range=(today - NEAR, today + NEAR))),
            invoices=Exists(_invoiced(here, today)),
            at=named("municipality"),
            desk_slug=F("desk__slug"),
        )
        .order_by("name_key", "pk")
    )
    return Coverage(
        [
            LocationUse(
                name=row.name,
                slug=row.slug,
                desk_slug=row.desk_slug,
                kind=row.kind,
                municipality=row.at,
                places=row.places,
                has_list=row.has_list,
                offers=row.offered_at is not None and row.offered_at > now - LATELY,
                has_children=row.has_children,
                plans=row.plans,
                registers=row.registers,
                rosters=row.rosters,
                invoices=row.invoices,
                looked_at=row.looked_at,
                confirmed=row.looked_at is not None and row.looked_at > now - CONFIRMED,
            )
            for row in rows
        ]
    )


def _agreed(here: OuterRef, today: date) -> QuerySet[AgreedWeeks]:
    """Weeks of an agreement that hold today, of a place that holds too."""
    return AgreedWeeks.objects.filter(
        placement__group__location=here,
        placement__state=PlacementState.FINAL,
        placement__during__contains=today,
        during__contains=today,
    )


def _invoiced(here: OuterRef, today: date) -> QuerySet[InvoiceLine]:
    """What was asked for a place of the location within the last twelve months."""
    return InvoiceLine.objects.filter(
        placement__group__location=here,
        invoice__kind=InvoiceKind.INVOICE,
        invoice__issued_on__gt=today - LATELY,
        invoice__issued_on__lte=today,
    )
