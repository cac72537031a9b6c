"""The demo's mailbox: every mail of the installation, to read in place of sending it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from kribbe.contact.models import Mail
from kribbe.contact.selectors import recent_mails

SHOWN = 100


@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """The latest mails, to everybody or to one address."""
    _only_in_demo()
    to = request.GET.get("q", "").strip()
    return render(request, "contact/mailbox.html", {"mails": recent_mails(to=to, limit=SHOWN), "to": to})


@require_GET
def mail(request: HttpRequest, mail: int) -> HttpResponse:
    """One mail, its links ready to follow."""
    _only_in_demo()
    return render(request, "contact/mail.html", {"mail": get_object_or_404(Mail, pk=mail)})


def _only_in_demo() -> None:
    if not settings.DEMO:
        raise Http404
