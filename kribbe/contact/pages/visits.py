"""A family's visits: those booked, those to book, and its calendar."""

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages as told
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.contact.access import Seat
from kribbe.contact.links import linked_locations
from kribbe.contact.models import VisitBooking, VisitMoment
from kribbe.contact.pages.feeds import feed_of
from kribbe.contact.pages.seats import address, framed
from kribbe.contact.selectors.visits import bookable_moments, visits_of
from kribbe.contact.services import visits as services
from kribbe.contact.words import moment_words
from kribbe.people.models import Household
from kribbe.trust.errors import RefusedError


@require_GET
def visits(request: Any, seat: Seat) -> HttpResponse:
    """Visits to come, moments at the locations of one's choice, and the calendar."""
    household, now = _household(seat), timezone.now()
    booked = list(visits_of(household, now=now))
    visited = {each.moment.location_id for each in booked}
    open_moments = bookable_moments(household, linked_locations(household.pk) - visited, now=now)
    groups = groupby(open_moments, key=lambda each: each.location)
    context = framed(
        seat,
        booked=[{"booking": each, "when": moment_words(each.moment)} for each in booked],
        places=[
            {
                "location": location,
                "moments": [{"moment": each, "when": moment_words(each)} for each in moments],
            }
            for location, moments in groups
        ],
        feed=feed_of(request, seat),
    )
    return render(request, "contact/visits.html", context)


@require_POST
def book(request: Any, seat: Seat, reference: str) -> HttpResponse:
    """Take a seat."""
    household = _household(seat)
    moment = get_object_or_404(
        bookable_or_full(household), reference=reference, location__in=linked_locations(household.pk)
    )
    try:
        services.book(
            moment_id=moment.pk, household=household, principal=request.principal, now=timezone.now()
        )
        told.success(request, _("Your visit is booked. You get a mail that you can add to your calendar."))
    except RefusedError as refused:
        told.error(request, str(refused.message))
    return HttpResponseRedirect(address(seat, "visits"))


@require_POST
def cancel(request: Any, seat: Seat, reference: str) -> HttpResponse:
    """Don't come after all."""
    booking = get_object_or_404(_own(seat), reference=reference)
    services.cancel(booking=booking, principal=request.principal, now=timezone.now())
    told.success(request, _("Your visit is cancelled. While there are seats you can book it again below."))
    return HttpResponseRedirect(address(seat, "visits"))


class MoveForm(forms.Form):
    """To which moment."""

    moment = forms.ChoiceField(label=gettext_lazy("New moment"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, moments: list[VisitMoment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["moment"].choices = [(each.reference, moment_words(each)) for each in moments]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def move(request: Any, seat: Seat, reference: str) -> HttpResponse:
    """Come at another moment."""
    household, now = _household(seat), timezone.now()
    booking = get_object_or_404(_own(seat), reference=reference)
    location = booking.moment.location
    moments = [
        each for each in bookable_moments(household, [location.pk], now=now) if each.pk != booking.moment_id
    ]
    form = MoveForm(request.POST or None, moments=moments)
    if form.is_valid() and _moved(request, booking, form, moments):
        told.success(request, _("Your visit is moved. You get a mail that changes your calendar too."))
        return HttpResponseRedirect(address(seat, "visits"))
    context = framed(
        seat,
        form=form,
        heading=_("Move your visit to %s") % location.name,
        lead=moment_words(booking.moment),
        back_url=address(seat, "visits"),
        submit_label=_("Move"),
        moments=moments,
    )
    return render(request, "contact/move_visit.html", context, status=422 if form.errors else 200)


def bookable_or_full(household: Household) -> Any:
    """Moments that this family may try to book; whether a seat is left the service says."""
    return VisitMoment.objects.filter(for_household=None) | VisitMoment.objects.filter(
        for_household=household
    )


def _moved(request: Any, booking: VisitBooking, form: MoveForm, moments: list[VisitMoment]) -> bool:
    chosen = next(each for each in moments if each.reference == form.cleaned_data["moment"])
    try:
        services.move(booking=booking, moment_id=chosen.pk, principal=request.principal, now=timezone.now())
    except RefusedError as refused:
        form.add_error("moment", str(refused.message))
        return False
    return True


def _own(seat: Seat) -> Any:
    return visits_of(_household(seat), now=timezone.now())


def _household(seat: Seat) -> Household:
    if seat.household is None:
        raise TypeError("these pages are a family's")
    return seat.household
