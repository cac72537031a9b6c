"""What a location shows of itself: photos, hours by weekday, inspection reports, open days."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.places.models_page import ALT_LENGTH
from kribbe.places.selectors.showing import open_days_of, photos_of, reports_of
from kribbe.places.services import showing
from kribbe.trust.errors import RefusedError
from kribbe.trust.files import Kind
from kribbe.trust.permissions import Action
from kribbe.web.forms import DayField, WebAddressField
from kribbe.web.uploads import UploadField
from kribbe.web.weeks import DAY_NAMES

REMOVED = "shown_removed"
PAGES = {"photo": "places:photos", "inspection": "places:inspections", "open-day": "places:open_days"}
OPEN_PAGE = require_http_methods(["GET", "POST"])


def _hour(label: Any, **more: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--short"})
    return forms.TimeField(label=label, widget=widget, **more)


class PhotoForm(forms.Form):
    """A new photo."""

    file = UploadField(
        label=_("Photo"),
        kind=Kind.PHOTO,
        help_text=_("JPEG, PNG, WebP or AVIF, at most 12 MB. We take out where and when it was made."),
    )
    alt = forms.CharField(
        label=_("What can be seen?"),
        max_length=ALT_LENGTH,
        help_text=_(
            "One sentence, read out to who can't see it: “The garden with a sandpit under an apple tree”."
        ),
    )


class InspectionForm(forms.Form):
    """A report of the inspectorate."""

    day = DayField(_("Day of the inspection"))
    title = forms.CharField(label=_("Title"), max_length=150)
    url = WebAddressField(label=_("Link to the report"), required=False, max_length=200)
    file = UploadField(label=_("Or the report itself"), kind=Kind.PAPER, required=False)


class OpenDayForm(forms.Form):
    """A day on which families may come and look."""

    day = DayField(_("Day"))
    starts_at = _hour(_("From"))
    ends_at = _hour(_("Until"))
    note = forms.CharField(label=_("What families should know"), required=False, max_length=150)


class HoursForm(forms.Form):
    """Opening and closing time of each weekday; both empty is closed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, name in enumerate(DAY_NAMES):
            self.fields[f"opens_{day}"] = _hour(gettext("%(day)s: opens at") % {"day": name}, required=False)
            self.fields[f"closes_{day}"] = _hour(
                gettext("%(day)s: closes at") % {"day": name}, required=False
            )

    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """The fields by day."""
        return [
            (str(name), self[f"opens_{day}"], self[f"closes_{day}"]) for day, name in enumerate(DAY_NAMES)
        ]

    def clean(self) -> None:
        """A day has both hours, or neither."""
        for day in range(len(DAY_NAMES)):
            opens, closes = self._pair(day)
            if (opens is None) != (closes is None):
                lacking = f"opens_{day}" if opens is None else f"closes_{day}"
                self.add_error(lacking, gettext("Give both hours, or neither when you are closed."))

    def hours(self) -> dict[int, tuple[time, time] | None]:
        """What was typed, once it is valid; the weekend only where it is open."""
        found: dict[int, tuple[time, time] | None] = {}
        for day in range(len(DAY_NAMES)):
            opens, closes = self._pair(day)
            if opens is not None and closes is not None:
                found[day] = (opens, closes)
            elif day < 5:
                found[day] = None
        return found

    def _pair(self, day: int) -> tuple[time | None, time | None]:
        return self.cleaned_data.get(f"opens_{day}"), self.cleaned_data.get(f"closes_{day}")

    @staticmethod
    def start(location: Location) -> dict[str, time | None]:
        """The hours as they are."""
        own = {row.weekday: row for row in location.weekday_hours.all()}
        start: dict[str, time | None] = {}
        for day in range(7):
            row = own.get(day)
            usual = row is None and day < 5
            start[f"opens_{day}"] = location.opens_at if usual else row.opens_at if row else None
            start[f"closes_{day}"] = location.closes_at if usual else row.closes_at if row else None
        return start


@OPEN_PAGE
@at_location(Action.LOCATION_READ, Action.LOCATION_CHANGE)
def photos_page(request: Any, location: Location) -> HttpResponse:
    """The photos in their order, and a new one."""
    now = timezone.now()
    form = _with_file(PhotoForm(*_sent(request)), request, location, now)

    def work(given: dict[str, Any]) -> None:
        showing.add_photo(
            principal=request.principal,
            location_id=location.pk,
            file=given["file"],
            alt=given["alt"],
            now=now,
        )

    if _done(request, form, work):
        messages.success(request, gettext("The photo is on your page."))
        return redirect("places:photos", slug=location.slug)
    return _page(
        request,
        location,
        "places/photos.html",
        "photos",
        form,
        photos=photos_of(location, desk=location.desk.slug),
        most=showing.MOST_PHOTOS,
        alt_length=ALT_LENGTH,
    )


