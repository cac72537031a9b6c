"""Complaints: laid down and followed by the household, looked into and answered by the desk."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.access import request_for
from kribbe.enrolment.models import CareRequest, PassOver, PreferenceState
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.pages.signed_in import signed_in
from kribbe.enrolment.selectors.keyset import page
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.enrolment.words import reason
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.region.selectors import policy_on
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, Scope
from kribbe.upkeep.access import complaint_for
from kribbe.upkeep.forms import AnswerForm, ComplaintForm
from kribbe.upkeep.models import Complaint, ComplaintKind, Outcome
from kribbe.upkeep.services.complaints import RUNNING, About, answer, complain, take_up, withdraw
from kribbe.web.components import ProgressStep
from kribbe.web.templatetags.telling import long_date

PAGE = 25
Choices = dict[str, tuple[str, About]]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_complaint(request: DeskRequest, reference: str) -> HttpResponse:
    """Complain about a decision on this request."""
    found = request_for(request.principal, Action.COMPLAINT_MAKE, reference, now=timezone.now())
    use_desk(request, found.desk)
    choices = _choices(found)
    asked = request.GET.get("about", "")
    form = ComplaintForm(
        request.POST or None,
        choices=[(key, words) for key, (words, _about) in choices.items()],
        initial={"about": asked if asked in choices else ""},
    )
    now = timezone.now()

    def work(given: dict[str, Any]) -> str:
        made = complain(
            principal=request.principal,
            request_id=found.pk,
            about=choices[given["about"]][1],
            text=given["text"],
            now=now,
        )
        messages.success(request, gettext("Your complaint has arrived. You follow it here."))
        return reverse("upkeep:complaint", args=[made.reference])

    address = form.carry_out(work, at=request.path, now=now) if form.is_bound else None
    if address is not None:
        return redirect(address)
    context = {
        "form": form,
        "heading": gettext("Make a complaint"),
        "lead": _lead(policy_on(found.desk, timezone.localdate()).complaint_days),
        "submit_label": gettext("Send the complaint"),
        "back_url": reverse("enrolment:request", args=[reference]),
        "earlier": found.complaints.order_by("-made_at")[:5],
    }
    return render(request, "upkeep/complain.html", context, status=422 if form.is_bound else 200)


def _lead(days: int) -> str:
    return ngettext(
        "The desk answers within %(days)d day. A complaint never costs you your place in line.",
        "The desk answers within %(days)d days. A complaint never costs you your place in line.",
        days,
    ) % {"days": days}


def _choices(found: CareRequest) -> Choices:
    """The decisions on this request about which one can complain."""
    wishes = list(
        found.preferences.exclude(state=PreferenceState.WITHDRAWN)
        .select_related("location", "refusal_reason")
        .order_by("rank")
    )
    choices: Choices = {}
    for wish in wishes:
        name = {"location": wish.location.name}
        if wish.state == PreferenceState.REFUSED:
            text = gettext("%(location)s refused a place") % name
            choices[f"refusal-{wish.pk}"] = (text, About(kind=ComplaintKind.REFUSAL, preference=wish))
        elif wish.state == PreferenceState.WAITING:
            text = gettext("My place in line at %(location)s") % name
            choices[f"position-{wish.pk}"] = (text, About(kind=ComplaintKind.POSITION, preference=wish))
    passed = PassOver.objects.filter(preference__in=wishes).select_related("preference__location", "offer")
    for over in passed.order_by("-pk"):
        day = long_date(timezone.localdate(over.offer.made_at))
        text = gettext("On %(day)s a place at %(location)s went to a child behind mine") % {
            "day": day,
            "location": over.preference.location.name,
        }
        about = About(kind=ComplaintKind.PASS_OVER, preference=over.preference, pass_over=over)
        choices[f"pass-{over.pk}"] = (text, about)
    choices["other"] = (gettext("Something else"), About(kind=ComplaintKind.OTHER))
    return choices


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def complaint(request: DeskRequest, reference: str) -> HttpResponse:
    """A complaint as its household sees it: where it stands, and the answer."""
    action = Action.COMPLAINT_MAKE if request.method == "POST" else Action.HOUSEHOLD_READ
    found = complaint_for(request.principal, action, reference, now=timezone.now())
    use_desk(request, found.household.desk)
    if request.method == "POST":
        if found.household_id not in request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS):
            raise Http404
        try:
            withdraw(principal=request.principal, complaint_id=found.pk, now=timezone.now())
        except RefusedError as refused:
            messages.error(request, str(refused.message))
        return redirect("upkeep:complaint", reference)
    return render(request, "upkeep/complaint.html", _told(found))


def _told(found: Complaint) -> dict[str, Any]:
    is_closed = found.state not in RUNNING
    steps = [
        ProgressStep(gettext("Received"), "done", long_date(timezone.localdate(found.made_at)), ""),
        ProgressStep(gettext("Being looked into"), "done" if is_closed or found.taken_by else "now", "", ""),
        ProgressStep(
            str(found.get_state_display()) if is_closed else gettext("Answered"),
            "done" if is_closed else "now" if found.taken_by else "next",
            long_date(timezone.localdate(found.closed_at)) if found.closed_at else "",
            "" if is_closed else gettext("by %(day)s at the latest") % {"day": long_date(found.answer_by)},
        ),
    ]
    refused = found.preference.refusal_reason if found.preference else None
    return {
        "found": found,
        "name": fully_called(found.request.child),
        "steps": steps,
        "is_running": not is_closed,
        "location": found.preference.location.name if found.preference else "",
        "reason": reason(refused) if refused else reason(found.pass_over.reason) if found.pass_over else "",
        "back_url": reverse("enrolment:request", args=[found.request.reference]),
    }


def running(desk_id: int) -> Any:
    """Complaints of a desk's households that wait for an answer, also those laid down at an earlier desk."""
    return Complaint.objects.filter(household__desk=desk_id, state__in=RUNNING).select_related(
        "request__child", "preference__location"
    )


