"""What other programs get: the facts, in pages, languages and one error shape; nothing of a family."""

import json
from datetime import date, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date

from kribbe.api import examples, schemas
from kribbe.api.changed import changed_at
from kribbe.api.clubs import ClubList, ClubOut
from kribbe.api.middleware import CORS, FRESH_SECONDS
from kribbe.api.tests.problems import assert_problem
from kribbe.api.v1 import api
from kribbe.enrolment.models import CareRequest
from kribbe.people.models import Adult
from kribbe.places import ledger
from kribbe.places.models import ClosingDay, GroupAvailability, LicenceState, Location
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast

ROOT = "/api/v1"


def slugs(answer) -> list[str]:
    return [item["slug"] for item in answer.json()["items"]]


def test_locations_are_paged_by_slug_and_none_is_lost(world, caller):
    names = [f"Huis {number:02}" for number in range(7)]
    for name in names:
        cast.make_location(world.desk, name)
    seen, cursor, pages = [], None, 0
    while True:
        answer = caller.get(f"{ROOT}/locations", {"limit": 4, **({"cursor": cursor} if cursor else {})})
        seen += slugs(answer)
        cursor, pages = answer.json()["next"], pages + 1
        assert ("Link" in answer) == (cursor is not None)
        if cursor is None:
            break
    everything = sorted(Location.objects.values_list("slug", flat=True))
    assert seen == everything
    assert pages == 3


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"desk": "lindedaal"}, ["lindedaal-de-notelaar"]),
        ({"municipality": "99002"}, ["beukhove-bij-an"]),
        ({"kind": "family"}, ["beukhove-bij-an"]),
        ({"price": "income"}, ["lindedaal-de-notelaar"]),
        ({"inclusive": "true"}, ["lindedaal-de-notelaar"]),
        ({"inclusive": "false"}, ["beukhove-bij-an"]),
        ({"desk": "elders"}, []),
    ],
)
def test_filters(world, caller, filters, expected):
    assert slugs(caller.get(f"{ROOT}/locations", filters)) == expected


def test_what_closed_for_good_is_not_told(world, caller):
    world.location.licence_state = LicenceState.ENDED
    world.location.save()
    assert slugs(caller.get(f"{ROOT}/locations")) == ["beukhove-bij-an"]
    assert_problem(caller.get(f"{ROOT}/locations/{world.location.slug}"), 404)
    assert_problem(caller.get(f"{ROOT}/locations/{world.location.slug}/free"), 404)


def test_of_a_carer_at_home_neither_street_nor_contacts_nor_the_exact_point(world, caller):
    told = caller.get(f"{ROOT}/locations/{world.carer.slug}").json()
    assert told["address"] == {"street": None, "postcode": "3999", "city": "Beukhove"}
    assert told["point"] == {"longitude": 4.71, "latitude": 50.88, "exact": False}
    assert (told["organiser"], told["contacts"]) == (None, {"phone": "", "email": "", "website": ""})
    assert "0470" not in json.dumps(told)
    house = caller.get(f"{ROOT}/locations/{world.location.slug}").json()
    assert house["address"]["street"] == "Kerkstraat 1"
    assert house["contacts"]["phone"] == "016 55 01 10"


def test_free_half_days_by_month_are_those_of_the_ledger(world, caller):
    start = add_months(first_of_month(world.today), 2)
    for number in range(3):
        ledger.take(
            group_id=world.group.pk,
            start=start,
            end=add_months(start, 1),
            pattern=WeekPattern.from_text("mon-am"),
            holder=f"test:{number}",
            now=world.now,
        )
    answer = caller.get(
        f"{ROOT}/locations/{world.location.slug}/free", {"start": f"{start:%Y-%m}", "months": 3}
    )
    (group,) = answer.json()["groups"]
    months = {month["month"]: month["free"] for month in group["months"]}
    assert list(months) == [f"{add_months(start, n):%Y-%m}" for n in range(3)]
    assert "mon-am" not in months[f"{start:%Y-%m}"]
    assert months[f"{start:%Y-%m}"][0] == "mon-pm"
    assert months[f"{add_months(start, 2):%Y-%m}"][:2] == ["mon-am", "mon-pm"]


