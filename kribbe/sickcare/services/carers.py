"""The service, its carers on call and their days."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.people.locating import point_of
from kribbe.region.models import Desk
from kribbe.sickcare.models import CarerDay, SickCarer, SickService
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

Hours = tuple[time, time]


def set_service(
    *,
    principal: Principal,
    desk: Desk,
    name: str,
    phone: str,
    about: str,
    answer_minutes: int,
    asks_from: time,
    asks_until: time,
    hour_price: Decimal,
    active: bool,
    now: datetime,
) -> SickService:
    """Make or change the desk's service. Raises RefusedError on hours of asking the wrong way round."""
    if asks_until <= asks_from:
        raise RefusedError(_("It ends before it begins."), field="asks_until")
    with transaction.atomic():
        made, _created = SickService.objects.update_or_create(
            desk=desk,
            defaults={
                "name": name,
                "phone": phone,
                "about": about,
                "answer_minutes": answer_minutes,
                "asks_from": asks_from,
                "asks_until": asks_until,
                "hour_price": hour_price,
                "active": active,
            },
        )
        record(principal=principal, action="sick.service", subject=made, now=now, desk_id=desk.pk)
    return made


def set_carer(
    *, principal: Principal, service: SickService, email: str, values: Mapping[str, Any], now: datetime
) -> SickCarer:
    """Make a carer, or change the one with this mail address. Raises RefusedError on an unknown address."""
    point = point_of(values["street"], values["postcode"], values["city"])
    if point is None:
        raise RefusedError(_("We don't find this address on the map. Check it."), field="street")
    with transaction.atomic():
        made, _created = SickCarer.objects.update_or_create(
            service=service,
            email=email.strip().lower(),
            defaults={**values, "longitude": point[0], "latitude": point[1]},
        )
        record(principal=principal, action="sick.carer", subject=made, now=now, desk_id=service.desk_id)
    return made


def set_days(
    *, principal: Principal, carer: SickCarer, days: Mapping[date, Hours | None], now: datetime
) -> int:
    """When a carer is on call on these days; None: not. Returns on how many. Promises that stand, stand.

    Raises RefusedError where hours end before they begin.
    """
    if any(hours is not None and hours[1] <= hours[0] for hours in days.values()):
        raise RefusedError(_("It ends before it begins."), code="hours")
    with transaction.atomic():
        lock_rows((SickService, carer.service_id))
        CarerDay.objects.filter(
            carer=carer, day__in=[day for day, hours in days.items() if hours is None]
        ).delete()
        given = {day: hours for day, hours in days.items() if hours is not None}
        for day, (begins, ends) in given.items():
            CarerDay.objects.update_or_create(carer=carer, day=day, defaults={"begins": begins, "ends": ends})
        record(principal=principal, action="sick.days", subject=carer, now=now, desk_id=carer.service.desk_id)
    return len(given)
