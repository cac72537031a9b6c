"""What another desk needs to know of a household: plain facts, nothing that gives priority."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.timezone import localtime

from kribbe.contact.desk_selectors import marked
from kribbe.enrolment.models import CareRequest, HandOver, PreferenceState
from kribbe.region.models import Desk
from kribbe.rules.halfdays import SLOTS

TAKEN_OVER = "taken_over"
"""The work list of families that came from another desk; rows that were looked at are marked."""

ASKED_DAYS = ("born", "expected", "registered_on", "wanted_start", "latest_start")


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A request as it is handed over: `half_days` are numbers from 0 (Monday morning)."""

    reference: str
    child: str
    born: date | None
    expected: date | None
    registered_on: date
    wanted_start: date
    latest_start: date
    half_days: Sequence[int]
    locations: Sequence[str]


@dataclass(frozen=True, slots=True)
class Handed:
    """A household as it is handed over."""

    reference: str
    from_desk: str
    to_desk: str
    consent_by: str
    consented_on: date
    adults: Sequence[dict[str, str]]
    street: str
    postcode: str
    city: str
    language: str
    requests: Sequence[AskedFor]


def hand_overs_of(desk: Desk) -> "QuerySet[HandOver]":
    """Households that the desk handed over or took over."""
    found = HandOver.objects.filter(Q(from_desk=desk) | Q(to_desk=desk))
    return found.select_related("household", "from_desk", "to_desk").prefetch_related(
        "household__adults", "from_desk__municipality", "to_desk__municipality"
    )


def not_looked_at(desk_id: int) -> "QuerySet[HandOver]":
    """Households that a desk took over and of which nobody there opened the page since."""
    seen = marked(desk_id, TAKEN_OVER).filter(row=Cast(OuterRef("pk"), CharField()))
    standing = HandOver.objects.filter(to_desk=desk_id, household__desk=desk_id, undone_at=None)
    return standing.exclude(Exists(seen))


def handed(made: HandOver) -> Handed:
    """What went along with a hand-over, as it was on that day."""
    kept = made.document
    requests = [AskedFor(**{**one, **_days(one, ASKED_DAYS)}) for one in kept["requests"]]
    return Handed(**{**kept, **_days(kept, ("consented_on",)), "requests": requests})


def document_of(made: HandOver) -> dict[str, Any]:
    """What goes along with a hand-over, in values that JSON knows."""
    document: dict[str, Any] = json.loads(json.dumps(asdict(_now(made)), cls=DjangoJSONEncoder))
    return document


def _days(kept: Mapping[str, Any], names: Sequence[str]) -> dict[str, date | None]:
    return {name: date.fromisoformat(kept[name]) if kept[name] else None for name in names}


def _now(made: HandOver) -> Handed:
    household = made.household
    requests = made.requests.select_related("child").prefetch_related("preferences__location")
    return Handed(
        reference=household.reference,
        from_desk=made.from_desk.name,
        to_desk=made.to_desk.name if made.to_desk else made.to_name,
        consent_by=made.consent_by,
        consented_on=made.consented_on,
        adults=[
            {"name": str(adult), "email": adult.email, "phone": adult.phone}
            for adult in household.adults.order_by("-is_applicant", "pk")
        ],
        street=household.street,
        postcode=household.postcode,
        city=household.city,
        language=household.language,
        requests=[_asked(request) for request in requests.order_by("registered_at", "pk")],
    )


def _asked(request: CareRequest) -> AskedFor:
    wishes = [wish for wish in request.preferences.all() if wish.state != PreferenceState.WITHDRAWN]
    return AskedFor(
        reference=request.reference,
        child=str(request.child),
        born=request.child.born,
        expected=request.child.expected,
        registered_on=localtime(request.registered_at).date(),
        wanted_start=request.wanted_start,
        latest_start=request.latest_start,
        half_days=[slot for slot in range(SLOTS) if request.pattern >> slot & 1],
        locations=[wish.location.name for wish in sorted(wishes, key=lambda wish: wish.rank or 0)],
    )
