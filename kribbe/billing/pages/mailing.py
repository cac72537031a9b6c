"""The button under which all of a kind leaves."""

from typing import Any

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _

from kribbe.billing.models import Books, MailingKind
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
