"""A clerk finds a family by whatever is known of it, and of another desk's no more than that it is registered."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.enrolment.selectors.search import PAGE, locations_like, read, search
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.identity import national_number_hash
from kribbe.people.models import Adult, HouseholdDue, HouseholdKeys
from kribbe.people.services import rebuild_keys, refresh_keys
from kribbe.places.models import Location
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def family(desk):
    household = cast.make_household(
        desk,
        "D'Hondt",
        now=NOW,
        email="an.dhondt@post.example",
        street="Lindenlaan 12 bus 3",
        postcode="3998",
    )
    Adult.objects.filter(household=household).update(phone="0470/12.34.56")
    cast.make_child(household, "Zoë", born=date(2026, 5, 1))
    return household


def found(text, desk):
    return [each.household for each in search(read(text), desk=desk).found]


@pytest.mark.parametrize(
    "text",
    [
        "d'hondt",
        "Dhondt",
        "zoe",
        "Zoë D'Hondt",
        "hondt an",
        "01/05/2026",
        "1.5.2026",
        "2026-05-01 zoe",
        "1 May 2026",
        "1er mai 2026",
        "zoe, 1 mei 2026",
        "1. Mai 2026",
        "an.dhondt@post.example",
        "AN.DHONDT@",
        "0470 12 34 56",
        "+32 470 12 34 56",
        "0032470123456",
        "lindenlaan 12",
        "3998",
        "Zoe lindenlaan",
    ],
)
def test_whatever_is_known(text, desk, family):
    other = cast.make_household(desk, "Peeters", now=NOW)
    cast.make_child(other, "Lotte", born=date(2025, 1, 1))
    assert found(text, desk) == [family]


@pytest.mark.parametrize("street", ["St.-Jansstr. 4", "Sint-Jansstraat 4"])
def test_a_street_written_short_or_whole(street, desk):
    household = cast.make_household(desk, "Maes", now=NOW, street=street)
    assert found("sint-jansstraat 4", desk) == found("St. Jansstr", desk) == [household]


@pytest.mark.parametrize(
    "text", ["", "z", "peeters", "02/05/2026", "zoe peeters", "0470 12 34 57", "99/99/2026"]
)
def test_what_isnt_known_finds_nobody(text, desk, family):
    assert found(text, desk) == []


def test_a_reference_as_it_is_heard(desk, family):
    place = cast.make_location(desk, "De Notelaar")
    request = cast.make_request(
        family.children.get(), [place], start=date(2027, 3, 1), pattern=WeekPattern.from_text("mon"), now=NOW
    )
    heard = request.reference.lower().replace("0", "o").replace("1", "l")
    assert found(heard, desk) == [family]
    assert found(family.reference, desk) == [family]


def test_a_national_number_by_its_hash(desk, family, settings):
    settings.NATIONAL_NUMBER_KEY = "a key of the tests"
    number = _valid_number()
    Adult.objects.filter(household=family).update(national_number_hash=national_number_hash(number))
    terms = read(number)
    assert terms.kinds == ["national_number"]
    assert number not in repr(terms)
    assert found(number, desk) == [family]


def _valid_number():
    base = 260501003
    check = 97 - (2_000_000_000 + base) % 97
    return f"26.05.01-003.{check:02}"


def test_another_desks_family_shows_only_by_who_it_is(desk, family):
    here = cast.make_desk("beukenrode", nis="99002")
    for text in ("zoe d'hondt", "01/05/2026", family.reference):
        answer = search(read(text), desk=here)
        assert [(each.household, each.is_here) for each in answer.found] == [(family, False)]
    for text in ("lindenlaan", "0470 12 34 56", "an.dhondt@post.example", "zoe lindenlaan"):
        assert found(text, here) == []


@pytest.mark.parametrize(
    "text",
    ["Molentje", "089 12 34 56", "+32 89 12 34 56", "info@molentje", "molenstr", "MOLENSTRAAT 7"],
)
def test_a_location_by_name_street_mail_or_telephone(text, desk):
    location = cast.make_location(desk, "Het Molentje")
    cast.make_location(desk, "De Notelaar")
    Location.objects.filter(pk=location.pk).update(
        phone="089 12 34 56", email="info@molentje.example", street="Molenstraat 7"
    )
    assert locations_like(text, desk_id=desk.pk) == [location]
    assert locations_like("089 99 99 99", desk_id=desk.pk) == []


def test_pages_by_key_forth_and_back(desk):
    names = [f"Janssens {chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(PAGE + 5)]
    for name in names:
        cast.make_household(desk, name, now=NOW)
    terms = read("janssens")

    def listed(answer):
        return [each.adults[0].last_name for each in answer.found], answer.has_previous, answer.has_next

    first = search(terms, desk=desk)
    assert listed(first) == (names[:PAGE], False, True)
    second = search(terms, desk=desk, after=first.found[-1].household.reference)
    assert listed(second) == (names[PAGE:], True, False)
    again = search(terms, desk=desk, before=second.found[0].household.reference)
    assert listed(again) == (names[:PAGE], False, True)


def test_the_own_desk_comes_first_and_its_neighbours_after_it_over_all_pages(desk):
    here = cast.make_desk("beukenrode", nis="99002")
    own = [f"Janssens z{number:02}" for number in range(PAGE - 3)]
    near = [f"Janssens a{number:02}" for number in range(PAGE)]
    for names, where in ((near, desk), (own, here)):
        for name in names:
            cast.make_household(where, name, now=NOW)
    terms = read("janssens")

    def listed(answer):
        return [each.adults[0].last_name for each in answer.found], answer.has_previous, answer.has_next

    first = search(terms, desk=here)
    assert listed(first) == (own + near[:3], False, True)
    second = search(terms, desk=here, after=first.found[-1].household.reference)
    assert listed(second) == (near[3:], True, False)
    third = search(terms, desk=here, before=second.found[2].household.reference)
    assert listed(third) == (own[-15:] + near[:5], True, True)
    assert listed(search(terms, desk=here, before=third.found[0].household.reference)) == (
        own[:2],
        False,
        True,
    )


def test_the_page_puts_neighbours_under_a_heading_of_their_own(desk):
    here = cast.make_desk("beukenrode", nis="99002")
    cast.make_household(desk, "Adams", now=NOW)
    cast.make_household(here, "Adamsen", now=NOW)
    clerk = cast.make_user("clerk@stad.example", role=Role.CLERK, scope=Scope.DESK, scope_id=here.pk, now=NOW)
    text = (
        client_of(clerk).get(reverse("enrolment:office", args=[here.slug]), {"q": "adams"}).content.decode()
    )
    own, near = text.split("At other desks of the region</h3>")
    assert ("Adamsen" in own, "An Adams<" in own) == (True, False)
    assert "Registered at another desk" in near


def test_the_number_of_queries_is_fixed(desk):
    def queries():
        refresh_keys()
        with CaptureQueriesContext(connection) as captured:
            search(read("janssens"), desk=desk)
        return len(captured)

    cast.make_household(desk, "Janssens", now=NOW)
    few = queries()
    for number in range(8):
        child = cast.make_child(
            cast.make_household(desk, "Janssens", now=NOW), f"Kind {number}", born=date(2026, 1, 1)
        )
        cast.make_child(child.household, f"Zus {number}", born=date(2024, 1, 1))
    assert queries() == few == 10


@pytest.mark.parametrize("text", ["dhont", "d'hont zoe", "soë d'hondt"])
def test_nobody_written_so_but_one_who_sounds_so(text, desk, family):
    answer = search(read(text), desk=desk)
    assert [each.household for each in answer.found] == [family]
    assert answer.by_sound


def test_who_is_written_so_comes_without_those_who_sound_so(desk):
    written = cast.make_household(desk, "Dekuyper", now=NOW)
    cast.make_household(desk, "De Cuyper", now=NOW)
    assert found("dekuyper", desk) == [written]


@pytest.mark.parametrize("text", ["vandenberghe", "van den berghe", "berghe", "den berghe", "vandenb"])
def test_a_name_in_parts_is_found_from_any_part_on(text, desk):
    household = cast.make_household(desk, "Van den Berghe", now=NOW)
    assert found(text, desk) == [household]


def test_a_change_that_passes_by_every_service_is_found_too(desk, family):
    assert found("lindenlaan", desk) == [family]
    type(family).objects.filter(pk=family.pk).update(street="Kastanjelaan 4")
    assert found("lindenlaan", desk) == []
    assert found("kastanje", desk) == [family]
    family.children.update(last_name="O'Neil")
    assert found("zoe oneil", desk) == [family]
    family.children.all().delete()
    assert found("zoe", desk) == []


def test_text_of_a_search_is_never_a_query_of_the_database(desk, family):
    for text in ("o'neil & !zoe", "'x' | 'y", "a\\'b:*@x", "((('", "m'|'@post"):
        found(text, desk)


def test_a_household_that_goes_takes_its_keys_along(desk, family):
    refresh_keys()
    assert HouseholdKeys.objects.filter(household=family).exists()
    family.delete()
    refresh_keys()
    assert not HouseholdKeys.objects.exists()
    assert not HouseholdDue.objects.exists()


def test_all_keys_can_be_made_anew(desk, family):
    HouseholdKeys.objects.all().delete()
    HouseholdDue.objects.all().delete()
    assert found("zoe", desk) == []
    assert rebuild_keys() == 1
    assert found("zoe", desk) == [family]
