"""The doors to an organiser's books, and to a parent's invoices.

Books are of all locations of an organiser. Who may bill at one of them only sees none of it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone

from kribbe.billing.models import Books, Charged, Invoice, Payer, UnplacedCare
from kribbe.enrolment.models import Placement
from kribbe.outofschool.selectors.prices import clubs_of
from kribbe.people.access import refusal
from kribbe.people.models import Adult, Child
from kribbe.places.access import at_location, place_of, sisters
from kribbe.places.models import Location
from kribbe.trust.audit import note_list
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Principal, Scope

View = Callable[..., HttpResponse]


def may_bill(principal: Principal, action: Action, location: Location) -> bool:
    """Whether the principal may do this for all that the location's organiser runs."""
    if location.organiser_id in scope_ids(principal, action, Scope.ORGANISER):
        return True
    own = scope_ids(principal, action, Scope.LOCATION)
    if location.organiser_id is None:
        return location.pk in own
    return sisters(location) <= own


def with_books(reading: Action, changing: Action | None = None) -> Callable[[View], View]:
    """Opens a page of an organiser's books by one of its locations; the view gets the location and its books.

    A location whose organiser keeps no books yet has None, and is asked to begin them.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: Any, location: Location, *args: Any, **kwargs: Any) -> HttpResponse:
            action = (changing or reading) if request.method == "POST" else reading
            if not may_bill(request.principal, action, location):
                raise refusal(request.principal)
            books = Books.objects.filter(organiser=location.organiser_id).first()
            return view(request, location, books, *args, **kwargs)

        return at_location(reading, changing)(opened)

    return decorate


def books_place(request: Any) -> Mapping[str, object] | None:
    """For the navigation: the address of the open location, where the reader may see its organiser's books."""
    location = place_of(request)
    if location is None:
        return None
    if not hasattr(request, "sees_books"):
        request.sees_books = may_bill(request.principal, Action.BILLING_READ, location)
    return {"slug": location.slug} if request.sees_books else None


def invoice_at(principal: Principal, books: Books, reference: str) -> Invoice:
    """An invoice of these books; another's isn't found."""
    found = Invoice.objects.select_related("books", "payer").filter(books=books, reference=reference).first()
    if found is None:
        raise refusal(principal)
    return found


def placement_at(books: Books | None, location: Location, reference: str) -> tuple[Books, Placement]:
    """The books, and a place of this location; raises Http404 where there are none, or for another's place."""
    placement = (
        Placement.objects.select_related("child", "group__location")
        .filter(group__location=location, reference=reference)
        .first()
    )
    if books is None or placement is None:
        raise Http404
    return books, placement


def charged_at(books: Books | None, location: Location, reference: str) -> tuple[Books, Charged]:
    """As `priced_at`, or out-of-school care at a club of the organiser."""
    care = UnplacedCare.objects.select_related("child", "club").filter(reference=reference)
    found = care.filter(club__in=clubs_of(books.organiser_id)).first() if books else None
    return (books, found) if books and found else priced_at(books, location, reference)


def priced_at(books: Books | None, location: Location, reference: str) -> tuple[Books, Charged]:
    """As `placement_at`, or a child's places of one day at this location: what a fee certificate can be of."""
    care = UnplacedCare.objects.select_related("child", "location")
    found = care.filter(location=location, reference=reference).first() if books else None
    return (books, found) if books and found else placement_at(books, location, reference)


def payer_of_books(principal: Principal, books: Books | None, reference: str) -> Payer:
    """A payer of these books; another's isn't found."""
    found = Payer.objects.select_related("books", "adult").filter(books=books, reference=reference).first()
    if found is None:
        raise refusal(principal)
    return found


def own_invoice(principal: Principal, reference: str) -> Invoice:
    """An invoice of a household of the reader; another's isn't found."""
    found = (
        Invoice.objects.select_related("books", "payer")
        .filter(
            reference=reference,
            payer__adult__household__in=scope_ids(principal, Action.INVOICE_READ, Scope.HOUSEHOLD),
        )
        .first()
    )
    if found is None:
        raise refusal(principal)
    return found


def note_payers(
    request: Any, location: Location, payers: Iterable[Payer], *, of: str, children: Iterable[Child] = ()
) -> None:
    """The families of these payers and children were read on the page `of`; at most one query to know them."""
    of_family = [payer for payer in payers if payer.adult_id]
    known = {
        payer.adult.household_id
        for payer in of_family
        if Payer.adult.is_cached(payer) and payer.adult is not None
    }
    adults = {payer.adult_id or 0 for payer in of_family if not Payer.adult.is_cached(payer)}
    asked = Adult.objects.filter(pk__in=adults).values_list("household_id", flat=True) if adults else ()
    households = [*known, *asked]
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=[*households, *(child.household_id for child in children)],
        now=timezone.now(),
        of=of,
    )
