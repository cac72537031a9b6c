"""How a desk wants to talk: decided, and what it was before is kept."""

from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kribbe.contact.models import ContactPolicy
from kribbe.contact.selectors.policy import CHANGED, last_version
from kribbe.region.models import Desk
from kribbe.rules.quiet import QuietHours
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

LONGEST_QUIET = timedelta(hours=16)
"""A mail must find its way out on every ordinary day."""


@dataclass(frozen=True, kw_only=True)
class Talking:
    """What a mail may hold, when mails that nobody waits for stay behind, and when who left a request is reminded."""

    post_text_in_mail: bool
    quiet_from: time
    quiet_until: time
    quiet_sundays: bool
    draft_reminder_days: int | None = 5


def change_contact_policy(*, desk: Desk, talking: Talking, principal: Principal, now: datetime) -> None:
    """Let the desk talk so from now on; the same as before changes nothing.

    RefusedError where fewer than eight hours a day are left for mails.
    """
    quiet = QuietHours(
        talking.quiet_from, talking.quiet_until, talking.quiet_sundays, ZoneInfo(settings.TIME_ZONE)
    )
    if quiet.length > LONGEST_QUIET:
        message = _("Leave at least eight hours a day in which mails can leave.")
        raise RefusedError(message, field="quiet_until", code="always_quiet")
    with transaction.atomic():
        lock_rows((Desk, desk.pk))
        policy = ContactPolicy.objects.filter(desk=desk).first() or ContactPolicy(desk=desk)
        wanted = asdict(talking)
        changed = sorted(name for name, value in wanted.items() if getattr(policy, name) != value)
        if not changed:
            return
        for name, value in wanted.items():
            setattr(policy, name, value)
        policy.save()
        audit.record(
            principal=principal,
            action=CHANGED,
            subject=desk,
            now=now,
            desk_id=desk.pk,
            fields=changed,
            version=last_version(desk),
        )
