"""What came free is told only while it is free, in a group and at a location that take children."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Mail
from kribbe.enrolment.models import LastMinute, VacancyInterest
from kribbe.enrolment.selectors.coming_free import interested
from kribbe.enrolment.selectors.vacancies import last_minutes, vacancies_of
from kribbe.enrolment.services.check_wishes import check_wishes
from kribbe.enrolment.services.last_minute import publish
from kribbe.enrolment.services.vacancy_answer import add_location, tell_interest
from kribbe.enrolment.services.weekly_list import make_list, tell_list, vacancy_token
from kribbe.enrolment.services.wishes import end_request, rank_wishes
from kribbe.places import ledger
from kribbe.places.ledger_free import full_half_days
from kribbe.places.models import Group, Location
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
MONDAY = WeekPattern.from_text("mon")
WEEK = WeekPattern.from_text("mon tue wed thu fri")


class Scene:
    """A group that was full comes free next month and is listed; Noor waits elsewhere close by."""

    def __init__(self):
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        self.first = add_months(first_of_month(self.today), 1)
        self.desk = cast.make_desk()
        self.location, self.elsewhere = (
            cast.make_location(self.desk, name) for name in ("De Notelaar", "Elders")
        )
        self.group = cast.make_group(self.location, 1, now=self.now)
        self.take("test:1", since=self.today)
        make_list(region=self.desk.region, now=self.now - timedelta(days=7))
        ledger.release(holder="test:1", now=self.now, from_day=self.first)
        self.made = make_list(region=self.desk.region, now=self.now)
        self.row = self.made.vacancies.get()
        household = cast.make_household(
            self.desk, "Maes", now=self.now, email="an@ouders.example", longitude=4.70, latitude=50.88
        )
        noor = cast.make_child(household, "Noor", born=self.today - timedelta(days=100))
        start = add_months(first_of_month(self.today), 2)
        self.request = cast.make_request(noor, [self.elsewhere], start=start, pattern=MONDAY, now=self.now)

    def take(self, holder="test:2", pattern=WEEK, since=None):
        ledger.take(
            group_id=self.group.pk, start=since or self.first, end=None, pattern=pattern, holder=holder,
            now=self.now,
        )  # fmt: skip

    def stop(self, state="suspended"):
        Location.objects.filter(pk=self.location.pk).update(licence_state=state)

    def close(self):
        Group.objects.filter(pk=self.group.pk).update(active=False)

    def publish(self, pattern=MONDAY):
        return publish(
            principal=SYSTEM, location_id=self.location.pk, group_id=self.group.pk, first=self.first,
            last=self.first + timedelta(days=13), pattern=pattern, note="", now=self.now,
        )  # fmt: skip


@built_once
def scene():
    return Scene()


SINCE = [
    pytest.param(lambda scene: scene.take(), id="taken since"),
    pytest.param(lambda scene: scene.stop(), id="suspended since"),
    pytest.param(lambda scene: scene.stop("ended"), id="ended since"),
    pytest.param(lambda scene: scene.close(), id="group closed since"),
]


@pytest.mark.parametrize("change", SINCE)
def test_what_is_no_longer_free_is_neither_shown_nor_mailed_nor_answered(scene, change):
    address = reverse("enrolment:vacancy", args=[vacancy_token(scene.request.pk, scene.row.pk)])
    assert vacancies_of(scene.made, scene.desk, today=scene.today) == [scene.row]
    assert '<form method="post"' in Client().get(address).text.split("</main>")[0].split("<main")[1]
    change(scene)
    assert vacancies_of(scene.made, scene.desk, today=scene.today) == []
    shown = Client().get(address)
    assert shown.context["is_gone"]
    assert "zijn niet meer vrij" in shown.text
    for work in (add_location, tell_interest):
        with pytest.raises(RefusedError) as refused:
            work(principal=SYSTEM, request_id=scene.request.pk, vacancy_id=scene.row.pk, now=scene.now)
        assert refused.value.code == "gone"
    Client().post(address)
    assert not VacancyInterest.objects.exists()
    assert not scene.request.preferences.filter(location=scene.location).exists()
    Mail.objects.all().delete()
    assert tell_list(made=scene.made, now=scene.now) == 0
    assert not Mail.objects.exists()


def test_what_is_free_still_is_mailed(scene):
    assert tell_list(made=scene.made, now=scene.now) == 1


@pytest.mark.parametrize("change", SINCE)
def test_last_minute_places_stand_as_long_as_they_are_free(scene, change):
    made = scene.publish()
    assert last_minutes(scene.desk, today=scene.today) == [made]
    change(scene)
    assert last_minutes(scene.desk, today=scene.today) == []


def test_of_a_last_minute_place_what_is_free_still_stays(scene):
    scene.publish(WeekPattern.from_text("mon tue"))
    scene.take(pattern=MONDAY)
    (shown,) = last_minutes(scene.desk, today=scene.today)
    assert WeekPattern(shown.pattern) == WeekPattern.from_text("tue")
    assert WeekPattern(LastMinute.objects.get().pattern) == WeekPattern.from_text("mon tue")


def test_full_half_days_are_those_of_the_full_cells(scene):
    scene.take(pattern=WeekPattern.from_text("mon wed-am"))
    stays = [(scene.first + timedelta(days=n), scene.first + timedelta(days=n + length))
             for n in range(8) for length in (1, 3, 7)]  # fmt: skip
    expected = [
        WeekPattern.from_slots(
            {
                cell.slot
                for cell in ledger.full_cells(group_id=scene.group.pk, start=start, end=end, pattern=WEEK)
            }
        )
        for start, end in stays
    ]
    found = full_half_days([(scene.group.pk, start, end) for start, end in stays])
    assert [each & WEEK for each in found] == expected
    assert full_half_days([]) == []


@pytest.mark.parametrize(("change", "code"), [(Scene.stop, "licence"), (Scene.close, "group")])
def test_who_takes_no_children_publishes_nothing_and_mails_nobody(scene, change, code):
    change(scene)
    Mail.objects.all().delete()
    with pytest.raises(RefusedError) as refused:
        scene.publish()
    assert refused.value.code == code
    assert not LastMinute.objects.exists()
    assert not Mail.objects.exists()


@pytest.mark.parametrize("state", ["suspended", "ended"])
def test_a_stopped_location_cannot_be_chosen_but_who_waits_there_may_rank(scene, state):
    scene.stop(state)
    with pytest.raises(RefusedError) as refused:
        check_wishes([scene.elsewhere.pk, scene.location.pk], 5)
    assert refused.value.field == "wishes"
    scene.stop("licensed")
    both = [scene.elsewhere.pk, scene.location.pk]
    rank_wishes(principal=SYSTEM, request_id=scene.request.pk, location_ids=both, now=scene.now)
    scene.stop(state)
    rank_wishes(principal=SYSTEM, request_id=scene.request.pk, location_ids=both[::-1], now=scene.now)
    wishes = scene.request.preferences.order_by("rank").values_list("location", flat=True)
    assert list(wishes) == both[::-1]


def test_interest_is_shown_only_while_the_request_is_open(scene):
    tell_interest(principal=SYSTEM, request_id=scene.request.pk, vacancy_id=scene.row.pk, now=scene.now)
    assert [row.request for row in interested(scene.location, since=scene.today)] == [scene.request]
    end_request(principal=SYSTEM, request_id=scene.request.pk, end=RequestEnd.FOUND_ELSEWHERE, now=scene.now)
    assert interested(scene.location, since=scene.today) == []
