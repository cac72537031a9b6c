"""Stopping halfway with a link by mail to go on, and what became of a request that was sent."""

import hashlib

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.forms.small import LaterForm
from kribbe.enrolment.models import CareRequest, RequestDraft
from kribbe.enrolment.pages.drafts_door import on_draft
from kribbe.enrolment.pages.steps import Steps
from kribbe.enrolment.services import drafts
from kribbe.enrolment.services.drafts import KEPT
from kribbe.region.http import DeskRequest

LINKS_AN_HOUR = 5


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
    steps = Steps(draft, today=timezone.localdate())
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
    policy = Steps(draft, today=timezone.localdate()).policy
    email = first.household.adults.filter(is_applicant=True).values_list("email", flat=True).first()
    context = {"draft": draft, "requests": requests, "policy": policy, "email": email}
    return render(request, "enrolment/request_sent.html", context)
