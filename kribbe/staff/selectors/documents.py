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

Slugs = dict[int, str]
"""Of the locations that are asked of, by their id."""

Works = dict[int, Carer]
"""Who works there, by id."""


def documents_of(location: Location, today: date) -> QuerySet[Document]:
    """The papers that are watched, the first to end before the others; none of who left."""
    own = carers_of(location).filter(not_gone(today))
    found = Document.objects.filter(Q(location=location) | Q(carer__in=own), gone_at=None)
    return found.select_related("carer").order_by("last", "pk")


def not_gone(today: date) -> Q:
    """Who works here on a day or will, not who left."""
    return Q(during__endswith=None) | Q(during__endswith__gt=today)


def ending_papers(locations: Collection[Any], today: date, until: date) -> list[Ending]:
    """What of these locations and of who works there ends by a day: their papers, and hours that were agreed."""
    slugs = {each.pk: each.slug for each in locations}
    works = _working(slugs, today)
    return [*_ending_documents(slugs, works, until), *_ending_contracts(slugs, works, today, until)]


def _ending_documents(slugs: Slugs, works: Works, until: date) -> Iterator[Ending]:
    found = Document.objects.filter(gone_at=None, last__lte=until)
    for each in found.filter(Q(location__in=slugs) | Q(carer__in=works)):
        if each.location_id is not None:
            yield _document(each, each.location_id, "", slugs)
        elif each.carer_id is not None:
            carer = works[each.carer_id]
            yield from (_document(each, at, carer.name, slugs) for at in _places(carer, slugs))


def _ending_contracts(slugs: Slugs, works: Works, today: date, until: date) -> Iterator[Ending]:
    """Hours of work that were agreed to a last day, with nothing agreed after it."""
    later = Contract.objects.filter(
        carer=OuterRef("carer"), during__startswith__gte=OuterRef("during__endswith")
    )
    found = Contract.objects.filter(
        carer__in=works, during__endswith__gt=today, during__endswith__lte=until
    ).exclude(Exists(later))
    for each in found:
        carer = works[each.carer_id]
        for at in _places(carer, slugs):
            yield Ending(
                location_id=at,
                key=f"contract:{each.pk}",
                label=_("Agreed hours of work"),
                who=carer.name,
                last=each.last,
                url=reverse("staff:carer", args=[slugs[at], carer.reference]),
            )


def _working(slugs: Collection[int], today: date) -> Works:
    shared = Carer.locations.through.objects.filter(location__in=slugs).values("carer")
    found = Carer.objects.filter(not_gone(today), Q(location__in=slugs) | Q(pk__in=shared))
    return {carer.pk: carer for carer in found.prefetch_related("locations")}


def _places(carer: Carer, slugs: Collection[int]) -> Iterator[int]:
    """Where somebody works, of these locations."""
    if carer.location_id is not None:
        yield carer.location_id
    else:
        yield from (each.pk for each in carer.locations.all() if each.pk in slugs)


def _document(document: Document, location_id: int, who: str, slugs: Slugs) -> Ending:
    return Ending(
        location_id=location_id,
        key=f"document:{document.pk}",
        label=document.title,
        who=who,
        last=document.last,
        url=f"{reverse('staff:documents', args=[slugs[location_id]])}#paper-{document.reference}",
    )
