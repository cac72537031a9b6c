"""The door to a request in the making."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from kribbe.enrolment.access import draft_for
from kribbe.enrolment.models import RequestDraft
from kribbe.enrolment.pages.drafts_begun import begun, held, household_of
from kribbe.enrolment.services import drafts
from kribbe.region.http import DeskRequest
from kribbe.web.errors import session_ended

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
            drafts.claim(draft=draft, principal=request.principal, household=household_of(request.principal))
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