@require_POST
@at_location(Action.LOCATION_CHANGE)
def change_photo(request: Any, location: Location, photo_id: int) -> HttpResponse:
    """Another description, or one place earlier."""
    now = timezone.now()
    try:
        if "earlier" in request.POST:
            showing.move_photo(
                principal=request.principal, location_id=location.pk, photo_id=photo_id, now=now
            )
        else:
            showing.describe_photo(
                principal=request.principal,
                location_id=location.pk,
                photo_id=photo_id,
                alt=request.POST.get("alt", "")[:ALT_LENGTH],
                now=now,
            )
            messages.success(request, gettext("The description is saved."))
    except RefusedError as error:
        messages.error(request, str(error.message))
    return redirect("places:photos", slug=location.slug)


@OPEN_PAGE
@at_location(Action.LOCATION_READ, Action.LOCATION_CHANGE)
def hours_page(request: Any, location: Location) -> HttpResponse:
    """Opening hours by weekday."""
    form = HoursForm(request.POST or None, initial=HoursForm.start(location))
    now = timezone.now()

    def work(_given: dict[str, Any]) -> None:
        showing.set_hours(principal=request.principal, location_id=location.pk, hours=form.hours(), now=now)

    if _done(request, form, work):
        messages.success(request, gettext("Your opening hours are saved."))
        return redirect("places:hours", slug=location.slug)
    return _page(request, location, "places/hours.html", "hours", form)


@OPEN_PAGE
@at_location(Action.LOCATION_READ, Action.LOCATION_CHANGE)
def inspections_page(request: Any, location: Location) -> HttpResponse:
    """The reports on the page, and a new one."""
    now = timezone.now()
    form = _with_file(InspectionForm(*_sent(request)), request, location, now)

    def work(given: dict[str, Any]) -> None:
        showing.add_inspection(
            principal=request.principal, location_id=location.pk, report=showing.Report(**given), now=now
        )

    if _done(request, form, work):
        messages.success(request, gettext("The report is on your page."))
        return redirect("places:inspections", slug=location.slug)
    reports = reports_of(location, desk=location.desk.slug)
    return _page(request, location, "places/inspections.html", "inspections", form, reports=reports)


@OPEN_PAGE
@at_location(Action.LOCATION_READ, Action.LOCATION_CHANGE)
def open_days_page(request: Any, location: Location) -> HttpResponse:
    """The days that are announced, and a new one."""
    now = timezone.now()
    form = OpenDayForm(request.POST or None)

    def work(given: dict[str, Any]) -> None:
        showing.add_open_day(principal=request.principal, location_id=location.pk, now=now, **given)

    if _done(request, form, work):
        messages.success(request, gettext("The day is on your page."))
        return redirect("places:open_days", slug=location.slug)
    days = open_days_of(location, localtime(now).date())
    return _page(request, location, "places/open_days.html", "open_days", form, days=days)


@require_POST
@at_location(Action.LOCATION_CHANGE)
def take_away(request: Any, location: Location, kind: str, row_id: int) -> HttpResponse:
    """Take something off the page; the next page offers to undo it."""
    if _carried(request, location, kind, row_id, showing.take_away):
        request.session[REMOVED] = [location.pk, kind, row_id]
    return redirect(PAGES[kind], slug=location.slug)


@require_POST
@at_location(Action.LOCATION_CHANGE)
def put_back(request: Any, location: Location, kind: str, row_id: int) -> HttpResponse:
    """Undo it."""
    if _carried(request, location, kind, row_id, showing.put_back):
        messages.success(request, gettext("It is on your page again."))
    return redirect(PAGES[kind], slug=location.slug)


def _carried(request: Any, location: Location, kind: str, row_id: int, service: Callable[..., None]) -> bool:
    if kind not in PAGES:
        raise Http404
    try:
        service(
            principal=request.principal,
            location_id=location.pk,
            kind=kind,
            row_id=row_id,
            now=timezone.now(),
        )
    except RefusedError as error:
        messages.info(request, str(error.message))
        return False
    return True


def _sent(request: Any) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _with_file(form: Any, request: Any, location: Location, now: datetime) -> Any:
    form.fields["file"].keep_for(space=showing.space_of(location.pk), principal=request.principal, now=now)
    return form


def _done(request: Any, form: forms.Form, work: Callable[[dict[str, Any]], None]) -> bool:
    """Whether the form was sent, right, and carried out; what is wrong stands at its field."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        work(form.cleaned_data)
    except RefusedError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return False
    return True


def _page(
    request: Any, location: Location, template: str, current: str, form: forms.Form, **more: Any
) -> HttpResponse:
    removed = request.session.pop(REMOVED, None) if request.method == "GET" else None
    context = {
        "place_name": location.name,
        "location": location,
        "current": current,
        "form": form,
        "may_change": may_at(request.principal, Action.LOCATION_CHANGE, location),
        "removed": removed if removed and removed[0] == location.pk else None,
        **more,
    }
    return render(request, template, context, status=422 if form.errors else 200)
