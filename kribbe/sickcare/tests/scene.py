"""A service with carers at 1, 2, 3 ... km east of a family that lives at the desk, on a Monday evening."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from kribbe.people.models import Child
from kribbe.region.models import Desk
from kribbe.sickcare.models import CarerDay, SickCarer, SickService
from kribbe.testing import cast
from kribbe.trust.fields import KM_PER_DEGREE_LONGITUDE
from kribbe.trust.principal import Principal, Role, Scope

EVENING = datetime(2027, 2, 1, 19, 0, tzinfo=ZoneInfo("Europe/Brussels"))
HOME = (4.70, 50.88)


@dataclass
class Scene:
    """Carers are on call today and tomorrow, from 7:00 to 19:00, and asked at every hour."""

    now: datetime
    desk: Desk
    service: SickService
    carers: list[SickCarer] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)

    @property
    def tomorrow(self) -> date:
        return self.now.date() + timedelta(days=1)

    def parent(self, number: int = 0) -> Principal:
        return cast.acting(Role.PARENT, Scope.HOUSEHOLD, self.children[number].household_id, user_id=2)


def on_call(
    *, now: datetime = EVENING, desk: Desk | None = None, carers: int = 3, families: int = 0
) -> Scene:
    desk = desk or cast.make_desk()
    service = SickService.objects.create(
        desk=desk, name="Zieke kinderen thuis", phone="02 555 01 99", hour_price=Decimal(4),
        asks_from=time(0), asks_until=time(23, 59),
    )  # fmt: skip
    scene = Scene(now, desk, service)
    for number in range(1, carers + 1):
        carer = SickCarer.objects.create(
            service=service,
            name=f"Mieke {number}",
            email=f"mieke{number}@thuis.example",
            phone=f"0470 00 00 0{number}",
            street="Dorpsstraat 9",
            postcode="3999",
            city=desk.name,
            longitude=HOME[0] + number / KM_PER_DEGREE_LONGITUDE,
            latitude=HOME[1],
            radius_km=10,
        )
        scene.carers.append(carer)
        for day in (now.date(), scene.tomorrow):
            CarerDay.objects.create(carer=carer, day=day, begins=time(7), ends=time(19))
    for number in range(families):
        household = cast.make_household(
            desk, f"Ziekens{number}", now=now, email=f"ziek{number}@ouders.example",
            longitude=HOME[0], latitude=HOME[1],
        )  # fmt: skip
        scene.children.append(cast.make_child(household, f"Kind{number}", born=date(now.year - 4, 1, 5)))
    return scene
