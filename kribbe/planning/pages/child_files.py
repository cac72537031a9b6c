"""The files of the children whom a location cares for, or will soon."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.selectors.stays import stays
from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.planning.access import file_place_at
from kribbe.planning.file_words import file_lists, file_rows
from kribbe.planning.forms_file import ToldFileForm
from kribbe.planning.models import ChildFile
from kribbe.planning.pages.my_file import initial_file, paper_answer
from kribbe.planning.selectors.child_file import (
    AtHand,
    allergies_of,
    file_of,
    is_due,
    logs_in,
    open_places,
    versions,
)
from kribbe.planning.services.child_file import keep_told_file
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action


@require_safe
@at_location(Action.CHILD_FILE_READ)
def files_page(request: Any, location: Location) -> HttpResponse:
    """Every child with its allergies and whether its file is filled in and looked at; four queries at most."""
    now = timezone.now()
    today = localtime(now).date()
    places = [row.home for row in stays(open_places(location.pk, today), today)]
    files = {
        each.child_id: each
        for each in ChildFile.objects.filter(child__in=[place.child_id for place in places], version__gt=0)
    }
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=(place.child.household_id for place in places),
        now=now,
        of="child_files",
    )
    context = {
        "place_name": location.name,
        "location": location,
        "rows": [
            {
                "place": place,
                "name": f"{place.child}",
                "file": (file := files.get(place.child_id)),
                "allergies": allergies_of(file) if file else (),
                "is_due": is_due(file, today),
            }
            for place in places
        ],
    }
    return render(request, "planning/files.html", context)


@require_safe
@at_location(Action.CHILD_FILE_READ)
def file_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """One child's file. The look is written down."""
    now = timezone.now()
    placement = file_place_at(request.principal, location, reference, now=now)
    file = file_of(placement.child_id)
    found = versions(file) if file else []
    context = {
        "place_name": location.name,
        "location": location,
        "told_by": found[0].told_by if found else "",
        "may_write": may_at(request.principal, Action.PLAN_CHANGE, location)
        and not logs_in(placement.child.household),
        "placement": placement,
        "name": f"{placement.child}",
        "birth": placement.child.birth,
        "file": file,
        "is_due": is_due(file, localtime(now).date()),
        "lists": file_lists(file) if file else AtHand(),
        "rows": file_rows(file) if file else [],
    }
    return render(request, "planning/file.html", context)


@require_http_methods(["GET", "POST"])
@at_location(Action.CHILD_FILE_READ, Action.PLAN_CHANGE)
def write_file(request: Any, location: Location, reference: str) -> HttpResponse:
    """Fill in the file of a child whose parents have no log-in. The look is written down."""
    now = timezone.now()
    placement = file_place_at(request.principal, location, reference, now=now)
    file = file_of(placement.child_id)
    form = ToldFileForm(request.POST or None, initial=initial_file(placement, file))
    if request.method == "POST" and form.is_valid():
        try:
            keep_told_file(
                principal=request.principal,
                child_id=placement.child_id,
                kept=form.kept(),
                told_by=form.cleaned_data["told_by"],
                seen_version=form.cleaned_data["version"],
                now=now,
            )
            messages.success(request, _("Kept. Whoever cares for the child sees it at once."))
            return redirect("planning:file", location.slug, reference)
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
    context = {
        "place_name": location.name,
        "location": location,
        "placement": placement,
        "name": f"{placement.child}",
        "form": form,
    }
    return render(request, "planning/write_file.html", context, status=422 if form.errors else 200)


@require_safe
@at_location(Action.CHILD_FILE_READ)
def file_paper(request: Any, location: Location, reference: str) -> HttpResponse:
    """One child's file as a PDF. The look is written down."""
    return paper_answer(file_place_at(request.principal, location, reference, now=timezone.now()))