def test_a_suspended_location_has_nothing_free(world, caller):
    world.location.licence_state = LicenceState.SUSPENDED
    world.location.save()
    told = caller.get(f"{ROOT}/locations/{world.location.slug}/free").json()
    assert told["accepting"] is False
    assert all(month["free"] == [] for group in told["groups"] for month in group["months"])


def close(world, first, days, reason="Zomer"):
    during = (first, first + timedelta(days=days))
    ClosingDay.objects.create(location=world.location, during=during, reason=reason)


def test_closings_of_the_months_asked_stand_beside_what_is_free(world, caller):
    start = add_months(first_of_month(world.today), 2)
    close(world, start - timedelta(days=5), 3, "Voordien")
    close(world, start + timedelta(days=9), 5)
    close(world, add_months(start, 1) - timedelta(days=2), 4, "")
    close(world, add_months(start, 3), 5, "Nadien")
    asked = {"start": f"{start:%Y-%m}", "months": 2}
    told = caller.get(f"{ROOT}/locations/{world.location.slug}/free", asked).json()["closed"]
    assert [each["reason"] for each in told] == ["Zomer", ""]
    assert told[0] == {
        "first": f"{start + timedelta(days=9)}",
        "last": f"{start + timedelta(days=13)}",
        "reason": "Zomer",
    }


def test_a_group_that_closes_alone_tells_its_own_days(world, caller):
    group = world.location.groups.get()
    start = add_months(first_of_month(world.today), 2)
    close(world, start + timedelta(days=9), 5)
    ClosingDay.objects.create(
        location=world.location, group=group, during=(start, start + timedelta(days=1)), reason="Studiedag"
    )
    told = caller.get(f"{ROOT}/locations/{world.location.slug}/free", {"start": f"{start:%Y-%m}"}).json()
    assert [each["reason"] for each in told["closed"]] == ["Zomer"]
    assert [each["reason"] for each in told["groups"][0]["closed"]] == ["Studiedag", "Zomer"]


def test_a_closing_that_is_over_isnt_told(world, caller):
    close(world, world.today - timedelta(days=3), 3)
    assert caller.get(f"{ROOT}/locations/{world.location.slug}/free").json()["closed"] == []


def test_the_search_tells_when_a_location_that_is_closed_at_the_start_opens(world, caller):
    start = add_months(first_of_month(world.today), 2)
    close(world, start - timedelta(days=1), 15)
    asked = {"longitude": 4.7, "latitude": 50.88, "start": f"{start:%Y-%m}"}
    opens = {each["slug"]: each["opens_on"] for each in caller.get(f"{ROOT}/free", asked).json()["items"]}
    assert opens[world.carer.slug] is None
    assert date.fromisoformat(opens[world.location.slug]) >= start + timedelta(days=14)
    later = {**asked, "start": f"{add_months(start, 1):%Y-%m}"}
    assert {each["opens_on"] for each in caller.get(f"{ROOT}/free", later).json()["items"]} == {None}


def test_the_search_by_query_and_by_body_is_one(world, caller):
    asked = {"longitude": 4.7, "latitude": 50.88, "pattern": "mon,tue-am", "kilometres": 5}
    by_query = caller.get(f"{ROOT}/free", asked)
    by_body = caller.post(f"{ROOT}/free", json.dumps(asked), content_type="application/json")
    assert by_query.json() == by_body.json()
    assert slugs(by_query) == [world.location.slug, world.carer.slug]
    assert (by_query.json()["total"], by_query.json()["whole"]) == (2, 2)
    assert [item["metres"] for item in by_query.json()["items"]] == [0, 1000]


