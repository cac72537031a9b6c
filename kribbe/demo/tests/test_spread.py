"""The region laid side by side: every copy whole, with keys and names of its own."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import UniqueConstraint
from django.utils import timezone

from kribbe.demo import spread as spreading
from kribbe.demo.counted import counted
from kribbe.demo.spread import copied_models, elsewhere, spread
from kribbe.enrolment.models import CareRequest, Placement
from kribbe.people.models import Household
from kribbe.places import ledger
from kribbe.places.models import Group, LedgerTake, Location
from kribbe.planning.models import AgreedWeeks, CareAgreement, GroupTeam, Paper
from kribbe.planning.selectors.occupancy import cells
from kribbe.region.models import Desk, Municipality
from kribbe.rounds.models import Round
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.testing import cast
from kribbe.upkeep.models import Pair

pytestmark = pytest.mark.django_db

COPIES = 3
TYPES = re.compile(r"::\w+( varying)?(\[\])?|[()]")


@pytest.fixture
def region():
    """A desk in a table whose keys are high already, as they are in an installation that lives."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('region_municipality', 'id'), 50000)")
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    group = cast.make_group(location, 5, now=now)
    household = cast.make_household(desk, "Maes", now=now, email="anna@ouders.example")
    placed = cast.make_child(household, "Plaats", born=date(2026, 1, 5))
    start = now.date() + timedelta(days=30)
    cast.make_placement(
        placed, group, start=start, end=start + timedelta(days=200), pattern=WeekPattern(3), now=now
    )
    waiting = cast.make_child(household, "Wacht", born=date(2026, 1, 5))
    cast.make_request(waiting, [location], start=start, pattern=WeekPattern(15), now=now)
    return desk


def test_every_copy_is_whole(region):
    spread(lambda what, share: None, copies=COPIES)
    counted = [model.objects.count() for model in (Desk, Location, Household, CareRequest, Placement)]
    assert counted == [COPIES] * 5
    assert len({desk.municipality.nis_code for desk in Desk.objects.select_related("municipality")}) == COPIES
    assert len(set(Household.objects.values_list("reference", flat=True))) == COPIES
    assert len(set(Location.objects.values_list("longitude", "latitude"))) == COPIES
    for request in CareRequest.objects.all():
        wish = request.preferences.get()
        assert wish.location.desk == request.desk == request.household.desk == request.child.household.desk
        assert request.child.first_name == "Wacht"


def test_the_ledger_of_every_copy_counts(region):
    group = Group.objects.get()
    ledger.take(
        group_id=group.pk,
        start=date(2026, 12, 7),
        end=date(2026, 12, 21),
        pattern=WeekPattern(1),
        holder=f"own:{group.pk}:2026-12-07:1",
        now=timezone.now(),
    )
    spread(lambda what, share: None, copies=COPIES)
    assert set(LedgerTake.objects.values_list("holder", "group_id")) == {
        (f"placement:{placement.pk}", placement.group_id) for placement in Placement.objects.all()
    } | {(f"own:{group.pk}:2026-12-07:1", group.pk) for group in Group.objects.all()}
    groups = list(Group.objects.values_list("pk", flat=True))
    assert not ledger.miscounted(group_ids=groups, today=timezone.localdate())


def test_a_child_with_turns_holds_its_half_days_in_the_group_of_its_copy(region):
    take = LedgerTake.objects.get()
    placed = Placement.objects.get()
    LedgerTake.objects.filter(pk=take.pk).update(
        holder=f"child:{placed.child_id}:{placed.group_id}:{placed.during.lower}"
    )
    spread(lambda what, share: None, copies=COPIES)
    assert set(LedgerTake.objects.values_list("holder", "group_id")) == {
        (f"child:{each.child_id}:{each.group_id}:{each.during.lower}", each.group_id)
        for each in Placement.objects.all()
    }


def test_history_tells_of_the_rows_of_its_copy(region):
    spread(lambda what, share: None, copies=COPIES)
    versions = CareRequest.pgh_event_model.objects.values_list("pgh_obj_id", "id", "child_id")
    assert set(versions) == {(each.pk, each.pk, each.child_id) for each in CareRequest.objects.all()}


