"""The region laid side by side: every copy whole, with keys and names of its own."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import UniqueConstraint
from django.utils import timezone

from kribbe.demo.spread import copied_models, elsewhere, spread
from kribbe.enrolment.models import CareRequest, Placement
from kribbe.people.models import Household
from kribbe.places import ledger
from kribbe.places.models import Group, LedgerTake, Location
from kribbe.region.models import Desk, Municipality
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast

pytestmark = pytest.mark.django_db

COPIES = 3


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
