"""When the children of a group rest: set from a day on, or taken away."""

from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Group, Location
from kribbe.region.selectors import policy_on
from kribbe.rules.packs import load_pack
from kribbe.staff.models import GroupRest
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def set_rest(
    *,
    principal: Principal,
    location: Location,
    group_id: int,
    first: date,
    times: tuple[int, int] | None,
    now: datetime,
) -> None:
    """From `first` on the group rests from and until these half-hours, until what was set for later begins.

    None takes its rest away. Raises RefusedError on times that can't be, and on a rest longer than the law allows.
    """
    if times is not None:
        _check(location, first, times)
    with transaction.atomic():
        lock_rows((Group, group_id))
        group = Group.objects.filter(pk=group_id, location=location).first()
        if group is None:
            raise RefusedError(_("Choose a group of this location."), field="group")
        own = GroupRest.objects.filter(group=group)
        own.filter(during__startswith=first).delete()
        for running in own.filter(during__contains=first):
            running.during = DateRange(running.during.lower, first)
            running.save(update_fields=["during"])
        later = own.filter(during__startswith__gt=first).order_by("during").first()
        if times is not None:
            during = DateRange(first, later.during.lower if later else None)
            GroupRest.objects.create(group=group, during=during, start=times[0], end=times[1])
        record(
            principal=principal,
            action="rest.set",
            subject=group,
            now=now,
            desk_id=location.desk_id,
            location=location.pk,
            first=f"{first}",
            times=list(times or ()),
        )


def _check(location: Location, first: date, times: tuple[int, int]) -> None:
    start, end = times
    if end <= start:
        raise RefusedError(_("From comes before to."), field="end")
    most = load_pack(policy_on(location.desk, first).rule_pack).integer("ratio.rest_hours", first)
    if end - start > 2 * most:
        text = _("A rest lasts %(hours)s hours at most. Give a shorter one.")
        raise RefusedError(text % {"hours": most}, field="end")
