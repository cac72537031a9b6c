"""A form sent twice (a double click, the back button) is carried out once."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from kribbe.trust.models import OnceToken


def new_token() -> str:
    """A token to hide in a form."""
    return secrets.token_urlsafe(24)


def once(token: str, *, at: str, now: datetime, work: Callable[[], str]) -> str:
    """Do the work and remember its outcome (an address to go to); a second call gets the first outcome.

    A token counts only for the form at its own address (`at`), behind whose door the sender stands already.
    The unique key makes the second sender wait for the first; if the work fails nothing is remembered.
    """
    if not token:
        return work()
    with transaction.atomic():
        row, created = OnceToken.objects.get_or_create(token=_key(token, at), defaults={"at": now})
        if not created:
            return row.outcome
        row.outcome = work()
        row.save(update_fields=["outcome"])
        return row.outcome


def _key(token: str, at: str) -> str:
    return hashlib.sha256(f"{at}\n{token}".encode()).hexdigest()
