"""What a location tells of itself, and the order in which it gives places."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Location, LocationCriteria
from kribbe.region.models import Desk
from kribbe.region.selectors import policy_on
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import check_criteria
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.web.words import say


@dataclass(frozen=True, slots=True)
class Profile:
    """What a location may change itself. Name, address and licence are the desk's to change."""

    opens_at: time
    closes_at: time
    morning_ends_at: time
    approach: str
    quality: str
    visit: str
    food: str
    accessibility: str
    languages: tuple[str, ...]
    inclusive: bool
    min_half_days: int
    plan_kind: str
    day_price: Decimal | None
    deposit: Decimal
    phone: str
    email: str
    website: str


def profile_of(location: Location) -> Profile:
    """What the location tells now."""
    values = {name: getattr(location, name) for name in Profile.__slots__}
    return Profile(**{**values, "languages": tuple(location.languages)})


def change_profile(*, principal: Principal, location_id: int, profile: Profile, now: datetime) -> list[str]:
    """Change what the location tells; gives the names of what changed. Raises RefusedError naming the field."""
    with transaction.atomic():
        lock_rows((Location, location_id))
        location = Location.objects.select_related("desk").get(pk=location_id)
        _check(profile, highest_deposit(location.desk, localtime(now).date()))
        before = asdict(profile_of(location))
        changed = [name for name, value in asdict(profile).items() if value != before[name]]
        if not changed:
            return []
        for name in changed:
            value = getattr(profile, name)
            setattr(location, name, list(value) if isinstance(value, tuple) else value)
        location.looked_at = now
        location.save(update_fields=[*changed, "looked_at"])
        _record(principal, "location.change", location, now, changed=changed)
    return changed


def set_criteria(
    *,
    principal: Principal,
    location_id: int,
    names: Sequence[str],
    motive: str,
    from_day: date,
    now: datetime,
) -> LocationCriteria:
    """Publish another order, from a day on until whatever was planned later. The same order changes nothing.

    `motive` says why, for families to read. Raises RefusedError where the law or the list refuses the order, it has
    no motive, or the day is in the past.
    """
    if problems := check_criteria(names):
        raise RefusedError(say(problems[0].reason), field="names")
    if from_day < localtime(now).date():
        raise RefusedError(_("The day is in the past. Choose today or later."), field="from_day")
    with transaction.atomic():
        lock_rows((Location, location_id))
        location = Location.objects.get(pk=location_id)
        holding = LocationCriteria.objects.filter(location=location_id, during__contains=from_day).first()
        if holding is not None and holding.names == list(names):
            return holding
        if names and not motive.strip():
            raise RefusedError(_("Say why you choose this order. Families read it."), field="motive")
        published = _publish(location_id, names, motive.strip(), from_day, holding, now)
        _record(principal, "location.criteria", location, now, names=list(names), from_day=f"{from_day}")
    return published


def highest_deposit(desk: Desk, day: date) -> Decimal:
    """The most that a location may ask as a guarantee, in euros."""
    return load_pack(policy_on(desk, day).rule_pack).decimal("deposit.maximum", day)


def _publish(
    location_id: int,
    names: Sequence[str],
    motive: str,
    from_day: date,
    holding: LocationCriteria | None,
    now: datetime,
) -> LocationCriteria:
    ends = holding.during.upper if holding else _next_planned(location_id, from_day)
    if holding is not None and holding.during.lower == from_day:
        holding.delete()
    elif holding is not None:
        holding.during = DateRange(holding.during.lower, from_day)
        holding.save(update_fields=["during"])
    return LocationCriteria.objects.create(
        location_id=location_id,
        during=DateRange(from_day, ends),
        names=list(names),
        motive=motive,
        recorded_at=now,
    )


def _next_planned(location_id: int, day: date) -> date | None:
    later = LocationCriteria.objects.filter(location=location_id, during__startswith__gt=day)
    return later.order_by("during").values_list("during__startswith", flat=True).first()


def _check(profile: Profile, most: Decimal) -> None:
    if profile.closes_at <= profile.opens_at:
        raise RefusedError(_("The closing hour is before the opening hour."), field="closes_at")
    if not profile.opens_at < profile.morning_ends_at < profile.closes_at:
        raise RefusedError(_("The morning ends between opening and closing."), field="morning_ends_at")
    if not 1 <= profile.min_half_days <= SLOTS:
        raise RefusedError(
            _("Ask at least 1 and at most %(most)s half-days.") % {"most": SLOTS}, field="min_half_days"
        )
    if profile.day_price is not None and profile.day_price <= 0:
        raise RefusedError(
            _("A price is more than 0. Leave it empty for prices by income."), field="day_price"
        )
    if not 0 <= profile.deposit <= most:
        raise RefusedError(
            _("A deposit lies between € 0 and € %(most)s.") % {"most": f"{most:.0f}"}, field="deposit"
        )


def _record(principal: Principal, action: str, location: Location, now: datetime, **data: Any) -> None:
    record(
        principal=principal,
        action=action,
        subject=location,
        now=now,
        desk_id=location.desk_id,
        location=location.pk,
        **data,
    )
