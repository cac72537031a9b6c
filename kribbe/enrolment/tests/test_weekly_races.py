"""A family gets the weekly list once, however many workers tell it at once."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from kribbe.contact.models import Mail, Notice
from kribbe.enrolment.models import CareRequest, Vacancy, VacancyList, VacancyTold
from kribbe.enrolment.services import weekly_list
from kribbe.enrolment.services.vacancy_answer import add_location, waiting_at
from kribbe.enrolment.services.weekly_list import make_list, tell_list
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 14, 6, 0, tzinfo=UTC)
MONDAY = WeekPattern.from_text("mon")
WORKERS = 6

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@built_once
def made():
    """A list with one place, which fits two families: one with a mail address, one without."""
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    group = cast.make_group(location, 1, now=NOW)
    for name, email in (("Maes", "an@ouders.example"), ("Peeters", "")):
        household = cast.make_household(desk, name, now=NOW, email=email)
        child = cast.make_child(household, "Noor", born=date(2026, 9, 1))
        cast.make_request(child, [location], start=date(2027, 3, 1), pattern=MONDAY, now=NOW)
    found = VacancyList.objects.create(region=desk.region, day=NOW.date(), made_at=NOW)
    Vacancy.objects.create(list=found, group=group, month=date(2027, 3, 1), pattern=MONDAY.mask)
    return found


def test_workers_at_once_tell_each_family_once(made):
    outcomes = side_by_side([lambda: tell_list(made=made, now=NOW)] * WORKERS)
    assert sum(outcomes) == 2, outcomes
    assert Notice.objects.count() == VacancyTold.objects.count() == 2
    assert Mail.objects.count() == 1


def test_control_without_the_lock_workers_tell_a_family_at_the_same_time(made, monkeypatch):
    """The constraint on what was told undoes the second telling: it shows the race, and guards alone."""
    monkeypatch.setattr(locks, "ENABLED", False)
    outcomes = side_by_side([lambda: tell_list(made=made, now=NOW)] * WORKERS)
    assert any(isinstance(outcome, IntegrityError) for outcome in outcomes), outcomes
    assert VacancyTold.objects.values("request").distinct().count() == VacancyTold.objects.count()


def test_control_without_lock_and_constraint_a_family_gets_two_mails(made, monkeypatch):
    monkeypatch.setattr(locks, "ENABLED", False)
    monkeypatch.setattr(weekly_list.VacancyTold.objects, "bulk_create", lambda rows: list(rows))
    side_by_side([lambda: tell_list(made=made, now=NOW)] * WORKERS)
    assert Mail.objects.count() > 1


def test_workers_at_once_make_one_list(made):
    region = made.region
    made.delete()
    outcomes = side_by_side([lambda: make_list(region=region, now=NOW)] * WORKERS)
    assert {outcome.pk for outcome in outcomes} == {VacancyList.objects.get().pk}


def two_places(made):
    """A request, and two more locations of the list that it could add."""
    request = CareRequest.objects.order_by("pk").first()
    desk, found = request.desk, []
    for name in ("Het Nest", "Pluk"):
        group = cast.make_group(cast.make_location(desk, name), 1, now=NOW)
        found.append(
            Vacancy.objects.create(list=made, group=group, month=date(2027, 3, 1), pattern=MONDAY.mask)
        )
    return request, found


def adding(request, vacancy):
    return lambda: add_location(principal=SYSTEM, request_id=request.pk, vacancy_id=vacancy.pk, now=NOW)


def test_two_places_added_at_once_are_both_kept(made):
    request, places = two_places(made)
    side_by_side([adding(request, place) for place in places])
    assert len(waiting_at(request.pk)) == 3


def test_control_without_the_lock_one_of_two_places_is_lost(made, monkeypatch):
    request, places = two_places(made)
    monkeypatch.setattr(locks, "ENABLED", False)
    outcomes = side_by_side([adding(request, place) for place in places])
    assert len(waiting_at(request.pk)) < 3 or any(isinstance(each, Exception) for each in outcomes), outcomes
