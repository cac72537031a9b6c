"""A change after which all is as it was is refused; one of hours, for a time, of price, words or turn isn't."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.people.models import Adult
from kribbe.planning.models import Paper
from kribbe.planning.services.many import Many, look_at_many
from kribbe.planning.services.papers import send_paper, sign_paper, withdraw_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.pages import signed
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.many import MoveDay
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FULL, SHORT = ((480, 1020),), ((480, 960),)
AGREED = ({0: FULL, 1: FULL},)


@built_once
def scene():
    made = notelaar(now=timezone.now())
    signed(made, AGREED)
    return made


def send(scene, *, day_fee=None, **terms):
    given = {"first": scene.start + 28 * DAY, "weeks": AGREED, **terms}
    return send_paper(
        principal=scene.manager, placement_id=scene.noor.pk, terms=Terms(**given), name="Mia",
        now=scene.now, day_fee=day_fee,
    )  # fmt: skip


def refused(scene, **terms):
    with pytest.raises(RefusedError) as caught:
        send(scene, **terms)
    return caught.value.code == "nothing"


def test_the_same_weeks_again_are_refused(scene):
    assert refused(scene)
    assert refused(scene, last=scene.start + 60 * DAY)
    assert refused(scene, weeks=AGREED * 2)
    assert Paper.objects.count() == 1


def test_another_hour_price_or_word_is_a_change(scene):
    for more in (
        {"weeks": ({0: SHORT, 1: FULL},)},
        {"weeks": (*AGREED, {0: FULL})},
        {"day_fee": Decimal("24.50")},
        {"note": "She brings her own milk."},
    ):
        paper = send(scene, **more)
        withdraw_paper(principal=scene.manager, paper_id=paper.pk, now=scene.now)


def test_back_to_the_ordinary_within_a_time_is_a_change(scene):
    """What holds for a time is set back before its end: that differs, though the weeks are those of before it."""
    weeks = ({0: SHORT, 1: FULL},)
    paper = send(scene, weeks=weeks, last=scene.start + 60 * DAY)
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An", now=scene.now)
    assert refused(scene, weeks=weeks, last=scene.start + 60 * DAY)
    assert send(scene, first=scene.start + 42 * DAY)


def test_a_parent_who_comes_on_the_paper_is_a_change(scene):
    Adult.objects.create(household=scene.noor.child.household, first_name="Bo", last_name="Maes")
    assert send(scene)


def test_the_page_tells_it_before_it_is_signed(scene):
    client = client_of(manager_of(scene.location, now=scene.now))
    hours = {f"w0d{day}{side}": at for day in (0, 1) for side, at in (("from", "08:00"), ("to", "17:00"))}
    asked = {"first": f"{scene.start + 28 * DAY}", "turns": 1, **hours, "do": "preview"}
    address = reverse("planning:write", args=[scene.location.slug, scene.noor.reference])
    answer = client.post(address, asked)
    assert answer.status_code == 422
    assert "Nothing differs from what is agreed" in answer.text
    assert "Nothing differs" not in client.post(address, {**asked, "w0d1to": "16:00"}).text


def test_a_day_moved_in_a_time_without_that_day_touches_nobody(scene):
    wednesday = scene.start + 30 * DAY
    asked = Many(
        change=MoveDay(1, 3), first=wednesday, last=wednesday + 2 * DAY, placement_ids=[scene.noor.pk]
    )
    assert look_at_many(scene.location, asked)
    still = Many(
        change=MoveDay(1, 3), first=wednesday + 2 * DAY, last=wednesday + 3 * DAY,
        placement_ids=[scene.noor.pk],
    )  # fmt: skip
    assert not look_at_many(scene.location, still)
