"""A small file with every kind of dirt, imported, repeated and undone; and the real file of one city."""

from datetime import timedelta
from typing import Any

import pytest

from kribbe.places import ledger
from kribbe.places.importing.files import BadFileError
from kribbe.places.importing.mapping import guess
from kribbe.places.importing.reasons import LOCATION_REASONS
from kribbe.places.importing.run import preview
from kribbe.places.importing.undo import undo_import
from kribbe.places.ledger_free import availability
from kribbe.places.models import (
    Group,
    GroupAvailability,
    GroupCapacity,
    ImportChange,
    ImportRun,
    Kind,
    LedgerWeek,
    Location,
    Organiser,
)
from kribbe.places.tests.import_scene import DIRTY, HEAD, ONE, REAL, Scene, bring_in, make_scene, read
from kribbe.testing.clock import Clock
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM
from kribbe.trust.text import sort_key

pytestmark = pytest.mark.django_db

AMSTERDAM = REAL / "amsterdam-locations.csv"


@built_once
def scene() -> Scene:
    return make_scene()


def known_location(
    scene: Scene, *, licence: str, name: str, groups: tuple[int, ...], clock: Clock
) -> Location:
    """A location of Beukhove's or Lindedaal's own, before any import."""
    desk = scene.beukhove if name == "Van de Buren" else scene.lindedaal
    location = Location.objects.create(
        desk=desk,
        municipality=desk.municipality,
        name=name,
        name_key=sort_key(name),
        slug=licence.lower(),
        kind=Kind.GROUP,
        licence_number=licence,
        street="Dorpsstraat 99",
        postcode="3999",
        city=desk.name,
        longitude=4.716,
        latitude=50.886,
    )
    for number, places in enumerate(groups, 1):
        group = Group.objects.create(location=location, name=str(number), price_kind="income")
        GroupCapacity.objects.create(
            group=group,
            during=(clock.today - timedelta(days=100), None),
            licensed_places=places,
            staffed_places=places,
            bookable_places=places,
        )
    return location


def reasons_of(text: str, scene: Scene, clock: Clock) -> set[tuple[int, str]]:
    """Lines and codes of a small file for Lindedaal, in a dry run."""
    table = read(text)
    made = preview(table=table, mapping=guess(table).mapping, desk=scene.lindedaal, now=clock.now)
    return {(reason.line, reason.code) for reason in made.reasons}


GOLDEN = {
    (3, "missing_licence"),
    (4, "missing_kind"),
    (5, "missing_places"),
    (6, "missing_organiser"),
    (7, "not_day_care"),
    (8, "kind_unknown"),
    (9, "date_unreadable"),
    (9, "places_not_a_number"),
    (9, "price_unknown"),
    (9, "licence_state_unknown"),
    (9, "email_malformed"),
    (9, "website_malformed"),
    (9, "phone_malformed"),
    (10, "date_other_format"),
    (11, "doubled_licence"),
    (12, "doubled_name_address"),
    (13, "missing_licence"),
    (13, "doubled_row"),
    (14, "coordinates_from_address"),
    (15, "coordinates_missing"),
    (16, "coordinates_unreadable"),
    (16, "coordinates_from_address"),
    (17, "coordinates_outside"),
    (18, "municipality_mismatch"),
    (18, "other_desk"),
    (19, "postcode_malformed"),
    (20, "municipality_unknown"),
    (21, "no_desk"),
    (22, "missing_name"),
    (23, "missing_address"),
    (24, "row_width"),
    (25, "too_long"),
    (26, "taken_elsewhere"),
    (27, "places_in_groups"),
    (28, "other_desk"),
}


def test_every_kind_of_dirt_has_its_code_and_line(scene: Scene, clock: Clock) -> None:
    known_location(scene, licence="L-025", name="Van de Buren", groups=(9,), clock=clock)
    known_location(scene, licence="L-026", name="Twee Leefgroepen", groups=(10, 15), clock=clock)
    table = read(DIRTY.read_bytes())
    mapping = guess(table).mapping

    whole = preview(table=table, mapping=mapping, desk=None, now=clock.now)
    own = preview(table=table, mapping=mapping, desk=scene.lindedaal, now=clock.now)

    told = {(reason.line, reason.code) for reason in [*whole.reasons, *own.reasons]}
    # With a desk named, a municipality without one is simply another's.
    assert told == GOLDEN | {(21, "other_desk")}
    assert {code for _line, code in told} == set(LOCATION_REASONS)


