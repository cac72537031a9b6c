"""What a household changes of a request: days, ranking, its end and the way back, a birth."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.forms.choices import ChoicesForm
from kribbe.enrolment.forms.need import Birth, NeedForm
from kribbe.enrolment.forms.small import BirthForm
from kribbe.enrolment.models import (
    CareRequest,
    Flexibility,
    Offer,
    OfferState,
    Placement,
    PlacementState,
    PreferenceState,
)
from kribbe.enrolment.pages import own_changes
from kribbe.enrolment.pages.ranking import keys, listing, moved
from kribbe.enrolment.pages.signed_in import back_to, open_request, request_of, signed_in
from kribbe.enrolment.selectors.choices import Asked, point
from kribbe.enrolment.services.end_for_family import withdraw_request
from kribbe.enrolment.services.wishes import change_need, rank_wishes, reopen_request
from kribbe.enrolment.templatetags.enrolment import called
from kribbe.people.services import record_birth
from kribbe.places.favourites import held
from kribbe.region.http import DeskRequest
from kribbe.region.selectors import policy_on
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.components import Option

ENDS: dict[RequestEnd, tuple[Any, Any]] = {
    RequestEnd.FOUND_ELSEWHERE: (
        _("We found care elsewhere"),
        _("With family, or with a location outside this desk."),
    ),
    RequestEnd.CANCELLED_PARENT: (_("We no longer need care"), ""),
    RequestEnd.UNANSWERED: (
        _("We give up looking"),
        _("We count this: it shows the city where places are lacking."),
    ),
    RequestEnd.LAPSED_MISCARRIAGE: (
        _("The pregnancy has ended"),
        _("We are sorry. Nothing more is asked, and no mail follows."),
    ),
}
"""Why a household withdraws its request, and what is said beside it."""


@require_http_methods(["GET", "POST"])
@signed_in
def change_need_page(request: DeskRequest, reference: str) -> HttpResponse:
    """Change days, start or flexibility. The date of registration stays."""
    found = open_request(request, reference)
    child = found.child
    form = NeedForm(
        request.POST or None,
        births=[Birth(child.born, child.expected)],
        today=timezone.localdate(),
        initial=_need_of(found),
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_need(
                principal=request.principal,
                request_id=found.pk,
                pattern=form.pattern_given,
                wanted_start=form.cleaned_data["wanted_start"],
                latest_start=form.cleaned_data["latest_start"],
                flexibility=Flexibility(form.cleaned_data["flexibility"]),
                alternatives=form.alternatives,
                hours=form.hours,
                now=timezone.now(),
            )
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        else:
            messages.success(request, gettext("Your days are changed. You kept your date."))
            return redirect("enrolment:request", reference)
    context = {
        "form": form,
        "found": found,
        "name": called(child),
        "back_url": back_to(found),
        "own_changes": own_changes.note(request.principal, found, today=timezone.localdate()),
    }
    return render(request, "enrolment/request_need.html", context, status=422 if form.errors else 200)


def _need_of(found: CareRequest) -> dict[str, Any]:
    others = {
        f"alternative_{number}": other.pattern
        for number, other in enumerate(found.alternatives.order_by("position"), start=1)
    }
    return {
        "pattern": found.pattern,
        "flexibility": found.flexibility,
        "wanted_start": found.wanted_start,
        "latest_start": found.latest_start,
        "brought": found.hours.get("from"),
        "fetched": found.hours.get("until"),
        **others,
    }


@require_http_methods(["GET", "POST"])
@signed_in
def rank_page(request: DeskRequest, reference: str) -> HttpResponse:
    """Change the ranking, add a location (`?add=` begins so), take one away. Nothing counts until it is saved."""
    found = open_request(request, reference)
    wishes = found.preferences.exclude(state=PreferenceState.WITHDRAWN).order_by("rank")
    before = [wish.location_id for wish in wishes if wish.state == PreferenceState.WAITING]
    most = policy_on(found.desk, timezone.localdate()).max_wishes
    form = ChoicesForm(request.POST or None, max_wishes=most, standing=before)
    is_sent = request.POST.get("action") == "save"
    if is_sent and form.is_valid():
        try:
            _save_ranking(request, found, form)
        except RefusedError as refused:
            if refused.code == "changed":
                messages.warning(request, str(refused.message))
                return redirect("enrolment:request_wishes", reference)
            form.add_error(None, str(refused.message))
        else:
            messages.success(request, gettext("Your choices are saved."))
            return redirect("enrolment:request", reference)
    order = (
        _changed_order(request.POST, keys(request.POST.getlist("order")))
        if request.POST
        else [*before, *(key for key in keys(request.GET.getlist("add")) if key not in before)]
    )
    context = {
        **listing(
            _asked(found),
            order,
            query=request.POST.get("q", ""),
            most=most,
            favourites=held(request),
            taken={wish.location_id for wish in wishes} - set(before),
        ),
        "form": form if is_sent else None,
        "is_changed": order != before,
        "seen": keys(request.POST.getlist("seen")) if request.POST else before,
        "household": found.household,
        "back_url": back_to(found),
        "name": called(found.child),
        "own_changes": own_changes.note(request.principal, found, today=timezone.localdate()),
    }
    return render(request, "enrolment/request_wishes.html", context, status=422 if is_sent else 200)


def _save_ranking(request: DeskRequest, found: CareRequest, form: ChoicesForm) -> None:
    rank_wishes(
        principal=request.principal,
        request_id=found.pk,
        location_ids=form.order,
        now=timezone.now(),
        seen=keys(request.POST.getlist("seen")),
    )


def _changed_order(data: QueryDict, order: list[int]) -> list[int]:
    added, removed = keys([data.get("add", "")]), keys([data.get("remove", "")])
    return [
        key
        for key in moved([*order, *(key for key in added if key not in order)], data)
        if key not in removed
    ]


def _asked(found: CareRequest) -> Asked:
    household, birth = found.household, found.child.born or found.child.expected
    return Asked(
        desk=found.desk,
        births=[birth] if birth else [],
        start=found.wanted_start,
        pattern=WeekPattern(found.pattern),
        price=found.price,
        home=point(household.longitude, household.latitude),
    )


@require_http_methods(["GET", "POST"])
@signed_in
def end_page(request: DeskRequest, reference: str) -> HttpResponse:
    """Withdraw a request, with the reason. Within a day it can be taken back."""
    found = open_request(request, reference)
    chosen = request.POST.get("end", "")
    errors = []
    if request.method == "POST":
        errors = _end(request, found, chosen)
        if not errors:
            return redirect("enrolment:request", reference)
    options = [
        Option(end.value, str(label), str(hint))
        for end, (label, hint) in ENDS.items()
        if end is not RequestEnd.LAPSED_MISCARRIAGE or found.child.born is None
    ]
    offers = Offer.objects.filter(preference__request=found, state=OfferState.OPEN).count()
    to_sign = Placement.objects.filter(offer__preference__request=found, state=PlacementState.TO_SIGN)
    context = {
        "options": options,
        "errors": errors,
        "found": found,
        "name": called(found.child),
        "back_url": back_to(found),
        "offers": offers,
        "to_sign": list(to_sign.order_by("pk").values_list("group__location__name", flat=True)),
    }
    return render(request, "enrolment/request_end.html", context, status=422 if errors else 200)


def _end(request: DeskRequest, found: CareRequest, chosen: str) -> list[str]:
    if chosen not in [end.value for end in ENDS]:
        return [gettext("Say why you withdraw your request.")]
    try:
        withdraw_request(
            principal=request.principal, request_id=found.pk, end=RequestEnd(chosen), now=timezone.now()
        )
    except RefusedError as refused:
        return [str(refused.message)]
    return []


@require_http_methods(["POST"])
@signed_in
def reopen_page(request: DeskRequest, reference: str) -> HttpResponse:
    """Take the withdrawal back."""
    found = request_of(request, Action.HOUSEHOLD_CHANGE, reference)
    try:
        reopen_request(principal=request.principal, request_id=found.pk, now=timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, gettext("Your request stands again, with its old dates."))
    return redirect("enrolment:request", reference)


@require_http_methods(["GET", "POST"])
@signed_in
def birth_page(request: DeskRequest, reference: str) -> HttpResponse:
    """The child that was expected is born."""
    found = request_of(request, Action.HOUSEHOLD_CHANGE, reference)
    child = found.child
    if child.born is not None:
        return redirect("enrolment:request", reference)
    form = BirthForm(
        request.POST or None, today=timezone.localdate(), initial={"first_name": child.first_name}
    )
    if request.method == "POST" and form.is_valid():
        record_birth(
            child=child,
            born=form.cleaned_data["born"],
            first_name=form.cleaned_data["first_name"],
            principal=request.principal,
            today=timezone.localdate(),
            now=timezone.now(),
        )
        messages.success(
            request, gettext("Congratulations with %(name)s!") % {"name": form.cleaned_data["first_name"]}
        )
        return redirect("enrolment:request", reference)
    context = {"form": form, "found": found, "back_url": back_to(found)}
    return render(request, "enrolment/request_birth.html", context, status=422 if form.errors else 200)
