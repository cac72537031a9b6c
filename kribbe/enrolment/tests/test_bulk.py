"""Several families answered at once: each by itself, in the order of the list, never twice."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.models import LookAgain, Offer, Preference
from kribbe.enrolment.services.keep_waiting import keep_waiting
from kribbe.enrolment.tests.location_scene import client_of, make_family, manager_of
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


@built_once
def scene():
    """Four families for a group in which the first one's days fit once only."""
    now = timezone.now()
    start = add_months(first_of_month(timezone.localdate()), 2)
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar", criteria=[])
    group = cast.make_group(location, 1, now=now)
    families = []
    for number, days in enumerate(("mon", "mon", "tue", "wed")):
        household = cast.make_household(desk, f"Fam{number}", now=now, email=f"{number}@ouders.example")
        child = cast.make_child(household, f"Kind{number}", born=start - timedelta(days=200))
        families.append(
            cast.make_request(
                child,
                [location],
                start=start,
                pattern=WeekPattern.from_text(days),
                now=now - timedelta(days=40 - number),
            )
        )
    return location, group, [family.preferences.get().pk for family in families]


@pytest.fixture
def mia(scene):
    return client_of(manager_of(scene[0], now=timezone.now()))


def answer(mia, scene, wishes, **data):
    location, group, _all = scene
    return mia.post(
        reverse("enrolment:bulk", args=[location.slug]), {"wish": wishes, "group": group.pk, **data}
    )


def test_one_full_half_day_stops_only_its_own_family(mia, scene):
    wishes = scene[2]
    page = answer(mia, scene, wishes, answer="offer", once="abc")
    assert set(Offer.objects.values_list("preference", flat=True)) == {wishes[0], wishes[2], wishes[3]}
    assert [each.chosen.id for each in page.context["failed"]] == [wishes[1]]
    html = page.content.decode()
    assert "3 families got your answer" in html
    assert "There is no place left on" in html


def test_the_same_form_sent_twice_makes_nothing_twice_and_says_the_same(mia, scene):
    wishes = scene[2]
    first = answer(mia, scene, wishes, answer="offer", once="abc")
    second = answer(mia, scene, wishes, answer="offer", once="abc")
    assert Offer.objects.count() == 3
    assert len(first.context["done"]) == len(second.context["done"]) == 3
    assert Notice.objects.filter(kind="enrolment/offer_made").count() == 3


def test_one_ahead_that_was_not_ticked_is_not_passed_over_silently(mia, scene):
    wishes = scene[2]
    page = answer(mia, scene, [wishes[1]], answer="offer", once="abc")
    assert not Offer.objects.exists()
    assert "1 child stands ahead and would fit" in page.content.decode()


def test_refusing_several_needs_a_reason_and_tells_each(mia, scene):
    wishes = scene[2]
    assert answer(mia, scene, wishes[:2], answer="refuse", once="a").status_code == 422
    page = answer(mia, scene, wishes[:2], answer="refuse", reason="full", once="a")
    assert len(page.context["done"]) == 2
    assert set(Preference.objects.filter(state="refused").values_list("pk", flat=True)) == set(wishes[:2])
    again = answer(mia, scene, wishes[:2], answer="refuse", reason="full", once="a")
    assert len(again.context["done"]) == 2
    assert Notice.objects.filter(kind="enrolment/wish_refused").count() == 2


def test_keep_waiting_names_a_month_and_changes_no_place(mia, scene):
    wishes = scene[2]
    month = add_months(first_of_month(timezone.localdate()), 3)
    page = answer(mia, scene, wishes, answer="keep", month=f"{month}", once="k")
    assert len(page.context["done"]) == 4
    assert set(LookAgain.objects.values_list("month", flat=True)) == {month}
    assert Preference.objects.filter(state="waiting").count() == 4
    assert Notice.objects.filter(kind="enrolment/look_again").count() == 4


@pytest.mark.parametrize("months_ahead", [0, -1, 25])
def test_the_month_lies_ahead(scene, clock, months_ahead):
    month = add_months(first_of_month(clock.today), months_ahead)
    with pytest.raises(RefusedError):
        keep_waiting(principal=SYSTEM, preference_id=scene[2][0], month=month, now=clock.now)


def test_a_wish_of_another_list_is_left_alone(mia, scene):
    location = scene[0]
    other = cast.make_location(location.desk, "Elders")
    start = add_months(first_of_month(timezone.localdate()), 2)
    foreign = make_family(location.desk, other, 3, start=start, now=timezone.now()).preferences.get()
    answer(mia, scene, [foreign.pk], answer="refuse", reason="full", once="x")
    foreign.refresh_from_db()
    assert foreign.state == "waiting"


def test_too_many_at_once_are_refused_before_anything_happens(mia, scene):
    page = answer(mia, scene, list(range(1, 22)), answer="refuse", reason="full", once="x")
    assert page.status_code == 422
    assert "at most 20" in page.content.decode()
    assert not Preference.objects.filter(state="refused").exists()


def test_the_list_can_be_ticked(mia, scene):
    location, group, wishes = scene
    listed = mia.get(reverse("enrolment:waiting_list", args=[location.slug]), {"show": "all"})
    assert f'name="wish" value="{wishes[0]}"' in listed.content.decode()
    page = mia.get(reverse("enrolment:bulk", args=[location.slug]), {"group": group.pk, "wish": wishes[:2]})
    assert [each.id for each in page.context["chosen"]] == wishes[:2]


def test_who_ticks_nobody_is_told_to(mia, scene):
    location, group, _wishes = scene
    page = mia.get(reverse("enrolment:bulk", args=[location.slug]), {"group": group.pk}, follow=True)
    assert "Tick at least one family first." in page.content.decode()
