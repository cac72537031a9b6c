"""How a desk wants to talk."""

from zoneinfo import ZoneInfo

from django.conf import settings

from kribbe.contact.models import ContactPolicy
from kribbe.region.models import Desk
from kribbe.rules.quiet import QuietHours


def policy_of(desk: Desk) -> ContactPolicy:
    """The desk's choice; the standard where it made none."""
    return ContactPolicy.objects.filter(desk=desk).first() or ContactPolicy(desk=desk)


def quiet_hours(desk: Desk) -> QuietHours:
    """When the desk's mails that nobody waits for stay behind."""
    policy = policy_of(desk)
    zone = ZoneInfo(settings.TIME_ZONE)
    return QuietHours(policy.quiet_from, policy.quiet_until, sundays=policy.quiet_sundays, zone=zone)