def test_totals_add_up(scene: Scene, clock: Clock) -> None:
    made = bring_in(DIRTY.read_bytes(), now=clock.now).plan
    # 27 rows. Refused: lines 7, 8, 11, 13, 15, 20, 21, 22, 23, 25 = 10. The other 17 are new.
    # Of these, 2, 26, 27, 28 carry no doubt: 13 warned.
    assert made.totals() == {
        "rows": 27, "created": 17, "updated": 0, "unchanged": 0, "refused": 10, "warned": 13,
    }  # fmt: skip
    assert Location.objects.count() == 17


def test_a_desk_takes_only_its_own(scene: Scene, clock: Clock) -> None:
    done = bring_in(DIRTY.read_bytes(), now=clock.now, desk=scene.lindedaal)
    assert {run.desk_id for run in done.runs} == {scene.lindedaal.pk}
    assert not Location.objects.filter(desk=scene.beukhove).exists()


def test_a_file_of_two_desks_makes_a_run_for_each(scene: Scene, clock: Clock) -> None:
    done = bring_in(DIRTY.read_bytes(), now=clock.now)
    assert {run.desk_id for run in done.runs} == {scene.lindedaal.pk, scene.beukhove.pk}
    assert sum(run.totals["created"] for run in done.runs) == 17
    assert AuditEntry.objects.filter(action="places.import").count() == 2


def test_what_is_created(scene: Scene, clock: Clock) -> None:
    bring_in(DIRTY.read_bytes(), now=clock.now)
    notelaar = Location.objects.get(licence_number="L-001")
    group = notelaar.groups.get()
    capacity = group.capacities.get()
    assert (notelaar.licence_state, notelaar.kind, notelaar.active) == ("licensed", "group", True)
    assert (notelaar.email, notelaar.website) == ("notelaar@example.be", "https://notelaar.example.be")
    assert notelaar.organiser == Organiser.objects.get(name="Kinderhuis vzw")
    assert group.price_kind == "income"
    assert (capacity.licensed_places, capacity.staffed_places, capacity.bookable_places) == (24, 24, 24)
    assert availability([group.pk])
    assert ledger.miscounted(group_ids=[group.pk], today=clock.today) == []
    assert Location.objects.get(licence_number="L-009").licence_state == "unknown"


def test_the_weeks_of_new_groups_are_as_a_count_would_lay_them(scene: Scene, clock: Clock) -> None:
    """Laid at once, since they are alike: the weeks, and what search reads."""
    bring_in(DIRTY.read_bytes(), now=clock.now)
    groups = list(Group.objects.values_list("pk", flat=True))

    def laid() -> tuple[list[Any], list[Any]]:
        weeks = LedgerWeek.objects.order_by("group", "monday").values_list(
            "group", "monday", "bookable", "taken"
        )
        free = GroupAvailability.objects.order_by("group").values_list("group", "first_month", "free")
        return list(weeks), list(free)

    at_once = laid()
    assert len(at_once[0]) == len(groups) * (ledger.HORIZON_WEEKS + 1)
    assert len(at_once[1]) == len(groups) > 5
    LedgerWeek.objects.all().delete()
    GroupAvailability.objects.all().delete()
    ledger.recount(group_ids=groups, today=clock.today, now=clock.now)
    assert laid() == at_once


def test_a_location_without_kind_or_places_is_not_shown(scene: Scene, clock: Clock) -> None:
    bring_in(DIRTY.read_bytes(), now=clock.now)
    shown = dict(Location.objects.values_list("licence_number", "active"))
    assert (shown["L-003"], shown["L-004"], shown["L-008"]) == (False, False, False)
    assert not Group.objects.filter(location__licence_number="L-004").exists()


