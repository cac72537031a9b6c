"""Fee certificates that end while the child stays."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kribbe.billing.access import may_bill
from kribbe.billing.models import FeeCertificate
from kribbe.enrolment.models import Placement
from kribbe.planning.selectors.planned import certain
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal
from kribbe.web.expiring import Ending

DAY = timedelta(days=1)


def ending_certificates(locations: Collection[Any], today: date, until: date) -> list[Ending]:
    """The last certificate of each place that ends by a day, where the child stays longer; four queries at most."""
    slugs = {each.pk: each.slug for each in locations}
    organisers = {each.organiser_id for each in locations}
    ends = FeeCertificate.objects.filter(
        Q(during__endswith__isnull=False),
        books__organiser__in=organisers,
        during__endswith__lte=until + DAY,
        child__in=certain((today, today + DAY)).filter(group__location__in=slugs).order_by().values("child"),
    )
    found = list(ends.select_related("books"))
    if not found:
        return []
    places = certain((today, today + DAY)).filter(
        group__location__in=slugs, child__in={each.child_id for each in found}
    )
    of_child: dict[int, list[Placement]] = {}
    for place in places.prefetch_related(None).select_related("child", "group__location"):
        of_child.setdefault(place.child_id, []).append(place)
    others = _by_child(found)
    doors = {each.pk: partial(may_bill, action=Action.BILLING_READ, location=each) for each in locations}
    return [
        _ending(each, place, slugs, doors[place.group.location_id])
        for each in found
        for place in of_child.get(each.child_id, ())
        if _holds_for(each, place)
        and (place.during.upper is None or place.during.upper > each.during.upper)
        and not any(_follows(other, each, place) for other in others.get(each.child_id, ()))
    ]


def _by_child(ends: Collection[FeeCertificate]) -> Mapping[int, list[FeeCertificate]]:
    """Every certificate of these children that holds after the first of these ends."""
    first = min(each.during.upper for each in ends)
    found: dict[int, list[FeeCertificate]] = {}
    after = Q(during__endswith=None) | Q(during__endswith__gt=first)
    rows = FeeCertificate.objects.filter(after, child__in={each.child_id for each in ends})
    for each in rows.select_related("books"):
        found.setdefault(each.child_id, []).append(each)
    return found


def _follows(other: FeeCertificate, ends: FeeCertificate, place: Placement) -> bool:
    """Whether the place has another certificate from the end of this one on, or from a later day."""
    upper = other.during.upper
    return (
        other.pk != ends.pk
        and other.books_id == ends.books_id
        and _holds_for(other, place)
        and (upper is None or upper > ends.during.upper)
    )


def _holds_for(certificate: FeeCertificate, place: Placement) -> bool:
    if certificate.placement_id is not None:
        return certificate.placement_id == place.pk
    return certificate.books.organiser_id == place.group.location.organiser_id


def _ending(
    certificate: FeeCertificate, place: Placement, slugs: dict[int, str], door: Callable[[Principal], bool]
) -> Ending:
    at = place.group.location_id
    return Ending(
        location_id=at,
        key=f"fee_certificate:{certificate.pk}",
        label=_("Fee certificate"),
        who=f"{place.child}",
        last=certificate.during.upper - DAY,
        url=reverse("billing:fee", args=[slugs[at], place.reference]),
        household_id=place.child.household_id,
        door=door,
    )
