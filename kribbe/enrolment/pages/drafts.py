"""The request in four short steps. It can be left at any step and found again."""

import hashlib
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.access import draft_for
from kribbe.enrolment.forms import MOST_CHILDREN, LaterForm, data_of, typed_of
from kribbe.enrolment.models import CareRequest, RequestDraft
from kribbe.enrolment.pages.drafts_begun import begun, free_reference, held, hold, household_of
from kribbe.enrolment.pages.ranking import keys, listing, moved
from kribbe.enrolment.pages.registering import registration
from kribbe.enrolment.pages.steps import Steps, differences
from kribbe.enrolment.selectors.choices import Asked, nearby
from kribbe.enrolment.services import drafts
from kribbe.enrolment.services.drafts import KEPT, StaleStepError
from kribbe.enrolment.services.register import register_request
from kribbe.places.favourites import held as favourites
from kribbe.places.models import Location
from kribbe.region.http import DeskRequest
from kribbe.trust.errors import RefusedError
from kribbe.trust.once import new_token, once
from kribbe.web.errors import session_ended

LINKS_AN_HOUR = 5
NEXT = {"child": "days", "days": "choices", "choices": "review"}
NOT_KEPT = ("national_number", "declared")

DraftView = Callable[[DeskRequest, RequestDraft], HttpResponse]


def on_draft(view: DraftView) -> Callable[..., HttpResponse]:
    """Opens a draft through its door. One that was sent shows what became of it."""

    @wraps(view)
    @never_cache
    def opened(request: Any, desk: str, reference: str) -> HttpResponse:
        draft = draft_for(request.principal, reference, desk=request.desk, held=held(request))
        if draft is None:
            return _new(request, reference, view)
        if draft.user_id is None and not request.principal.is_visitor and not request.principal.is_staff:
            drafts.claim(draft=draft, principal=request.principal)
        if draft.request_id is not None and view.__name__ != "sent":
            return redirect("enrolment:draft_sent", desk, reference)
        return view(request, draft)

    return opened


def _new(request: DeskRequest, reference: str, view: DraftView) -> HttpResponse:
    draft = begun(request, reference)
    if draft is None:
        return _closed(request)
    if view.__name__ != "child":
        return redirect("enrolment:draft_child", draft.desk.slug, reference)
    return view(request, draft)


def _closed(request: DeskRequest) -> HttpResponse:
    if not request.principal.is_visitor:
        raise Http404
    return session_ended(request) if request.method == "POST" else redirect_to_login(request.get_full_path())


@never_cache
@require_http_methods(["GET", "POST"])
def new_request(request: DeskRequest, desk: str) -> HttpResponse:
    """Begin, or go on with what was left. `?location=slug` begins with that location as a wish.

    Nothing is saved before something was typed.
    """
    unfinished = _unfinished(request)
    if request.method == "GET" and unfinished:
        context = {"unfinished": [(draft, Steps(draft, today=_today()).names) for draft in unfinished]}
        return render(request, "enrolment/request_start.html", context)
    household = household_of(request.principal)
    here = household.desk if household else request.desk
    reference = free_reference(request)
    first = reverse("enrolment:draft_child", args=[here.slug, reference])
    wishes = urlencode({"location": request.GET.getlist("location")}, doseq=True)
    return hold(request, redirect(f"{first}?{wishes}" if wishes else first), reference)


def _unfinished(request: DeskRequest) -> list[RequestDraft]:
    found = RequestDraft.objects.filter(desk=request.desk, request=None, on_behalf=False)
    if request.principal.is_visitor:
        found = found.filter(reference__in=held(request), user=None)
    else:
        found = found.filter(user=request.user.pk)
    return [
        draft
        for draft in found.select_related("desk", "household").order_by("-saved_at")[:3]
        if draft.answers
    ]


@never_cache
@require_safe
def continue_request(request: DeskRequest, desk: str, token: str) -> HttpResponse:
    """Open a draft by the link that was mailed."""
    draft = drafts.read_link(token)
    if draft is None or draft.desk_id != request.desk.pk:
        return render(request, "enrolment/request_link_old.html", {"desk": request.desk}, status=410)
    answer = redirect("enrolment:draft", desk, draft.reference)
    return hold(request, answer, draft.reference) if draft.user_id is None else answer


