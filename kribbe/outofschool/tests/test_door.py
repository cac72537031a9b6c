"""A family that wants only care after school comes in by itself: verified, once, and with what it chose."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.models import CareRequest, Preference
from kribbe.enrolment.pages import coming_in
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.outofschool.models import ClubYear, HolidayPlace, HolidayWeek, Registration
from kribbe.outofschool.selectors.order import rules_on, untold
from kribbe.outofschool.selectors.search import current_year
from kribbe.outofschool.tests.scene import make_week, speelvogel
from kribbe.people.models import Household, User
from kribbe.people.selectors import grants_over
from kribbe.people.services import link_user, make_account
from kribbe.region.figures import figures
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
EMAIL = "noor@ouders.example"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@built_once
def scene():
    """A club of today's school year, with places in every moment, in a municipality with one street."""
    made = speelvogel(now=timezone.now(), places=30)
    year = current_year(timezone.localdate())
    ClubYear.objects.get_or_create(
        club=made.club, year=year, defaults={"places": [30] * 10, "taken": [0] * 10}
    )
    cast.make_street(made.desk)
    return made


def typed(**fields):
    return {
        "count": "1",
        "first_name_0": "Mona",
        "last_name_0": "Nys",
        "day_0": f"{date(timezone.localdate().year - 7, 1, 5)}",
        "street": "Kerkstraat 3",
        "postcode": "3999",
        "city": "Lindedaal",
        "first_name": "Noor",
        "last_name": "Nys",
        "email": EMAIL,
        "phone": "0470 11 22 33",
        "language": "fr",
    } | fields


def ask_address(scene, chosen=""):
    return reverse("outofschool:my_ask", args=[scene.club.slug]) + chosen


def code_of(address=EMAIL):
    """The last code that was mailed to an address."""
    body = next(str(each.body) for each in reversed(mail.outbox) if each.to == [address])
    return re.search(r"^([A-Z0-9]{3,}-[A-Z0-9]{3,})\s*$", body, re.MULTILINE)[1]


def prove(client, asked):
    """Type the code that was mailed; where that leads, step by step."""
    return client.post(asked.url, {"code": code_of()}, follow=True)


def came_in(scene, client=None, **fields):
    """A client that came in as a new family, and its household."""
    client = client or Client()
    prove(client, client.post(ask_address(scene), typed(**fields)))
    return client, Household.objects.get(adults__email=fields.get("email", EMAIL))


def known_family(scene):
    """A household whose parent logs in with ouder0@ouders.example."""
    known = scene.children[0].household
    user = make_account(email="ouder0@ouders.example", name="An", verified=True)
    link_user(household=known, user=user, principal=SYSTEM, now=scene.now)
    return known


def logged_in(email="kaat@post.example"):
    client = Client()
    client.force_login(make_account(email=email, name="Kaat", verified=True), backend=BACKEND)
    return client


def test_a_new_family_comes_in_and_lands_on_what_it_chose(scene):
    client, address = Client(), ask_address(scene, "?moments=1&moments=5")
    assert b"<h1>" in client.get(address).content
    asked = client.post(address, typed())
    assert asked.status_code == 302 and "/account/login/code/confirm/" in asked.url
    assert not Household.objects.filter(adults__email=EMAIL).exists(), "nothing before the address is proven"
    assert client.session.get_expiry_age() <= coming_in.KEPT.total_seconds()
    landed = prove(client, asked)
    household = Household.objects.get(adults__email=EMAIL)
    assert landed.redirect_chain[-1][0] == (
        reverse("outofschool:ask", args=[household.reference, scene.club.slug]) + "?moments=1&moments=5"
    )
    assert client.session.get_expiry_age() > DAY.total_seconds() and coming_in.KEY not in client.session
    child = household.children.get()
    assert (child.first_name, household.language, household.desk) == ("Mona", "fr", scene.desk)
    assert household.municipality == scene.desk.municipality and household.longitude
    assert [grant.user.email for grant in grants_over(household)] == [EMAIL]
    assert not CareRequest.objects.exists()


