"""Saving a search to get news by mail, confirming it by the mailed link, and stopping it in one click."""

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.enrolment.services.search_mails import save_and_ask
from kribbe.places.models import Rhythm, SavedSearch
from kribbe.places.pages.around import Around, Work, around, sought, work_of
from kribbe.places.pages.asked import Asked
from kribbe.places.selectors.saved import read_search
from kribbe.places.services.saved_searches import Wish, confirm_search, stop_search
from kribbe.region.http import DeskRequest
from kribbe.trust.errors import RefusedError
from kribbe.web.forms import RadioCards
from kribbe.web.templatetags.telling import km

MAILS_AN_HOUR = 5


class SaveSearchForm(forms.Form):
    """Where the news goes, and how often."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    rhythm = forms.ChoiceField(
        label=_("How often?"), choices=Rhythm.choices, initial=Rhythm.WEEKLY, widget=RadioCards()
    )


@never_cache
@require_http_methods(["GET", "POST"])
def save(request: DeskRequest, desk: str) -> HttpResponse:
    """Ask where the news goes, and mail a link to confirm it."""
    asked = Asked.read(request.GET, today=timezone.localdate())
    place, work = around(asked, request.desk), work_of(asked, request.desk)
    form = SaveSearchForm(request.POST or None, initial={"email": _own_address(request)})
    if request.method == "POST" and form.is_valid() and _saved(request, asked, place, work, form):
        messages.success(
            request,
            gettext("Look in your mail at %(email)s, and confirm there that you want this news.")
            % {"email": form.cleaned_data["email"]},
        )
        return HttpResponseRedirect(reverse("places:search", args=[desk]) + asked.query())
    context = {
        "form": form,
        "heading": gettext("Get a mail when a place comes free"),
        "lead": label_of(asked, place, work),
        "submit_label": gettext("Save this search"),
        "back_url": reverse("places:search", args=[desk]) + asked.query(),
    }
    status = 422 if form.errors else 200
    return render(request, "enrolment/save_search.html", context, status=status)


def _own_address(request: Any) -> str:
    return "" if request.principal.is_visitor or request.principal.is_staff else request.user.email


def _saved(
    request: DeskRequest, asked: Asked, place: Around, work: Work, form: SaveSearchForm
) -> SavedSearch | None:
    email = form.cleaned_data["email"]
    if _too_often(email):
        form.add_error("email", gettext("We mailed this address a few times already. Try again in an hour."))
        return None
    wish = Wish(
        email=email,
        language=get_language() or "nl",
        rhythm=form.cleaned_data["rhythm"],
        label=label_of(asked, place, work),
        query=asked.query(free="all" if asked.pattern else ""),
    )
    search = sought(asked, request.desk, place, work)
    try:
        return save_and_ask(desk=request.desk, search=search, wish=wish, now=timezone.now())
    except RefusedError as refused:
        form.add_error("email", str(refused.message))
        return None


def _too_often(email: str) -> bool:
    key = f"saved-search-{hashlib.sha256(email.strip().lower().encode()).hexdigest()}"
    cache.add(key, 0, timeout=3600)
    return cache.incr(key) > MAILS_AN_HOUR


def label_of(asked: Asked, place: Around, work: Work) -> str:
    """The search in one line."""
    parts = [place.label, asked.summary()]
    if work.label:
        parts.insert(1, gettext("on the way to %(work)s") % {"work": work.label})
    elif asked.kilometres:
        parts.insert(1, gettext("within %(distance)s") % {"distance": km(asked.kilometres)})
    return " · ".join(parts)


@never_cache
@require_http_methods(["GET", "POST"])
def saved_search(request: DeskRequest, desk: str, token: str) -> HttpResponse:
    """One saved search by its mailed link: confirm it, or stop it."""
    saved = _found(request, token)
    if saved is None:
        return render(request, "enrolment/saved_search_gone.html", status=410)
    if request.method == "POST" and request.POST.get("action") == "stop":
        return _stopped(request, saved)
    if request.method == "POST":
        confirm_search(saved=saved, now=timezone.now())
    context = {"saved": saved, "search_url": reverse("places:search", args=[desk]) + saved.query}
    return render(request, "enrolment/saved_search.html", context)


def _stopped(request: DeskRequest, saved: SavedSearch) -> HttpResponse:
    query = saved.query
    stop_search(saved=saved)
    again = reverse("enrolment:save_search", args=[request.desk.slug]) + query
    return render(request, "enrolment/saved_search_stopped.html", {"again_url": again})


@csrf_exempt
@require_POST
def stop(request: DeskRequest, desk: str, token: str) -> HttpResponse:
    """Stop by the mail program's own button (RFC 8058): whoever holds the signed address may."""
    saved = _found(request, token)
    if saved is None:
        raise Http404
    stop_search(saved=saved)
    return HttpResponse(gettext("Stopped."), content_type="text/plain; charset=utf-8")


def _found(request: DeskRequest, token: str) -> SavedSearch | None:
    saved = read_search(token)
    return saved if saved is not None and saved.desk_id == request.desk.pk else None
