"""Out-of-school care over the API: clubs, the schools they serve, holiday weeks with places free."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kribbe.api import clubs as clubs_
from kribbe.api import examples
from kribbe.outofschool.models import Club, HolidayPlace, School
from kribbe.outofschool.tests.scene import make_school, make_week, speelvogel
from kribbe.rules.outofschool import MOMENTS
from kribbe.testing.worlds import built_once

ROOT = "/api/v1/clubs"
pytestmark = pytest.mark.django_db


@built_once
def scene():
    """One club with two families; a holiday week of two places that is open."""
    made = speelvogel(now=timezone.now(), places=2, families=2)
    made.week = make_week(made.club, opens_at=made.now - timedelta(hours=1))
    return made


@pytest.fixture
def caller() -> Client:
    return Client(headers={"accept-language": "en"})


def fill(scene):
    for child in scene.children:
        HolidayPlace.objects.create(
            week=scene.week, child=child, state="taken", state_at=scene.now, asked_at=scene.now
        )


def test_a_club_tells_its_schools_moments_and_weeks_and_nothing_of_a_family(scene, caller):
    answer = caller.get(f"{ROOT}/{scene.club.slug}")
    told = answer.json()
    clubs_.ClubOut(**told)
    assert told["schools"] == [
        {"name": "De Linde", "postcode": "3999", "city": scene.desk.name, "how": "te voet"}
    ]
    assert [(week["places"], week["free"]) for week in told["holiday_weeks"]] == [(2, 2)]
    if told["moments"]:
        assert len(told["moments"]) == MOMENTS
        assert told["moments"][0] == {"moment": "mon-before", "places": 2, "free": 2}
    assert "Familie0" not in answer.content.decode()


def test_who_has_it_is_told_so_until_a_place_goes(scene, caller):
    for path in (ROOT, f"{ROOT}/{scene.club.slug}"):
        first = caller.get(path)
        assert "max-age=" in first["Cache-Control"]
        assert caller.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    fill(scene)
    assert caller.get(path, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_weeks_with_a_place_free_and_schools_served(scene, caller):
    def found(**query):
        return [each["slug"] for each in caller.get(ROOT, query).json()["items"]]

    assert found() == found(free_week="true") == found(school="de linde") == [scene.club.slug]
    assert found(desk=scene.desk.slug) == [scene.club.slug]
    assert found(free_week="false") == found(school="Sint-Jan") == found(desk="elders") == []
    fill(scene)
    assert found(free_week="true") == []
    assert found(free_week="false") == [scene.club.slug]
    School.objects.update(active=False)
    assert found(school="De Linde") == []


def test_what_is_closed_or_misspelt_is_a_problem(scene, caller):
    assert caller.get(f"{ROOT}/nergens").status_code == 404
    assert caller.get(ROOT, {"scool": "x"}).status_code == 422
    assert caller.get(ROOT, {"cursor": "!"}).status_code == 422
    Club.objects.update(active=False)
    assert caller.get(f"{ROOT}/{scene.club.slug}").status_code == 404
    assert caller.get(ROOT).json() == {"items": [], "next": None}


def test_pages_lose_none_and_cost_as_much_for_many_as_for_few(scene, caller):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert caller.get(ROOT).status_code == 200
        return len(captured)

    def more(number):
        made = Club.objects.get(pk=scene.club.pk)
        made.pk, made.slug, made.name = None, f"club-{number}", f"Club {number}"
        made.save()
        make_week(made, opens_at=scene.now)
        made.pickups.create(school=make_school(scene.desk, f"School {number}"))

    more(0)
    cost()
    few = cost()
    for number in range(1, 6):
        more(number)
    assert cost() == few <= 12
    seen, cursor = [], None
    while True:
        page = caller.get(ROOT, {"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        seen += [each["slug"] for each in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == sorted(Club.objects.values_list("slug", flat=True))


def test_the_examples_are_true_to_the_schemas():
    clubs_.ClubOut(**examples.CLUB["x-example"])
    clubs_.ClubList(**examples.CLUBS["x-example"])
