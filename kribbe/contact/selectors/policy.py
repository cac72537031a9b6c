"""How a desk wants to talk, and wanted to before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db.models import Manager

from kribbe.contact.models import ContactPolicy
from kribbe.region.models import Desk
from kribbe.rules.quiet import QuietHours
from kribbe.trust.models import AuditEntry

CHANGED = "desk.contact_policy"
VERSIONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Version:
    """What held from a moment on (`policy` has the fields of ContactPolicy), and who decided it."""

    policy: Any
    since: datetime
    who: str


def policy_of(desk: Desk) -> ContactPolicy:
    """The desk's choice; the standard where it made none."""
    return ContactPolicy.objects.filter(desk=desk).first() or ContactPolicy(desk=desk)


def quiet_hours(desk: Desk) -> QuietHours:
    """When the desk's mails that nobody waits for stay behind."""
    policy = policy_of(desk)
    zone = ZoneInfo(settings.TIME_ZONE)
    return QuietHours(policy.quiet_from, policy.quiet_until, sundays=policy.quiet_sundays, zone=zone)


def last_version(desk: Desk) -> int | None:
    """The key of what holds now, in the history that triggers keep; None where the desk decided nothing."""
    return _kept().filter(desk=desk).order_by("-pgh_id").values_list("pgh_id", flat=True).first()


def versions(desk: Desk) -> Sequence[Version]:
    """What the desk decided, the latest first. A change past the pages has no name."""
    kept = list(_kept().filter(desk=desk).order_by("-pgh_id")[:VERSIONS_SHOWN])
    entries = AuditEntry.objects.filter(
        desk_id=desk.pk, action=CHANGED, data__version__in=[each.pgh_id for each in kept]
    )
    by_version = {entry.data["version"]: entry for entry in entries}
    return [_version(each, by_version.get(each.pgh_id)) for each in kept]


def _version(kept: Any, entry: AuditEntry | None) -> Version:
    return Version(kept, entry.at if entry else kept.pgh_created_at, entry.actor_name if entry else "")


def _kept() -> Manager[Any]:
    manager: Manager[Any] = apps.get_model("contact", "ContactPolicyEvent")._default_manager
    return manager
