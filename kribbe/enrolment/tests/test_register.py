"""Registering a need: what is made, who is told, what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress

from kribbe.contact.models import Letter, Mail, Notice
from kribbe.enrolment.models import CareRequest, PositionChange, Preference, RequestDraft
from kribbe.enrolment.selectors.waiting import waiting_list
from kribbe.enrolment.services.come_in import NewHousehold
from kribbe.enrolment.services.register import Registration, register_request
from kribbe.enrolment.services.wishes import end_request, rank_wishes, reopen_request
from kribbe.people.models import Child, FactKind, Household, RoleGrant, User
from kribbe.people.services import AdultData, ChildData
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, VISITOR, Role, Scope

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
START = date(2027, 3, 1)
WEEK = WeekPattern.from_text("mon tue thu-am")
NOOR = ChildData(first_name="Noor", last_name="Maes", born=date(2026, 9, 1))

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk(max_wishes=2)


@pytest.fixture
def places(desk):
    return [cast.make_location(desk, name) for name in ("De Notelaar", "Het Molentje", "Pimpeloentje")]


@pytest.fixture
def need(desk, places):
    return Registration(
        desk=desk,
        household=NewHousehold(
            adults=[AdultData(first_name="Els", last_name="Maes", email="els.maes@ouders.example")],
            street="Kerkstraat 1",
            postcode="3999",
            city="Lindedaal",
            municipality=desk.municipality,
        ),
        children=[NOOR],
        pattern=WEEK,
        wanted_start=START,
        latest_start=START + timedelta(days=90),
        location_ids=[places[1].pk, places[0].pk],
    )


def register(need, *, now=NOW, principal=VISITOR, **changes):
    return register_request(principal=principal, registration=replace(need, **changes), now=now)


def test_one_need_makes_household_child_request_wishes_and_account(need, places):
    [request] = register(need, facts=[FactKind.WORK], alternatives=[WeekPattern.from_text("wed fri")])
    assert [p.location for p in request.preferences.order_by("rank")] == [places[1], places[0]]
    assert {p.open_pattern for p in request.preferences.all()} == {WEEK.mask}
    assert request.registered_at == NOW
    assert [a.pattern for a in request.alternatives.all()] == [WeekPattern.from_text("wed fri").mask]
    assert [f.kind for f in request.household.facts.all()] == [FactKind.WORK]
    user = User.objects.get(email="els.maes@ouders.example")
    assert RoleGrant.objects.get(user=user).scope_id == request.household_id
    assert not EmailAddress.objects.get(user=user).verified
    assert not user.has_usable_password()
    assert AuditEntry.objects.get(action="request.register").household_id == request.household_id


def test_the_household_is_told_in_words_and_by_mail(need, desk):
    [request] = register(need)
    notice = Notice.objects.get(household=request.household)
    assert notice.subject == "De aanvraag voor Noor is geregistreerd"
    assert request.reference in notice.body
    assert "maandag en dinsdag de hele dag, donderdag voormiddag" in notice.body
    assert "1. Het Molentje\n2. De Notelaar" in notice.body
    assert Mail.objects.get().address == "els.maes@ouders.example"
    assert not Letter.objects.exists()


def test_without_mail_address_a_letter_is_made_and_no_account(need):
    clerk = cast.acting(Role.CLERK, Scope.DESK, need.desk.pk)
    adults = [AdultData(first_name="Els", last_name="Maes")]
    register(need, principal=clerk, household=replace(need.household, adults=adults))
    assert Letter.objects.count() == 1
    assert not User.objects.exists()


def test_twins_are_two_requests_of_one_household(need):
    twins = [ChildData(last_name="Maes", expected=date(2027, 2, 20)) for _ in range(2)]
    requests = register(need, children=twins)
    assert len({request.household_id for request in requests}) == 1
    assert sorted(request.child.birth_rank for request in requests) == [1, 2]
    notice = Notice.objects.get()
    assert notice.subject == "De aanvragen voor je kinderen zijn geregistreerd"
    for request in requests:
        assert f"kind verwacht op 20 februari 2027, nummer {request.reference}." in notice.body


def test_a_known_child_of_a_known_household_asks_again_after_its_request_ended(need):
    [first] = register(need)
    again = {"household": first.household, "children": [first.child_id]}
    with pytest.raises(RefusedError, match="Noor Maes"):
        register(need, **again)
    end_request(principal=SYSTEM, request_id=first.pk, end=RequestEnd.CANCELLED_PARENT, now=NOW)
    [second] = register(need, **again)
    assert second.child == first.child


@pytest.mark.parametrize("name", ["Noor", "  noor ".strip(), "NOÖR"])
def test_the_same_child_with_the_same_mail_address_is_refused(need, name):
    register(need)
    with pytest.raises(RefusedError) as refused:
        register(need, children=[replace(NOOR, first_name=name)])
    assert refused.value.code == "known"
    assert Household.objects.count() == 1


def test_the_same_name_and_birth_in_another_family_is_another_child(need):
    register(need)
    adults = [AdultData(first_name="Jan", last_name="Maes", email="jan.maes@ouders.example")]
    register(need, household=replace(need.household, adults=adults))
    assert CareRequest.objects.count() == 2


def test_the_same_child_twice_in_one_list_is_refused(need):
    with pytest.raises(RefusedError, match="twee keer"):
        register(need, children=[NOOR, NOOR])
    assert not Child.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wanted_start": date(2027, 1, 10)}, "wanted_start"),
        ({"latest_start": date(2027, 2, 1)}, "latest_start"),
        ({"pattern": WeekPattern(0)}, "pattern"),
        ({"children": [replace(NOOR, born=date(2027, 2, 1))]}, "born"),
        ({"children": [replace(NOOR, born=None, expected=date(2027, 4, 1))]}, "wanted_start"),
        ({"children": []}, "children"),
        ({"location_ids": []}, "wishes"),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_is_made(need, changes, field):
    with pytest.raises(RefusedError) as refused:
        register(need, **changes)
    assert refused.value.field == field
    assert not Household.objects.exists()


def test_a_wish_twice_and_too_many_wishes_are_refused(need, places):
    for wrong in ([places[0].pk] * 2, [place.pk for place in places]):
        with pytest.raises(RefusedError) as refused:
            register(need, location_ids=wrong)
        assert refused.value.field == "wishes"


def test_a_national_number_is_kept_as_a_code_only(need):
    # 85.07.30-033 with check digits 97 - 850730033 mod 97 = 28
    adult = replace(need.household.adults[0], national_number="85.07.30-033.28")
    [request] = register(need, household=replace(need.household, adults=[adult]))
    kept = request.household.adults.get().national_number_hash
    assert len(kept) == 64
    assert "850730" not in kept


def test_a_draft_is_sent_once(need, desk):
    draft = RequestDraft.objects.create(desk=desk, created_at=NOW, saved_at=NOW)
    [request] = register_request(principal=VISITOR, registration=need, now=NOW, draft_id=draft.pk)
    draft.refresh_from_db()
    assert draft.request == request
    with pytest.raises(RefusedError) as refused:
        register_request(principal=VISITOR, registration=need, now=NOW, draft_id=draft.pk)
    assert refused.value.code == "sent"
    assert CareRequest.objects.count() == 1


def test_others_learn_that_a_family_with_a_sibling_came_in_ahead(need, desk, places):
    cast.make_group(places[0], 2, now=NOW)
    earlier = cast.make_household(desk, "Peeters", now=NOW)
    waiting = cast.make_request(
        cast.make_child(earlier, "Fien", born=date(2026, 8, 1)),
        [places[0]],
        start=START,
        pattern=WEEK,
        now=NOW - timedelta(days=5),
    )
    family = cast.make_household(desk, "Maes", now=NOW)
    brother = cast.make_child(family, "Stan", born=date(2025, 1, 1))
    cast.make_placement(
        brother,
        places[0].groups.get(),
        start=date(2026, 1, 5),
        end=date(2027, 8, 30),
        pattern=WEEK,
        now=NOW,
    )
    register(need, household=family, children=[NOOR])
    change = PositionChange.objects.get(preference__request=waiting)
    # By law a brother or sister who goes there counts before the date: Noor comes in first, Fien is second.
    assert (change.before, change.after, change.cause) == (1, 2, "joined.law")
    assert [line.first_name for line in waiting_list(places[0].pk, now=NOW)] == ["Noor", "Fien"]


def test_a_withdrawal_can_be_taken_back_for_a_day(need, places):
    [request] = register(need)
    end_request(principal=SYSTEM, request_id=request.pk, end=RequestEnd.CANCELLED_PARENT, now=NOW)
    assert waiting_list(places[0].pk, now=NOW) == []
    with pytest.raises(RefusedError):
        reopen_request(principal=SYSTEM, request_id=request.pk, now=NOW + timedelta(hours=25))
    reopen_request(principal=SYSTEM, request_id=request.pk, now=NOW + timedelta(hours=23))
    assert [line.registered_at for line in waiting_list(places[0].pk, now=NOW)] == [NOW]


def test_a_refused_wish_goes_behind_those_that_still_wait(need, places):
    [request] = register(need)
    Preference.objects.filter(request=request, rank=1).update(state="refused")
    rank_wishes(principal=SYSTEM, request_id=request.pk, location_ids=[places[2].pk, places[0].pk], now=NOW)
    ranked = request.preferences.order_by("rank").values_list("location__name", "state")
    assert list(ranked) == [
        ("Pimpeloentje", "waiting"),
        ("De Notelaar", "waiting"),
        ("Het Molentje", "refused"),
    ]