def test_the_page_says_what_came_of_what_was_typed_wrong(scene):
    client, address = Client(), ask_address(scene)
    empty = client.post(address, {"count": "1"})
    assert empty.status_code == 422
    for name in ("first_name_0", "day_0", "street", "first_name", "email"):
        assert f'href="#id_{name}"' in empty.content.decode(), name
    tomorrow = client.post(address, typed(day_0=f"{timezone.localdate() + DAY}"))
    assert "Kijk het jaar na" in tomorrow.content.decode()
    likely = client.post(address, typed(email="noor@gamil.com"))
    assert 'value="noor@gmail.com"' in likely.content.decode()
    meant = client.post(address, typed(email="noor@gamil.com", use_email="noor@gmail.com"))
    assert (meant.status_code, meant.context["form"]["email"].value()) == (200, "noor@gmail.com")
    assert not User.objects.filter(email__startswith="noor").exists() and not mail.outbox


def test_brothers_and_sisters_come_in_at_once(scene):
    client, address = Client(), ask_address(scene)
    more = client.post(address, typed(more="1"))
    assert (
        more.context["form"]["last_name_1"].value() == ["Nys"]
        or more.context["form"]["last_name_1"].value() == "Nys"
    )
    assert b"error" not in more.content.partition(b"<form")[2].partition(b"</form>")[0]
    less = client.post(address, typed(count="2", first_name_1="Ties", less="1"))
    assert less.context["form"].children_asked == 1
    _client, household = came_in(
        scene, count="2", first_name_1="Ties", last_name_1="Nys", day_1=typed()["day_0"]
    )
    assert [(each.first_name, each.birth_rank) for each in household.children.order_by("pk")] == [
        ("Mona", 1), ("Ties", 2),
    ]  # fmt: skip


def test_an_address_that_nobody_knows_goes_on_once_it_is_said_to_be_right(scene):
    client, address = Client(), ask_address(scene)
    lost = client.post(address, typed(street="Nergens 3", postcode="0000", city="Nergenshuizen"))
    assert lost.status_code == 422 and 'name="anyway"' in lost.content.decode()
    _client, household = came_in(
        scene, street="Nergens 3", postcode="0000", city="Nergenshuizen", anyway="on"
    )
    assert household.longitude is None and household.municipality is None


def test_an_address_in_another_municipality_stays_with_the_desk_where_it_is_asked(scene):
    other = cast.make_desk("elders", nis="99002")
    cast.make_street(other, name="Beekstraat", postcode="3998", city="Elders")
    client, household = came_in(scene, street="Beekstraat 1", postcode="3998", city="Elders")
    assert (household.desk, household.municipality) == (scene.desk, other.municipality)
    assert (
        client.get(reverse("outofschool:ask", args=[household.reference, scene.club.slug])).status_code == 200
    )


def test_who_is_logged_in_without_a_family_comes_in_without_a_code(scene):
    client, address = logged_in(), ask_address(scene, "?moments=1")
    page = client.get(address).content.decode()
    assert "kaat@post.example" in page and 'name="email"' not in page
    given = {name: value for name, value in typed().items() if name != "email"}
    assert client.post(address, given | {"street": ""}).status_code == 422
    landed = client.post(address, given)
    household = Household.objects.get(adults__email="kaat@post.example")
    assert (
        landed.url == reverse("outofschool:ask", args=[household.reference, scene.club.slug]) + "?moments=1"
    )
    assert not mail.outbox
    assert client.post(address, given).url == landed.url, "sent again"
    assert Household.objects.filter(adults__email="kaat@post.example").count() == 1


def test_a_family_that_is_known_is_never_made_twice(scene):
    known = known_family(scene)
    client, address = Client(), ask_address(scene)
    before = Household.objects.count()
    child = scene.children[0]
    same = {"first_name_0": child.first_name, "last_name_0": child.last_name, "day_0": f"{child.born}"}
    asked = client.post(address, typed(email="Ouder0@ouders.example", **same))
    landed = client.post(asked.url, {"code": code_of("ouder0@ouders.example")}, follow=True)
    assert landed.redirect_chain[-1][0] == reverse("outofschool:ask", args=[known.reference, scene.club.slug])
    assert (Household.objects.count(), known.children.count()) == (before, 1)


def test_another_child_of_a_family_that_is_known_joins_it_once_the_parent_says_so(scene):
    known = known_family(scene)
    client, address = Client(), ask_address(scene)
    asked = client.post(address, typed(email="ouder0@ouders.example"))
    landed = client.post(asked.url, {"code": code_of("ouder0@ouders.example")}, follow=True)
    adding = landed.redirect_chain[-1][0]
    assert adding.startswith(reverse("enrolment:add_child", args=[known.reference]))
    assert landed.context["form"]["first_name_0"].value() == "Mona"
    assert "Kind0 Familie0" in landed.content.decode() and known.children.count() == 1
    done = client.post(
        adding, {name: typed()[name] for name in ("count", "first_name_0", "last_name_0", "day_0")}
    )
    assert done.url == address and known.children.count() == 2
    assert client.get(address).url == reverse("outofschool:ask", args=[known.reference, scene.club.slug])
    twice = client.post(adding, typed())
    assert twice.status_code == 422 and "id_first_name_0" in twice.content.decode()
    assert known.children.count() == 2


