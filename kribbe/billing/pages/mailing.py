"""The button under which all of a kind leaves, and how far they are."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from kribbe.billing.models import Books, MailingKind
from kribbe.billing.selectors.mailings import going
from kribbe.billing.services.mailings import start_mailing
from kribbe.trust.errors import RefusedError


def start(request: Any, books: Books, kind: MailingKind) -> None:
    """Let all of a kind leave, and say so; or why not."""
    try:
        start_mailing(principal=request.principal, books=books, kind=kind, now=timezone.now())
    except RefusedError as refused:
        messages.info(request, str(refused.message))
    else:
        messages.success(request, _("They leave now, one by one. You can leave this page."))


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
