"""Two registrations made one: what comes along, what is refused, and an undo after which every row is as it was."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.access import Seat
from kribbe.contact.models import CalendarFeed, Notice, Side, Thread
from kribbe.contact.services.feeds import make_feed
from kribbe.contact.services.threads import start_thread
from kribbe.enrolment.models import CareRequest, Offer, OfferState, PositionChange, Preference, RequestState
from kribbe.enrolment.selectors.waiting import waiting_list
from kribbe.enrolment.services.make_offer import Excuse, make_offer
from kribbe.enrolment.services.wishes import end_request
from kribbe.people.models import (
    Adult,
    Consent,
    Consented,
    FactKind,
    HouseholdDue,
    HouseholdFact,
    HouseholdKeys,
    RoleGrant,
    User,
)
from kribbe.people.services import add_organisation, give_consent, refresh_keys
from kribbe.places import ledger
from kribbe.rules.counting import RequestEnd
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM
from kribbe.upkeep.models import ChildKey, Invitation, Merge, MergeChange, Pair, PairState
from kribbe.upkeep.services.invite import invite
from kribbe.upkeep.services.merge import merge, undo_merge
from kribbe.upkeep.tests.scene import WEEK, another_child, family_client, twice

pytestmark = pytest.mark.django_db


@built_once
def scene():
    return twice()


def bring_together(scene, *, keep=None, join=True):
    kept = keep or scene.first
    return merge(principal=SYSTEM, pair_id=scene.pair.pk, keep_id=kept.child_id, join=join, now=scene.now)


def offer(wish, now):
    return make_offer(
        principal=SYSTEM,
        preference_id=wish.pk,
        group_id=wish.location.groups.get().pk,
        start=wish.request.wanted_start,
        pattern=WEEK,
        now=now,
        excuses={
            ahead.pk: Excuse("group-balance") for ahead in wish.location.preferences.exclude(pk=wish.pk)
        },
    )


def everything():
    """All rows of the rooms that hold families, but for what only ever grows."""
    grows = {AuditEntry, ChildKey, HouseholdDue, Notice, Merge, MergeChange, Pair, PositionChange}
    rooms = {"people", "enrolment", "places", "contact", "upkeep"}
    return {
        model._meta.label: sorted(
            model._default_manager.values_list(*[f.attname for f in model._meta.concrete_fields])
        )
        for model in apps.get_models()
        if model._meta.app_label in rooms
        and model not in grows
        and not model.__name__.endswith("Event")
        and model.__name__ not in {"Mail", "Letter", "GroupAvailability"}
    }


def test_wishes_come_together_with_the_earliest_date_of_each_location(scene):
    notelaar, nest, pluk = scene.locations
    later = scene.second.preferences.get(location=pluk)
    bring_together(scene)
    wishes = Preference.objects.filter(request=scene.first).order_by("rank")
    assert [(wish.location, wish.registered_at) for wish in wishes] == [
        (notelaar, scene.first.registered_at),
        (nest, scene.first.registered_at),
        (pluk, later.registered_at),
    ]
    ended = CareRequest.objects.get(pk=scene.second.pk)
    assert (ended.state, ended.end, ended.child_id) == ("ended", "cancelled_desk", scene.first.child_id)
    assert CareRequest.objects.filter(child=scene.first.child, state=RequestState.OPEN).count() == 1
    assert [len(waiting_list(each.pk, now=scene.now)) for each in scene.locations] == [1, 1, 1]


def test_the_later_registration_can_be_the_one_that_is_kept(scene):
    nest = scene.locations[1]
    bring_together(scene, keep=scene.second)
    wish = Preference.objects.get(request=scene.second, location=nest)
    assert wish.registered_at == scene.first.registered_at
    assert wish.rank == 1
    scene.second.refresh_from_db()
    assert scene.second.registered_at == scene.first.registered_at


def test_adults_accounts_facts_and_notices_come_along(scene):
    kept, gone = scene.first.household, scene.second.household
    day = timezone.localdate()
    mine = cast.make_fact(kept, FactKind.WORK, since=day - timedelta(days=10), now=scene.now)
    cast.make_fact(gone, FactKind.WORK, since=day - timedelta(days=40), now=scene.now)
    cast.make_fact(gone, FactKind.SINGLE, since=day, now=scene.now)
    Notice.objects.create(
        desk=scene.desk, household=gone, kind="x", language="nl", subject="s", body="b", created_at=scene.now
    )
    bring_together(scene)
    assert sorted(kept.adults.values_list("first_name", "is_applicant")) == [("An", True), ("Jo", False)]
    assert Adult.objects.get(first_name="Jo").other_street == "Molenweg 9"
    assert RoleGrant.objects.filter(scope="household", scope_id=kept.pk).count() == 2
    assert set(kept.facts.values_list("kind", flat=True)) == {"work", "single"}
    mine.refresh_from_db()
    assert mine.during.lower == day - timedelta(days=40)
    assert kept.notices.filter(kind="x").exists()
    told = Notice.objects.get(kind="upkeep/households_joined")
    assert set(told.mails.values_list("address", flat=True)) == {"an@ouders.example", "jo@ouders.example"}


def test_what_the_other_household_let_others_see_ends_and_an_undo_opens_it_again(scene):
    gone = scene.second.household
    service = add_organisation(desk=scene.desk, name="Het Huis", principal=SYSTEM, now=scene.now)
    day = timezone.localdate()
    give_consent(
        household=gone,
        organisation=service,
        what=[Consented.CHANGE],
        until=day + timedelta(days=90),
        on_paper=True,
        principal=SYSTEM,
        today=day,
        now=scene.now,
    )
    invite(principal=SYSTEM, household_id=gone.pk, email="eve@ouders.example", now=scene.now)
    seat = Seat(Side.HOUSEHOLD, scene.desk, household=gone)
    make_feed(seat=seat, principal=SYSTEM, now=scene.now)
    before = everything()
    made = bring_together(scene)
    kept = scene.first.household
    assert [consent.withdrawn_at for consent in kept.consents.all()] == [scene.now]
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert not Invitation.objects.filter(ended_at=None).exists()
    assert not CalendarFeed.objects.filter(revoked_at=None).exists()
    assert not CalendarFeed.objects.filter(household=kept).exists()
    undo_merge(principal=SYSTEM, merge_id=made.pk, now=scene.now)
    after = everything()
    assert {name for name in before if before[name] != after[name]} == set()


@pytest.mark.parametrize("strangers", [True, False])
def test_two_households_that_stay_two_never_see_each_other(strangers):
    scene = twice(strangers=strangers)
    cast.make_fact(scene.second.household, FactKind.SINGLE, since=timezone.localdate(), now=scene.now)
    kept, gone = scene.first.household, scene.second.household
    start_thread(
        seat=Seat(Side.HOUSEHOLD, scene.desk, household=gone),
        household=gone,
        subject="Vraag",
        text="Dag",
        principal=SYSTEM,
        now=scene.now,
    )
    made = bring_together(scene, join=False)
    assert [adult.first_name for adult in kept.adults.all()] == ["An"]
    assert Thread.objects.get().household == gone
    assert "Jo" in [adult.first_name for adult in gone.adults.all()]
    held = RoleGrant.objects.filter(scope="household").values_list("scope_id", flat=True)
    assert sorted(held) == sorted([kept.pk, gone.pk])
    assert (kept.facts.count(), gone.facts.count()) == (0, 1)
    assert set(CareRequest.objects.values_list("child", "household")) == {(scene.first.child_id, kept.pk)}
    told = Notice.objects.get(kind="upkeep/merged")
    assert {mail.address for mail in told.mails.all()} == {"an@ouders.example"}
    undo_merge(principal=SYSTEM, merge_id=made.pk, now=scene.now)
    assert CareRequest.objects.filter(household=gone).count() == 1


def test_a_household_that_loses_its_request_is_told_so_and_nothing_of_the_other():
    scene = twice(strangers=True)
    gone = scene.second.household
    made = bring_together(scene, join=False)
    away = Notice.objects.get(household=gone, kind__startswith="upkeep/")
    assert away.kind == "upkeep/request_away"
    assert {mail.address for mail in away.mails.all()} == {"jo@ouders.example"}
    assert "An" not in away.body.split()
    for secret in ("an@ouders.example", scene.first.household.street, scene.first.reference):
        assert secret not in away.body
    undo_merge(principal=SYSTEM, merge_id=made.pk, now=scene.now)
    back = Notice.objects.filter(household=gone, kind__startswith="upkeep/").exclude(pk=away.pk)
    assert back.get().kind == "upkeep/request_back"
    kept = Notice.objects.filter(household=scene.first.household, kind__startswith="upkeep/")
    assert sorted(kept.values_list("kind", flat=True)) == ["upkeep/merge_undone", "upkeep/merged"]


def test_a_household_without_a_request_loses_nothing():
    scene = twice(strangers=True)
    end_request(principal=SYSTEM, request_id=scene.second.pk, end=RequestEnd.FOUND_ELSEWHERE, now=scene.now)
    bring_together(scene, join=False)
    assert not Notice.objects.filter(kind="upkeep/request_away").exists()


def test_a_clerk_can_join_households_that_have_nobody_in_common_and_undo_that():
    scene = twice(strangers=True)
    kept, gone = scene.first.household, scene.second.household
    start_thread(
        seat=Seat(Side.HOUSEHOLD, scene.desk, household=gone),
        household=gone,
        subject="Vraag",
        text="Dag",
        principal=SYSTEM,
        now=scene.now,
    )
    before = everything()
    made = bring_together(scene)
    assert sorted(kept.adults.values_list("first_name", flat=True)) == ["An", "Jo"]
    told = Notice.objects.get(kind="upkeep/households_joined")
    assert {mail.address for mail in told.mails.all()} == {"an@ouders.example", "jo@ouders.example"}
    jo = family_client(User.objects.get(email="jo@ouders.example"))
    thread = reverse("contact:thread", args=[Thread.objects.get().reference])
    assert jo.get(thread).status_code == 200
    told = AuditEntry.objects.filter(action="child.merged")
    assert [each.data["joined"] for each in told] == [True, True]
    undo_merge(principal=SYSTEM, merge_id=made.pk, now=scene.now)
    after = everything()
    read = {"contact.Thread", "people.User"}
    assert {name for name in before if before[name] != after[name]} == read
    assert Notice.objects.filter(kind="upkeep/merge_undone").count() == 2
    assert jo.get(thread).status_code == 200


def test_requests_and_conversations_go_to_the_desk_of_the_kept_household():
    scene = twice(across=True)
    seat = Seat(Side.DESK, scene.other)
    start_thread(
        seat=seat,
        household=scene.second.household,
        subject="Vraag",
        text="Dag",
        principal=SYSTEM,
        now=scene.now,
    )
    made = bring_together(scene)
    assert set(CareRequest.objects.values_list("desk", flat=True)) == {scene.desk.pk}
    assert Thread.objects.get().desk == scene.desk
    undo_merge(principal=SYSTEM, merge_id=made.pk, now=scene.now)
    assert Thread.objects.get().desk == scene.other


def test_both_families_have_it_on_their_trail_and_what_ended_stays_at_its_desk(scene):
    """A request that ended at another desk is counted in that desk's past years, whoever keeps the child."""
    other = cast.make_desk("elders", nis="99009")
    end_request(principal=SYSTEM, request_id=scene.second.pk, end=RequestEnd.UNANSWERED, now=scene.now)
    CareRequest.objects.filter(pk=scene.second.pk).update(desk=other)
    bring_together(scene)
    found = CareRequest.objects.get(pk=scene.second.pk)
    assert (found.child_id, found.desk_id) == (scene.first.child_id, other.pk)
    told = AuditEntry.objects.filter(action="child.merged").values_list("household_id", flat=True)
    assert set(told) == {scene.first.household_id, scene.second.household_id}