def test_a_code_that_is_too_old_loses_nothing_that_was_typed(scene, settings):
    client, address = Client(), ask_address(scene)
    asked = client.post(address, typed())
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = -1
    late = client.post(asked.url, {"code": code_of()})
    assert late.status_code == 302 and not Household.objects.filter(adults__email=EMAIL).exists()
    assert client.get(address).context["form"]["first_name"].value() == "Noor"
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 180
    prove(client, client.post(address, typed()))
    assert Household.objects.filter(adults__email=EMAIL).count() == 1


def test_what_was_typed_long_ago_is_gone_and_the_page_asks_anew(scene, monkeypatch):
    client, address = Client(), ask_address(scene)
    asked = client.post(address, typed())
    monkeypatch.setattr(coming_in, "KEPT", timedelta(0))
    landed = prove(client, asked)
    assert landed.status_code == 200 and landed.context["form"]["first_name"].value() is None
    assert not Household.objects.filter(adults__email=EMAIL).exists()


def test_who_sits_down_next_gets_nothing_of_what_another_typed(scene):
    client, address = Client(), ask_address(scene)
    client.post(address, typed())
    client.force_login(make_account(email="kaat@post.example", name="Kaat", verified=True), backend=BACKEND)
    page = client.get(address)
    assert "Nys" not in page.content.decode() and page.status_code == 200
    assert not Household.objects.filter(adults__last_name="Nys").exists()


def test_a_code_is_mailed_only_so_often(scene):
    client, address = Client(), ask_address(scene)
    answers = [client.post(address, typed()).status_code for _ in range(6)]
    assert answers[0] == 302 and answers[-1] == 422, answers


def test_staff_without_a_family_are_told_where_to_go_on(scene):
    clerk = cast.make_user(
        "clerk@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=scene.desk.pk, now=scene.now
    )
    page = client_of(clerk).get(ask_address(scene)).content.decode()
    assert reverse("enrolment:office_new_family", args=[scene.desk.slug]) in page
    other = client_of(scene.organiser_user()).get(ask_address(scene)).content.decode()
    assert "private address" in other and "new-family" not in other
    asked = Client().post(ask_address(scene), typed(email="clerk@loket.example"))
    assert asked.status_code == 302, "who works here isn't told to strangers"


def test_a_child_of_another_age_keeps_its_family_and_gets_no_place(scene):
    small = timezone.localdate() - 400 * DAY
    client, household = came_in(scene, day_0=f"{small}")
    address = reverse("outofschool:ask", args=[household.reference, scene.club.slug])
    year = scene.club.years.order_by("-year").first()
    given = {
        "child": household.children.get().pk, "school": scene.school.pk, "year": year.pk, "pattern": [1],
        "first": f"{max(timezone.localdate(), date(year.year, 9, 1))}",
    }  # fmt: skip
    refused = client.post(address, given)
    assert (
        refused.status_code == 422 and "from 2 to 12" in refused.content.decode()
    ) or "2 tot 12" in refused.content.decode()
    assert not Registration.objects.exists()


def test_a_week_that_opens_at_a_minute_is_read_before_and_asked_at_it(scene):
    week = make_week(scene.club, opens_at=timezone.now() + 2 * DAY, places=1)
    client, address = Client(), reverse("outofschool:my_week", args=[week.reference])
    assert "Nog niet open" in client.get(address).content.decode()
    landed = prove(client, client.post(address, typed()))
    household = Household.objects.get(adults__email=EMAIL)
    own = landed.redirect_chain[-1][0]
    assert own == reverse("outofschool:week", args=[household.reference, week.reference])
    assert "Nog niet open" in landed.content.decode() or "Pas encore" in landed.content.decode()
    given = {"children": [household.children.get().pk]}
    assert client.post(own, given).status_code == 422 and not HolidayPlace.objects.exists()
    HolidayWeek.objects.update(opens_at=timezone.now() - DAY)
    assert client.post(own, given).status_code == 302
    assert HolidayPlace.objects.get().state == "taken"


