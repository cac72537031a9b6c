"""Noting what the desk found about a location's licence."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import LicenceCheck, LicenceState, Location
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def note_licence(
    *,
    principal: Principal,
    location_id: int,
    state: LicenceState,
    checked_on: date,
    source: str,
    now: datetime,
) -> LicenceCheck:
    """The state of a licence as a source gave it on a day. The same note sent twice counts once.

    Raises RefusedError without a source, on a day to come, or before a check that is known.
    """
    source = source.strip()
    if not source:
        raise RefusedError(_("Say where you found this."), field="source")
    if checked_on > localtime(now).date():
        raise RefusedError(_("This day is still to come."), field="checked_on")
    with transaction.atomic():
        lock_rows((Location, location_id))
        location = Location.objects.get(pk=location_id)
        before = LicenceState(location.licence_state)
        if location.licence_checked_on is not None and checked_on < location.licence_checked_on:
            raise RefusedError(_("The desk checked this licence on a later day."), field="checked_on")
        last = location.licence_checks.order_by("-noted_at", "-pk").first()
        if last is not None and (last.state, last.checked_on, last.source) == (state, checked_on, source):
            return last
        made = location.licence_checks.create(
            state=state,
            checked_on=checked_on,
            source=source,
            noted_at=now,
            noted_by=principal.user_id,
            noted_name=principal.name,
        )
        location.licence_state, location.licence_checked_on = state, checked_on
        location.save(update_fields=["licence_state", "licence_checked_on"])
        record(
            principal=principal,
            action="licence.note",
            subject=location,
            now=now,
            desk_id=location.desk_id,
            before=before.value,
            state=state.value,
            checked_on=f"{checked_on}",
            source=source,
        )
    return made