def test_every_copy_has_agreements_rounds_and_duplicates_of_its_own(region):
    now = timezone.now()
    placed, request = Placement.objects.get(), CareRequest.objects.get()
    agree(placed, now)
    held = Round.objects.create(desk=region, first=date(2027, 3, 1), months=1, planned_at=now)
    held.locations.add(placed.group.location)
    first, second = sorted([placed.child, request.child], key=lambda child: child.pk)
    Pair.objects.create(first=first, second=second, score=70, signs=["born_same"], found_at=now)
    today = timezone.localdate()
    before = planned(today)
    spread(lambda what, share: None, copies=COPIES)
    agreements = CareAgreement.objects.select_related("placement")
    assert len(agreements) == COPIES
    for weeks in AgreedWeeks.objects.select_related("agreement", "paper"):
        assert weeks.agreement.placement_id == weeks.paper.agreement.placement_id == weeks.placement_id
    for each in Round.objects.all():
        assert each.locations.get().desk == each.desk
    assert {pair.first.household.desk_id for pair in Pair.objects.all()} == set(
        Desk.objects.values_list("pk", flat=True)
    )
    assert before > 0
    assert planned(today) == COPIES * before


def planned(today):
    """Half-days that are planned in the coming year, of all locations."""
    keys = list(Location.objects.values_list("pk", flat=True))
    return cells(first=today, last=today + timedelta(days=364), today=today, locations=keys).total().planned


def agree(placed, now):
    """An agreement of the place, and carers for its group."""
    weeks = [{"0": [[480, 1020]]}]
    agreement = CareAgreement.objects.create(placement=placed, made_at=now)
    paper = Paper.objects.create(
        agreement=agreement, number=0, first=placed.during.lower, weeks=weeks, pattern=placed.pattern,
        notice_days=60, made_at=now, signed_at=now, signed_name="Anna Maes",
        location_name="De Notelaar",
    )  # fmt: skip
    AgreedWeeks.objects.create(
        agreement=agreement, placement=placed, paper=paper, during=(None, None), weeks=weeks,
        masks=[placed.pattern], turns_from=monday_of(placed.during.lower),
    )  # fmt: skip
    GroupTeam.objects.create(
        group=placed.group, during=(now.date(), None), layout="mixed", carers=[1] * SLOTS
    )


def test_the_size_is_counted(region):
    since = timezone.localdate() - timedelta(days=2 * 365)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        CareRequest.pgh_event_model.objects.update(pgh_created_at=timezone.now() - timedelta(days=2 * 365))
    spread(lambda what, share: None, copies=COPIES)
    found = counted()
    assert (found.locations, found.children, found.open_requests, found.placements) == (3, 6, 3, 3)
    assert (found.in_care, found.since) == (0, since)
    assert "3 locations, 6 children (0 of them in care today), 3 open requests" in found.sentence()


def test_a_large_table_has_its_indexes_again(region, monkeypatch):
    monkeypatch.setattr(spreading, "MANY", 0)
    before = indexes()
    spread(lambda what, share: None, copies=COPIES)
    assert indexes() == before
    assert Placement.objects.count() == COPIES


def indexes():
    """All of them; the database writes the types of a condition otherwise once it was made anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        return {(table, name, TYPES.sub("", made)) for table, name, made in cursor.fetchall()}


def test_what_comes_after_has_keys_of_its_own(region):
    spread(lambda what, share: None, copies=COPIES)
    assert Municipality.objects.count() == COPIES
    cast.make_desk("later", nis="99009")


def test_no_text_that_must_be_unique_is_copied_as_it_is():
    assert {
        f"{model._meta.db_table}.{field.column}"
        for model in copied_models()
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key and not field.is_relation
        if elsewhere(model, field.column) == f'"{field.column}"'
    } == set()


def test_nothing_that_must_be_unique_is_copied_as_it_is():
    copied = copied_models()
    tables = {model._meta.db_table for model in copied}

    def differs(field):
        target = field.remote_field.model if field.is_relation else None
        own = field.primary_key and target is None
        return own or (target and target._meta.db_table in tables) or field.column == "holder"

    def is_new(model, name):
        field = model._meta.get_field(name)
        return differs(field) or elsewhere(model, field.column) != f'"{field.column}"'

    assert {model for model in copied if model._meta.pk.is_relation and not differs(model._meta.pk)} == set()
    assert {
        constraint.name
        for model in copied
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and constraint.fields
        if not any(is_new(model, name) for name in constraint.fields)
    } == set()
