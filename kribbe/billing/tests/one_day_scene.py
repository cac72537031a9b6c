"""A family that waits for De Notelaar and takes Wednesday 4 March, on which neither Noor nor Lou is there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils.timezone import get_default_timezone

from kribbe.attendance.models import DayInvite, Presence
from kribbe.attendance.services.spare_days import take
from kribbe.billing.models import FeeCertificate
from kribbe.billing.tests.marched import NEW_YEAR, march
from kribbe.billing.tests.month import lines_of
from kribbe.enrolment.models import CareRequest
from kribbe.rules.attendance import moment
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import Role, Scope

WEDNESDAY = march(4)
EVE = datetime(2026, 3, 3, 12, tzinfo=UTC)
APRIL_2ND = datetime(2026, 4, 2, 9, tzinfo=UTC)


def kim_of(kept) -> CareRequest:
    """The request for Kim."""
    household = cast.make_household(kept.scene.desk, "Adams", now=EVE, email="adams@ouders.example")
    child = household.children.create(first_name="Kim", last_name="Adams", born=date(2025, 5, 1))
    return cast.make_request(
        child, [kept.scene.location], start=march(2), pattern=WeekPattern.from_text("wed"),
        latest=march(30), now=EVE,
    )  # fmt: skip


def there(made: DayInvite, first: int = 8, last: int = 16) -> Presence:
    """Kim was there from an hour to an hour."""
    start, end = (moment(made.day, 60 * hour, get_default_timezone()) for hour in (first, last))
    return Presence.objects.create(direct=made.direct, day=made.day, number=0, start=start, end=end, halves=3)


def invited(kept, request, day: date = WEDNESDAY, halves: int = 3) -> DayInvite:
    return DayInvite.objects.create(
        request=request, group=kept.scene.group, day=day, halves=halves, asked_at=EVE, state_at=EVE,
        answer_by=moment(day, 7 * 60, get_default_timezone()),
    )  # fmt: skip


def takes(kept, request, day: date = WEDNESDAY, halves: int = 3) -> DayInvite:
    made = invited(kept, request, day, halves)
    take(principal=parent(request), invite_id=made.pk, now=EVE)
    made.refresh_from_db()
    return made


def parent(request):
    return cast.acting(Role.PARENT, Scope.HOUSEHOLD, request.household_id, user_id=2)


def fee_of(kept, request, fee: str = "20.00") -> FeeCertificate:
    return FeeCertificate.objects.create(
        books=kept.books, child=request.child, during=(NEW_YEAR, None), day_fee=Decimal(fee), recorded_at=EVE
    )


def name_of(request) -> str:
    adult = request.household.adults.get()
    return f"{adult.first_name} {adult.last_name}"


def asked(request) -> list[tuple[date, str, Decimal]]:
    return lines_of(name_of(request))
