"""What families, a club's staff, a clerk and an administrator see and do, and how many queries it costs."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of
from kribbe.outofschool.models import (
    Club,
    ClubRules,
    ClubYear,
    HolidayPlace,
    HolidayWeek,
    Registration,
    School,
    Stay,
)
from kribbe.outofschool.selectors.search import current_year
from kribbe.outofschool.services.registering import register
from kribbe.outofschool.tests.scene import make_pupil, make_school, make_week, speelvogel
from kribbe.people.models import Child
from kribbe.places.models import Street
from kribbe.planning.models import Severity
from kribbe.planning.selectors.child_file import Allergy, Person
from kribbe.planning.services.child_file import Kept, keep_file
from kribbe.rules.school import school_year_of
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONDAY_AFTER = 0b10


@built_once
def scene():
    """A club of today's school year, with places in every moment."""
    made = speelvogel(now=timezone.now(), places=30)
    ClubYear.objects.get_or_create(
        club=made.club,
        year=current_year(timezone.localdate()),
        defaults={"places": [30] * 10, "taken": [0] * 10},
    )
    return made


@pytest.fixture
def parent(scene):
    return client_of(scene.parent_user())


@pytest.fixture
def organiser(scene):
    return client_of(scene.organiser_user())


def staff(scene, role):
    user = cast.make_user(
        f"{role}@loket.example", role=role, scope=Scope.DESK, scope_id=scene.desk.pk, now=scene.now
    )
    return client_of(user)


def at(scene, name):
    return reverse(f"outofschool:{name}", args=[scene.desk.slug, scene.club.slug])


def of(scene, name, *more):
    return reverse(f"outofschool:{name}", args=[scene.children[0].household.reference, *more])


def look(client, address):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(captured), answer.content.decode()


def asked(scene, **fields):
    year = ClubYear.objects.filter(club=scene.club).order_by("-year").first()
    first = max(timezone.localdate(), date(year.year, 9, 1))
    return {
        "child": scene.children[0].pk,
        "school": scene.school.pk,
        "year": year.pk,
        "pattern": [1, 5],
        "first": f"{first}",
    } | fields


def enrol(scene, child):
    return register(
        principal=SYSTEM,
        year_id=ClubYear.objects.get(club=scene.club, year=school_year_of(timezone.localdate())).pk,
        child_id=child.pk,
        school_id=scene.school.pk,
        pattern=0b1111111111,
        first=timezone.localdate(),
        now=timezone.now(),
    )


def school_day():
    """The next day, today included, on which Flemish schools are open."""
    from kribbe.rules.packs import load_pack
    from kribbe.rules.school import PACK, Community, school_days

    today = timezone.localdate()
    return school_days(load_pack(PACK), Community.DUTCH, today, today + 90 * DAY)[0]


def test_from_search_to_a_granted_place_and_the_day_list(scene, parent, organiser):
    search = reverse("outofschool:search", args=[scene.desk.slug])
    found = Client().get(search, {"school": scene.school.reference, "moments": [1]}).content.decode()
    assert "De Speelvogel" in found
    assert "alle momenten vrij" in found or "all your moments free" in found or "vrij" in found
    asking = parent.get(reverse("outofschool:my_ask", args=[scene.club.slug]))
    assert asking.url == of(scene, "ask", scene.club.slug)
    assert parent.post(asking.url, asked(scene, pattern=[])).status_code == 422
    sent = parent.post(asking.url, asked(scene))
    assert sent.url == of(scene, "family")
    assert Registration.objects.get().held == 0b100010
    assert "Kind0" in parent.get(sent.url).content.decode()
    day = next(
        each for each in (school_day() + n * DAY for n in range(60)) if each.weekday() == 0
    )  # a Monday, perhaps of a holiday
    assert organiser.get(at(scene, "day") + f"?on={day}").status_code == 200


def test_a_new_child_needs_its_names_and_is_kept(scene, parent):
    address = of(scene, "ask", scene.club.slug)
    refused = parent.post(address, asked(scene, child="new"))
    assert refused.status_code == 422
    assert "id_born" in refused.content.decode()
    born = date(timezone.localdate().year - 6, 1, 5)
    given = {"child": "new", "first_name": "Fien", "last_name": "Maes", "born": f"{born}"}
    assert parent.post(address, asked(scene, **given)).status_code == 302
    assert Child.objects.get(first_name="Fien").club_registrations.get().state == "granted"


