"""What a location decides for itself: the layout and carers of a group, and its house rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Group, Location
from kribbe.planning.models import GroupTeam, HouseRules
from kribbe.rules.allowance import Rounding
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.ratio import Layout
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

MOST_CARERS = 30


def set_team(
    *,
    principal: Principal,
    location: Location,
    group_id: int,
    first: date,
    layout: Layout,
    carers: Sequence[int],
    now: datetime,
) -> GroupTeam:
    """From `first` on the group has this layout and these carers by half-day, until what was planned later begins.

    Raises RefusedError on a group of another location or numbers that can't be.
    """
    if len(carers) != SLOTS or any(not 0 <= number <= MOST_CARERS for number in carers):
        raise RefusedError(_("Give a number of carers from 0 to 30."), field="carers")
    with transaction.atomic():
        lock_rows((Group, group_id))
        group = Group.objects.filter(pk=group_id, location=location).first()
        if group is None:
            raise RefusedError(_("Choose a group of this location."), field="group")
        own = GroupTeam.objects.filter(group=group)
        own.filter(during__startswith=first).delete()
        for running in own.filter(during__contains=first):
            running.during = DateRange(running.during.lower, first)
            running.save(update_fields=["during"])
        later = own.filter(during__startswith__gt=first).order_by("during").first()
        made = GroupTeam.objects.create(
            group=group,
            during=DateRange(first, later.during.lower if later else None),
            layout=layout,
            carers=list(carers),
        )
        _record(principal, "team.set", made, location, now)
    return made


def remove_team(*, principal: Principal, location: Location, team_id: int, now: datetime) -> None:
    """Carers that were planned for later go; those before go on in their place.

    Raises RefusedError where they hold already. What isn't the location's changes nothing.
    """
    with transaction.atomic():
        group_ids = list(Group.objects.filter(location=location, teams=team_id).values_list("pk", flat=True))
        lock_rows(*((Group, key) for key in group_ids))
        gone = GroupTeam.objects.filter(pk=team_id, group__in=group_ids).first()
        if gone is None:
            return
        first, after = gone.during.lower, gone.during.upper
        if first <= localtime(now).date():
            raise RefusedError(_("These carers hold already. Give the new ones from today on."))
        _record(principal, "team.remove", gone, location, now)
        gone.delete()
        for before in GroupTeam.objects.filter(group=gone.group_id, during__endswith=first):
            before.during = DateRange(before.during.lower, after)
            before.save(update_fields=["during"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a version of the house rules says; see `HouseRules`."""

    from_day: date
    notice_days: int = 60
    allowance_days: Decimal | None = None
    half_days: bool = False
    rounding: Rounding = Rounding.UP
    told_by: time | None = None
    absence_full: Decimal | None = None
    absence_half: Decimal | None = None


def publish_house_rules(
    *, principal: Principal, location: Location, rules: Rules, now: datetime
) -> HouseRules:
    """A new version of the house rules; those before it stay. Raises RefusedError on a day that is over."""
    if rules.from_day < localtime(now).date():
        raise RefusedError(_("House rules can't begin on a day that is over."), field="from_day")
    if (rules.absence_full is None) != (rules.absence_half is None):
        raise RefusedError(
            _("Give both amounts, for a full and for half a day, or none."), field="absence_half"
        )
    with transaction.atomic():
        lock_rows((Location, location.pk))
        last = HouseRules.objects.filter(location=location).aggregate(last=Max("version"))["last"] or 0
        made = HouseRules.objects.create(
            location=location,
            version=last + 1,
            from_day=rules.from_day,
            notice_days=rules.notice_days,
            allowance_days=rules.allowance_days,
            allowance_half_days=rules.half_days,
            allowance_rounding=rules.rounding,
            told_by=rules.told_by,
            absence_full=rules.absence_full,
            absence_half=rules.absence_half,
            published_at=now,
            published_by=principal.user_id,
        )
        _record(principal, "house_rules.publish", made, location, now)
    return made


def _record(
    principal: Principal, action: str, subject: GroupTeam | HouseRules, location: Location, now: datetime
) -> None:
    record(
        principal=principal,
        action=action,
        subject=subject,
        now=now,
        desk_id=location.desk_id,
        location=location.pk,
    )