def test_the_search_goes_on_where_it_ended(world, caller):
    for number in range(5):
        cast.make_location(world.desk, f"Verder {number}", longitude=4.7 + number / 100)
    seen, cursor = [], None
    while True:
        asked = {"longitude": 4.7, "latitude": 50.88, "limit": 3, "sort": "near"}
        answer = caller.get(f"{ROOT}/free", asked | ({"cursor": cursor} if cursor else {}))
        seen += slugs(answer)
        cursor = answer.json()["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7


def test_desks_tell_their_policy_in_words_and_data(world, caller):
    told = caller.get(f"{ROOT}/desks/lindedaal").json()
    assert told["policy"]["max_wishes"] == 5
    assert "You can choose at most 5 locations." in told["policy"]["sentences"]
    dutch = caller.get(f"{ROOT}/desks/lindedaal", headers={"accept-language": "nl"})
    assert dutch["Content-Language"] == "nl"
    assert "Je kunt hoogstens 5 locaties kiezen." in dutch.json()["policy"]["sentences"]
    assert dutch.json()["policy"]["date_rule"] == told["policy"]["date_rule"]


def test_a_small_number_of_children_is_left_out(world, caller):
    told = {desk["slug"]: desk["waiting_children"] for desk in caller.get(f"{ROOT}/desks").json()["items"]}
    assert told == {"lindedaal": 6, "beukhove": None}


def test_areas_are_geojson(world, caller):
    answer = caller.get(f"{ROOT}/areas")
    assert answer["Content-Type"] == "application/geo+json"
    assert [feature["id"] for feature in answer.json()["features"]] == ["99001", "99002"]
    assert caller.get(f"{ROOT}/areas/99001").json()["geometry"]["type"] == "Polygon"
    assert_problem(caller.get(f"{ROOT}/areas/00000"), 404)


def test_nothing_of_a_family_is_anywhere(world, caller):
    names = set(Adult.objects.values_list("last_name", flat=True)) | set(
        CareRequest.objects.values_list("reference", flat=True)
    )
    for path in addresses(world):
        text = caller.get(path).content.decode()
        assert not [name for name in (*names, "ouders.example", "Dorpsstraat") if name in text], path


def addresses(world) -> list[str]:
    args = {
        "location": [world.location.slug],
        "location_free": [world.location.slug],
        "desk": [world.desk.slug],
        "area": ["99001"],
    }
    names = [name for name in FRESH_SECONDS if name not in ("reference", "club")]
    query = {"free": "?longitude=4.7&latitude=50.88"}
    return [reverse(f"api:{name}", args=args.get(name, [])) + query.get(name, "") for name in names]


def test_every_address_gives_304_to_who_has_it(world, caller):
    for path in addresses(world):
        first = caller.get(path)
        assert first.status_code == 200, path
        assert "max-age=" in first["Cache-Control"]
        again = caller.get(path, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], first["Cache-Control"])
        other = caller.get(path, headers={"if-none-match": '"other"'})
        assert other.content == first.content
        head = caller.head(path)
        assert (head.content, head["Content-Length"]) == (b"", str(len(first.content)))


def test_a_change_gives_another_etag_and_a_later_date(world, caller):
    path = f"{ROOT}/locations/{world.location.slug}"
    first = caller.get(path)
    modified = parsedate_to_datetime(first["Last-Modified"])
    since = {"if-modified-since": first["Last-Modified"]}
    assert caller.get(path, headers=since).status_code == 304
    earlier = format_datetime(modified - timedelta(days=2), usegmt=True)
    assert caller.get(path, headers={"if-modified-since": earlier}).status_code == 200
    world.location.name = "De Hazelaar"
    world.location.save()
    assert caller.get(path, headers={"if-none-match": first["ETag"]}).json()["name"] == "De Hazelaar"


def test_what_changes_later_today_makes_no_date_to_come(world, caller):
    now = timezone.now()
    GroupAvailability.objects.update(counted_at=now + timedelta(hours=3))
    assert changed_at(now) == now
    told = parsedate_to_datetime(caller.get(f"{ROOT}/locations")["Last-Modified"])
    assert told <= timezone.now()