def test_a_refusal_of_the_rules_stands_at_its_field_and_keeps_no_child(scene, parent):
    given = {
        "child": "new",
        "first_name": "Baby",
        "last_name": "Maes",
        "born": f"{timezone.localdate() - 90 * DAY}",
    }
    refused = parent.post(of(scene, "ask", scene.club.slug), asked(scene, **given))
    assert refused.status_code == 422
    assert not Registration.objects.exists()
    assert not Child.objects.filter(first_name="Baby").exists()


def test_a_family_takes_a_week_cancels_and_undoes(scene, parent):
    week = make_week(scene.club, opens_at=scene.now - DAY)
    address = of(scene, "week", week.reference)
    assert parent.get(reverse("outofschool:my_week", args=[week.reference])).url == address
    assert parent.post(address, {}).status_code == 422
    assert parent.post(address, {"children": [scene.children[0].pk]}).status_code == 302
    place = HolidayPlace.objects.get()
    for do, state in (("cancel", "cancelled"), ("undo_cancel", "taken")):
        assert parent.post(of(scene, "family"), {"do": do, "row": place.pk}).status_code == 302
        place.refresh_from_db()
        assert place.state == state
    other = client_of(scene.parent_user(1))
    theirs = reverse("outofschool:family", args=[scene.children[1].household.reference])
    assert other.post(theirs, {"do": "cancel", "row": place.pk}).status_code == 404


def test_before_the_minute_the_page_says_how_long_and_refuses(scene, parent):
    week = make_week(scene.club, opens_at=scene.now + timedelta(days=2, hours=3, minutes=30))
    page = parent.get(of(scene, "week", week.reference)).content.decode()
    assert "2 da" in page
    assert "3 " in page
    refused = parent.post(of(scene, "week", week.reference), {"children": [scene.children[0].pk]})
    assert refused.status_code == 422
    assert not HolidayPlace.objects.exists()


def test_a_clerk_asks_at_the_counter_for_a_family(scene):
    clerk = staff(scene, Role.CLERK)
    assert clerk.post(of(scene, "ask", scene.club.slug), asked(scene)).status_code == 302
    assert "Kind0" in clerk.get(of(scene, "family")).content.decode()


def test_staff_notes_who_came_and_left(scene, organiser):
    child = scene.children[0]
    enrol(scene, child)
    week = make_week(scene.club, opens_at=scene.now - 9 * DAY, first=timezone.localdate())
    HolidayPlace.objects.create(week=week, child=child, state="taken", state_at=scene.now, asked_at=scene.now)
    given = {"on": f"{timezone.localdate()}", "child": child.pk, "part": "holiday"}
    for do in ("came", "left"):
        assert organiser.post(at(scene, "day"), given | {"do": do}).status_code == 302
    assert Stay.objects.get().left_at is not None
    times = {"do": "correct", "came_at": "08:00", "left_at": "16:20"}
    organiser.post(at(scene, "day"), given | times)
    assert Stay.objects.get().came_at == time(8)
    organiser.post(at(scene, "day"), given | times | {"left_at": "07:00"})
    assert Stay.objects.get().left_at == time(16, 20)
    page = organiser.get(at(scene, "hours")).content.decode()
    assert "8 h 30" in page
    table = organiser.get(at(scene, "hours") + "?as=csv").content.decode().splitlines()
    assert table[1].endswith("08:00,16:20,510,14.00"), "a day never costs more than its price"