def test_a_week_that_fills_while_somebody_types_is_told_as_full(scene):
    week = make_week(scene.club, opens_at=timezone.now() - DAY, places=1)
    client, address = Client(), reverse("outofschool:my_week", args=[week.reference])
    assert "Er wordt er geen voor je vrijgehouden" in client.get(address).content.decode()
    asked = client.post(address, typed())
    HolidayPlace.objects.create(
        week=week, child=scene.children[0], state="taken", state_at=scene.now, asked_at=scene.now
    )
    landed = prove(client, asked)
    household = Household.objects.get(adults__email=EMAIL)
    assert "volzet" in landed.content.decode() or "wachtlijst" in landed.content.decode()
    client.post(landed.redirect_chain[-1][0], {"children": [household.children.get().pk]})
    assert household.children.get().holiday_places.get().state == "waiting"


def test_such_a_family_waits_nowhere_counts_nowhere_and_is_found_by_the_clerk(scene):
    before = figures(scene.desk, timezone.localdate())
    _client, household = came_in(scene)
    assert not CareRequest.objects.exists() and not Preference.objects.exists()
    assert figures(scene.desk, timezone.localdate()) == before
    clerk = client_of(
        cast.make_user(
            "clerk@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=scene.desk.pk, now=scene.now
        )
    )
    for query in ("Nys", "Mona", EMAIL, "0470112233"):
        page = clerk.get(reverse("enrolment:office", args=[scene.desk.slug]), {"q": query}).content.decode()
        assert household.reference in page, query
    own = clerk.get(reverse("enrolment:household", args=[scene.desk.slug, household.reference]))
    assert reverse("outofschool:family", args=[household.reference]) in own.content.decode()


def test_nobody_comes_in_for_what_is_closed(scene):
    week = make_week(scene.club, opens_at=timezone.now() - 9 * DAY, closes_at=timezone.now() - DAY)
    here = reverse("outofschool:club", args=[scene.desk.slug, scene.club.slug])
    address = reverse("outofschool:my_week", args=[week.reference])
    assert Client().get(address).url == here and Client().post(address, typed()).url == here
    ClubYear.objects.all().delete()
    assert Client().get(ask_address(scene)).url == here
    known = known_family(scene)
    parent = client_of(User.objects.get(email="ouder0@ouders.example"))
    assert parent.get(reverse("outofschool:ask", args=[known.reference, scene.club.slug])).url == here
    assert ask_address(scene) not in Client().get(reverse("outofschool:search", args=[scene.desk.slug])).text


def test_the_request_says_what_counts_and_wasnt_told_yet(scene):
    client, household = came_in(scene)
    address = reverse("outofschool:ask", args=[household.reference, scene.club.slug])
    telling = reverse("people:record_fact", args=[household.reference])
    assert telling in client.get(address).content.decode()
    told = rules_on(scene.desk, timezone.localdate()).criteria
    for kind in ("work", "single", "low_income", "care_need"):
        cast.make_fact(household, kind, since=timezone.localdate() - DAY, now=scene.now)
    assert untold(household, told, timezone.localdate()) == []
    assert telling not in client.get(address).content.decode()


def test_a_clerk_keeps_the_family_in_mind_from_the_search_to_the_request(scene):
    known = scene.children[0].household
    clerk = client_of(
        cast.make_user(
            "clerk@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=scene.desk.pk, now=scene.now
        )
    )
    own = clerk.get(reverse("outofschool:family", args=[known.reference])).content.decode()
    search = f"{reverse('outofschool:search', args=[scene.desk.slug])}?household={known.reference}"
    assert search in own
    week = make_week(scene.club, opens_at=timezone.now() - DAY)
    found = clerk.get(f"{search}&moments=1&school={scene.school.reference}").content.decode()
    asking = reverse("outofschool:ask", args=[known.reference, scene.club.slug])
    assert f"{asking}?school={scene.school.reference}&amp;moments=1" in found
    assert reverse("outofschool:week", args=[known.reference, week.reference]) in found
    here = reverse("outofschool:club", args=[scene.desk.slug, scene.club.slug])
    assert asking in clerk.get(f"{here}?household={known.reference}").content.decode()
    for stranger in (Client(), logged_in()):
        assert stranger.get(search).status_code in {302, 404}, "a family's name is for who acts for it"
