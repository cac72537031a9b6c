"""The weekly list: what came free is told to who waits and fits, once; its links add a location or tell."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from kribbe.contact.letters import letters_pdf
from kribbe.contact.models import Letter, Mail
from kribbe.contact.services import mark_posted, tell_household
from kribbe.enrolment.models import (
    RequestSwitches,
    Vacancy,
    VacancyInterest,
    VacancyList,
    VacancyTold,
)
from kribbe.enrolment.services import weekly_list
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.services.stays import end_stay
from kribbe.enrolment.services.weekly_list import make_list, make_lists, read_token, tell_list, vacancy_token
from kribbe.enrolment.services.wishes import end_request
from kribbe.places import ledger
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.vacancies import is_turn
from kribbe.testing import cast
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
MONDAY = WeekPattern.from_text("mon")
HOME = {"longitude": 4.70, "latitude": 50.88}


@built_once
def scene():
    """One full group whose Lou may leave; Noor waits at another location close by; a first list was made."""
    now = timezone.now()
    today = timezone.localdate(now)
    desk = cast.make_desk()
    full, other = cast.make_location(desk, "De Notelaar"), cast.make_location(desk, "Elders")
    group = cast.make_group(full, 1, now=now)
    cast.make_group(other, 0, now=now)
    lou = cast.make_child(
        cast.make_household(desk, "Claes", now=now), "Lou", born=today - timedelta(days=300)
    )
    placement = cast.make_placement(
        lou,
        group,
        start=today,
        end=add_months(today, 36),
        pattern=WeekPattern.from_text("mon tue wed thu fri"),
        now=now,
    )
    household = cast.make_household(desk, "Maes", now=now, email="an@ouders.example", **HOME)
    start = add_months(first_of_month(today), 3)
    noor = cast.make_child(household, "Noor", born=today - timedelta(days=100))
    request = cast.make_request(noor, [other], start=start, pattern=MONDAY, now=now)
    make_list(region=desk.region, now=now - timedelta(days=7))
    return now, today, desk, full, group, placement, request


def leave_and_list(scene):
    now, today, desk, _full, _group, placement, _request = scene
    end_stay(
        principal=SYSTEM,
        placement_id=placement.pk,
        last=add_months(first_of_month(today), 2) - timedelta(days=1),
        now=now,
    )
    Mail.objects.all().delete()
    return make_list(region=desk.region, now=now)


def test_what_a_leaving_child_frees_is_listed_once(scene):
    now, today, desk, _full, group, _placement, _request = scene
    made = leave_and_list(scene)
    row = made.vacancies.get()
    assert (row.group, row.month, row.until) == (group, add_months(first_of_month(today), 2), None)
    assert row.pattern == WeekPattern.from_text("mon tue wed thu fri").mask
    assert make_list(region=desk.region, now=now) == made
    assert made.vacancies.count() == 1
    later = make_list(region=desk.region, now=now + timedelta(days=7))
    assert later.vacancies.count() == 0


def test_who_waits_close_by_is_told_what_fits_and_what_was_told_is_kept(scene):
    now, _today, _desk, full, _group, _placement, request = scene
    made = leave_and_list(scene)
    assert tell_list(made=made, now=now) == 1
    mail = Mail.objects.get()
    assert mail.address == "an@ouders.example"
    assert full.name in mail.body
    assert "maandag de hele dag" in mail.body
    told = VacancyTold.objects.get()
    assert (told.request, told.vacancies) == (request, [made.vacancies.get().pk])
    assert told.notice.household == request.household


@pytest.mark.parametrize(
    "hide",
    [
        lambda request: RequestSwitches.objects.create(request=request, weekly_list=False),
        lambda request: request.preferences.update(state="refused"),
        lambda request: (
            type(request).objects.filter(pk=request.pk).update(pattern=1 << 12)
            and request.preferences.update(open_pattern=1 << 12)
        ),
        lambda request: type(request.household).objects.filter(pk=request.household_id).update(latitude=51.4),
        lambda request: type(request.child).objects.filter(pk=request.child_id).update(born="2019-01-01"),
    ],
    ids=["said no", "waits nowhere", "other days", "far away", "too old"],
)
def test_nobody_else_is_told(scene, hide):
    made = leave_and_list(scene)
    hide(scene[-1])
    assert tell_list(made=made, now=scene[0]) == 0
    assert not VacancyTold.objects.exists()


def test_a_family_without_mail_gets_the_list_in_a_letter(scene):
    now, _today, desk, full, *_rest, request = scene
    type(full).objects.filter(pk=full.pk).update(phone="02 555 01 23")
    request.household.adults.update(email="")
    made = leave_and_list(scene)
    assert tell_list(made=made, now=now) == 1
    assert not Mail.objects.exists()
    letter = Letter.objects.get(notice__household=request.household)
    assert full.name in letter.notice.body
    assert "Telefoon van de locatie: 02 555 01 23" in letter.notice.body
    assert "Bel het loket" in letter.notice.body
    assert "http" not in letter.notice.body
    document = PdfReader(BytesIO(letters_pdf([letter], desk=desk)))
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert full.name in document.pages[0].extract_text()


def weekly():
    return Letter.objects.filter(notice__kind=weekly_list.KIND)


def test_a_letter_that_nobody_posted_makes_way_for_the_next(scene):
    now, *_rest, group, _placement, request = scene
    request.household.adults.update(email="")
    first = leave_and_list(scene)
    tell_list(made=first, now=now)
    old = weekly().get()
    second = VacancyList.objects.create(region=first.region, day=first.day + timedelta(days=7), made_at=now)
    row = first.vacancies.get()
    Vacancy.objects.create(list=second, group=group, month=row.month, pattern=row.pattern)
    tell_list(made=second, now=now + timedelta(days=7))
    new = weekly().get()
    assert new.notice != old.notice
    mark_posted(letter=new, principal=SYSTEM, now=now)
    third = VacancyList.objects.create(region=first.region, day=first.day + timedelta(days=14), made_at=now)
    Vacancy.objects.create(list=third, group=group, month=row.month, pattern=row.pattern)
    tell_list(made=third, now=now + timedelta(days=14))
    assert weekly().count() == 2


@pytest.mark.parametrize("many", [1, 12])
def test_the_clerk_prints_and_posts_the_lists_from_a_list_of_their_own(
    scene, many, django_assert_max_num_queries
):
    now, _today, desk, *_rest, request = scene
    waits = [each.location for each in request.preferences.all()]
    for number in range(many - 1):
        family = cast.make_household(desk, f"Gezin {number}", now=now, **HOME)
        child = cast.make_child(family, "Bo", born=request.child.born)
        cast.make_request(child, waits, start=request.wanted_start, pattern=MONDAY, now=now)
    request.household.adults.update(email="")
    tell_list(made=leave_and_list(scene), now=now)
    clerk = cast.make_user("cleo@desk.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=now)
    cleo = log_in(Client(), clerk, second_factor=True)
    there = reverse("enrolment:weekly_letters", args=[desk.slug])
    assert there in cleo.get(reverse("enrolment:office", args=[desk.slug])).content.decode()
    with django_assert_max_num_queries(16):
        page = cleo.get(there)
    assert len(page.context["to_post"]) == many
    others = cleo.get(reverse("contact:letters", args=[desk.slug])).context["to_post"]
    assert [each.notice.kind for each in others] == ["enrolment/place_ends"]
    references = [each.notice.reference for each in weekly()]
    printed = cleo.get(reverse("contact:print_letters", args=[desk.slug]), {"letter": references})
    assert printed["Content-Type"] == "application/pdf"
    posted = cleo.post(
        reverse("contact:post_letters", args=[desk.slug]), {"letter": references, "back": there}
    )
    assert posted.url == there
    page = cleo.get(there)
    assert (page.context["waiting"], len(page.context["posted"])) == (0, many)


def test_a_desk_that_tells_nobody_tells_only_who_asked(scene):
    now, _today, desk, *_rest, request = scene
    desk.policies.update(tell_vacancies=False)
    made = leave_and_list(scene)
    assert tell_list(made=made, now=now) == 0
    RequestSwitches.objects.create(request=request, weekly_list=True)
    assert tell_list(made=made, now=now) == 1


def test_the_duty_tells_once_a_day(scene):
    now = scene[0]
    leave_and_list(scene)
    assert make_lists(now=now) == 1
    assert make_lists(now=now) == 0
    assert make_lists(now=now + timedelta(days=1)) == 0
    assert Mail.objects.count() == 1


def test_a_run_that_broke_off_tells_the_rest_and_nobody_twice(scene, monkeypatch):
    now, _today, desk, _full, _group, _placement, request = scene
    second = cast.make_household(desk, "Peeters", now=now, email="bo@ouders.example", **HOME)
    child = cast.make_child(second, "Bo", born=request.child.born)
    other = request.preferences.get().location
    cast.make_request(child, [other], start=request.wanted_start, pattern=MONDAY, now=now)
    leave_and_list(scene)
    told = []

    def breaks_off(*, household_id, **given):
        if told:
            raise ConnectionError
        told.append(household_id)
        return tell_household(household_id=household_id, **given)

    with monkeypatch.context() as broken:
        broken.setattr(weekly_list, "tell_household", breaks_off)
        with pytest.raises(ConnectionError):
            make_lists(now=now)
    assert Mail.objects.count() == 1
    assert make_lists(now=now) == 1
    assert sorted(Mail.objects.values_list("address", flat=True)) == [
        "an@ouders.example",
        "bo@ouders.example",
    ]


def test_from_the_mail_to_a_placement(scene):
    now, _today, _desk, full, group, _placement, request = scene
    made = leave_and_list(scene)
    tell_list(made=made, now=now)
    body = Mail.objects.get().body
    address = next(line for line in body.splitlines() if "/my/free-place/" in line)
    address = address[address.index("/my/") :]
    client = Client()
    page = client.get(address)
    assert page.status_code == 200
    assert not request.preferences.filter(location=full).exists()
    assert "Maes" not in page.content.decode()
    client.post(address)
    wish = request.preferences.get(location=full)
    assert (wish.rank, wish.state) == (2, "waiting")
    client.post(address)
    assert VacancyInterest.objects.count() == 1
    offer = make_offer(
        principal=SYSTEM,
        preference_id=wish.pk,
        group_id=group.pk,
        start=request.wanted_start,
        pattern=MONDAY,
        now=now,
    )
    placement = accept_offer(principal=SYSTEM, offer_id=offer.pk, yes=Yes(), now=now)
    assert placement.group == group
    assert ledger.miscounted(group_ids=[group.pk], today=timezone.localdate(now)) == []


def test_more_choices_than_the_desk_allows_are_refused_in_words(scene):
    now, _today, desk, full, _group, _placement, request = scene
    desk.policies.update(max_wishes=1)
    made = leave_and_list(scene)
    address = reverse("enrolment:vacancy", args=[vacancy_token(request.pk, made.vacancies.get().pk)])
    answer = Client().post(address, follow=True)
    assert [str(message) for message in answer.context["messages"]]
    assert not request.preferences.filter(location=full).exists()
    assert now


def test_a_link_is_for_one_request_and_ends_with_it(scene):
    now, *_rest, request = scene
    made = leave_and_list(scene)
    token = vacancy_token(request.pk, made.vacancies.get().pk)
    assert read_token(token + "x") is None
    type(request).objects.filter(pk=request.pk).update(state="ended", ended_at=now, end="answered")
    assert Client().get(reverse("enrolment:vacancy", args=[token])).status_code == 410


@pytest.mark.parametrize("many", [1, 25])
def test_the_public_page_costs_the_same_however_long_the_list(scene, many, django_assert_max_num_queries):
    made = leave_and_list(scene)
    group = scene[4]
    Vacancy.objects.bulk_create(
        Vacancy(list=made, group=group, month=add_months(first_of_month(scene[1]), 3 + number), pattern=3)
        for number in range(many)
    )
    with django_assert_max_num_queries(14):
        page = Client().get(reverse("enrolment:vacancies", args=[scene[2].slug]))
    assert "De Notelaar" in page.content.decode()


def test_a_request_that_ends_while_the_list_is_told_hears_nothing(scene, monkeypatch):
    """A lost pregnancy, for one: no mail follows."""
    now, *_rest, request = scene
    made, found_before = leave_and_list(scene), list(weekly_list.askers(scene[2].region, today=scene[1]))
    end_request(principal=SYSTEM, request_id=request.pk, end=RequestEnd.LAPSED_MISCARRIAGE, now=now)
    monkeypatch.setattr(weekly_list, "askers", lambda *_given, **_named: found_before)
    assert tell_list(made=made, now=now) == 0
    assert not Mail.objects.exists()


@pytest.fixture
def between_turns(scene):
    """A list of a week that isn't the turn of the desk, which sends one every two weeks; and the week after."""
    now, today, desk, _full, _group, placement, _request = scene
    desk.policies.update(list_weeks=2)
    end_stay(
        principal=SYSTEM,
        placement_id=placement.pk,
        last=add_months(first_of_month(today), 2) - timedelta(days=1),
        now=now,
    )
    Mail.objects.all().delete()
    week = now + timedelta(days=7 if is_turn(today, 2) else 0)
    return make_list(region=desk.region, now=week), week, week + timedelta(days=7)


def test_a_desk_of_every_two_weeks_tells_at_its_turn_what_both_weeks_freed(scene, between_turns):
    _now, _today, desk, full, *_ = scene
    made, week, turn = between_turns
    assert made.vacancies.count() == 1
    assert tell_list(made=made, now=week) == 0
    later = make_list(region=desk.region, now=turn)
    assert later.vacancies.count() == 0
    assert tell_list(made=later, now=turn) == 1
    assert full.name in Mail.objects.get().body
    third = make_list(region=desk.region, now=turn + timedelta(days=14))
    assert tell_list(made=third, now=turn + timedelta(days=14)) == 0, "nothing is told twice"


def test_what_was_taken_between_two_turns_is_not_told(scene, between_turns):
    now, today, desk, _full, group, *_ = scene
    _made, _week, turn = between_turns
    other = cast.make_child(
        cast.make_household(desk, "Peeters", now=now), "Mats", born=today - timedelta(days=300)
    )
    cast.make_placement(
        other,
        group,
        start=add_months(first_of_month(today), 2),
        end=add_months(today, 36),
        pattern=MONDAY,
        now=now,
    )
    assert tell_list(made=make_list(region=desk.region, now=turn), now=turn) == 0
