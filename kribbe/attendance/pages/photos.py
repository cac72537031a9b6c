"""The photo of a child: given and taken back by its parents, or by the location as a parent told it."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kribbe.attendance.forms import PhotoForm, ToldPhotoForm
from kribbe.attendance.selectors.photos import data_url, face_of
from kribbe.attendance.services.photos import keep_photo, take_back_photo
from kribbe.enrolment.models import Placement
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.planning.access import file_place_at, own_placement
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.export import space_of
from kribbe.trust.permissions import Action

TAKE_BACK = "back"


@require_http_methods(["GET", "POST"])
def my_photo(request: Any, reference: str) -> HttpResponse:
    """The photo of one's own child."""
    now = timezone.now()
    placement = own_placement(request.principal, Action.CHILD_FILE_KEEP, reference, now=now)
    use_desk(request, placement.child.household.desk)
    form = _form(request, PhotoForm, placement, now)
    if _taken_back(request, placement, now) or _kept(request, form, placement, request.principal.name, now):
        return redirect("attendance:my_photo", reference)
    context = _context(form, placement, fully_called(placement.child)) | {
        "location": placement.group.location
    }
    return render(request, "attendance/my_photo.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@at_location(Action.CHILD_FILE_READ, Action.PLAN_CHANGE)
def child_photo(request: Any, location: Location, reference: str) -> HttpResponse:
    """The photo of a child at the location. The look is written down."""
    now = timezone.now()
    placement = file_place_at(request.principal, location, reference, now=now)
    form = _form(request, ToldPhotoForm, placement, now)
    told_by = form.data.get("agreed_name", "")
    if _taken_back(request, placement, now) or _kept(request, form, placement, told_by, now, is_noted=True):
        return redirect("attendance:child_photo", location.slug, reference)
    context = _context(form, placement, f"{placement.child}") | {
        "place_name": location.name,
        "location": location,
        "may_write": may_at(request.principal, Action.PLAN_CHANGE, location),
    }
    return render(request, "attendance/child_photo.html", context, status=422 if form.errors else 200)


def _form(request: Any, of: type[forms.Form], placement: Placement, now: datetime) -> Any:
    is_sent = request.method == "POST" and request.POST.get("do") != TAKE_BACK
    form: Any = of(request.POST, request.FILES) if is_sent else of()
    form.fields["file"].keep_for(
        space=space_of(placement.child.household_id), principal=request.principal, now=now
    )
    return form


def _taken_back(request: Any, placement: Placement, now: datetime) -> bool:
    if request.method != "POST" or request.POST.get("do") != TAKE_BACK:
        return False
    take_back_photo(principal=request.principal, child_id=placement.child_id, now=now)
    messages.success(request, _("The photo is deleted. Tablets show initials again."))
    return True


def _kept(
    request: Any, form: Any, placement: Placement, agreed_name: str, now: datetime, *, is_noted: bool = False
) -> bool:
    """Whether a photo came and is kept; what is wrong stands at its field."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        keep_photo(
            principal=request.principal,
            child_id=placement.child_id,
            file=form.cleaned_data["file"],
            agreed_name=agreed_name,
            is_noted=is_noted,
            now=now,
        )
    except RefusedError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        return False
    messages.success(request, _("Kept. Whoever cares for the child sees the photo beside its name."))
    return True


def _context(form: Any, placement: Placement, name: str) -> dict[str, Any]:
    photo = face_of(placement.child_id)
    return {
        "form": form,
        "placement": placement,
        "name": name,
        "photo": photo,
        "face": data_url(photo.file.key) if photo else "",
    }
