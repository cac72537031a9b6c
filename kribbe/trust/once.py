"""A form sent twice (a double click, the back button) is carried out once."""

import secrets
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from kribbe.trust.models import OnceToken


def new_token() -> str:
    """A token to hide in a form."""
    return secrets.token_urlsafe(24)


def once(token: str, *, now: datetime, work: Callable[[], str]) -> str:
    """Do the work and remember its outcome (an address to go to); a second call gets the first outcome.

    The unique key makes the second sender wait for the first; if the work fails nothing is remembered.
    """
    if not token:
        return work()
    with transaction.atomic():
        row, created = OnceToken.objects.get_or_create(token=token[:64], defaults={"at": now})
        if not created:
            return row.outcome
        row.outcome = work()
        row.save(update_fields=["outcome"])
        return row.outcome
