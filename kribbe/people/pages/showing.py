"""What pages with one form share."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from kribbe.people.forms import OnceForm


def form_page(
    request: HttpRequest,
    form: OnceForm,
    work: Callable[[dict[str, Any]], None],
    *,
    now: datetime,
    done_url: str,
    done: str,
    template: str = "web/form_page.html",
    **context: Any,
) -> HttpResponse:
    """Show the form; when it was sent, do the work once, say `done` and go to `done_url`."""

    def go(given: dict[str, Any]) -> str:
        work(given)
        messages.success(request, done)
        return done_url

    address = form.carry_out(go, at=request.path, now=now) if form.is_bound else None
    if address is not None:
        return HttpResponseRedirect(address)
    status = 422 if form.is_bound else 200
    shown = {"form": form, "cancel_url": done_url, "back_url": done_url, **context}
    return render(request, template, shown, status=status)