@require_safe
@on_draft
def resume(request: DeskRequest, draft: RequestDraft) -> HttpResponse:
    """Go to the first step that isn't done."""
    steps = Steps(draft, today=_today())
    return redirect(steps.url(steps.first_wrong() or "review"))


@require_http_methods(["GET", "POST"])
@on_draft
def child(request: DeskRequest, draft: RequestDraft) -> HttpResponse:
    """Step 1: for whom, and who asks."""
    return _step(request, draft, "child")


@require_http_methods(["GET", "POST"])
@on_draft
def days(request: DeskRequest, draft: RequestDraft) -> HttpResponse:
    """Step 2: which half-days, and from when."""
    return _step(request, draft, "days")


@require_http_methods(["GET", "POST"])
@on_draft
def choices(request: DeskRequest, draft: RequestDraft) -> HttpResponse:
    """Step 3: which locations, in which order."""
    return _step(request, draft, "choices")


@require_http_methods(["GET", "POST"])
@on_draft
def review(request: DeskRequest, draft: RequestDraft) -> HttpResponse:
    """Step 4: look over, tell what gives priority, send."""
    steps = Steps(draft, today=_today())
    wrong = steps.first_wrong()
    if wrong and request.method == "GET":
        messages.warning(request, gettext("Something is still missing in this step."))
        return redirect(f"{steps.url(wrong)}?look=1")
    return _step(request, draft, "review")


def _step(request: DeskRequest, draft: RequestDraft, step: str) -> HttpResponse:
    if request.method == "GET":
        steps = Steps(draft, today=_today())
        form = steps.form(step) if "look" in request.GET else steps.shown(step)
        return _show(request, steps, step, form)
    typed, action, changed = _changed(request.POST, step)
    draft = drafts.keep_draft(draft)
    try:
        draft = drafts.save_step(
            draft_id=draft.pk, step=step, typed=typed, version=_version(request.POST), now=timezone.now()
        )
    except StaleStepError as stale:
        return _stale(request, draft, step, typed, stale)
    if action == "keep":
        return _side(request, Steps(draft, today=_today()), step)
    if action == "later":
        return redirect("enrolment:draft_later", draft.desk.slug, draft.reference)
    if changed:
        return HttpResponseRedirect(Steps(draft, today=_today()).url(step) + changed)
    return _go_on(request, draft, step, typed)


def _go_on(
    request: DeskRequest, draft: RequestDraft, step: str, typed: Mapping[str, list[str]]
) -> HttpResponse:
    steps = Steps(draft, today=_today())
    form = steps.form(step, request.POST if step == "review" else data_of(typed))
    if not form.is_valid():
        return _show(request, steps, step, form, status=422)
    if step == "review":
        return _send(request, steps, form)
    for warning in getattr(form, "warnings", ()):
        messages.warning(request, warning)
    return redirect(steps.url(NEXT[step]))


def _send(request: DeskRequest, steps: Steps, form: Any) -> HttpResponse:
    draft = steps.draft
    wrong = steps.first_wrong()
    if wrong:
        return redirect(f"{steps.url(wrong)}?look=1")

    def work() -> str:
        register_request(
            principal=request.principal,
            registration=registration(steps, form, language=get_language() or "nl"),
            draft_id=draft.pk,
            now=timezone.now(),
        )
        return reverse("enrolment:draft_sent", args=[draft.desk.slug, draft.reference])

    try:
        token = request.POST.get("once", "")
        return HttpResponseRedirect(once(token, at=request.path, now=timezone.now(), work=work))
    except RefusedError as refused:
        if refused.code == "sent":
            return redirect("enrolment:draft_sent", draft.desk.slug, draft.reference)
        form.add_error(None, str(refused.message))
        return _show(request, steps, "review", form, status=422)


