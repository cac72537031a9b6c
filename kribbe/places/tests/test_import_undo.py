"""An import of locations taken back: what nothing refers to goes, what was changed since stays."""

from datetime import timedelta

import pytest

from kribbe.places import ledger
from kribbe.places.importing.undo import undo_import
from kribbe.places.models import ClosingDay, Group, Location, Organiser
from kribbe.places.tests.import_scene import HEAD, ONE, Scene, bring_in, make_scene
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.clock import Clock
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


@built_once
def scene() -> Scene:
    return make_scene()


def test_undo_removes_what_nothing_refers_to_and_keeps_the_rest(scene: Scene, clock: Clock) -> None:
    lines = "".join(
        f"L-{n},Huis {n},Creche,Dorpsstraat {n},3999,Lindedaal,4.71,50.88,Huizen vzw,9,\n"
        for n in range(1, 5)
    )
    run = bring_in(HEAD + lines, now=clock.now).runs[0]
    ClosingDay.objects.create(
        location=Location.objects.get(name="Huis 1"), during=(clock.today, clock.today + timedelta(days=1))
    )
    ledger.take(
        group_id=Group.objects.get(location__name="Huis 2").pk,
        start=clock.today,
        end=None,
        pattern=WeekPattern(1),
        holder="placement:1",
        now=clock.now,
    )
    Location.objects.filter(name="Huis 3").update(phone="016 55 00 09")

    undone = undo_import(principal=SYSTEM, run_id=run.pk, now=clock.advance(hours=1))

    assert undone.removed == 1
    assert {(kept.name, kept.why) for kept in undone.kept} == {
        ("Huis 1", "in_use"),
        ("Huis 2", "in_use"),
        ("Huis 3", "changed_since"),
    }
    assert set(Location.objects.values_list("name", flat=True)) == {"Huis 1", "Huis 2", "Huis 3"}
    assert Organiser.objects.filter(name="Huizen vzw").exists()
    with pytest.raises(RefusedError):
        undo_import(principal=SYSTEM, run_id=run.pk, now=clock.now)


def test_undo_keeps_what_was_changed_since(scene: Scene, clock: Clock) -> None:
    bring_in(ONE.format(places=20, phone="016 55 00 01"), now=clock.now)
    done = bring_in(ONE.format(places=20, phone="016 55 00 02"), now=clock.now)
    Location.objects.update(phone="016 55 00 03")
    undone = undo_import(principal=SYSTEM, run_id=done.runs[0].pk, now=clock.now)
    assert [kept.why for kept in undone.kept] == ["changed_since"]
    assert Location.objects.get().phone == "016 55 00 03"


def test_undo_takes_new_organisers_with_it(scene: Scene, clock: Clock) -> None:
    run = bring_in(ONE.format(places=20, phone=""), now=clock.now).runs[0]
    undo_import(principal=SYSTEM, run_id=run.pk, now=clock.now)
    assert not Organiser.objects.exists()
    assert bring_in(ONE.format(places=20, phone=""), now=clock.now).plan.totals()["created"] == 1
