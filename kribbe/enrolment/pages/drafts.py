"""The request in four short steps. It can be left at any step and found again."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.forms.typed import data_of
from kribbe.enrolment.models import RequestDraft
from kribbe.enrolment.pages.drafts_begun import free_reference, held, hold, household_of
from kribbe.enrolment.pages.drafts_door import on_draft
from kribbe.enrolment.pages.drafts_going import going
from kribbe.enrolment.pages.drafts_typed import changed_by, version_of
from kribbe.enrolment.pages.ranking import keys, listing
from kribbe.enrolment.pages.registering import registration
from kribbe.enrolment.pages.steps import Steps, differences
from kribbe.enrolment.selectors.choices import Asked, nearby
from kribbe.enrolment.services import drafts
from kribbe.enrolment.services.drafts import StaleStepError
from kribbe.enrolment.services.register import register_request
from kribbe.places.favourites import held as favourites
from kribbe.places.models import Location
from kribbe.region.http import DeskRequest
from kribbe.trust.errors import RefusedError
from kribbe.trust.once import new_token, once
from kribbe.trust.text import row_key

NEXT = {"child": "days", "days": "choices", "choices": "review"}


@never_cache
@require_http_methods(["GET", "POST"])
def new_request(request: DeskRequest, desk: str) -> HttpResponse:
    """Begin, or go on with what was left. `?location=slug` begins with that location as a wish, `start` and `days`
    with what was searched.

    Nothing is saved before something was typed.
    """
    unfinished = _unfinished(request)
    if request.method == "GET" and unfinished:
        context = {
            "unfinished": [(draft, Steps(draft, today=timezone.localdate()).names) for draft in unfinished]
        }
        return render(request, "enrolment/request_start.html", context)
    household = household_of(request.principal)
    here = household.desk if household else request.desk
    reference = free_reference(request)
    first = reverse("enrolment:draft_child", args=[here.slug, reference])
    known = {name: request.GET.getlist(name) for name in ("location", "start", "days")}
    begin = urlencode(known, doseq=True)
    return hold(request, redirect(f"{first}?{begin}" if begin else first), reference)


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
    steps = Steps(draft, today=timezone.localdate())
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
    steps = Steps(draft, today=timezone.localdate())
    wrong = steps.first_wrong()
    if wrong and request.method == "GET":
        messages.warning(request, gettext("Something is still missing in this step."))
        return redirect(f"{steps.url(wrong)}?look=1")
    return _step(request, draft, "review")


def _step(request: DeskRequest, draft: RequestDraft, step: str) -> HttpResponse:
    if request.method == "GET":
        steps = Steps(draft, today=timezone.localdate())
        form = steps.form(step) if "look" in request.GET else steps.shown(step)
        return _show(request, steps, step, form)
    typed, action, changed = changed_by(request.POST, step)
    draft = drafts.keep_draft(draft)
    try:
        draft = drafts.save_step(
            draft_id=draft.pk, step=step, typed=typed, version=version_of(request.POST), now=timezone.now()
        )
    except StaleStepError as stale:
        return _stale(request, draft, step, typed, stale)
    except RefusedError:
        return _sent_meanwhile(draft, action)
    if action == "keep":
        return _side(request, Steps(draft, today=timezone.localdate()), step)
    if action == "later":
        return redirect("enrolment:draft_later", draft.desk.slug, draft.reference)
    if changed:
        return HttpResponseRedirect(Steps(draft, today=timezone.localdate()).url(step) + changed)
    return _go_on(request, draft, step, typed)


def _sent_meanwhile(draft: RequestDraft, action: str) -> HttpResponse:
    """A second press, or saving by itself, came after the request was sent."""
    if action == "keep":
        return HttpResponse(status=204)
    return redirect("enrolment:draft_sent", draft.desk.slug, draft.reference)


def _go_on(
    request: DeskRequest, draft: RequestDraft, step: str, typed: Mapping[str, list[str]]
) -> HttpResponse:
    steps = Steps(draft, today=timezone.localdate())
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
    steps = Steps(
        RequestDraft.objects.select_related("desk", "household").get(pk=draft.pk), today=timezone.localdate()
    )
    if request.POST.get("action") == "keep":
        return _side(request, steps, step, is_stale=True)
    form = steps.form(step, data_of(typed))
    form.is_valid()
    found = differences(form, stale.saved, typed)
    return _show(request, steps, step, form, status=409, differences=found)


def _side(request: DeskRequest, steps: Steps, step: str, *, is_stale: bool = False) -> HttpResponse:
    context = {**_side_context(steps, step), "is_stale": is_stale, "is_kept": not is_stale}
    if is_stale:
        context["version"] = version_of(request.POST)
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


def _child_context(request: DeskRequest, steps: Steps, _form: Any) -> dict[str, Any]:
    return {"going": going(request, steps.household)}


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
        "removed": Location.objects.filter(pk=row_key(removed)).first(),
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
    "child": _child_context,
    "choices": _choices_context,
    "review": _review_context,
}
