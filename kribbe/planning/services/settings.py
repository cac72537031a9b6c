"""What a location decides for its groups: the layout and the carers by half-day."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Group, Location
from kribbe.planning.models import GroupTeam
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
    """From `first` on the group has this layout and these carers by half-day; what was planned later goes.

    Raises RefusedError on a group of another location or numbers that can't be.
    """
    if len(carers) != SLOTS or any(not 0 <= number <= MOST_CARERS for number in carers):
        raise RefusedError(_("Give a number of carers from 0 to 30."), field="carers")
    with transaction.atomic():
        lock_rows((Group, group_id))
        group = Group.objects.filter(pk=group_id, location=location).first()
        if group is None:
            raise RefusedError(_("Choose a group of this location."), field="group")
        GroupTeam.objects.filter(group=group, during__startswith__gte=first).delete()
        for running in GroupTeam.objects.filter(group=group, during__contains=first):
            running.during = DateRange(running.during.lower, first)
            running.save(update_fields=["during"])
        made = GroupTeam.objects.create(
            group=group, during=DateRange(first, None), layout=layout, carers=list(carers)
        )
        record(
            principal=principal,
            action="team.set",
            subject=made,
            now=now,
            desk_id=location.desk_id,
            location=location.pk,
        )
    return made
