"""Which places of a location have an agreement, and what a place's papers say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.places.models import Location
from kribbe.planning.models import AgreedWeeks, CareAgreement, HouseRules, Paper


@dataclass(frozen=True)
class Place:
    """A certain place: whether its weeks are agreed, and whether a paper waits for the family."""

    placement: Placement
    is_agreed: bool
    waits: bool


def places_of(location: Location, *, since: date) -> list[Place]:
    """Certain places of a location that run on that day or later, those without an agreement first; one query."""
    found = (
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
        .order_by("is_agreed", "-waits", "child__name_key", "during")
    )
    return [Place(each, each.is_agreed, each.waits) for each in found]


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