def _show(
    request: DeskRequest, steps: Steps, step: str, form: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    first_wishes = f"?{request.GET.urlencode()}" if steps.draft.pk is None and request.GET else ""
    context = {
        **_side_context(steps, step),
        **steps.bar(step),
        "send_url": steps.url(step) + first_wishes,
        "form": form,
        "name": steps.names,
        "steps_of": steps,
        "back_url": steps.url({"days": "child", "choices": "days", "review": "choices"}[step])
        if step != "child"
        else "",
        **(_EXTRAS[step](request, steps, form) if step in _EXTRAS else {}),
        **more,
    }
    return render(request, f"enrolment/request_{step}.html", context, status=status)


def _stale(
    request: DeskRequest,
    draft: RequestDraft,
    step: str,
    typed: Mapping[str, list[str]],
    stale: StaleStepError,
) -> HttpResponse:
    """Show both what was saved elsewhere and what is typed here; nothing is lost."""
    steps = Steps(RequestDraft.objects.select_related("desk", "household").get(pk=draft.pk), today=_today())
    if request.POST.get("action") == "keep":
        return _side(request, steps, step, is_stale=True)
    form = steps.form(step, data_of(typed))
    form.is_valid()
    found = differences(form, stale.saved, typed)
    return _show(request, steps, step, form, status=409, differences=found)


def _side(request: DeskRequest, steps: Steps, step: str, *, is_stale: bool = False) -> HttpResponse:
    context = {**_side_context(steps, step), "is_stale": is_stale, "is_kept": not is_stale}
    if is_stale:
        context["version"] = _version(request.POST)
    return render(request, "enrolment/request_side.html", context)


def _side_context(steps: Steps, step: str) -> dict[str, Any]:
    """The column beside the form, which follows what is typed."""
    draft = steps.draft
    context: dict[str, Any] = {"draft": draft, "step": step, "keep_url": steps.url(step)}
    if step == "days":
        context["near"] = _near(steps.asked())
    return context


def _near(asked: Asked) -> dict[str, Any] | None:
    """How many locations are near; how many have room is told once days and start are known."""
    found = nearby(asked)
    if found is None:
        return None
    facts = [(gettext("Locations within 3 km"), found.near)]
    is_judged = asked.start is not None and not asked.pattern.is_empty
    if is_judged:
        facts += [
            (gettext("Free on all your half-days"), found.whole),
            (gettext("Free on a part of them"), found.part),
        ]
    return {"facts": facts, "is_judged": is_judged}


def _choices_context(request: DeskRequest, steps: Steps, form: Any) -> dict[str, Any]:
    typed = drafts.typed_in(steps.draft, "choices") or {}
    removed = next(iter(typed.get("removed", [])), "").partition(":")[0]
    return {
        **listing(
            steps.asked(),
            keys(typed.get("order", [])),
            query=next(iter(typed.get("q", [])), ""),
            most=form.max_wishes,
            favourites=favourites(request),
        ),
        "removed": Location.objects.filter(pk=removed).first() if removed.isdigit() else None,
        "is_twice": "twice" in request.GET,
    }


def _review_context(request: DeskRequest, steps: Steps, form: Any) -> dict[str, Any]:
    steps.first_wrong()
    order = steps.wishes.order
    names = dict(Location.objects.filter(pk__in=order).values_list("pk", "name"))
    return {
        "children": steps.children,
        "household": steps.household,
        "given": steps.child,
        "need": steps.need,
        "locations": [names[key] for key in order if key in names],
        "once": request.POST.get("once") or new_token(),
    }


_EXTRAS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "choices": _choices_context,
    "review": _review_context,
}


def _version(data: QueryDict) -> int:
    text = data.get("version", "")
    return int(text) if text.isdigit() else 0


def _changed(data: QueryDict, step: str) -> tuple[dict[str, list[str]], str, str]:
    """What was typed after the button's own change, the button, and where the page goes on if it stays."""
    typed = typed_of(data, without=("more", "less", "add", "remove", "move", "undo", "use_email", *NOT_KEPT))
    action = data.get("action", "")
    if step == "child":
        return typed, action, _change_children(typed, data)
    if step == "choices":
        return typed, action, _change_order(typed, data)
    return typed, action, ""


