"""Tasks of the desk, and notes about a household or a location."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kribbe.contact import desk_services as services
from kribbe.contact.desk_selectors import (
    clerks_of,
    done_tasks,
    notes_about,
    open_tasks,
    tasks_about,
    tasks_for,
)
from kribbe.contact.models import Note, Task
from kribbe.contact.pages.desk import back_to, for_desk_work
from kribbe.people.access import household_for
from kribbe.people.forms import OnceForm
from kribbe.people.models import Household
from kribbe.people.pages.showing import form_page
from kribbe.places.models import Location
from kribbe.region.http import DeskRequest
from kribbe.region.models import Desk
from kribbe.trust.permissions import Action
from kribbe.web.forms import DayField

SHOWN = 100
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


class TaskForm(OnceForm):
    """Something to do, by when and for whom."""

    text = forms.CharField(label=_("What must be done?"), max_length=500)
    due = DayField(_("By when?"))
    assignee = forms.ChoiceField(label=_("For whom?"), required=False)

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(user.pk), str(user)) for user in clerks_of(desk)]
        self.fields["assignee"].choices = [("", _("Whoever is at the desk")), *people]  # type: ignore[attr-defined]


class NoteForm(OnceForm):
    """What colleagues should know."""

    text = forms.CharField(
        label=_("What should colleagues know?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_(
            "Only staff of this desk read it. Write nothing about health, money, belief or the law here: what gives "
            "priority has a place of its own. A family may ask to read what you write."
        ),
    )


@require_safe
@for_desk_work
def tasks(request: DeskRequest) -> HttpResponse:
    """Open tasks: the reader's own and the desk's, everybody's, or those done."""
    which = request.GET.get("which", "mine")
    found = {
        "mine": lambda: tasks_for(request.desk, request.principal.user_id).order_by("due", "pk"),
        "all": lambda: open_tasks(request.desk).order_by("due", "pk"),
        "done": lambda: done_tasks(request.desk).order_by("-done_at", "-pk"),
    }
    if which not in found:
        raise Http404
    context = {"tasks": found[which]()[:SHOWN], "which": which, "today": timezone.localdate()}
    return render(request, "contact/tasks.html", context)


@GET_OR_POST
@for_desk_work
def new_task(request: DeskRequest) -> HttpResponse:
    """A task, about a household or location if the address names one (`?household=` or `?location=`)."""
    household, location = _about(request)
    now = timezone.now()

    def work(given: dict[str, Any]) -> None:
        services.add_task(
            desk=request.desk,
            text=given["text"],
            due=given["due"],
            assignee_id=int(given["assignee"]) if given["assignee"] else None,
            household=household,
            location=location,
            request=request.GET.get("request", "")[:20],
            principal=request.principal,
            now=now,
        )

    start = {"due": timezone.localdate(), "assignee": str(request.principal.user_id)}
    start["text"] = request.GET.get("text", "")[:500]
    return form_page(
        request,
        TaskForm(request.POST or None, desk=request.desk, initial=start),
        work,
        now=now,
        done_url=_done_url(request, household, location),
        done=gettext("The task is kept."),
        heading=gettext("New task"),
        lead=_name(household, location),
        base="web/desk_base.html",
    )


@GET_OR_POST
@for_desk_work
def new_note(request: DeskRequest) -> HttpResponse:
    """A note about the household or location that the address names."""
    household, location = _about(request)
    if household is None and location is None:
        raise Http404
    now = timezone.now()

    def work(given: dict[str, Any]) -> None:
        services.write_note(
            desk=request.desk,
            text=given["text"],
            household=household,
            location=location,
            principal=request.principal,
            now=now,
        )

    return form_page(
        request,
        NoteForm(request.POST or None),
        work,
        now=now,
        done_url=_done_url(request, household, location),
        done=gettext("The note is kept."),
        heading=gettext("New note"),
        lead=_name(household, location),
        base="web/desk_base.html",
    )


def _about(request: DeskRequest) -> tuple[Household | None, Location | None]:
    household = location = None
    if request.GET.get("household"):
        household = household_for(
            request.principal, Action.HOUSEHOLD_READ, request.GET["household"], now=timezone.now()
        )
        if household.desk_id != request.desk.pk:
            raise Http404
    elif request.GET.get("location"):
        location = get_object_or_404(
            Location, slug=request.GET["location"], desk__region=request.desk.region_id
        )
    return household, location


def _done_url(request: DeskRequest, household: Household | None, location: Location | None) -> str:
    if household is not None:
        return reverse("enrolment:household", args=[request.desk.slug, household.reference])
    if location is not None:
        return reverse("contact:location_work", args=[request.desk.slug, location.slug])
    return reverse("contact:tasks", args=[request.desk.slug])


def _name(household: Household | None, location: Location | None) -> str:
    if household is not None:
        return str(household.adults.filter(is_applicant=True).first() or household.reference)
    return location.name if location is not None else ""


@require_safe
@for_desk_work
def location_work(request: DeskRequest, slug: str) -> HttpResponse:
    """Tasks and notes about a location."""
    location = get_object_or_404(Location, slug=slug, desk__region=request.desk.region_id)
    context = {
        "location": location,
        "tasks": tasks_about(request.desk, location),
        "notes": notes_about(request.desk, location),
        "today": timezone.localdate(),
    }
    return render(request, "contact/location_work.html", context)


@require_POST
@for_desk_work
def task_done(request: DeskRequest, task: int) -> HttpResponse:
    """The task is done."""
    row = _task(request, task)
    services.finish_task(task=row, principal=request.principal, now=timezone.now())
    messages.success(request, gettext("Done: %(task)s") % {"task": row.text})
    return HttpResponseRedirect(back_to(request, "contact:tasks"))


@require_POST
@for_desk_work
def task_undo(request: DeskRequest, task: int) -> HttpResponse:
    """It wasn't done after all."""
    row = _task(request, task)
    services.reopen_task(task=row, principal=request.principal, now=timezone.now())
    messages.success(request, gettext("To do again: %(task)s") % {"task": row.text})
    return HttpResponseRedirect(back_to(request, "contact:tasks"))


@require_POST
@for_desk_work
def note_remove(request: DeskRequest, note: int) -> HttpResponse:
    """Take a note away."""
    row = _note(request, note)
    services.remove_note(note=row, principal=request.principal, now=timezone.now())
    return render(
        request, "contact/note_removed.html", {"note": row, "back": back_to(request, "contact:tasks")}
    )


@require_POST
@for_desk_work
def note_restore(request: DeskRequest, note: int) -> HttpResponse:
    """Put a removed note back."""
    services.restore_note(note=_note(request, note), principal=request.principal, now=timezone.now())
    messages.success(request, gettext("The note is back."))
    return HttpResponseRedirect(back_to(request, "contact:tasks"))


def _task(request: DeskRequest, key: int) -> Task:
    return get_object_or_404(Task.objects.select_related("household"), desk=request.desk, pk=key)


def _note(request: DeskRequest, key: int) -> Note:
    return get_object_or_404(Note.objects.select_related("household"), desk=request.desk, pk=key)
