"""Who works at a location: added, changed, and ended without being lost."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import User
from kribbe.places.access import locations_for
from kribbe.places.models import Location
from kribbe.staff.access import may_change_carer
from kribbe.staff.models import Carer
from kribbe.staff.models.carers import INITIALS
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who a carer is. `last` is the last day, None where none is known.

    `locations` has the organiser's other locations where they work too; without any they are this location's own.
    """

    name: str
    first: date
    last: date | None = None
    initials: str = ""
    user: User | None = None
    locations: Collection[int] = ()


def add_carer(*, principal: Principal, location: Location, person: Person, now: datetime) -> Carer:
    """A new carer. Raises RefusedError on days in the wrong order and on locations of others."""
    shared = _shared(principal, location, person)
    with transaction.atomic():
        made = Carer.objects.create(
            location=None if shared else location,
            organiser=location.organiser if shared else None,
            name=person.name.strip(),
            initials=_initials(person),
            during=_days(person),
            user=person.user,
            made_at=now,
            made_by=principal.user_id,
        )
        made.locations.set(shared)
        _record(principal, "carer.add", made, location, now)
    return made


def change_carer(
    *, principal: Principal, location: Location, carer: Carer, person: Person, now: datetime
) -> Carer:
    """Other data of a carer. Raises RefusedError as `add_carer` does, and where they work at others' locations."""
    if not may_change_carer(principal, carer):
        raise RefusedError(_("This carer works at other locations too. Their organiser changes this."))
    shared = _shared(principal, location, person)
    with transaction.atomic():
        lock_rows((Carer, carer.pk))
        carer.location = None if shared else location
        carer.organiser = location.organiser if shared else None
        carer.name = person.name.strip()
        carer.initials = _initials(person)
        carer.during = _days(person)
        carer.user = person.user
        carer.save(update_fields=["location", "organiser", "name", "initials", "during", "user"])
        carer.locations.set(shared)
        _record(principal, "carer.change", carer, location, now)
    return carer


def _shared(principal: Principal, location: Location, person: Person) -> list[Location]:
    """All locations of an organiser's carer; empty for one of this location."""
    others = set(person.locations) - {location.pk}
    if not others:
        return []
    found = locations_for(principal, Action.STAFF_CHANGE).filter(
        pk__in=others | {location.pk}, organiser=location.organiser_id
    )
    if location.organiser_id is None or len(found) != len(others) + 1:
        raise RefusedError(_("Choose locations of your own organiser."), field="locations")
    return list(found)


def _days(person: Person) -> DateRange:
    if person.last is not None and person.last < person.first:
        raise RefusedError(_("The last day is before the first."), field="last")
    return DateRange(person.first, person.last + DAY if person.last else None)


def _initials(person: Person) -> str:
    """As given, else the first letter of each part of the name."""
    own = "".join(part[0] for part in person.name.replace("-", " ").split())
    return (person.initials.strip() or own)[:INITIALS].upper()


def _record(principal: Principal, action: str, subject: Carer, location: Location, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=subject,
        now=now,
        desk_id=location.desk_id,
        location=location.pk,
    )
