"""Papers with a last day of a location: its own, and those of who works there."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Location
from kribbe.staff.models import Carer, Contract, Document
from kribbe.staff.selectors.carers import carers_of
from kribbe.web.expiring import Ending


def documents_of(location: Location, today: date) -> QuerySet[Document]:
    """The papers that are watched, the first to end before the others; none of who left."""
    own = carers_of(location).filter(not_gone(today))
    found = Document.objects.filter(Q(location=location) | Q(carer__in=own), gone_at=None)
    return found.select_related("carer").order_by("last", "pk")


def not_gone(today: date) -> Q:
    """Who works here on a day or will, not who left."""
    return Q(during__endswith=None) | Q(during__endswith__gt=today)


def ending_documents(locations: Collection[Any], today: date, until: date) -> list[Ending]:
    """Papers of these locations and of who works there that end by a day."""
    slugs = {each.pk: each.slug for each in locations}
    found = Document.objects.filter(gone_at=None, last__lte=until)
    own = [
        _document(each, each.location_id, "", slugs)
        for each in found.filter(location__in=slugs)
        if each.location_id is not None
    ]
    works = _working(slugs, today)
    held = [
        _document(each, at, works[each.carer_id].name, slugs)
        for each in found.filter(carer__in=works)
        if each.carer_id is not None
        for at in _places(works[each.carer_id], slugs)
    ]
    return own + held


def ending_contracts(locations: Collection[Any], today: date, until: date) -> list[Ending]:
    """Hours of work that were agreed to a last day, with nothing agreed after it."""
    slugs = {each.pk: each.slug for each in locations}
    works = _working(slugs, today)
    later = Contract.objects.filter(
        carer=OuterRef("carer"), during__startswith__gte=OuterRef("during__endswith")
    )
    found = Contract.objects.filter(
        carer__in=works, during__endswith__gt=today, during__endswith__lte=until
    ).exclude(Exists(later))
    return [
        Ending(
            location_id=at,
            key=f"contract:{each.pk}",
            label=_("Agreed hours of work"),
            who=works[each.carer_id].name,
            last=each.last,
            url=reverse("staff:carer", args=[slugs[at], works[each.carer_id].reference]),
        )
        for each in found
        for at in _places(works[each.carer_id], slugs)
    ]


def _working(slugs: Collection[int], today: date) -> dict[int, Carer]:
    shared = Carer.locations.through.objects.filter(location__in=slugs).values("carer")
    found = Carer.objects.filter(not_gone(today), Q(location__in=slugs) | Q(pk__in=shared))
    return {carer.pk: carer for carer in found.prefetch_related("locations")}


def _places(carer: Carer, slugs: Collection[int]) -> Iterator[int]:
    """Where somebody works, of these locations."""
    if carer.location_id is not None:
        yield carer.location_id
    else:
        yield from (each.pk for each in carer.locations.all() if each.pk in slugs)


def _document(document: Document, location_id: int, who: str, slugs: dict[int, str]) -> Ending:
    return Ending(
        location_id=location_id,
        key=f"document:{document.pk}",
        label=document.title,
        who=who,
        last=document.last,
        url=f"{reverse('staff:documents', args=[slugs[location_id]])}#paper-{document.reference}",
    )
