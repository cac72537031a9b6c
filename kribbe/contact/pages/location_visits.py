"""A location's visits: moments published or proposed, who comes, and what is called off."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages as told
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from kribbe.contact.access import Seat
from kribbe.contact.links import are_linked
from kribbe.contact.models import VisitMoment, VisitState
from kribbe.contact.pages.feeds import feed_of
from kribbe.contact.pages.seats import address, framed
from kribbe.contact.selectors.visits import moments_at
from kribbe.contact.services import visits as services
from kribbe.contact.words import discreetly, family, moment_words
from kribbe.people.models import Household
from kribbe.people.selectors import adults_first
from kribbe.places.models import Location
from kribbe.places.selectors.closed import closed_days
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.web.forms import DayField
from kribbe.web.templatetags.telling import long_date
from kribbe.web.weeks import join_words


class WhenForm(forms.Form):
    """A day, and from when until when."""

    day = DayField(
        gettext_lazy("Day"),
    )
    begins = forms.TimeField(
        label=gettext_lazy("From"), widget=forms.TimeInput(attrs={"type": "time", "class": "input--short"})
    )
    ends = forms.TimeField(
        label=gettext_lazy("Until"), widget=forms.TimeInput(attrs={"type": "time", "class": "input--short"})
    )

    def clean(self) -> dict[str, Any]:
        """The end comes after the beginning, both on one day."""
        given = super().clean() or {}
        begins, ends = given.get("begins"), given.get("ends")
        if begins and ends and begins >= ends:
            self.add_error("ends", _("Choose a time after the beginning."))
        return given

    def moment(self, name: str) -> dt.datetime:
        """The day at that time, by the clock of the desk."""
        naive = dt.datetime.combine(self.cleaned_data["day"], self.cleaned_data[name])
        return timezone.make_aware(naive)


class MomentForm(WhenForm):
    """When families may come, and how many."""

    seats = forms.IntegerField(
        label=gettext_lazy("How many families"),
        min_value=1,
        max_value=services.MOST_SEATS,
        initial=4,
        widget=forms.NumberInput(attrs={"class": "input--short"}),
    )
    weeks = forms.IntegerField(
        label=gettext_lazy("How many weeks in a row"),
        min_value=1,
        max_value=services.MOST_WEEKS,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "input--short"}),
    )
    note = forms.CharField(
        label=gettext_lazy("What families should know"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Where to ring, where to park, whether the child may come along."),
    )


@require_http_methods(["GET", "POST"])
def visits(request: Any, seat: Seat) -> HttpResponse:
    """Moments to come with the families that booked, and a form for another; for one family with `household`."""
    location, now = _location(seat), timezone.now()
    household = _proposed_to(request, location)
    form = MomentForm(request.POST or None)
    if household is not None:
        for name in ("seats", "weeks"):
            form.fields[name].required = False
    if form.is_valid() and _made(request, location, household, form):
        return HttpResponseRedirect(address(seat, "visits"))
    moments = list(moments_at(location, now=now))
    closed = _closed(location, moments)
    _note_families(request, location, moments, now)
    context = framed(
        seat,
        location=location,
        household=discreetly(household) if household else "",
        moments=[_row(each, closed) for each in moments],
        form=form,
        feed=feed_of(request, seat),
    )
    return render(request, "contact/location_visits.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def move_moment(request: Any, seat: Seat, reference: str) -> HttpResponse:
    """Move a moment in time; the families that booked it are told, and their calendars follow."""
    moment = _moment(seat, reference)
    starts, ends = timezone.localtime(moment.starts_at), timezone.localtime(moment.ends_at)
    form = WhenForm(
        request.POST or None, initial={"day": starts.date(), "begins": starts.time(), "ends": ends.time()}
    )
    if form.is_valid() and _moved(request, moment, form):
        return HttpResponseRedirect(address(seat, "visits"))
    context = framed(
        seat,
        form=form,
        moment=moment,
        heading=_("Move this moment"),
        lead=moment_words(moment),
        submit_label=_("Move"),
        back_url=address(seat, "visits"),
        back_label=_("Visits"),
    )
    return render(request, "contact/move_moment.html", context, status=422 if form.errors else 200)


def _moved(request: Any, moment: VisitMoment, form: WhenForm) -> bool:
    try:
        count = services.move_moment(
            moment_id=moment.pk,
            starts_at=form.moment("begins"),
            ends_at=form.moment("ends"),
            principal=request.principal,
            now=timezone.now(),
        )
    except RefusedError as refused:
        form.add_error(refused.field or None, str(refused.message))
        return False
    told.success(
        request, ngettext("Moved; %d family is told.", "Moved; %d families are told.", count) % count
    )
    return True


@require_http_methods(["GET", "POST"])
def cancel_moment(request: Any, seat: Seat, reference: str) -> HttpResponse:
    """Call a moment off; the families are told."""
    moment = _moment(seat, reference)
    if request.method == "POST":
        count = services.cancel_moment(moment_id=moment.pk, principal=request.principal, now=timezone.now())
        said = ngettext("Called off; %d family is told.", "Called off; %d families are told.", count) % count
        told.success(request, said)
        return HttpResponseRedirect(address(seat, "visits"))
    context = framed(seat, moment=moment, when=moment_words(moment), back_url=address(seat, "visits"))
    return render(request, "contact/cancel_moment.html", context)


def _moment(seat: Seat, reference: str) -> VisitMoment:
    return get_object_or_404(VisitMoment, location=_location(seat), reference=reference, state=VisitState.ON)


def _location(seat: Seat) -> Location:
    if seat.location is None:
        raise TypeError("these pages are a location's")
    return seat.location


def _proposed_to(request: Any, location: Location) -> Household | None:
    reference = request.GET.get("household", "")
    if not reference:
        return None
    found = Household.objects.prefetch_related(adults_first()).filter(reference=reference).first()
    if found is None or not are_linked(household_id=found.pk, location_id=location.pk):
        raise Http404
    return found


def _made(request: Any, location: Location, household: Household | None, form: MomentForm) -> bool:
    given: dict[str, Any] = {
        "location": location,
        "starts_at": form.moment("begins"),
        "ends_at": form.moment("ends"),
        "note": form.cleaned_data["note"],
        "principal": request.principal,
        "now": timezone.now(),
    }
    try:
        if household is not None:
            services.propose_moment(household=household, **given)
            told.success(request, _("The family is told, and can book this moment."))
        else:
            counts = {name: form.cleaned_data[name] for name in ("seats", "weeks")}
            services.publish_moments(**given, **counts)
            told.success(request, _("Published. Families that chose you can book now."))
            _tell_skipped(request, location, form)
    except RefusedError as refused:
        form.add_error(refused.field or None, str(refused.message))
        return False
    return True


def _tell_skipped(request: Any, location: Location, form: MomentForm) -> None:
    skipped = services.closed_moments(
        location=location, starts_at=form.moment("begins"), weeks=form.cleaned_data["weeks"]
    )
    if skipped:
        days = join_words([long_date(day) for day in skipped])
        told.info(request, _("Left out, as you are closed then: %(days)s.") % {"days": days})


def _closed(location: Location, moments: list[VisitMoment]) -> frozenset[dt.date]:
    """The closed days among those of the moments, which come in order."""
    days = [timezone.localdate(each.starts_at) for each in moments]
    return closed_days(location.pk, days[0], days[-1]) if days else frozenset()


def _row(moment: VisitMoment, closed: frozenset[dt.date]) -> dict[str, Any]:
    return {
        "is_closed": timezone.localdate(moment.starts_at) in closed,
        "moment": moment,
        "when": moment_words(moment),
        "families": [family(each.household) for each in moment.bookings.all()],
        "proposed_to": discreetly(moment.for_household) if moment.for_household else "",
    }


def _note_families(request: Any, location: Location, moments: list[VisitMoment], now: dt.datetime) -> None:
    """Whose names stood there."""
    households = {each.household_id for moment in moments for each in moment.bookings.all()}
    if households:
        record(
            principal=request.principal,
            action="list.read",
            subject=location,
            now=now,
            desk_id=location.desk_id,
            households=sorted(households),
            of="visits",
        )
