"""The button under which all of a kind leaves, how far they are, and what couldn't leave."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from kribbe.billing.models import Books, MailingKind, Stuck
from kribbe.billing.selectors.mailings import going
from kribbe.billing.services.mailings import start_mailing, try_again
from kribbe.trust.errors import RefusedError
from kribbe.trust.text import row_key


def start(request: Any, books: Books, kind: MailingKind) -> None:
    """Let all of a kind leave, or the one again that couldn't (`again`), and say so; or why not."""
    if "again" in request.POST:
        _again(request, books, kind)
        return
    try:
        start_mailing(principal=request.principal, books=books, kind=kind, now=timezone.now())
    except RefusedError as refused:
        messages.info(request, str(refused.message))
    else:
        messages.success(request, _("They leave now, one by one. You can leave this page."))


def _again(request: Any, books: Books, kind: MailingKind) -> None:
    key = row_key(request.POST["again"])
    found = Stuck.objects.filter(books=books, kind=kind, pk=key).first()
    if found is None:
        messages.info(request, _("Nothing waits to leave."))
        return
    try:
        try_again(principal=request.principal, stuck=found, now=timezone.now())
    except RefusedError as refused:
        messages.warning(request, str(refused.message))
    else:
        messages.success(request, _("It left."))


def progress(request: Any, books: Books, kind: MailingKind) -> HttpResponse | None:
    """How far a mailing is, where the page that shows it asks again (`going`); it is opened anew once all have left.

    No family is named, so that looking on leaves one row on its trail, however long it takes. None for another look.
    """
    if "going" not in request.GET or "HX-Request" not in request.headers:
        return None
    found = going(books, kind)
    if found is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "billing/going.html", {"going": found})
