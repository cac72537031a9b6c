"""A place that comes while a tap waits for its turn is locked and read with the others of the child."""

from datetime import timedelta
from threading import Event

import pytest
from django.db import transaction

from kribbe.attendance.attendee import Who
from kribbe.attendance.services import stays
from kribbe.attendance.tests.scene import monday_scene
from kribbe.enrolment.models import Placement
from kribbe.enrolment.services.stays import change_days
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.races import side_by_side
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


def seen_beside_a_change(monkeypatch, lock):
    """What `lock` gives where it begins while other days are being agreed, and the places that there are then."""
    scene, day = monday_scene()
    noor = scene.noor
    agreeing, read = Event(), Event()
    places_of = stays._places

    def reading(whos):
        found = places_of(whos)
        read.set()
        return found

    monkeypatch.setattr(stays, "_places", reading)

    def change():
        with transaction.atomic():
            lock_rows((Placement, noor.pk))
            agreeing.set()
            assert read.wait(30)
            change_days(
                principal=SYSTEM,
                placement_id=noor.pk,
                pattern=WeekPattern.from_text("thu"),
                first=day + DAY,
                last=None,
                now=scene.now,
            )

    def tapped():
        assert agreeing.wait(30)
        with transaction.atomic():
            found = lock([Who(placement_id=noor.pk)])
            return {key: each.during.upper for key, each in found.items()}

    _changed, seen = side_by_side([change, tapped])
    assert _changed is None, _changed
    return seen, {each.pk: each.during.upper for each in Placement.objects.filter(child=noor.child)}


def as_before(whos):
    """Read first, lock after."""
    places = stays._places(whos)
    lock_rows(*((Placement, key) for key in places))
    return places


def test_it_is_read_once_it_is_locked(monkeypatch):
    seen, there = seen_beside_a_change(monkeypatch, stays.lock_children)
    assert len(there) == 2
    assert seen == there


def test_control_read_before_the_lock_it_is_missed(monkeypatch):
    seen, there = seen_beside_a_change(monkeypatch, as_before)
    assert len(seen) == 1
    assert seen != there