def test_the_kept_household_is_found_by_both_parents(scene):
    def found_by():
        refresh_keys()
        return HouseholdKeys.objects.get(household=scene.first.household).keys

    before = found_by()
    made = bring_together(scene)
    assert "'n.jo'" in found_by()
    undo_merge(principal=SYSTEM, merge_id=made.pk, now=scene.now)
    assert found_by() == before
    assert "'n.jo'" not in before


def test_undo_restores_every_row(scene):
    day = timezone.localdate()
    for household, days in ((scene.first.household, 10), (scene.second.household, 40)):
        cast.make_fact(household, FactKind.WORK, since=day - timedelta(days=days), now=scene.now)
    offer(scene.second.preferences.get(location=scene.locations[1]), scene.now)
    another_child(scene.second.household, "Mats", born=day - timedelta(days=900))
    before = everything()
    made = bring_together(scene)
    assert everything() != before
    undo_merge(principal=SYSTEM, merge_id=made.pk, now=scene.now)
    after = everything()
    assert {name for name in before if before[name] != after[name]} == set()
    assert scene.pair.state == PairState.OPEN
    assert Notice.objects.filter(kind="upkeep/merge_undone").count() == 2
    again = bring_together(scene)
    assert again.pk != made.pk


def test_undo_of_one_household_that_keeps_other_children(scene):
    elder = another_child(scene.second.household, "Mats", born=timezone.localdate() - timedelta(days=900))
    cast.make_request(
        elder, scene.locations[:1], start=scene.second.wanted_start, pattern=WEEK, now=scene.now
    )
    before = everything()
    made = bring_together(scene)
    elder.refresh_from_db()
    assert elder.household_id == scene.second.household_id
    assert scene.second.household.adults.filter(is_applicant=True).exists()
    assert scene.first.household.adults.filter(first_name="Jo", is_applicant=False).exists()
    assert RoleGrant.objects.filter(scope="household").count() == 3
    undo_merge(principal=SYSTEM, merge_id=made.pk, now=scene.now)
    after = everything()
    assert {name for name in before if before[name] != after[name]} == set()


