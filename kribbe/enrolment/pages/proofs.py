"""A proof that is asked: by a location or a clerk, sent from a phone, looked at, decided on."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from kribbe.enrolment.access import Side, proof_for
from kribbe.enrolment.models import PreferenceState, ProofRequest, ProofState
from kribbe.enrolment.pages import location_words as words
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.pages.location_answering import note_look
from kribbe.enrolment.selectors import location as selectors
from kribbe.enrolment.services import proofs
from kribbe.people.access import household_for, parent_required
from kribbe.people.models import Household
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.region.middleware import use_desk
from kribbe.trust import files
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.export import space_of
from kribbe.trust.files import Kind
from kribbe.trust.permissions import Action
from kribbe.web.forms import DayField
from kribbe.web.uploads import UploadField

OPEN_PAGE = require_http_methods(["GET", "POST"])
USUAL_TERM = timedelta(days=14)
LISTED = 100
TONES = {
    ProofState.ASKED: "blue",
    ProofState.SENT: "warn",
    ProofState.ACCEPTED: "good",
    ProofState.REJECTED: "bad",
    ProofState.WITHDRAWN: "",
}


class AskForm(forms.Form):
    """Which proof, why, until when."""

    what = forms.CharField(
        label=_("Which proof?"),
        max_length=200,
        help_text=_("One paper at a time: “a letter of your employer with your hours”."),
    )
    why = forms.CharField(
        label=_("Why do you need it?"), max_length=300, help_text=_("The family reads this.")
    )
    until = DayField(
        _("To be sent by"),
    )


class SendForm(forms.Form):
    """The file."""

    file = UploadField(
        label=_("Photo or PDF"),
        kind=Kind.PAPER,
        help_text=_("Take a photo with your phone, or choose a PDF. At most 12 MB."),
    )


class DecideForm(forms.Form):
    """What a proof lacks."""

    note = forms.CharField(
        label=_("What is missing?"),
        required=False,
        max_length=300,
        help_text=_("Only when it isn't enough. The family reads this."),
    )


@OPEN_PAGE
@at_location(Action.OFFER_MAKE)
def ask_at_location(request: Any, location: Location, preference_id: int) -> HttpResponse:
    """A location asks a family that waits on its list."""
    wish = selectors.wish_at(location, preference_id)
    if wish is None or wish.state not in {PreferenceState.WAITING, PreferenceState.PLACED}:
        raise Http404
    note_look(request, location, wish, timezone.now())
    child = wish.request.child
    back = reverse("enrolment:waiting_child", args=[location.slug, wish.pk])
    household = Household.objects.select_related("desk__municipality").get(pk=wish.request.household_id)
    name = words.short_name(child.first_name, child.last_name)
    context = {"location": location, "place_name": location.name}
    return _ask(request, household, location, name, back, context)


@OPEN_PAGE
@at_desk(Action.HOUSEHOLD_CHANGE)
def ask_at_desk(request: Any, reference: str) -> HttpResponse:
    """A clerk asks a household of the desk."""
    household = household_for(request.principal, Action.HOUSEHOLD_CHANGE, reference, now=timezone.now())
    back = reverse("enrolment:household", args=[household.desk.slug, household.reference])
    return _ask(request, household, None, household.reference, back, {})


@require_GET
@at_location(Action.OFFER_MAKE)
def proofs_at_location(request: Any, location: Location) -> HttpResponse:
    """What the location asked."""
    return _list(request, location.proofs.all(), location=location, place_name=location.name)


@require_GET
@at_desk(Action.HOUSEHOLD_CHANGE)
def proofs_at_desk(request: Any) -> HttpResponse:
    """What the desk asked."""
    return _list(request, ProofRequest.objects.filter(household__desk=request.desk, location=None))


@OPEN_PAGE
@parent_required
def my_proof(request: Any, reference: str) -> HttpResponse:
    """A parent reads what is asked and why, and sends a photo or a PDF."""
    now = timezone.now()
    proof = proof_for(request.principal, reference, by=Side.FAMILY)
    use_desk(request, proof.household.desk)
    form = SendForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    form.fields["file"].keep_for(  # type: ignore[attr-defined]
        space=space_of(proof.household_id), principal=request.principal, now=now
    )

    def work() -> None:
        proofs.send_proof(
            principal=request.principal, proof_id=proof.pk, file=form.cleaned_data["file"], now=now
        )

    if request.method == "POST" and form.is_valid() and _carried(form, work):
        messages.success(request, gettext("Thank you. Your file is sent."))
        return redirect("enrolment:my_proof", reference=reference)
    context = _shown(proof, now) | {"form": form, "kept_days": proofs.KEPT_DECIDED.days}
    return render(request, "enrolment/my_proof.html", context, status=422 if form.errors else 200)


@OPEN_PAGE
@parent_required
def review_proof(request: Any, reference: str) -> HttpResponse:
    """Staff looks at what was sent, and decides. The first look is noted."""
    now = timezone.now()
    proof = proof_for(request.principal, reference, by=Side.STAFF)
    use_desk(request, proof.household.desk)
    form = DecideForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and _carried(form, lambda: _decide(request, proof, form, now))
    ):
        return redirect("enrolment:review_proof", reference=reference)
    if request.method == "GET":
        proofs.see_proof(principal=request.principal, proof_id=proof.pk, now=now)
    context = _shown(proof, now) | {
        "form": form,
        "place_name": proof.location.name if proof.location else "",
        "is_picture": proof.file is not None and proof.file.is_picture,
    }
    return render(request, "enrolment/review_proof.html", context, status=422 if form.errors else 200)


@require_GET
@parent_required
def proof_file(request: Any, reference: str) -> FileResponse:
    """The file itself, for who may decide on it."""
    return _file(request, proof_for(request.principal, reference, by=Side.STAFF))


@require_GET
@parent_required
def my_proof_file(request: Any, reference: str) -> FileResponse:
    """The file itself, for the family that sent it."""
    return _file(request, proof_for(request.principal, reference, by=Side.FAMILY))


def _file(request: Any, proof: ProofRequest) -> FileResponse:
    if proof.file is None:
        raise Http404
    proofs.note_reading(principal=request.principal, proof=proof, now=timezone.now())
    return files.give(proof.file, files.names(proof.file)[0], public=False)


def _decide(request: Any, proof: ProofRequest, form: DecideForm, now: datetime) -> None:
    if "withdraw" in request.POST:
        proofs.withdraw_proof(principal=request.principal, proof_id=proof.pk, now=now)
    else:
        proofs.decide_proof(
            principal=request.principal,
            proof_id=proof.pk,
            is_enough="accept" in request.POST,
            note=form.cleaned_data["note"],
            now=now,
        )
    messages.success(request, gettext("Saved. The family is told."))


def _ask(
    request: Any,
    household: Household,
    location: Location | None,
    name: str,
    back: str,
    context: dict[str, object],
) -> HttpResponse:
    now = timezone.now()
    form = AskForm(request.POST or None, initial={"until": localtime(now).date() + USUAL_TERM})

    def work() -> None:
        proofs.ask_proof(
            principal=request.principal, household=household, location=location, now=now, **form.cleaned_data
        )

    if request.method == "POST" and form.is_valid() and _carried(form, work):
        messages.success(request, gettext("The family is asked."))
        return redirect(back)
    shown = {"form": form, "name": name, "back_url": back, **context}
    return render(request, "enrolment/ask_proof.html", shown, status=422 if form.errors else 200)


def _list(
    request: Any, found: "QuerySet[ProofRequest]", location: Location | None = None, **context: object
) -> HttpResponse:
    """What was sent and waits, the longest first, however much was asked since; then the newest of the rest."""
    asked = found.select_related("household")
    waiting = asked.filter(state=ProofState.SENT).order_by("asked_at", "pk")[:LISTED]
    rest = asked.exclude(state=ProofState.SENT).order_by("-asked_at", "-pk")[:LISTED]
    rows = [*waiting, *rest]
    note_list(
        principal=request.principal,
        action="list.read" if location else "desk.list",
        subject=location or request.desk,
        desk_id=request.desk.pk,
        households=[row.household_id for row in rows],
        now=timezone.now(),
        list="proofs",
    )
    shown = [(row, row.get_state_display(), TONES[ProofState(row.state)]) for row in rows]
    return render(request, "enrolment/proofs.html", {"rows": shown, "location": location, **context})


def _shown(proof: ProofRequest, now: datetime) -> dict[str, object]:
    today: date = localtime(now).date()
    return {
        "proof": proof,
        "asker": proof.location.name if proof.location else proof.household.desk.shown_name,
        "state": proof.get_state_display(),
        "tone": TONES[ProofState(proof.state)],
        "is_open": proof.state in proofs.OPEN,
        "is_late": proof.state in {ProofState.ASKED, ProofState.REJECTED} and today > proof.until,
    }


def _carried(form: forms.Form, work: Callable[[], None]) -> bool:
    try:
        work()
    except RefusedError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return False
    return True
