"""The first day of a place: who is asked whether the child came, and what an answer does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.services.sign import sign
from kribbe.enrolment.services.stays import change_days, move_up
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places import ledger
from kribbe.places.models import ClosingDay, GroupCapacity, LedgerTake
from kribbe.places.selectors.closed import calendar_of_group
from kribbe.rules.calendar import public_holidays
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.turns import week_number
from kribbe.testing import cast
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM
from kribbe.upkeep.models import FirstDay, FirstDayState
from kribbe.upkeep.pages import first_days as first_days_pages
from kribbe.upkeep.selectors.first_days import first_days_before
from kribbe.upkeep.services.first_days import ask_first_days, comes_later, no_longer_needed, tell_came
from kribbe.upkeep.tests.scene import WEEK
from kribbe.upkeep.tests.test_pair_pages import clerk_of

pytestmark = pytest.mark.django_db


def first_open(placement, since):
    """The first day on which the child is expected, without a closing of the location."""
    calendar = calendar_of_group(placement.group, since)
    return calendar.next_open(WeekPattern(placement.pattern), since)


def placed(request, location, *, start, now, pattern=WEEK):
    """A signed place from that day."""
    offer = make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get().pk,
        group_id=location.groups.get().pk,
        start=start,
        pattern=pattern,
        now=now,
    )
    placement = accept_offer(principal=SYSTEM, offer_id=offer.pk, yes=Yes(), now=now)
    sign(principal=SYSTEM, placement_id=placement.pk, name="An Maes", now=now)
    return placement


def at(day):
    """Noon or so of a day."""
    return timezone.now() + timedelta(days=(day - timezone.localdate()).days)


@pytest.fixture
def begun(request_, location, now):
    """A signed place, and the day after its first day."""
    placement = placed(request_, location, start=request_.wanted_start, now=now)
    first = first_open(placement, request_.wanted_start)
    then = now + timedelta(days=(first - timezone.localdate()).days + 1)
    assert ask_first_days(now=then - timedelta(days=1)) == 0
    assert ask_first_days(now=then) == 1
    assert ask_first_days(now=then) == 0
    return FirstDay.objects.get()


def after(begun, *, days=1):
    """A moment some days after the first day."""
    return at(begun.day + timedelta(days=days))


def next_tuesday(since):
    """The first Tuesday from a day on that comes after an open Monday, and before one."""
    days = (since + timedelta(days=n) for n in range(60))
    return next(day for day in days if day.weekday() == 1 and day + timedelta(days=6) not in holidays_of(day))


def holidays_of(day):
    """The public holidays of that year and the next."""
    return {*public_holidays(day.year), *public_holidays(day.year + 1)}


def test_a_child_of_mondays_is_asked_about_after_its_first_monday(request_, location, now):
    start = next_tuesday(request_.wanted_start)
    placed(request_, location, start=start, pattern=WeekPattern.from_text("mon"), now=now)
    assert ask_first_days(now=at(start + timedelta(days=1))) == 0
    assert ask_first_days(now=at(start + timedelta(days=6))) == 0
    assert ask_first_days(now=at(start + timedelta(days=7))) == 1
    assert FirstDay.objects.get().day == start + timedelta(days=6)


def test_nobody_comes_first_on_a_closing_day(request_, location, now):
    start = request_.wanted_start
    ClosingDay.objects.create(
        location=location, during=(start, start + timedelta(days=21)), reason="verbouwing"
    )
    placement = placed(request_, location, start=start, now=now)
    first = first_open(placement, start)
    assert first >= start + timedelta(days=21)
    assert ask_first_days(now=at(start + timedelta(days=20))) == 0
    assert ask_first_days(now=at(first)) == 0
    assert ask_first_days(now=at(first + timedelta(days=1))) == 1
    assert FirstDay.objects.get().day == first


def test_a_week_of_the_other_parent_is_no_first_day(request_, location, now):
    placement = placed(request_, location, start=request_.wanted_start, now=now)
    first = first_open(placement, request_.wanted_start)
    turns = [WEEK.mask, WEEK.mask]
    turns[week_number(first) % 2] = 0
    placement.in_turn = turns
    assert first_days_before([placement], first + timedelta(days=1)) == {}
    day = first_days_before([placement], first + timedelta(days=60))[placement.pk]
    assert week_number(day) % 2 != week_number(first) % 2


def test_a_child_that_comes_later_is_asked_about_again_and_missed_again(begun, location):
    tell_came(principal=SYSTEM, first_day_id=begun.pk, came=False, now=after(begun))
    start = begun.day + timedelta(days=14)
    comes_later(principal=SYSTEM, first_day_id=begun.pk, start=start, now=after(begun))
    begun.placement.refresh_from_db()
    first = first_open(begun.placement, start)
    assert ask_first_days(now=at(first)) == 0
    assert ask_first_days(now=at(first + timedelta(days=1))) == 1
    begun.refresh_from_db()
    assert (begun.state, begun.day, begun.told_at) == (FirstDayState.ASKED, first, None)
    tell_came(principal=SYSTEM, first_day_id=begun.pk, came=False, now=at(first + timedelta(days=1)))
    assert Notice.objects.filter(kind="upkeep/first_day_missed").count() == 2
    assert ask_first_days(now=at(first + timedelta(days=2))) == 0


def test_one_that_did_not_come_frees_its_half_days(begun, location, parent):
    manager = client_of(manager_of(location, now=timezone.now()))
    address = reverse("upkeep:first_days", args=[location.slug])
    assert "Noor Maes" in manager.get(address).content.decode()
    manager.post(address, {"first_day": begun.pk, "came": "no"})
    begun.refresh_from_db()
    assert begun.state == FirstDayState.ABSENT
    assert Notice.objects.filter(kind="upkeep/first_day_missed").count() == 1
    clerk = clerk_of(location.desk)
    assert "Noor Maes" in clerk.get(reverse("upkeep:absences", args=[location.desk.slug])).content.decode()
    answer = reverse("upkeep:first_day", args=[begun.placement.reference])
    assert parent.get(answer).status_code == 200
    parent.post(answer, {"answer": "free"})
    begun.refresh_from_db()
    assert (begun.state, begun.placement.state) == (FirstDayState.FREED, PlacementState.ENDED)
    group = location.groups.get()
    held = group.takes.get(holder=f"placement:{begun.placement_id}").during
    start = begun.placement.during.lower
    assert (held.lower, held.upper) == (start, start + timedelta(days=1))
    assert ledger.miscounted(group_ids=[group.pk], today=timezone.localdate()) == []


def test_one_that_comes_later_keeps_its_place_from_that_day(begun, location, parent):
    manager = client_of(manager_of(location, now=timezone.now()))
    manager.post(reverse("upkeep:first_days", args=[location.slug]), {"first_day": begun.pk, "came": "no"})
    later = begun.day + timedelta(days=14)
    answer = reverse("upkeep:first_day", args=[begun.placement.reference])
    assert parent.post(answer, {"answer": "later", "start": ""}).status_code == 422
    parent.post(answer, {"answer": "later", "start": later.isoformat()})
    begun.refresh_from_db()
    assert (begun.state, begun.placement.during.lower) == (FirstDayState.LATER, later)
    assert ledger.miscounted(group_ids=[location.groups.get().pk], today=timezone.localdate()) == []


def test_a_child_comes_later_though_its_group_is_overfull(begun, location):
    group = location.groups.get()
    tell_came(principal=SYSTEM, first_day_id=begun.pk, came=False, now=after(begun))
    GroupCapacity.objects.filter(group=group).update(staffed_places=0, bookable_places=0)
    ledger.recount(group_ids=[group.pk], today=timezone.localdate(), now=timezone.now())
    start = begun.day + timedelta(days=14)
    comes_later(principal=SYSTEM, first_day_id=begun.pk, start=start, now=after(begun))
    assert group.takes.get(holder=f"placement:{begun.placement_id}").during.lower == start
    assert ledger.miscounted(group_ids=[group.pk], today=timezone.localdate()) == []


def test_a_place_given_up_ends_that_day_and_counts_as_care_no_longer(begun, location):
    tell_came(principal=SYSTEM, first_day_id=begun.pk, came=False, now=after(begun))
    no_longer_needed(principal=SYSTEM, first_day_id=begun.pk, now=after(begun, days=3))
    placement = Placement.objects.get()
    last = begun.day + timedelta(days=3)
    assert (placement.during.lower, placement.during.upper) == (begun.placement.during.lower, last)
    group = location.groups.get()
    assert group.takes.get(holder=f"placement:{placement.pk}").during.upper == last
    assert ledger.miscounted(group_ids=[group.pk], today=timezone.localdate()) == []


def test_a_family_is_asked_once_however_often_the_location_changes_its_mind(begun):
    for came in (False, True, False):
        tell_came(principal=SYSTEM, first_day_id=begun.pk, came=came, now=after(begun))
    assert Notice.objects.filter(kind="upkeep/first_day_missed").count() == 1


def test_nobody_says_who_came_after_six_weeks(begun):
    with pytest.raises(RefusedError) as refused:
        tell_came(principal=SYSTEM, first_day_id=begun.pk, came=False, now=after(begun, days=43))
    assert refused.value.code == "late"
    begun.refresh_from_db()
    assert begun.state == FirstDayState.ASKED


def test_what_waits_is_shown_however_much_was_told_later(begun, location, monkeypatch):
    monkeypatch.setattr("kribbe.upkeep.pages.first_days.SHOWN", 0)
    manager = client_of(manager_of(location, now=timezone.now()))
    address = reverse("upkeep:first_days", args=[location.slug])
    assert len(manager.get(address).context["asked"]) == 1
    assert manager.post(address, {"first_day": "²", "came": "yes"}).status_code == 404


def test_every_child_that_is_missed_is_in_reach(begun, desk, monkeypatch):
    tell_came(principal=SYSTEM, first_day_id=begun.pk, came=False, now=after(begun))
    old = FirstDay.objects.get()
    copies = [Placement.objects.get(pk=old.placement_id) for _ in range(2)]
    for number, copy in enumerate(copies):
        copy.pk, copy.reference, copy.offer, copy.state = None, f"COPY{number}AAA"[:8], None, "ended"
        copy.save(force_insert=True)
        FirstDay.objects.create(
            placement=copy,
            day=old.day,
            asked_at=old.asked_at,
            told_at=old.told_at,
            state=FirstDayState.ABSENT,
        )
    monkeypatch.setattr(first_days_pages, "PAGE", 2)
    clerk, address, seen = clerk_of(desk), reverse("upkeep:absences", args=[desk.slug]), set()
    for _page in range(2):
        answer = clerk.get(address)
        seen |= {row.pk for row, _name in answer.context["rows"]}
        address = reverse("upkeep:absences", args=[desk.slug]) + answer.context["next_url"]
    assert seen == set(FirstDay.objects.values_list("pk", flat=True))


def test_the_question_is_asked_though_the_first_agreement_has_other_half_days(begun_on_other_days, now):
    """An agreement with other half-days from the first day on is still the place that was offered."""
    placement = begun_on_other_days
    assert ask_first_days(now=at(first_open(placement, placement.during.lower) + timedelta(days=1))) == 1
    assert FirstDay.objects.get().placement == placement


@pytest.fixture
def begun_on_other_days(request_, location, now):
    start = timezone.localdate(now) + timedelta(days=30)
    placement = placed(request_, location, start=start, now=now)
    change_days(
        principal=SYSTEM, placement_id=placement.pk, pattern=WeekPattern.from_text("mon thu"), first=start,
        last=None, now=now,
    )  # fmt: skip
    placement.refresh_from_db()
    return placement


def test_who_isnt_coming_any_more_gives_up_the_next_group_too(request_, location, now):
    start = timezone.localdate(now) + timedelta(days=30)
    placement = placed(request_, location, start=start, now=now)
    older = cast.make_group(location, 2, now=now, name="Kevers")
    move_up(
        principal=SYSTEM,
        placement_id=placement.pk,
        group_id=older.pk,
        start=start + timedelta(days=60),
        now=now,
    )
    first = first_open(placement, start)
    assert ask_first_days(now=at(first + timedelta(days=1))) == 1
    key = FirstDay.objects.get().pk
    tell_came(principal=SYSTEM, first_day_id=key, came=False, now=at(first + timedelta(days=1)))
    no_longer_needed(principal=SYSTEM, first_day_id=key, now=at(first + timedelta(days=1)))
    assert not Placement.objects.filter(child=placement.child_id, state=PlacementState.FINAL).exists()
    assert not LedgerTake.objects.filter(during__endswith__gt=first + timedelta(days=2)).exists()