def test_the_same_file_twice_changes_nothing(scene: Scene, clock: Clock) -> None:
    bring_in(DIRTY.read_bytes(), now=clock.now)
    before = list(Location.objects.order_by("pk").values())
    again = bring_in(DIRTY.read_bytes(), now=clock.advance(days=1))
    assert again.plan.totals() | {"warned": 0} == {
        "rows": 27, "created": 0, "updated": 0, "unchanged": 17, "refused": 10, "warned": 0,
    }  # fmt: skip
    assert list(Location.objects.order_by("pk").values()) == before
    assert GroupCapacity.objects.filter(during__endswith__isnull=False).count() == 0


def test_a_dry_run_writes_nothing(scene: Scene, clock: Clock) -> None:
    table = read(DIRTY.read_bytes())
    preview(table=table, mapping=guess(table).mapping, desk=None, now=clock.now)
    assert (Location.objects.count(), ImportRun.objects.count(), Organiser.objects.count()) == (0, 0, 0)


def test_changes_are_written_and_undone(scene: Scene, clock: Clock) -> None:
    bring_in(ONE.format(places=20, phone="016 55 00 01"), now=clock.now)
    done = bring_in(ONE.format(places=14, phone="016 55 00 02"), now=clock.advance(days=30))
    location = Location.objects.get()
    change = ImportChange.objects.get(run=done.runs[0])
    assert done.plan.totals()["updated"] == 1
    assert (change.before["phone"], change.after["phone"]) == ("016 55 00 01", "016 55 00 02")
    assert current_places(location, clock) == (14, 14, 14)

    undone = undo_import(principal=SYSTEM, run_id=done.runs[0].pk, now=clock.advance(days=1))

    location.refresh_from_db()
    assert (undone.restored, undone.removed, undone.kept) == (1, 0, [])
    assert location.phone == "016 55 00 01"
    assert current_places(location, clock) == (20, 20, 20)
    assert ledger.miscounted(group_ids=[location.groups.get().pk], today=clock.today) == []


def current_places(location: Location, clock: Clock) -> tuple[int, int, int]:
    capacity = GroupCapacity.objects.get(group__location=location, during__contains=clock.today)
    return capacity.licensed_places, capacity.staffed_places, capacity.bookable_places


