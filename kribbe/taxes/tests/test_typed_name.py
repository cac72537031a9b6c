"""A child that was told absent came after all, by a typed name: matched, it came in bill, report and certificate."""

import pytest

from kribbe.attendance.attendee import Attendee
from kribbe.attendance.services.settle_typed import match, reopen
from kribbe.attendance.tests.scene import tablet
from kribbe.attendance.tests.typed_scene import came, send_typed, typed_event
from kribbe.taxes.tests.test_came_and_told_absent import (
    LATER,
    MORNING,
    NOON,
    all_say,
    answers,
    press_of_lou,
    priced,
    told_absent,
)
from kribbe.trust.principal import SYSTEM

__all__ = ["priced"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(priced):
    """In from eight to noon by a typed name on a day on which Noor was told absent and Lou came."""
    device, _token = tablet(priced.scene, now=MORNING)
    press_of_lou(priced)
    told_absent(priced, now=MORNING)
    child = came(priced.scene, device, MORNING)
    send_typed(device, [typed_event(priced.scene, "out", NOON, child=child.key)], NOON)
    return child


def is_noor(kept, typed):
    match(principal=SYSTEM, child=typed, attendee=Attendee(kept.scene.noor), now=LATER)


def test_a_matched_name_came_in_bill_report_and_certificate(priced, typed):
    absent, present = (all_say(came) | {"occupancy": True} for came in (False, True))
    assert answers(priced) == absent
    is_noor(priced, typed)
    assert answers(priced) == present
    reopen(principal=SYSTEM, child=typed, now=LATER)
    assert answers(priced) == absent
