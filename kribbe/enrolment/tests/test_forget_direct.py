"""What a location calls a child of no known family is forgotten as the register is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps

from kribbe.enrolment.forgetting import forget_direct
from kribbe.enrolment.models import DirectChild
from kribbe.enrolment.services.direct import Direct, take_directly
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.forgetting import GONE
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
END = date(2026, 9, 1)
"""The first day after its place."""
FORGOTTEN = datetime(2031, 9, 1, 9, tzinfo=UTC)
"""Care is kept for five years."""
DAY = timedelta(days=1)


@built_once
def child():
    desk = cast.make_desk("Lindedaal")
    location = cast.make_location(desk, "De Notelaar")
    group = cast.make_group(location, 9, now=NOW, name="Vlinders")
    told = Direct(
        group_id=group.pk,
        name="Bo V.",
        birth_month=date(2025, 1, 1),
        start=date(2026, 3, 2),
        end=END,
        pattern=WeekPattern.from_text("mon"),
    )
    return take_directly(principal=SYSTEM, location_id=location.pk, told=told, now=NOW)


def test_its_name_goes_with_the_register_from_every_version(child):
    assert forget_direct(FORGOTTEN - DAY) == 0
    assert forget_direct(FORGOTTEN) == 1
    child.refresh_from_db()
    versions = apps.get_model("enrolment.DirectChildEvent").objects.filter(pgh_obj=child.pk)
    assert {child.name, *versions.values_list("name", flat=True)} == {GONE}
    assert forget_direct(FORGOTTEN + DAY) == 0


def test_a_place_that_goes_on_keeps_it(child):
    DirectChild.objects.filter(pk=child.pk).update(during=(child.during.lower, None))
    assert forget_direct(FORGOTTEN) == 0


def test_what_was_taken_back_is_forgotten_too(child):
    DirectChild.objects.filter(pk=child.pk).update(during=(child.during.lower, None), undone_at=NOW)
    assert forget_direct(FORGOTTEN) == 1