def test_what_a_location_writes_between_plan_and_import_stays(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = "L1,De Vlinder,crèche,Dorpsstraat 5,3999,Lindedaal,4.7,50.88,Vleugels,12,{}\n"
    bring_in(HEAD + row.format("016 00 00 01"), now=clock.now)

    def written_meanwhile(_plan: object) -> None:
        Location.objects.filter(licence_number="L1").update(approach="Buiten, elke dag", opens_at="06:30")

    monkeypatch.setattr("kribbe.places.importing.run.refuse_homeless", written_meanwhile)
    done = bring_in(HEAD + row.format("016 00 00 02"), now=clock.now)
    location = Location.objects.get(licence_number="L1")
    assert (location.phone, location.approach) == ("016 00 00 02", "Buiten, elke dag")
    Location.objects.filter(licence_number="L1").update(approach="Binnen")
    undo_import(principal=SYSTEM, run_id=done.runs[0].pk, now=clock.now)
    location.refresh_from_db()
    assert (location.phone, location.approach, f"{location.opens_at:%H:%M}") == (
        "016 00 00 01",
        "Binnen",
        "06:30",
    )


def test_fewer_staffed_places_stay_as_they_were(scene: Scene, clock: Clock) -> None:
    bring_in(ONE.format(places=20, phone=""), now=clock.now)
    GroupCapacity.objects.update(staffed_places=15, bookable_places=16)
    bring_in(ONE.format(places=24, phone=""), now=clock.advance(days=30))
    # 15 of 20 were staffed: 15 stay so under a licence for 24, with the one place of overbooking.
    assert current_places(Location.objects.get(), clock) == (24, 15, 16)
    bring_in(ONE.format(places=12, phone=""), now=clock.advance(days=30))
    assert current_places(Location.objects.get(), clock) == (12, 12, 13)


def test_an_empty_cell_never_wipes(scene: Scene, clock: Clock) -> None:
    bring_in(ONE.format(places=20, phone="016 55 00 01"), now=clock.now)
    again = bring_in(ONE.format(places="", phone=""), now=clock.now)
    assert again.plan.totals()["unchanged"] == 1
    assert Location.objects.get().phone == "016 55 00 01"


def test_places_that_come_later_make_it_shown(scene: Scene, clock: Clock) -> None:
    bring_in(ONE.format(places="", phone=""), now=clock.now)
    assert not Location.objects.get().active
    done = bring_in(ONE.format(places=9, phone=""), now=clock.now)
    assert Location.objects.get().active
    assert current_places(Location.objects.get(), clock) == (9, 9, 9)
    undo_import(principal=SYSTEM, run_id=done.runs[0].pk, now=clock.now)
    assert not Location.objects.get().active
    assert not Group.objects.exists()


def test_without_a_number_it_is_known_by_name_and_address(scene: Scene, clock: Clock) -> None:
    nameless = HEAD + ",Het Éékhoorntje,Creche,Dorpsstraat  2,3999,Lindedaal,4.71,50.88,,9,\n"
    numbered = HEAD + "L-7,HET EEKHOORNTJE,Creche,dorpsstraat 2,3999,Lindedaal,4.71,50.88,,9,\n"
    bring_in(nameless, now=clock.now)
    assert bring_in(nameless, now=clock.now).plan.totals()["unchanged"] == 1
    assert bring_in(numbered, now=clock.now).plan.totals()["updated"] == 1
    assert bring_in(nameless, now=clock.now).plan.totals()["created"] == 0
    assert Location.objects.get().licence_number == "L-7"


def test_what_the_file_no_longer_holds_is_listed_and_stays(scene: Scene, clock: Clock) -> None:
    two = ONE.format(places=9, phone="") + "L-2,De Uil,Creche,Dorpsstraat 4,3999,Lindedaal,4.71,50.88,,9,\n"
    bring_in(two, now=clock.now)
    made = bring_in(ONE.format(places=9, phone=""), now=clock.now).plan
    assert [missing.name for missing in made.missing[scene.lindedaal.pk]] == ["De Uil"]
    assert Location.objects.filter(name="De Uil", active=True).exists()
    assert bring_in(two, now=clock.now).plan.missing[scene.lindedaal.pk] == []


def test_a_name_that_cannot_be_seen_is_none_and_a_number_without_digits_is_left_out(
    scene: Scene, clock: Clock
) -> None:
    assert reasons_of(ONE.format(places=20, phone="geen"), scene, clock) == {(2, "phone_malformed")}
    unseen = ONE.format(places=20, phone="016 55 00 01").replace("De Merel", "\u200e\u200f")
    assert reasons_of(unseen, scene, clock) == {(2, "missing_name")}
    bring_in(ONE.format(places=20, phone="geen"), now=clock.now)
    assert Location.objects.get().phone == ""


def test_near_a_border_the_address_decides(scene: Scene, clock: Clock) -> None:
    # 4.801 is 70 metres inside Beukhove's outline; 4.82 is 1.4 km inside.
    row = HEAD + "L-1,Grens,Creche,Dorpsstraat 2,3999,Lindedaal,{},50.85,O,9,\n"
    assert reasons_of(row.format("4.801"), scene, clock) == set()
    assert (2, "municipality_mismatch") in reasons_of(row.format("4.82"), scene, clock)


def test_a_town_of_elsewhere_goes_to_the_desk_that_is_named(scene: Scene, clock: Clock) -> None:
    far = HEAD + "L-1,Ver,Creche,Kade 2,9990,Zeedorp,3.10,51.20,O,9,\n"
    with pytest.raises(BadFileError, match="Zeedorp"):
        bring_in(far, now=clock.now)
    assert Location.objects.count() == 0
    done = bring_in(far, now=clock.now, desk=scene.lindedaal)
    assert done.plan.totals()["created"] == 1
    assert len(done.plan.notes) == 1
    assert Location.objects.get().desk == scene.lindedaal


@pytest.mark.parametrize("place", ["4.71,50.88", ","])
def test_hundreds_of_rows_ask_no_more_queries(
    scene: Scene, clock: Clock, django_assert_max_num_queries: object, place: str
) -> None:
    def rows(count: int) -> str:
        return HEAD + "".join(
            f"L-{n},Huis {n},Creche,Dorpsstraat {n},3999,Lindedaal,{place},O{n},9,\n" for n in range(count)
        )

    for count in (10, 200):
        table = read(rows(count))
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            preview(table=table, mapping=guess(table).mapping, desk=scene.lindedaal, now=clock.now)