def test_staff_sets_places_plans_a_week_and_tells_of_itself(scene, organiser):
    places = {f"m{slot}": 4 for slot in range(10)}
    year = current_year(timezone.localdate())
    assert organiser.post(at(scene, "requests") + f"?year={year}", places).status_code == 302
    assert ClubYear.objects.get(club=scene.club, year=year).places == [4] * 10
    assert organiser.post(at(scene, "requests"), places | {"m0": "-1"}).status_code == 422
    first = timezone.localdate() + 60 * DAY
    week = {
        "name": "Krokus",
        "first": f"{first}",
        "last": f"{first + 4 * DAY}",
        "places": 20,
        "opens_at": f"{first - 30 * DAY}T19:00",
        "closes_at": f"{first}T00:00",
        "per_household": 3,
    }
    assert organiser.post(at(scene, "holidays"), week).status_code == 302
    made = HolidayWeek.objects.get()
    assert timezone.localtime(made.opens_at).hour == 19
    assert organiser.post(at(scene, "holidays"), week | {"last": f"{first - DAY}"}).status_code == 422
    Street.objects.create(
        name="Schoolstraat", key="schoolstraat", postcode="3999", city=scene.desk.name,
        municipality=scene.desk.municipality, longitude=4.7, latitude=50.88,
    )  # fmt: skip
    data = {
        "name": "De Speelvogel Plus", "street": "Schoolstraat 3", "postcode": "3999", "city": scene.desk.name,
        "from_years": "2.5", "to_years": "12", "opens_at": "07:00", "closes_at": "18:30",
        "hour_price": "3.40", "day_price": "15", "half_day_price": "8.50", "half_day_hours": "5",
        "sibling_percent": "25", "social_percent": "50", "prices_from": "2027-01-01",
        "schools": [scene.school.pk], "how": "te voet",
    }  # fmt: skip
    assert organiser.post(at(scene, "club_data"), data).status_code == 302
    assert Club.objects.get().name == "De Speelvogel Plus"
    earlier, later = scene.club.tariffs.all()
    assert [earlier.hour_price, later.hour_price] == [Decimal("3.20"), Decimal("3.40")]
    assert (later.sibling_discount, later.half_day_minutes) == (Decimal("0.25"), 300)
    assert organiser.post(at(scene, "club_data"), data | {"half_day_price": "16"}).status_code == 422
    assert (
        organiser.post(at(scene, "club_data"), data | {"street": "Nergens 1", "postcode": "1"}).status_code
        == 422
    )
    new = reverse("outofschool:new_club", args=[scene.desk.slug])
    assert organiser.post(new, data).status_code == 404
    clerk = staff(scene, Role.CLERK)
    assert clerk.post(new, data | {"name": "De Boomhut"}).status_code == 302
    assert Club.objects.get(name="De Boomhut").slug == f"{scene.desk.slug}-de-boomhut"


def test_an_administrator_publishes_the_order_and_imports_schools(scene):
    admin = staff(scene, Role.ADMINISTRATOR)
    rules = reverse("outofschool:rules", args=[scene.desk.slug])
    given = {
        "first": f"{timezone.localdate()}", "c0": "work", "c1": "sibling", "answer_days": 5, "step": 30,
        "rounding": "nearest", "least": 0, "cancel_days": 10, "unused_percent": 50, "why": "Zo besliste de raad.",
    }  # fmt: skip
    assert admin.post(rules, given | {"c1": "work"}).status_code == 422
    assert admin.post(rules, given).status_code == 302
    assert ClubRules.objects.get().criteria == ["work", "sibling"]
    page = Client().get(reverse("outofschool:club", args=[scene.desk.slug, scene.club.slug])).content.decode()
    assert "Zo besliste de raad." in page
    assert "10" in page and "50%" in page, "families are told what cancelling late costs"
    Street.objects.create(
        name="Beukenlaan", key="beukenlaan", postcode="3999", city=scene.desk.name,
        municipality=scene.desk.municipality, longitude=4.7, latitude=50.88,
    )  # fmt: skip
    schools = reverse("outofschool:schools", args=[scene.desk.slug])
    town = scene.desk.name
    rows = f"De Beuk;Beukenlaan 3;3999;{town};nl\nL'Érable\tBeukenlaan 9\t3999\t{town}\tfr\t08:20"
    wrong = admin.post(schools, {"form": "many", "rows": rows + "\nDe Eik;Beukenlaan 1;3999"})
    assert wrong.status_code == 422
    assert "3" in wrong.content.decode()
    assert not School.objects.filter(name="De Beuk").exists(), "all or none"
    assert admin.post(schools, {"form": "many", "rows": rows}).status_code == 302
    assert School.objects.get(name="L'Érable").begins_at == time(8, 20)
    one = {
        "name": "De Beuk", "street": "Beukenlaan 3", "postcode": "3999", "city": scene.desk.name,
        "community": "nl", "begins_at": "08:45", "ends_at": "15:45", "wednesday_ends_at": "12:10",
    }  # fmt: skip
    assert admin.post(schools, one).status_code == 302
    assert School.objects.get(name="De Beuk").begins_at == time(8, 45), "the same school is changed"
    assert School.objects.count() == 3


