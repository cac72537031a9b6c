"""What keeps a household from being forgotten, and for how long."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from django.utils.timezone import localdate

from kribbe.contact.models import Task, Thread, VisitBooking, VisitMoment
from kribbe.enrolment.models import CareRequest, DirectChild, DirectMatch, ProofRequest, RequestDraft
from kribbe.outofschool.models import Registration
from kribbe.outofschool.tests.scene import speelvogel
from kribbe.people.models import Child, User
from kribbe.rules.school import year_bounds
from kribbe.testing import cast
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope
from kribbe.upkeep.models import Forgotten
from kribbe.upkeep.services.forgetting import forget_due
from kribbe.upkeep.services.merge import merge, undo_merge
from kribbe.upkeep.tests.scene import WEEK, after, register, twice

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def taken(request, location, now, *, days=None, undone=False):
    """A child taken directly that a clerk found to be the one of the request."""
    today = localdate(now)
    child = DirectChild.objects.create(
        group=location.groups.get(), name="Noor M.", birth_month=today.replace(day=1), pattern=WEEK.mask,
        during=(today, today + days * DAY if days else None), recorded_at=now,
    )  # fmt: skip
    DirectMatch.objects.create(
        direct=child, request=request, score=90, signs=[], at=now, undone_at=now if undone else None
    )
    return child


def test_a_match_that_was_undone_leaves_the_name_of_another_familys_child(ended, location, now):
    child = taken(ended, location, now, undone=True)
    assert forget_due(now=after(now, 5)) == 1
    child.refresh_from_db()
    assert child.name == "Noor M."


@pytest.mark.parametrize("days", [None, 400])
def test_a_child_taken_directly_keeps_its_family_as_a_place_does(desk, ended, location, now, days):
    desk.policies.update(keep_years=1)
    child = taken(ended, location, now, days=days)
    if days is None:
        assert forget_due(now=after(now, 20)) == 0
        return
    over = after(now + days * DAY, 5)
    assert forget_due(now=over - DAY) == 0
    assert forget_due(now=over) == 1
    child.refresh_from_db()
    assert child.name == "…"


@pytest.mark.parametrize(
    ("state", "years"), [("granted", 5), ("waiting", 1), ("offered", 1), ("declined", 1), ("ended", 1)]
)
def test_a_registration_after_school_ends_with_its_year(desk, ended, now, state, years):
    """Five years after care, and the desk's own term where there never was a place."""
    desk.policies.update(keep_years=1)
    club = speelvogel(now=now, desk=desk, families=0)
    first, last = year_bounds(club.year.year)
    is_over = state in {"declined", "ended"}
    stopped = now + 30 * DAY
    Registration.objects.create(
        year=club.year, child=ended.child, school=club.school, pattern=2, state=state, first=first,
        held=2 if state in {"granted", "offered"} else 0, answer_by=last if state == "offered" else None,
        state_at=stopped if is_over else now, registered_at=now,
    )  # fmt: skip
    end = min(last, localdate(stopped)) if is_over else last
    over = after(datetime(end.year, end.month, end.day, 12, tzinfo=UTC), years)
    assert forget_due(now=over - DAY) == 0
    assert forget_due(now=over) == 1


def drafted(request, _location, at):
    RequestDraft.objects.create(desk=request.desk, household=request.household, created_at=at, saved_at=at)


def posted(request, location, at):
    household = request.household
    Thread.objects.create(
        household=household,
        desk=household.desk,
        location=location,
        subject="Terug",
        started_at=at,
        last_at=at,
    )


def visited(request, location, at):
    moment = VisitMoment.objects.create(
        location=location, starts_at=at, ends_at=at + timedelta(hours=1), seats=2, published_at=at
    )
    VisitBooking.objects.create(moment=moment, household=request.household, booked_at=at)


def proof_asked(request, _location, at):
    ProofRequest.objects.create(
        household=request.household, what="Attest", why="Voorrang", until=localdate(at), asked_at=at
    )


def logged_in(request, _location, at):
    user = cast.make_user(
        "an@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=request.household_id, now=at
    )
    User.objects.filter(pk=user.pk).update(last_login=at)


@pytest.mark.parametrize("back", [drafted, posted, visited, proof_asked, logged_in])
def test_a_family_that_is_back_is_kept_for_the_desks_term_from_then(ended, location, now, back):
    again = after(now, 4)
    back(ended, location, again)
    assert forget_due(now=after(now, 5)) == 0
    assert forget_due(now=after(again, 5, -1)) == 0
    assert forget_due(now=after(again, 5)) == 1


def test_a_task_keeps_its_family_until_it_is_done(desk, ended, now):
    task = Task.objects.create(
        desk=desk, text="Bel", due=localdate(now), household=ended.household, made_at=now
    )
    assert forget_due(now=after(now, 20)) == 0
    Task.objects.filter(pk=task.pk).update(done_at=now)
    assert forget_due(now=after(now, 20)) == 1


@pytest.mark.parametrize("join", [True, False])
def test_a_merge_keeps_both_households_as_long_as_the_one_that_is_kept(join):
    scene = twice()
    now = scene.now
    made = merge(principal=SYSTEM, pair_id=scene.pair.pk, keep_id=scene.first.child_id, join=join, now=now)
    Child.objects.filter(pk=made.gone_id).update(first_name="Elke", name_key="maes elke")
    assert forget_due(now=after(now, 20)) == 0, "the kept one still asks for a place"
    CareRequest.objects.filter(state="open").update(state="ended", end="unanswered", ended_at=now + 30 * DAY)
    assert forget_due(now=after(now + 30 * DAY, 5, -1)) == 0
    assert forget_due(now=after(now + 30 * DAY, 5)) == 2
    with pytest.raises(RefusedError) as refused:
        undo_merge(principal=SYSTEM, merge_id=made.pk, now=after(now, 6))
    assert refused.value.code == "forgotten"


def test_a_merge_itself_keeps_both_for_the_desks_term():
    scene = twice()
    then = scene.now + 900 * DAY
    CareRequest.objects.filter(state="open").update(state="ended", end="unanswered", ended_at=scene.now)
    merge(principal=SYSTEM, pair_id=scene.pair.pk, keep_id=scene.first.child_id, join=True, now=then)
    assert forget_due(now=after(then, 5, -1)) == 0
    assert forget_due(now=after(then, 5)) == 2


def test_a_term_that_began_on_29_february_is_over_on_the_28th(desk, location):
    then = datetime(2028, 2, 29, 12, tzinfo=UTC)
    request = register(desk, [location], now=then, days_ago=0)
    CareRequest.objects.update(state="ended", end="unanswered", ended_at=then)
    assert forget_due(now=datetime(2033, 2, 27, 12, tzinfo=UTC)) == 0
    assert forget_due(now=datetime(2033, 2, 28, 12, tzinfo=UTC)) == 1
    assert Forgotten.objects.get().household_id == request.household_id


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_household_that_others_hold_is_left_for_the_next_night(desk, location, ended, now):
    other = register(desk, [location], now=now, first_name="Bas", last_name="Claes", days_ago=1)
    CareRequest.objects.filter(pk=other.pk).update(state="ended", end="unanswered", ended_at=now)
    with psycopg.connect(**connection.get_connection_params()) as holder:
        holder.execute("SELECT 1 FROM people_household WHERE id = %s FOR UPDATE", [ended.household_id])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 100")
        assert forget_due(now=after(now, 5)) == 1
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert AuditEntry.objects.get(action="household.forget_failed").household_id == ended.household_id
    assert forget_due(now=after(now, 5, 1)) == 1
