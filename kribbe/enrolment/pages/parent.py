"""What a household sees and does: its children, requests, offers and places. A clerk may do it on its behalf."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment import words
from kribbe.enrolment.access import offer_for, placement_for, request_for
from kribbe.enrolment.forms import Birth, BirthForm, ChoicesForm, NeedForm, SignForm
from kribbe.enrolment.models import (
    CareRequest,
    Flexibility,
    Offer,
    OfferState,
    Placement,
    PlacementState,
    PreferenceState,
    RequestDraft,
    RequestState,
)
from kribbe.enrolment.pages.acting import page_of
from kribbe.enrolment.pages.ranking import keys, listing, moved
from kribbe.enrolment.pages.rows import child_row, request_row
from kribbe.enrolment.pages.steps import Steps
from kribbe.enrolment.selectors.choices import Asked, point
from kribbe.enrolment.selectors.household import households_of, request_story, stories
from kribbe.enrolment.services.answer_offer import AfterYes, Yes, accept_offer, decline_offer
from kribbe.enrolment.services.sign import sign
from kribbe.enrolment.services.wishes import change_need, end_request, rank_wishes, reopen_request
from kribbe.enrolment.templatetags.enrolment import called, fully_called
from kribbe.people.access import LogInNeededError, household_for
from kribbe.people.services import record_birth
from kribbe.places.favourites import held
from kribbe.places.models import Location
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.region.selectors import policy_on
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.errors import RefusedError
from kribbe.trust.once import new_token, once
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, Scope
from kribbe.web.components import Option, ProgressStep
from kribbe.web.errors import session_ended
from kribbe.web.templatetags.kribbe import long_date, money
from kribbe.web.weeks import week_words

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


class _EndedError(Exception):
    """A form was open, or sent again, after the request had ended."""

    def __init__(self, request: CareRequest) -> None:
        self.request = request
        super().__init__(request.reference)


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for somebody known. A form sent after the session ran out is told so; it can be sent again."""

    @wraps(view)
    @never_cache
    def opened(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.principal.is_visitor:
            try:
                return view(request, *args, **kwargs)
            except _EndedError as ended:
                messages.info(request, gettext("This request has ended. Make a new one."))
                return redirect(_back(ended.request))
        if request.method == "POST":
            return session_ended(request)
        raise LogInNeededError

    return opened


@require_safe
@signed_in
def my(request: DeskRequest) -> HttpResponse:
    """My children: requests with every wish, offers to answer, places."""
    now, own = timezone.now(), request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    if not own and request.principal.is_staff:
        raise Http404
    households: list[Any] = list(households_of(own))
    if households:
        use_desk(request, households[0].desk)
    drafts = RequestDraft.objects.filter(user=request.user.pk, request=None, on_behalf=False)
    context = {
        "children": [child_row(story, now=now) for story in stories(own, now=now)],
        "drafts": [
            (draft, Steps(draft, today=timezone.localdate()).names)
            for draft in drafts.select_related("desk", "household").order_by("-saved_at")[:3]
        ],
        "proofs": [each.proof_asked for each in households if each.proof_asked],
        "new_url": reverse("enrolment:new_request", args=[request.desk.slug]) if request.desk else "/",
    }
    return render(request, "enrolment/my.html", context)


@require_safe
@signed_in
def request_page(request: DeskRequest, reference: str) -> HttpResponse:
    """One request: where every wish stands and why, and what can be changed.

    Who acts for the family goes to the page that they have of it.
    """
    found = _request(request, Action.HOUSEHOLD_READ, reference)
    family_url = page_of(found.household, request.principal)
    if family_url:
        return redirect(family_url)
    now = timezone.now()
    row = request_row(request_story(found, now=now), now=now)
    context = {"row": row, "is_unborn": found.child.born is None, "story": row.story}
    return render(request, "enrolment/request.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def change_need_page(request: DeskRequest, reference: str) -> HttpResponse:
    """Change days, start or flexibility. The date of registration stays."""
    found = _open_request(request, reference)
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
    context = {"form": form, "found": found, "name": called(child), "back_url": _back(found)}
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
    """Change the ranking, add a location, take one away. Nothing counts until it is saved."""
    found = _open_request(request, reference)
    wishes = found.preferences.exclude(state=PreferenceState.WITHDRAWN).order_by("rank")
    before = [wish.location_id for wish in wishes if wish.state == PreferenceState.WAITING]
    most = policy_on(found.desk, timezone.localdate()).max_wishes
    form = ChoicesForm(request.POST or None, max_wishes=most)
    is_sent = request.POST.get("action") == "save"
    if is_sent and form.is_valid() and _save_ranking(request, found, form):
        messages.success(request, gettext("Your choices are saved."))
        return redirect("enrolment:request", reference)
    order = _changed_order(request.POST, keys(request.POST.getlist("order"))) if request.POST else before
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
        "household": found.household,
        "back_url": _back(found),
        "name": called(found.child),
    }
    return render(request, "enrolment/request_wishes.html", context, status=422 if is_sent else 200)


def _save_ranking(request: DeskRequest, found: CareRequest, form: ChoicesForm) -> bool:
    try:
        rank_wishes(
            principal=request.principal, request_id=found.pk, location_ids=form.order, now=timezone.now()
        )
    except RefusedError as refused:
        form.add_error(None, str(refused.message))
        return False
    return True


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
    found = _open_request(request, reference)
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
    context = {
        "options": options,
        "errors": errors,
        "found": found,
        "name": called(found.child),
        "back_url": _back(found),
        "offers": offers,
    }
    return render(request, "enrolment/request_end.html", context, status=422 if errors else 200)


def _end(request: DeskRequest, found: CareRequest, chosen: str) -> list[str]:
    if chosen not in [end.value for end in ENDS]:
        return [gettext("Say why you withdraw your request.")]
    try:
        end_request(
            principal=request.principal, request_id=found.pk, end=RequestEnd(chosen), now=timezone.now()
        )
    except RefusedError as refused:
        return [str(refused.message)]
    return []


@require_http_methods(["POST"])
@signed_in
def reopen_page(request: DeskRequest, reference: str) -> HttpResponse:
    """Take the withdrawal back."""
    found = _request(request, Action.HOUSEHOLD_CHANGE, reference)
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
    found = _request(request, Action.HOUSEHOLD_CHANGE, reference)
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
    context = {"form": form, "found": found, "back_url": _back(found)}
    return render(request, "enrolment/request_birth.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def offer_page(request: DeskRequest, reference: str) -> HttpResponse:
    """An offer: what, where, from when and until when to answer; and each answer with what it means."""
    action = Action.REQUEST_ANSWER_OFFER if request.method == "POST" else Action.HOUSEHOLD_READ
    offer = offer_for(request.principal, action, reference)
    asked = _request(request, action, offer.preference.request.reference)
    if request.method == "GET":
        return render(request, "enrolment/offer.html", _offer_context(offer, asked))
    answer = request.POST.get("answer", "")
    if answer not in _ANSWERS:
        context = _offer_context(offer, asked, errors=[gettext("Choose your answer.")])
        return render(request, "enrolment/offer.html", context, status=422)

    def work() -> str:
        return _answer(request, offer, answer, look_on="look_on" in request.POST)

    try:
        token = request.POST.get("once", "")
        return HttpResponseRedirect(once(token, at=request.path, now=timezone.now(), work=work))
    except RefusedError as refused:
        offer.refresh_from_db()
        context = _offer_context(offer, asked, errors=[str(refused.message)], chosen=answer)
        return render(request, "enrolment/offer.html", context, status=409)


_ANSWERS = ("stop", "stay", "decline_keep", "decline")


def _answer(request: DeskRequest, offer: Offer, answer: str, *, look_on: bool) -> str:
    now = timezone.now()
    if answer in {"stop", "stay"}:
        placement = accept_offer(
            principal=request.principal, offer_id=offer.pk, yes=Yes(AfterYes(answer), look_on), now=now
        )
        return reverse("enrolment:placement", args=[placement.reference])
    decline_offer(principal=request.principal, offer_id=offer.pk, now=now, keep_wish=answer == "decline_keep")
    messages.success(request, gettext("You said no. The location knows."))
    return reverse("enrolment:request", args=[offer.preference.request.reference])


def _offer_context(
    offer: Offer, asked: CareRequest, *, errors: list[str] | None = None, chosen: str = ""
) -> dict[str, Any]:
    location, child = offer.preference.location, asked.child
    higher = [
        preference.location.name
        for preference in asked.preferences.filter(
            state=PreferenceState.WAITING, rank__lt=offer.preference.rank or 0
        ).select_related("location").order_by("rank")
    ]  # fmt: skip
    rest = WeekPattern(offer.preference.open_pattern) - WeekPattern(offer.pattern)
    is_open = offer.state == OfferState.OPEN and offer.deadline > timezone.now()
    return {
        "offer": offer,
        "child": child,
        "household": asked.household,
        "location": location,
        "is_open": is_open,
        "status": OfferState(offer.state).label,
        "different": words.different(offer),
        "asked": offer.preference.open_pattern,
        "options": _answers(location, higher),
        "rest": week_words(rest.mask) if not rest.is_empty else "",
        "errors": errors or [],
        "chosen": chosen,
        "once": new_token(),
        "back_url": _back(asked),
        "placement": Placement.objects.filter(offer=offer).first(),
    }


def _answers(location: Location, higher: list[str]) -> list[Option]:
    name = {"location": location.name}
    options = [
        Option(
            "stop",
            gettext("Yes, and stop looking"),
            gettext(
                "The place is reserved. Your other choices are set aside. You then sign, and it is certain."
            ),
        )
    ]
    if higher:
        hint = gettext(
            "The place is reserved, and you stay in line for: %(names)s. "
            "If you get a place there, it takes the place of this one."
        )
        options.append(
            Option(
                "stay",
                gettext("Yes, but stay in line for a better choice"),
                hint % {"names": ", ".join(higher)},
            )
        )
    return [
        *options,
        Option(
            "decline_keep",
            gettext("No, but keep me in line here"),
            gettext("This place goes to another child. You stay on the list of %(location)s, with your date.")
            % name,
        ),
        Option(
            "decline",
            gettext("No, and take %(location)s off my list") % name,
            gettext("This place goes to another child. Your other choices stay."),
        ),
    ]


@require_http_methods(["GET", "POST"])
@signed_in
def placement_page(request: DeskRequest, reference: str) -> HttpResponse:
    """A place: sign it, see what is still needed to make it certain."""
    action = Action.REQUEST_ANSWER_OFFER if request.method == "POST" else Action.HOUSEHOLD_READ
    placement = placement_for(request.principal, action, reference)
    use_desk(request, placement.child.household.desk)
    if placement.offer is not None:
        _request(request, action, placement.offer.preference.request.reference)
    else:
        household_for(request.principal, action, placement.child.household.reference, now=timezone.now())
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sign(
                principal=request.principal,
                placement_id=placement.pk,
                name=form.cleaned_data["name"],
                now=timezone.now(),
            )
        except RefusedError as refused:
            if refused.code in {"final", "signed"}:
                return redirect("enrolment:placement", reference)
            form.add_error(refused.field or None, str(refused.message))
        else:
            return redirect("enrolment:placement", reference)
    context = {**_placement_context(placement), "form": form}
    return render(request, "enrolment/placement.html", context, status=422 if form.errors else 200)


def _placement_context(placement: Placement) -> dict[str, Any]:
    earlier = placement.replaces if placement.state == PlacementState.TO_SIGN else None
    return {
        "placement": placement,
        "child": placement.child,
        "location": placement.group.location,
        "name": fully_called(placement.child),
        "status": PlacementState(placement.state).label,
        "is_to_sign": placement.state == PlacementState.TO_SIGN and placement.signed_at is None,
        "is_final": placement.state == PlacementState.FINAL,
        "is_lapsed": placement.state == PlacementState.LAPSED,
        "steps": _placement_steps(placement),
        "earlier": earlier,
        "waiting": _still_waiting(placement),
    }


def _placement_steps(placement: Placement) -> list[ProgressStep]:
    """Reserved, signed, paid where asked, certain: what is done, what is now, what comes."""
    done: list[tuple[str, Any, str]] = [
        (gettext("Reserved"), placement.reserved_at, ""),
        (
            gettext("Signed"),
            placement.signed_at,
            gettext("by %(name)s") % {"name": placement.signed_name} if placement.signed_name else "",
        ),
    ]
    if placement.deposit_asked:
        text = gettext("%(amount)s. The location tells you how to pay, and notes it here.")
        done.append(
            (
                gettext("Deposit paid"),
                placement.deposit_paid_at,
                text % {"amount": money(placement.deposit_asked)},
            )
        )
    done.append((gettext("Certain"), placement.final_at, ""))
    is_first = placement.state == PlacementState.TO_SIGN
    steps = []
    for label, moment, text in done:
        state = "done" if moment else "now" if is_first else "next"
        is_first = is_first and bool(moment)
        steps.append(
            ProgressStep(label, state, long_date(timezone.localdate(moment)) if moment else "", text)
        )
    return steps


def _still_waiting(placement: Placement) -> list[str]:
    if placement.offer is None:
        return []
    waiting = placement.offer.preference.request.preferences.filter(
        state=PreferenceState.WAITING, request__state=RequestState.OPEN
    ).order_by("rank")
    return list(waiting.values_list("location__name", flat=True))


def _request(request: DeskRequest, action: Action, reference: str) -> CareRequest:
    found = request_for(request.principal, action, reference, now=timezone.now())
    use_desk(request, found.desk)
    return found


def _open_request(request: DeskRequest, reference: str) -> CareRequest:
    found = _request(request, Action.HOUSEHOLD_CHANGE, reference)
    if found.state != RequestState.OPEN:
        raise _EndedError(found)
    return found


def _back(found: CareRequest) -> str:
    return reverse("enrolment:request", args=[found.reference])