@require_safe
@at_desk(Action.DESK_COMPLAINTS)
def complaints(request: DeskRequest) -> HttpResponse:
    """The desk's complaints, those that must be answered first on top."""
    after = Complaint.objects.filter(reference=request.GET.get("after", "")).first()
    before = Complaint.objects.filter(reference=request.GET.get("before", "")).first()
    here = page(running(request.desk.pk), by="answer_by", size=PAGE, after=after, before=before)
    closed = list(
        Complaint.objects.filter(household__desk=request.desk)
        .exclude(state__in=RUNNING)
        .select_related("request__child", "preference__location")
        .order_by("-closed_at")[:10]
    )
    record(
        principal=request.principal,
        action="desk.list",
        subject=request.desk,
        now=timezone.now(),
        desk_id=request.desk.pk,
        list="complaints",
        households=sorted({row.household_id for row in [*here.rows, *closed]}),
    )
    context = {
        "rows": [(row, fully_called(row.request.child)) for row in here.rows],
        "closed": [(row, fully_called(row.request.child)) for row in closed],
        "today": timezone.localdate(),
        "previous_url": f"?before={here.rows[0].reference}" if here.has_previous and here.rows else "",
        "next_url": f"?after={here.rows[-1].reference}" if here.has_next and here.rows else "",
    }
    return render(request, "upkeep/complaints.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.DESK_COMPLAINTS)
def office_complaint(request: DeskRequest, reference: str) -> HttpResponse:
    """One complaint: the facts beside it, and the answer."""
    now = timezone.now()
    found = complaint_for(request.principal, Action.DESK_COMPLAINTS, reference, now=now)
    if found.household.desk_id != request.desk.pk:
        raise Http404
    if "take" in request.POST:
        try:
            take_up(principal=request.principal, complaint_id=found.pk, now=now)
        except RefusedError as refused:
            messages.error(request, str(refused.message))
        return redirect("upkeep:office_complaint", request.desk.slug, reference)
    form = AnswerForm(request.POST or None)

    def work(given: dict[str, Any]) -> str:
        answer(
            principal=request.principal,
            complaint_id=found.pk,
            outcome=Outcome(given["outcome"]),
            text=given["answer"],
            now=now,
        )
        messages.success(request, gettext("Answered. The family is told."))
        return reverse("upkeep:complaints", args=[request.desk.slug])

    address = form.carry_out(work, at=request.path, now=now) if form.is_bound else None
    if address is not None:
        return redirect(address)
    context = {**_told(found), "form": form}
    return render(request, "upkeep/office_complaint.html", context, status=422 if form.is_bound else 200)
