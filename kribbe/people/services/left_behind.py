"""What visitors leave behind who never came in: accounts for an address that nobody proved, and old sessions."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction

from kribbe.people.models import User

UNPROVEN = timedelta(days=14)
"""How long an account waits for its first code; as long as an invitation does."""


@transaction.atomic
def forget_left_behind(*, now: datetime) -> int:
    """Delete accounts that nobody used and that open nothing, and sessions that ran out. Returns how many were."""
    Session.objects.filter(expire_date__lt=now).delete()
    unused = User.objects.filter(last_login=None, role_grants=None, adults=None, joined_at__lt=now - UNPROVEN)
    return unused.delete()[1].get(User._meta.label, 0)