def test_offers_keep_their_half_days_and_places_go_along(scene):
    nest = scene.locations[1]
    made = offer(scene.second.preferences.get(location=nest), scene.now)
    placed = cast.make_placement(
        scene.second.child,
        scene.locations[2].groups.get(),
        start=scene.second.wanted_start,
        end=scene.second.wanted_start + timedelta(days=200),
        pattern=WEEK,
        now=scene.now,
    )
    bring_together(scene)
    made.refresh_from_db()
    placed.refresh_from_db()
    assert (made.preference.request_id, made.state) == (scene.first.pk, OfferState.OPEN)
    assert placed.child_id == scene.first.child_id
    groups = [location.groups.get().pk for location in scene.locations]
    assert ledger.miscounted(group_ids=groups, today=timezone.localdate()) == []


def test_refused_while_both_have_an_offer_at_one_location(scene):
    nest = scene.locations[1]
    for request in (scene.first, scene.second):
        offer(request.preferences.get(location=nest), scene.now)
    with pytest.raises(RefusedError) as refused:
        bring_together(scene)
    assert refused.value.code == "offers"
    assert Offer.objects.filter(state=OfferState.OPEN).count() == 2


def test_refused_where_places_overlap(scene):
    for request, location in zip((scene.first, scene.second), scene.locations, strict=False):
        cast.make_placement(
            request.child,
            location.groups.get(),
            start=request.wanted_start,
            end=request.wanted_start + timedelta(days=90),
            pattern=WEEK,
            now=scene.now,
        )
    with pytest.raises(RefusedError) as refused:
        bring_together(scene)
    assert refused.value.code == "places"


def test_undo_is_refused_after_a_change_and_changes_nothing(scene):
    made = bring_together(scene)
    Adult.objects.filter(first_name="Jo").update(other_street="Nieuwe weg 1")
    with pytest.raises(RefusedError) as refused:
        undo_merge(principal=SYSTEM, merge_id=made.pk, now=scene.now)
    assert refused.value.code == "changed_since"
    made.refresh_from_db()
    assert made.undone_at is None
    assert CareRequest.objects.get(pk=scene.second.pk).state == RequestState.ENDED


def test_the_facts_of_birth_complete_each_other(scene):
    kept = scene.first.child
    type(kept).objects.filter(pk=kept.pk).update(born=None, expected=scene.second.child.born, first_name="")
    bring_together(scene)
    kept.refresh_from_db()
    assert (kept.first_name, kept.born) == ("Noor", scene.second.child.born)


def test_nobody_is_merged_twice(scene):
    bring_together(scene)
    with pytest.raises(RefusedError) as refused:
        bring_together(scene)
    assert refused.value.code == "decided"
    assert AuditEntry.objects.filter(action="child.merged").count() == 2, "one on the trail of each family"
    assert HouseholdFact.objects.count() == 0
