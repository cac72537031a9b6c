"""The rows of the desk's work lists in words; `desk` is its slug."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext

from kribbe.enrolment.models import CareRequest, Offer, Placement, RequestDraft
from kribbe.enrolment.templatetags.enrolment import fully_called, last_day
from kribbe.people.models import Child
from kribbe.web.dates import date_format


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a work list: who, what about, by when, where it is dealt with; `phones` are (name, number)."""

    key: int
    name: str
    url: str
    detail: str
    when: str
    household_id: int | None = None
    tags: Sequence[str] = ()
    phones: Sequence[tuple[str, str]] = ()


def _day(day: date | datetime | None) -> str:
    return date_format(localtime(day) if isinstance(day, datetime) else day, "DATE_FORMAT") if day else ""


def household_url(desk: str, reference: str) -> str:
    """The page with a household's whole story."""
    return reverse("enrolment:household", args=[desk, reference])


def request_line(request: CareRequest, desk: str) -> Line:
    """A request that has no offer yet."""
    return Line(
        key=request.pk,
        name=fully_called(request.child),
        url=household_url(desk, request.household.reference),
        detail=gettext("registered on %(day)s") % {"day": _day(request.registered_at)},
        when=_day(request.wanted_start),
        household_id=request.household_id,
    )


def offer_line(offer: Offer, desk: str) -> Line:
    """An offer with the last day on which it can be answered."""
    request = offer.preference.request
    return Line(
        key=offer.pk,
        name=fully_called(request.child),
        url=household_url(desk, request.household.reference),
        detail=offer.preference.location.name,
        when=_day(last_day(offer.deadline)),
        household_id=request.household_id,
    )


def placement_line(placement: Placement, desk: str) -> Line:
    """A reserved place with the last day on which it can be signed for."""
    household = placement.child.household
    return Line(
        key=placement.pk,
        name=fully_called(placement.child),
        url=household_url(desk, household.reference),
        detail=placement.group.location.name,
        when=_day(last_day(placement.sign_by)),
        household_id=household.pk,
    )


def draft_line(draft: RequestDraft, desk: str) -> Line:
    """A request left half-way."""
    return Line(
        key=draft.pk,
        name=gettext("Request %(reference)s") % {"reference": draft.reference},
        url=reverse("enrolment:draft", args=[desk, draft.reference]),
        detail=str(draft.user or ""),
        when=_day(draft.saved_at),
        household_id=draft.household_id,
    )


def call_line(child: Child, desk: str) -> Line:
    """A child whose location lost its licence, and the telephones of its adults."""
    places = [place.group.location for place in child.closed_places]  # type: ignore[attr-defined]
    wishes = [wish.location for asked in child.open_requests for wish in asked.closed_wishes]  # type: ignore[attr-defined]
    told = [gettext("has a place at %(location)s") % {"location": each.name} for each in places]
    told += [
        gettext("waits for %(location)s") % {"location": each.name} for each in wishes if each not in places
    ]
    return Line(
        key=child.pk,
        name=fully_called(child),
        url=household_url(desk, child.household.reference),
        detail="; ".join(told),
        when=_day(child.birth),
        household_id=child.household_id,
        tags=[gettext("Placed")] if places else [],
        phones=[(str(adult), adult.phone or adult.email) for adult in child.household.adults.all()],
    )