def test_languages_have_marks_of_their_own(world, caller):
    path = f"{ROOT}/locations/{world.location.slug}"
    english, dutch = caller.get(path), caller.get(path, headers={"accept-language": "nl-BE,nl;q=0.9"})
    assert english["ETag"] != dutch["ETag"]
    assert dutch.json()["kind"] == {"code": "group", "name": "Kinderdagverblijf"}
    assert "Accept-Language" in english["Vary"]


def test_pages_of_any_origin_may_read_and_only_read(world, caller):
    for header, value in CORS.items():
        assert caller.get(f"{ROOT}/desks")[header] == value
    asked = caller.options(f"{ROOT}/desks", headers={"origin": "https://x.example"})
    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_the_private_question_can_be_posted_from_any_origin(world, caller):
    asked = caller.options(f"{ROOT}/free", headers={"origin": "https://x.example"})
    assert asked["Access-Control-Allow-Methods"] == asked["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert "Content-Type" in asked["Access-Control-Allow-Headers"]


def test_how_many_wait_is_no_older_than_its_mark(world, caller):
    """A request is no change that is dated: the desks carry a mark of their content alone."""
    first = caller.get(f"{ROOT}/desks")
    assert not first.has_header("Last-Modified")
    again = caller.get(
        f"{ROOT}/desks", headers={"if-modified-since": http_date(world.now.timestamp() + 3600)}
    )
    assert again.status_code == 200
    assert caller.get(f"{ROOT}/desks", headers={"if-none-match": first["ETag"]}).status_code == 304


def test_no_session_is_looked_at_nor_made(world, caller):
    caller.cookies["sessionid"] = "anything"
    answer = caller.get(f"{ROOT}/desks")
    assert not answer.cookies
    assert "Cookie" not in answer["Vary"]


def test_queries_do_not_grow_with_rows(world, caller):
    def counted(path):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert caller.get(ROOT + path).status_code == 200
        return len(queries)

    paths = ("/locations", "/free?longitude=4.7&latitude=50.88", "/desks", "/areas")
    few = [counted(path) for path in paths]
    third = cast.make_desk("derde", nis="99003")
    for number in range(12):
        cast.make_group(cast.make_location(third, f"Huis {number}"), 2, now=world.now)
    assert [counted(path) for path in paths] == few
    assert max(few) <= 12


def test_every_operation_is_told_with_a_true_example():
    document = api.get_openapi_schema()
    assert document["openapi"] == "3.1.0"
    models = {
        "locations": schemas.LocationList, "location": schemas.LocationOut, "location_free": schemas.LocationFree,
        "free": schemas.FoundList, "free_private": schemas.FoundList, "desks": schemas.DeskList,
        "desk": schemas.DeskOut, "areas": schemas.AreaList, "area": schemas.Area,
        "clubs": ClubList, "club": ClubOut,
    }  # fmt: skip
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert {each["operationId"] for each in operations} == set(models)
    for each in operations:
        assert each["summary"]
        assert len(each["description"]) > 20
        assert all(
            parameter.get("description") for parameter in each["parameters"] if parameter["in"] == "query"
        )
        (content,) = each["responses"][200]["content"].values()
        models[each["operationId"]].model_validate(content["example"])
        for status in (404, 422, 429, 500):
            assert list(each["responses"][status]["content"]) == ["application/problem+json"]
    assert examples.LOCATION["x-example"]["slug"]


def test_every_field_is_told():
    for name, model in api.get_openapi_schema()["components"]["schemas"].items():
        for field, value in model["properties"].items():
            assert value.get("description"), f"{name}.{field}"


def test_the_reference_is_a_page_of_our_own(world, caller):
    page = caller.get("/api/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "/api/v1/locations/{slug}/free" in text
    assert "https://cdn" not in text
    assert 'id="too-many"' in text
