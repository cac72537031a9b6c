"""A small world with something of everything that the API tells."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from kribbe.places.models import Kind
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """Two desks; a day-care centre with a group, and a family carer; six children wait here, one there."""
    now = timezone.now()
    desk, other = cast.make_desk(), cast.make_desk("beukhove", nis="99002")
    square = [[4.6, 50.8], [4.8, 50.8], [4.8, 50.9], [4.6, 50.8]]
    desk.municipality.outline = {"type": "Polygon", "coordinates": [square]}
    desk.municipality.save()
    location = cast.make_location(desk, "De Notelaar", phone="016 55 01 10", inclusive=True)
    carer = cast.make_location(
        other, "Bij An", kind=Kind.FAMILY, longitude=4.712345, latitude=50.876543, phone="0470 55 01 11"
    )
    group = cast.make_group(location, 3, now=now)
    cast.make_group(carer, 2, now=now, price="free")
    _waiting(desk, location, 6, now)
    _waiting(other, carer, 1, now)
    return SimpleNamespace(
        desk=desk,
        other=other,
        location=location,
        carer=carer,
        group=group,
        now=now,
        today=timezone.localdate(),
    )


def _waiting(desk, location, count: int, now: datetime) -> None:
    for number in range(count):
        household = cast.make_household(desk, f"Wachter{number}", now=now, email=f"w{number}@ouders.example")
        child = cast.make_child(household, "Kind", born=date(2026, 1, 5))
        cast.make_request(
            child, [location], start=date(2027, 6, 1), pattern=WeekPattern.from_text("mon tue-am"), now=now
        )


@pytest.fixture
def caller() -> Client:
    return Client(headers={"accept-language": "en"})