def test_figures_are_a_table_of_their_own(scene):
    enrol(scene, scene.children[0])
    table = staff(scene, Role.CLERK).get(reverse("outofschool:figures", args=[scene.desk.slug]))
    assert table.content.decode().splitlines()[1].startswith("De Speelvogel,")


@pytest.mark.parametrize("name", ["day", "requests", "holidays", "hours"])
def test_a_clubs_pages_cost_as_much_for_many_as_for_few(scene, organiser, name):
    week = make_week(scene.club, opens_at=scene.now - DAY, places=30)
    day = school_day()
    address = at(scene, name) + (f"?on={day}" if name == "day" else "")

    def fill(numbers):
        for number in numbers:
            child = make_pupil(scene.desk, number, now=scene.now)
            enrol(scene, child)
            HolidayPlace.objects.create(
                week=week, child=child, state="taken", state_at=scene.now, asked_at=scene.now
            )
            Stay.objects.create(
                club=scene.club, child=child, day=timezone.localdate(), part="after",
                came_at=time(15), left_at=time(16), noted_at=scene.now,
            )  # fmt: skip

    fill(range(20, 22))
    few, _page = look(organiser, address)
    fill(range(30, 38))
    many, page = look(organiser, address)
    assert "Kind30" in page
    assert many == few <= 30


def test_search_costs_as_much_for_many_clubs_as_for_few(scene):
    address = reverse("outofschool:search", args=[scene.desk.slug])
    few, _page = look(Client(), address)
    for number in range(6):
        club = Club.objects.get(name="De Speelvogel")
        club.pk, club.slug, club.name = None, f"club-{number}", f"Club {number}"
        club.save()
        club.pickups.create(school=make_school(scene.desk, f"School {number}"))
        make_week(club, opens_at=scene.now + DAY)
    many, page = look(Client(), address)
    assert "Club 5" in page
    assert many == few <= 30


def keep_allergy(scene, child):
    """What a parent wrote in the file of a child without day care."""
    keep_file(
        principal=scene.parent(),
        child_id=child.pk,
        kept=Kept(
            allergies=[Allergy("noten", Severity.LIFE, "EpiPen, dan 112")],
            fetchers=[Person("Rita Maes", "oma", "0470 11 22 33")],
        ),
        seen_version=0,
        now=timezone.now(),
    )


def test_who_cares_sees_allergies_and_who_may_fetch_and_the_desk_does_not(scene, organiser):
    enrol(scene, scene.children[0])
    keep_allergy(scene, scene.children[0])
    day = school_day()
    said = organiser.get(at(scene, "day"), {"on": f"{day}"}).content.decode()
    assert "noten: EpiPen, dan 112" in said and "Rita Maes (oma) 0470 11 22 33" in said
    look = AuditEntry.objects.get(action="list.read", data__of="club_files")
    assert look.data["households"] == [scene.children[0].household_id]
    desk = staff(scene, Role.CLERK).get(at(scene, "day"), {"on": f"{day}"})
    assert desk.status_code == 200
    assert "noten" not in desk.content.decode() and "Rita" not in desk.content.decode()


def test_the_list_of_a_day_that_is_over_shows_no_file(scene, organiser, monkeypatch):
    enrol(scene, scene.children[0])
    keep_allergy(scene, scene.children[0])
    day = school_day()
    noon = timezone.make_aware(datetime.combine(day + DAY, time(12)))
    monkeypatch.setattr("kribbe.outofschool.pages.day.timezone.now", lambda: noon)
    said = organiser.get(at(scene, "day"), {"on": f"{day}"}).content.decode()
    assert str(scene.children[0]) in said and "noten" not in said


def test_the_day_list_with_files_costs_the_same_for_many(scene, organiser):
    address = at(scene, "day") + f"?on={school_day()}"
    enrol(scene, scene.children[0])
    few, _said = look(organiser, address)
    for child in scene.children[1:3]:
        enrol(scene, child)
    assert look(organiser, address)[0] == few