def _change_children(typed: dict[str, list[str]], data: QueryDict) -> str:
    """Another child, one child less, or the mail address that was meant. Returns the place to go on, or ""."""
    count = int(text) if (text := data.get("count", "1")).isdigit() else 1
    if "more" in data and count < MOST_CHILDREN:
        before = count - 1
        for name in ("last_name", "born", *(["day"] if data.get(f"born_{before}") == "expected" else [])):
            typed.setdefault(f"{name}_{count}", typed.get(f"{name}_{before}", []))
        typed["count"] = [str(count + 1)]
        return f"#child-{count}"
    for index in keys([data.get("less", "")]):
        if index < count:
            _drop_child(typed, index, count)
            return "#children"
    if data.get("use_email"):
        typed["email"] = [data.get("use_email", "")]
    return ""


def _drop_child(typed: dict[str, list[str]], index: int, count: int) -> None:
    for name in ("first_name", "last_name", "born", "day"):
        for place in range(index, count - 1):
            typed[f"{name}_{place}"] = typed.get(f"{name}_{place + 1}", [])
        typed.pop(f"{name}_{count - 1}", None)
    typed["count"] = [str(count - 1)]


def _change_order(typed: dict[str, list[str]], data: QueryDict) -> str:
    """Add, remove, bring back or move a wish, or search. Returns the place to go on, or ""."""
    order = typed.setdefault("order", [])
    if key := data.get("add"):
        if key in order:
            return "?twice=1#wishes"
        order.append(key)
        typed.pop("removed", None)
        return "#wishes"
    if key := data.get("remove"):
        if key in order:
            typed["removed"] = [f"{key}:{order.index(key)}"]
            order.remove(key)
        return "#wishes"
    if "undo" in data:
        key, _, place = (typed.pop("removed", [""])[0]).partition(":")
        if key and key not in order:
            order.insert(int(place) if place.isdigit() else len(order), key)
        return "#wishes"
    if "move" in data:
        typed["order"] = [str(key) for key in moved(keys(order), data)]
        return "#wishes"
    return "#found" if data.get("action") == "search" else ""


@require_http_methods(["GET", "POST"])
@on_draft
def later(request: DeskRequest, draft: RequestDraft) -> HttpResponse:
    """Stop, and get a link by mail to go on."""
    typed = drafts.typed_in(draft, "child") or {}
    known = draft.email or next(iter(typed.get("email", [])), "")
    form = LaterForm(request.POST or None, initial={"email": known})
    if request.method == "POST" and form.is_valid():
        _mail_link(request, draft, form.cleaned_data["email"])
        return redirect("enrolment:draft_later", draft.desk.slug, draft.reference)
    steps = Steps(draft, today=_today())
    return render(
        request,
        "enrolment/request_later.html",
        {
            "form": form,
            "draft": draft,
            "days": KEPT.days,
            "back_url": steps.url(steps.first_wrong() or "review"),
        },
        status=422 if form.errors else 200,
    )


def _too_often(key: str) -> bool:
    cache.add(key, 0, timeout=3600)
    return cache.incr(key) > LINKS_AN_HOUR


def _digest(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def _mail_link(request: DeskRequest, draft: RequestDraft, email: str) -> None:
    if _too_often(f"draft-link-{draft.pk}") or _too_often(f"draft-link-{_digest(email)}"):
        messages.warning(
            request, gettext("We mailed this link a few times already. Look in your unwanted mail too.")
        )
        return
    drafts.mail_link(draft=draft, email=email, language=get_language() or "nl", now=timezone.now())
    messages.success(request, gettext("We mailed the link to %(email)s.") % {"email": email})


@require_safe
@on_draft
def sent(request: DeskRequest, draft: RequestDraft) -> HttpResponse:
    """What was registered, and what happens now."""
    first = draft.request
    if first is None:
        return redirect("enrolment:draft", draft.desk.slug, draft.reference)
    requests = CareRequest.objects.filter(
        household=first.household_id, registered_at=first.registered_at
    ).select_related("child")
    policy = Steps(draft, today=_today()).policy
    email = first.household.adults.filter(is_applicant=True).values_list("email", flat=True).first()
    context = {"draft": draft, "requests": requests, "policy": policy, "email": email}
    return render(request, "enrolment/request_sent.html", context)


def _today() -> Any:
    return timezone.localdate()
