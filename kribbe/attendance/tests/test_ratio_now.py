"""The ratio of now by group and by the law of the day: what the server counts, and what a tablet gets to count by."""

from datetime import date, timedelta

import pytest

from kribbe.attendance.selectors.day import day_of
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.tests.scene import at, tap
from kribbe.planning.models import GroupTeam
from kribbe.planning.tests.scene import MONDAY as MONDAYS
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.halfdays import SLOTS
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
OLD_LAW, NEW_LAW = date(2026, 12, 14), date(2027, 1, 11)
START = date(2026, 11, 30)


@built_once
def scene():
    """Beside the group of Noor and Lou fifteen toddlers and a baby, all of them in from eight on, on both Mondays."""
    made = notelaar(now=at(START, "8:00"), start=START, places=9)
    made.kevers = cast.make_group(
        made.location, 30, now=made.now, name="Kevers", from_months=12, to_months=36
    )
    GroupTeam.objects.create(
        group=made.kevers, during=(START, None), layout="toddlers", carers=[2] * SLOTS
    )  # fmt: skip
    made.toddlers = [_placed(made, f"Peuter {number}", date(2025, 6, 1)) for number in range(15)]
    made.baby = _placed(made, "Baby", date(2026, 2, 1))
    for day in (OLD_LAW, NEW_LAW):
        for each in made.toddlers:
            tap(made, each, "in", at(day, "8:00"))
    return made


def _placed(made, name, born):
    child = cast.make_child(cast.make_household(made.desk, name, now=made.now), "Kim", born=born)
    return cast.make_placement(
        child, made.kevers, start=START, end=date(2028, 1, 1), pattern=MONDAYS, now=made.now
    )


def need(scene, day, time="9:00"):
    found = day_of(scene.location, day, now=at(day, time)).need
    return found.carers, [reason.code for reason in found.reasons]


def test_a_baby_that_is_in_makes_the_toddlers_a_mixed_group_until_it_leaves(scene):
    assert need(scene, NEW_LAW) == (2, ["ratio.toddlers"])
    tap(scene, scene.baby, "in", at(NEW_LAW, "8:30"))
    assert need(scene, NEW_LAW) == (3, ["ratio.mixed", "ratio.baby_among"])
    tap(scene, scene.baby, "out", at(NEW_LAW, "8:45"))
    assert need(scene, NEW_LAW) == (2, ["ratio.toddlers"])


def test_until_2026_no_age_counts(scene):
    tap(scene, scene.baby, "in", at(OLD_LAW, "8:30"))
    assert need(scene, OLD_LAW) == (2, ["ratio.together"])


def test_the_groups_are_judged_apart(scene):
    """Fifteen of eight and one of seven: 1.9 and 0.1 are two carers; with two of seven 2.2, three."""
    tap(scene, scene.noor, "in", at(NEW_LAW, "8:10"))
    assert need(scene, NEW_LAW)[0] == 3
    assert need(scene, OLD_LAW)[0] == 2


def test_a_living_group_that_is_too_large_is_told(scene):
    for number in range(4):
        tap(scene, _placed(scene, f"Nieuw {number}", date(2025, 6, 1)), "in", at(NEW_LAW, "8:10"))
    assert day_of(scene.location, NEW_LAW, now=at(NEW_LAW, "9:00")).need.too_many == 1


def test_the_tablet_gets_the_law_of_each_day_the_layouts_and_who_is_a_baby(scene):
    old, new = (held_by_tablet(scene.location, now=at(day, "9:00")) for day in (OLD_LAW, NEW_LAW))
    assert (old["law"]["limits"], old["law"]["alone"], old["law"]["together"]) == (None, 8, 9)
    assert new["law"]["limits"] == {"babies": 5, "toddlers": 8, "mixed": 7}
    assert new["law"]["group"] == 18
    assert [group["layout"] for group in new["groups"]] == ["mixed", "toddlers"]
    kevers = new["groups"][1]["children"]
    assert [child["full"] for child in kevers if child["baby"]] == ["Kim Baby"]
    assert len(kevers) == 16


def test_what_is_held_for_the_first_day_of_2027_is_its_own_law(scene):
    """A tablet that fetches New Year's Day on New Year's Eve counts by the new law from midnight on."""
    eve = date(2026, 12, 31)
    held = held_by_tablet(scene.location, now=at(eve, "20:00"))
    assert held["law"]["limits"] is None
    assert held["next"]["day"] == f"{eve + timedelta(days=1)}"
    assert held["next"]["law"]["limits"] == {"babies": 5, "toddlers": 8, "mixed": 7}


def test_at_a_family_carer_s_home_it_gets_the_carer_s_figures_and_own_children(scene):
    type(scene.location).objects.filter(pk=scene.location.pk).update(kind="family")
    scene.location.refresh_from_db()
    held = held_by_tablet(scene.location, now=at(NEW_LAW, "9:00"))
    assert held["law"] == {"family": 7, "most": 8}
    assert held["own"] == [0, 0]
