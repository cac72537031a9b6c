"""Two tablets send children who came after all, each of both groups in another order: neither waits for the other."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest

from kribbe.attendance.models import Tap
from kribbe.attendance.services import register
from kribbe.attendance.services.register import Source, take
from kribbe.attendance.tests.scene import TABLET, at, monday_scene, press
from kribbe.planning.models import Absence, TellingSide
from kribbe.planning.services.absences import report_absence
from kribbe.planning.tests.scene import MONDAY
from kribbe.testing import cast
from kribbe.testing.races import side_by_side
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def told_absent(scene, group, day, number):
    """A child with a place in a group, told absent for the day."""
    child = cast.make_child(
        cast.make_household(scene.desk, f"Gezin {number}", now=scene.now), "Kim", born=day.replace(year=2025)
    )
    found = cast.make_placement(
        child, group, start=scene.start, end=scene.start.replace(year=2028), pattern=MONDAY, now=scene.now
    )
    report_absence(
        principal=SYSTEM, placement_id=found.pk, days=[day], side=TellingSide.LOCATION, now=at(day, "7:00")
    )
    return found


@pytest.mark.parametrize("locked", [True, False])
def test_two_tablets_with_children_of_both_groups(locked, monkeypatch):
    """With the groups locked one by one, as each child's absence is taken back, the two wait for each other."""
    scene, day = monday_scene()
    one, other = (
        cast.make_group(scene.location, 9, now=scene.now, name=name) for name in ("Kevers", "Mieren")
    )
    groups = [one, other, other, one]
    places = [told_absent(scene, group, day, number) for number, group in enumerate(groups)]
    if not locked:
        monkeypatch.setattr(register, "lock_all", lambda _places: [])
    waiting = Barrier(2, timeout=1)
    take_back = register.take_back_absence

    def slowly(**given):
        take_back(**given)
        with suppress(BrokenBarrierError):
            waiting.wait()

    monkeypatch.setattr(register, "take_back_absence", slowly)

    def send(own):
        return take(
            principal=TABLET,
            source=Source(location=scene.location),
            presses=[press(place, "in", at(day, "8:05")) for place in own],
            now=at(day, "8:06"),
        )

    answers = side_by_side([lambda: send(places[:2]), lambda: send(places[2:])])
    failed = [each for each in answers if isinstance(each, Exception)]
    left = Absence.objects.filter(taken_back_at=None).count()
    assert (not failed, Tap.objects.count(), left) == ((True, 4, 0) if locked else (False, 2, 2))
