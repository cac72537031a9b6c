"""What a location decides for its groups: the layout and the carers by half-day."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.places.models import Group, Location
from kribbe.planning.models import GroupTeam
from kribbe.region.selectors import policy_on
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.packs import load_pack
from kribbe.rules.ratio import Layout, baby_months, may_be
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

    Raises RefusedError on a group of another location, numbers that can't be, or babies in a group of toddlers.
    """
    if len(carers) != SLOTS or any(not 0 <= number <= MOST_CARERS for number in carers):
        raise RefusedError(_("Give a number of carers from 0 to 30."), field="carers")
    with transaction.atomic():
        lock_rows((Group, group_id))
        group = Group.objects.filter(pk=group_id, location=location).first()
        if group is None:
            raise RefusedError(_("Choose a group of this location."), field="group")
        _check_layout(group, layout, location, first)
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


def _check_layout(group: Group, layout: Layout, location: Location, first: date) -> None:
    babies_to = baby_months(load_pack(policy_on(location.desk, first).rule_pack), first)
    if not may_be(layout, group.from_months, babies_to):
        raise RefusedError(
            _(
                "%(group)s takes children from %(age)d months on, and a group of toddlers has none under %(least)d."
                " Choose a mixed group, or give the group a later age first."
            )
            % {"group": group.name, "age": group.from_months, "least": babies_to},
            field="layout",
        )


def _record(principal: Principal, action: str, subject: GroupTeam, location: Location, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=subject,
        now=now,
        desk_id=location.desk_id,
        location=location.pk,
    )
