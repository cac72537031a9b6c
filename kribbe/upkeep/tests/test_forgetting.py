"""A household is forgotten once nothing needs it: when, what holds it, what the database refuses, and who is told."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from kribbe.enrolment.models import Placement
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Adult, Child, Household, HouseholdKeys, User
from kribbe.people.services import rebuild_keys
from kribbe.testing import cast
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope
from kribbe.upkeep.models import Complaint, Forgotten
from kribbe.upkeep.selectors.forgetting import due
from kribbe.upkeep.services import forgetting
from kribbe.upkeep.services.forgetting import forget_due, hold, release
from kribbe.upkeep.tests.scene import WEEK, after, register

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def is_forgotten(request):
    return Forgotten.objects.filter(household_id=request.household_id).exists()


def test_a_family_is_forgotten_the_day_its_term_is_over(ended, now):
    assert forget_due(now=after(now, 5, -1)) == 0
    assert forget_due(now=after(now, 5)) == 1
    adult, child = Adult.objects.get(household=ended.household), ended.child
    child.refresh_from_db()
    assert (f"{adult}".strip(), adult.email, f"{child}") == ("…", "", "…")
    assert child.born.day == 1
    assert not apps.get_model("people", "AdultEvent").objects.exclude(last_name="…").exists()
    assert forget_due(now=after(now, 5, 1)) == 0


def test_the_desk_chooses_the_term(desk, ended, now):
    desk.policies.update(keep_years=2)
    assert forget_due(now=after(now, 2, -1)) == 0
    assert forget_due(now=after(now, 2)) == 1


def test_a_family_that_waits_is_kept(request_, now):
    assert forget_due(now=after(now, 30)) == 0


@pytest.mark.parametrize(
    ("state", "last", "years"), [("final", None, None), ("final", 400, 5), ("ended", 400, 5)]
)
def test_a_place_keeps_it_while_it_runs_and_as_long_as_a_provider_must(
    desk, location, ended, now, state, last, years
):
    desk.policies.update(keep_years=1)
    start = localdate(now)
    cast.make_placement(
        ended.child,
        location.groups.get(),
        start=start,
        end=start + last * DAY if last else None,
        pattern=WEEK,
        now=now,
    )
    Placement.objects.update(state=state)
    if years is None:
        assert forget_due(now=after(now, 20)) == 0
    else:
        over = after(now + last * DAY, years)
        assert forget_due(now=over - DAY) == 0
        assert forget_due(now=over) == 1


def test_a_complaint_keeps_it_for_ten_years(desk, ended, now):
    Complaint.objects.create(
        desk=desk, household=ended.household, request=ended, kind="other", text="Fout", made_at=now,
        answer_by=localdate(now), state="answered", outcome="wrong", answer="Neen", closed_at=now,
    )  # fmt: skip
    assert forget_due(now=after(now, 10, -1)) == 0
    assert forget_due(now=after(now, 10)) == 1
    assert Complaint.objects.get().text == "…"


def test_the_desk_holds_a_family_until_a_day_and_lets_go(ended, now):
    later = after(now, 5)
    until = localdate(later) + 30 * DAY
    hold(principal=SYSTEM, household=ended.household, reason="Beroep", until=until, now=later)
    assert forget_due(now=later) == 0
    assert forget_due(now=later + 29 * DAY) == 0
    release(principal=SYSTEM, household=ended.household, now=later + DAY)
    assert forget_due(now=later + DAY) == 1
    assert {"household.hold", "household.release"} <= set(AuditEntry.objects.values_list("action", flat=True))


@pytest.mark.parametrize(
    ("reason", "days", "field"), [(" ", 5, "reason"), ("Beroep", 0, "until"), ("B", 900, "until")]
)
def test_a_hold_has_a_reason_and_a_day(ended, now, reason, days, field):
    with pytest.raises(RefusedError) as refused:
        hold(
            principal=SYSTEM,
            household=ended.household,
            reason=reason,
            until=localdate(now) + days * DAY,
            now=now,
        )
    assert refused.value.field == field


def test_the_trail_says_that_it_was_done_and_names_nobody(ended, desk, now):
    record(
        principal=SYSTEM, action="household.read", subject=ended.household, now=now,
        household_id=ended.household_id, desk_id=desk.pk, reason="An Maes belde",
    )  # fmt: skip
    forget_due(now=after(now, 5))
    done = AuditEntry.objects.get(action="household.forget")
    assert (done.household_id, done.subject, done.data) == (None, "region.desk", {"number": 1})
    assert AuditEntry.objects.get(action="household.read").reason == ""
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(action="household.read").update(reason="x")


def test_the_trail_forgets_who_told_and_when_a_child_was_born(ended, now):
    record(
        principal=SYSTEM, action="child.born", subject=ended.household, now=now, household_id=ended.household_id,
        told_by="An Maes", name="An Maes", born="2026-11-03", before="", child=ended.child_id, day="2026-11-04",
    )  # fmt: skip
    forget_due(now=after(now, 5))
    left = AuditEntry.objects.get(action="child.born").data
    assert left == {
        "told_by": "", "name": "", "born": "", "before": "", "child": ended.child_id, "day": "2026-11-04",
    }  # fmt: skip


def test_a_log_in_goes_and_one_that_opens_another_door_stays(ended, location, now):
    for name, more in (("an", False), ("jo", True)):
        user = cast.make_user(
            f"{name}@ouders.example",
            role=Role.PARENT,
            scope=Scope.HOUSEHOLD,
            scope_id=ended.household_id,
            now=now,
        )
        if more:
            user.role_grants.create(
                role=Role.MANAGER, scope=Scope.LOCATION, scope_id=location.pk, granted_at=now
            )
    forget_due(now=after(now, 5))
    kept = User.objects.get(email__endswith="ouders.example")
    assert kept.email == "jo@ouders.example"
    assert [grant.role for grant in kept.role_grants.all()] == [Role.MANAGER]


def test_nobody_finds_it_by_its_name(ended, now):
    rebuild_keys()
    forget_due(now=after(now, 5))
    rebuild_keys()
    assert not HouseholdKeys.objects.filter(name_key__contains="maes").exists()


def test_registrations_of_one_child_go_together_and_stay_one(desk, location, ended, now):
    other = register(cast.make_desk("overzijde", nis="99002"), [location], now=now)
    assert forget_due(now=after(now, 5)) == 0, "the other desk still waits with it"
    other.state, other.end, other.ended_at = "ended", "unanswered", now + DAY
    other.save()
    assert forget_due(now=after(now, 5)) == 0
    assert forget_due(now=after(now, 5, 1)) == 2
    words = Child.objects.filter(pk__in=[ended.child_id, other.child_id]).values_list("name_key", flat=True)
    assert len(set(words)) == 1
    assert "maes" not in words[0]


def test_the_database_forgets_nobody_who_still_asks(request_, desk, now):
    with pytest.raises(IntegrityError, match="still needed"), transaction.atomic():
        Forgotten.objects.create(household_id=request_.household_id, desk=desk, at=now)


def test_the_function_works_in_the_transaction_of_a_forgetting_alone(ended, now):
    call = "SELECT kribbe_forget(%s, 'people_adult', ARRAY[%s]::bigint[], '{\"phone\": \"\"}')"
    with connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="not forgotten in this transaction"), transaction.atomic():
            cursor.execute(call, [ended.household_id, 1])
        Forgotten.objects.create(household_id=ended.household_id, desk=ended.desk, at=after(now, 5))
        cursor.execute(call, [ended.household_id, ended.household.adults.get().pk])
        assert cursor.fetchone() == (1,)
        with pytest.raises(DatabaseError, match="rows of trust_auditentry stay"), transaction.atomic():
            cursor.execute(
                "SELECT kribbe_forget(%s, 'trust_auditentry', ARRAY[1]::bigint[], NULL)", [ended.household_id]
            )


def test_what_fails_is_told_and_the_others_go_on(desk, location, ended, now, monkeypatch):
    other = register(desk, [location], now=now, first_name="Bas", last_name="Claes", days_ago=1)
    other.state, other.end, other.ended_at = "ended", "unanswered", now
    other.save()
    real = forgetting._name_anew

    def broken(family, same):
        if family == ended.household_id:
            raise DatabaseError("broken")
        real(family, same)

    monkeypatch.setattr(forgetting, "_name_anew", broken)
    assert forget_due(now=after(now, 5)) == 1
    assert not is_forgotten(ended)
    assert is_forgotten(other)
    failed = AuditEntry.objects.get(action="household.forget_failed")
    assert failed.household_id == ended.household_id
    assert Household.objects.get(pk=ended.household_id).street


def test_the_coming_ones_are_known_in_a_fixed_number_of_queries(
    desk, location, ended, now, django_assert_max_num_queries
):
    day = localdate(after(now, 5))
    assert not due(desk.pk, day - 61 * DAY, today=day - 61 * DAY)
    register(desk, [location], now=now, first_name="Bas", last_name="Claes")
    with django_assert_max_num_queries(30):
        assert list(due(desk.pk, day, today=day - 60 * DAY)) == [ended.household_id]


def test_the_desk_sees_who_is_soon_forgotten_keeps_one_and_lets_go(desk, ended, now, monkeypatch):
    clerk = client_of(
        cast.make_user("c@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=now)
    )
    Household.objects.update(created_at=now - 3000 * DAY)
    ended.ended_at = now - (after(now, 5) - now) + 30 * DAY
    ended.save()
    address = reverse("upkeep:forgetting", args=[desk.slug])
    assert "Maes" in clerk.get(address).text
    assert AuditEntry.objects.get(action="desk.list").data["households"] == [ended.household_id]
    form = reverse("upkeep:hold", args=[desk.slug, ended.household.reference])
    given = {"until": f"{localdate(now) + 200 * DAY}", "reason": "Beroep loopt"}
    assert clerk.post(form, given | {"once": "a"}, follow=True).status_code == 200
    page = clerk.get(address).text
    assert "Beroep loopt" in page
    assert "Beroep loopt" in clerk.get(form).text
    clerk.post(form, {"once": "b"})
    assert "Beroep loopt" not in clerk.get(address).text


def test_the_family_reads_until_when_and_why(desk, ended, parent, now):
    page = parent.get(reverse("people:my_data")).text
    assert "How long we keep this" in page
    assert "A request that ended." in page
    assert "Keep longer" not in page


def test_the_family_reads_why_the_desk_keeps_it_longer(ended, parent, now):
    until = localdate() + 300 * DAY
    hold(principal=SYSTEM, household=ended.household, reason="Beroep loopt", until=until, now=timezone.now())
    assert "The desk keeps it longer: “Beroep loopt”" in parent.get(reverse("people:my_data")).text


def test_an_administrator_sees_what_the_duty_did_in_numbers(desk, ended, now):
    admin = client_of(
        cast.make_user(
            "a@loket.example", role=Role.ADMINISTRATOR, scope=Scope.DESK, scope_id=desk.pk, now=now
        )
    )
    forget_due(now=after(now, 5))
    record(
        principal=SYSTEM, action="household.forget_failed", subject=desk, now=now, desk_id=desk.pk, household_id=1
    )  # fmt: skip
    page = admin.get(reverse("upkeep:forgotten", args=[desk.slug]))
    assert page.context["nights"] == [(localdate(after(now, 5)), 1)]
    assert page.context["failed"] == 1
