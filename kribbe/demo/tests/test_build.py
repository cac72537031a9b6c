"""The region in a database: built once, and taken back at the end."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.utils.text import slugify
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from kribbe.attendance.models import DayInvite
from kribbe.contact.models import Notice
from kribbe.demo.book import Book
from kribbe.demo.build import build, mark, version
from kribbe.demo.families import CAPITAL
from kribbe.demo.logins import logins, password, pin, present_code
from kribbe.demo.past_rounds import PART
from kribbe.enrolment.models import CareRequest, ChanceLesson, Offer, Placement, Preference
from kribbe.enrolment.selectors.chance.joint import together
from kribbe.enrolment.selectors.waiting import waiting_list, waiting_lists
from kribbe.people.models import Child, RoleGrant, User
from kribbe.places import ledger
from kribbe.places.models import ClosingDay, Group, GroupAvailability, LedgerWeek, Location
from kribbe.planning.models import AgreedWeeks, Paper
from kribbe.region.models import Desk
from kribbe.rules.calendar import months
from kribbe.staff.models import Carer, Replacement
from kribbe.testing.backups import held, kribbe, new_embedded, otherwise, take_here
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope
from kribbe.upkeep.selectors.taken import direct_children, proposals

pytestmark = pytest.mark.long
TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def book(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Book]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(TODAY)
        transaction.set_rollback(True)


def test_each_location_has_the_address_of_its_name(book: Book) -> None:
    for each in Location.objects.all():
        wanted = slugify(f"{each.name} {each.city}")
        assert each.slug.startswith(wanted) and each.slug in each.website, each.slug


def test_every_row_is_there_and_the_next_one_gets_the_next_number(book: Book) -> None:
    """A holiday schedule that was signed afterwards laid the weeks of its place anew."""
    anew = {AgreedWeeks: Paper.objects.exclude(schedule=None).exclude(signed_at=None).count()}
    for model in book.tables:
        number = len(book.rows(model))
        assert model._default_manager.filter(pk__lte=number).count() == number - anew.get(model, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('people_child', 'id'))")
        assert cursor.fetchone() == (len(book.rows(Child)) + 1,)


def test_the_ledger_counts_right_and_nothing_is_promised_twice(book: Book) -> None:
    groups = list(Group.objects.values_list("pk", flat=True))
    assert ledger.miscounted(group_ids=groups, today=TODAY) == []
    for bookable, taken in LedgerWeek.objects.values_list("bookable", "taken"):
        assert all(t <= b for b, t in zip(bookable, taken, strict=True))
    assert GroupAvailability.objects.count() == len(groups)


def test_one_group_of_the_managers_location_closes_alone(book: Book) -> None:
    closing = ClosingDay.objects.get(group__isnull=False)
    assert closing.location.groups.filter(active=True).count() > 1
    assert closing.during.lower > TODAY
    assert Notice.objects.filter(kind="planning/location_closes", location_id=closing.location_id).exists()


def test_children_taken_directly_show_the_clerk_their_open_requests(book: Book) -> None:
    desk = Desk.objects.get(slug=CAPITAL)
    children = list(direct_children(desk.pk, seen=False).select_related("group__location"))
    found = proposals(children, desk)
    likely = [each[0].likeness for each in found.values()]
    assert len(likely) >= 2
    assert all("taken_wished" in each.signs and "taken_month_same" in each.signs for each in likely)
    assert len(children) > len(likely)


def test_lists_of_today_and_of_any_past_day_can_be_read(book: Book) -> None:
    waiting = Preference.objects.filter(state="waiting").values_list("location", flat=True)
    location = max(Location.objects.all(), key=lambda row: list(waiting).count(row.pk))
    today = waiting_list(location.pk, now=book.now)
    assert [(line.preference_id, line.position) for line in today] == [
        (line.preference_id, line.position)
        for line in waiting_list(location.pk, now=book.now, as_of=book.now)
    ]
    for days in (30, 200, 600):
        moment = book.now - timedelta(days=days)
        past = waiting_list(location.pk, now=book.now, as_of=moment)
        assert past
        assert {line.preference_id for line in past} == {
            wish.pk
            for wish in book.rows(Preference)
            if wish.location_id == location.pk
            and wish.registered_at <= moment
            and (wish.state == "waiting" or wish.state_at > moment)
            and (wish.request.ended_at is None or wish.request.ended_at > moment)
        }


def test_all_lists_together_hold_all_who_wait(book: Book) -> None:
    lists = waiting_lists(list(Location.objects.values_list("pk", flat=True)), now=book.now)
    found = {line.preference_id for lines in lists.values() for line in lines}
    assert found == set(
        Preference.objects.filter(state="waiting", request__state="open").values_list("pk", flat=True)
    )
    assert any(line.facts.sibling_here for lines in lists.values() for line in lines)


@pytest.mark.parametrize("model", [CareRequest, Preference, Offer, Placement, Child])
def test_the_last_version_of_a_row_is_the_row_and_none_is_of_the_future(
    book: Book, model: type[Child]
) -> None:
    event = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    names = [f.attname for f in event._meta.concrete_fields if not f.name.startswith("pgh_")]
    versions: dict[int, list[tuple[object, ...]]] = {}
    for row in event._default_manager.order_by("pgh_id").values_list("pgh_created_at", "id", *names):
        versions.setdefault(row[1], []).append(row)
    rows = {row[0]: row[1:] for row in model._default_manager.values_list("id", *names)}
    assert {key: found[-1][2:] for key, found in versions.items()} == rows
    for found in versions.values():
        moments = [row[0] for row in found]
        assert all(a <= b for a, b in pairwise(moments))
        assert moments[-1] <= book.now


def test_log_ins_work(book: Book) -> None:
    for login in logins():
        user = User.objects.get(email=login.email)
        assert check_password(password(), user.password)
        assert user.emailaddress_set.get().verified
        factor = Authenticator.objects.filter(user=user).first()
        assert (factor is not None) == login.has_second_factor
        if factor is not None:
            assert TOTP(factor).validate_code(present_code(login.email))


def test_the_tablet_is_let_in_and_its_carers_have_their_pin(book: Book, client, settings) -> None:
    settings.DEMO = True
    answer = client.get("/demo/tablet/", follow=True)
    assert answer.status_code == 200 and answer.request["PATH_INFO"].endswith("/tablet/")
    carers = Carer.objects.filter(location__devices__isnull=False)
    assert carers and all(check_password(pin(), carer.pin_hash) for carer in carers[:2])
    settings.DEMO = False
    assert client.get("/demo/tablet/").status_code == 404


def test_each_log_in_has_its_own_to_do(book: Book) -> None:
    grants = {
        (g.user.email, g.role): (Scope(g.scope), g.scope_id) for g in RoleGrant.objects.select_related("user")
    }
    _, household = grants["ouder@demo.example", Role.PARENT]
    offer = Offer.objects.get(state="open", preference__request__household=household)
    assert grants["creche@demo.example", Role.MANAGER] == (Scope.LOCATION, offer.preference.location_id)
    assert offer.preference.request.preferences.filter(state="waiting").count() >= 3
    assert Notice.objects.filter(household=household, kind="enrolment/offer_made").count() == 1
    assert AuditEntry.objects.filter(household_id=household, action="offer.make").count() == 1
    _, carer = grants["onthaalouder@demo.example", Role.MANAGER]
    assert Location.objects.get(pk=carer).kind == "family"
    _, organiser = grants["organisator@demo.example", Role.ORGANISER]
    assert Location.objects.filter(organiser=organiser).count() >= 3
    _, service = grants["dienst@demo.example", Role.ORGANISER]
    act = Replacement.objects.get()
    assert act.location.organiser_id == service and act.days.filter(group__isnull=False).exists()
    assert DayInvite.objects.get().request.household_id == household
    assert not any(email == "nieuw@demo.example" for email, _ in grants)


def test_chances_are_told_by_what_the_past_taught_and_rounds_are_known_in_it(book: Book) -> None:
    for lesson in ChanceLesson.objects.all():
        assert lesson.cases > 1000
        assert lesson.rising != 1.0
    assert sorted(ChanceLesson.objects.values_list("is_any", flat=True)) == [False, True]
    locations = list(Location.objects.values_list("pk", flat=True))
    for days in (30, 200, 600):
        then = book.now - timedelta(days=days)
        found = together(locations, months(then.date(), 14), then=then, as_of=then)
        assert [len(each.location_ids) for each in found] == ([PART] if days < 600 else [])


def test_the_database_says_what_it_holds(book: Book) -> None:
    assert mark() == (version(), TODAY)


def test_it_goes_into_a_backup_and_comes_back_whole(book: Book, tmp_path: Path, settings: Settings) -> None:
    settings.FILES_DIR = tmp_path / "files"
    source = tmp_path / "demo.zip"
    take_here(source)
    tables, _sequences = held(source)
    counts = {model._meta.db_table: model._default_manager.count() for model in (CareRequest, Location)}
    assert {name: tables[name][0] for name in counts} == counts
    assert counts["enrolment_carerequest"] > 1000
    with new_embedded() as empty:
        kribbe(empty, "restore", source)
        assert otherwise(empty, source) == []
