"""What chances know of rounds: who takes part, in which rhythm, and what is owed; as it stood then."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from kribbe.enrolment.selectors.chance.moment import moment
from kribbe.rounds.models import Rhythm
from kribbe.rounds.selectors.together import rounds_at
from kribbe.rounds.services.rhythm import set_rhythm
from kribbe.rounds.services.rounds import take_part
from kribbe.rounds.tests.scene import fourth
from kribbe.rules.calendar import months
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


@built_once
def scene():
    return fourth(now=timezone.now())


def rounds(scene, as_of=None):
    today = scene.now.date()
    return rounds_at([scene.notelaar.pk, scene.pluk.pk], months(today, 14), scene.now, as_of)


def test_without_anybody_who_takes_part_all_keep_their_own_hand(scene):
    assert rounds(scene) == []
    known = moment([scene.notelaar.pk, scene.pluk.pk], now=scene.now)
    assert known.scene.places.joint.tolist() == [-1, -1]
    assert len(known.scene.joint.window) == 0


def test_who_takes_part_is_played_in_the_rhythm_of_its_desk(scene):
    take_part(principal=SYSTEM, location=scene.pluk, takes_part=True, now=scene.now)
    (found,) = rounds(scene)
    assert found.location_ids == {scene.pluk.pk}
    assert (found.window, len(found.opens)) == (6, 14), "a desk that begins rounds by hand counts as monthly"
    set_rhythm(principal=SYSTEM, desk=scene.desk, rhythm=Rhythm.YEARLY, months=3, now=scene.now)
    (yearly,) = rounds(scene)
    assert yearly.window == 3
    assert {(held.month, opens.month) for held, opens in yearly.opens.items()} == {(3, 9)}
    known = moment([scene.notelaar.pk, scene.pluk.pk], now=scene.now)
    order = sorted([scene.notelaar.pk, scene.pluk.pk])
    assert known.scene.places.joint.tolist() == [0 if key == scene.pluk.pk else -1 for key in order]
    assert known.scene.joint.window.tolist() == [3]


@pytest.mark.django_db(transaction=True)
def test_who_took_part_later_did_not_take_part_then(scene):
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        then = cursor.fetchone()[0]
    take_part(principal=SYSTEM, location=scene.pluk, takes_part=True, now=scene.now)
    assert rounds(scene, as_of=then) == []
    assert len(rounds(scene, as_of=then + timedelta(minutes=5))) == 1
