"""Which places of a location have an agreement, and what a place's papers say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import Stay, stays
from kribbe.places.models import Location
from kribbe.planning.models import AgreedWeeks, CareAgreement, HouseRules, Paper


@dataclass(frozen=True)
class Place:
    """A stay with a certain place: whether all its weeks are agreed, and whether a paper waits for the family."""

    stay: Stay
    placement: Placement
    """Its piece of the day, or the one of which the weeks aren't agreed."""
    is_agreed: bool
    waits: bool


def places_of(location: Location, *, since: date) -> list[Place]:
    """Stays at a location that run on that day or later, each once, those without an agreement first; two queries."""
    found: QuerySet[Any] = (
        Placement.objects.filter(
            Q(during__endswith=None) | Q(during__endswith__gt=since),
            group__location=location,
            state=PlacementState.FINAL,
        )
        .annotate(
            is_agreed=Exists(AgreedWeeks.objects.filter(placement=OuterRef("pk"))),
            waits=Exists(open_papers().filter(_of(OuterRef("pk")))),
        )
        .select_related("child", "group", "parent")
        .order_by("child__name_key", "during")
    )
    rows = [_place(stay) for stay in stays(found, since)]
    return sorted(rows, key=lambda row: (row.is_agreed, not row.waits))


def _place(stay: Stay) -> Place:
    pieces: Sequence[Any] = stay.pieces
    unwritten = (piece for piece in pieces if not piece.is_agreed)
    return Place(
        stay=stay,
        placement=next(unwritten, stay.home),
        is_agreed=all(piece.is_agreed for piece in pieces),
        waits=any(piece.waits for piece in pieces),
    )


def agreement_for(placement: Placement) -> CareAgreement | None:
    """The agreement of a place: its own, or the one that it carries on."""
    return CareAgreement.objects.filter(Q(placement=placement) | Q(weeks__placement=placement)).first()


def papers_of(agreement: CareAgreement | None) -> Sequence[Paper]:
    """The papers of an agreement, the newest first."""
    if agreement is None:
        return []
    return list(agreement.papers.select_related("house_rules").order_by("-number"))


def has_received(agreement: CareAgreement, rules: HouseRules) -> bool:
    """Whether the family signed for receipt of these house rules."""
    return agreement.papers.filter(receipt=True, house_rules=rules, signed_at__isnull=False).exists()


def open_papers() -> QuerySet[Paper]:
    """Papers that wait for the family."""
    return Paper.objects.filter(signed_at=None, withdrawn_at=None)


def _of(placement: OuterRef) -> Q:
    return Q(agreement__placement=placement) | Q(agreement__weeks__placement=placement)
