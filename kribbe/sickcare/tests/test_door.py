"""A family that wants only care for a sick child: from the desk's page to a carer who is asked."""

import re
from datetime import date

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.models import CareRequest
from kribbe.people.models import Household
from kribbe.people.services import link_user, make_account
from kribbe.sickcare.models import SickCall, SickService
from kribbe.sickcare.tests.scene import EVENING, on_call
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
EMAIL = "noor@ouders.example"
GIVEN = {
    "count": "1",
    "first_name_0": "Mona",
    "last_name_0": "Nys",
    "day_0": "2022-01-05",
    "street": "Kerkstraat 3",
    "postcode": "3999",
    "city": "Lindedaal",
    "first_name": "Noor",
    "last_name": "Nys",
    "email": EMAIL,
    "phone": "",
    "language": "nl",
}


@pytest.fixture
def scene(monkeypatch):
    """Monday evening: carers are on call tomorrow."""
    monkeypatch.setattr(timezone, "now", lambda: EVENING)
    made = on_call()
    cast.make_street(made.desk)
    return made


def came_in(scene, **fields):
    client = Client()
    asked = client.post(reverse("sickcare:ask_here", args=[scene.desk.slug]), GIVEN | fields)
    code = re.search(r"^([A-Z0-9]{3,}-[A-Z0-9]{3,})\s*$", str(mail.outbox[-1].body), re.MULTILINE)[1]
    return client, client.post(asked.url, {"code": code}, follow=True)


def test_from_the_desks_page_to_a_carer_who_is_asked(scene):
    about = reverse("sickcare:about", args=[scene.desk.slug])
    page = Client().get(about).content.decode()
    ask = reverse("sickcare:ask_here", args=[scene.desk.slug])
    assert ask in page and "02 555 01 99" in Client().get(ask).content.decode()
    client, landed = came_in(scene)
    household = Household.objects.get(adults__email=EMAIL)
    own = reverse("sickcare:family", args=[household.reference])
    assert landed.redirect_chain[-1][0] == own
    given = {
        "child": household.children.get().pk,
        "day": f"{scene.tomorrow}",
        "begins": "08:00",
        "ends": "16:30",
    }
    assert client.post(own, given).status_code == 302
    assert SickCall.objects.get().proposals.get().carer == scene.carers[0]
    assert client.get(reverse("sickcare:my")).url == own
    assert not CareRequest.objects.exists()


def test_where_a_home_isnt_on_the_map_nobody_is_sent_and_the_page_says_what_to_do(scene):
    client, _landed = came_in(scene, street="Nergens 1", postcode="0000", city="Nergens", anyway="on")
    household = Household.objects.get(adults__email=EMAIL)
    own = reverse("sickcare:family", args=[household.reference])
    given = {
        "child": household.children.get().pk,
        "day": f"{scene.tomorrow}",
        "begins": "08:00",
        "ends": "16:30",
    }
    refused = client.post(own, given)
    assert refused.status_code == 422 and not SickCall.objects.exists()
    assert reverse("people:change_address", args=[household.reference]) in refused.content.decode()


def test_a_family_without_a_child_yet_adds_one_on_the_way(scene):
    household = cast.make_household(scene.desk, "Leeg", now=scene.now, email="leeg@ouders.example")
    client = Client()
    user = make_account(email="leeg@ouders.example", name="An", verified=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    link_user(household=household, user=user, principal=SYSTEM, now=scene.now)
    own = reverse("sickcare:family", args=[household.reference])
    adding = reverse("enrolment:add_child", args=[household.reference]) + f"?next={own}"
    assert adding in client.get(own).content.decode()
    assert client.post(adding, GIVEN).url == own
    assert household.children.get().born == date(2022, 1, 5)


def test_a_desk_without_a_service_says_so_to_everybody(scene):
    SickService.objects.update(active=False)
    about = reverse("sickcare:about", args=[scene.desk.slug])
    page = Client().get(about).content.decode()
    ask = reverse("sickcare:ask_here", args=[scene.desk.slug])
    assert f'href="{ask}"' not in page and reverse("region:home", args=[scene.desk.slug]) in page
    assert Client().get(ask).url == about and Client().post(ask, GIVEN).url == about
    assert not mail.outbox


def test_who_has_no_family_is_shown_what_there_is(scene):
    nobody = Client()
    assert nobody.get(reverse("sickcare:my")).url == reverse("region:start")
    about = reverse("sickcare:about", args=[scene.desk.slug])
    nobody.get(about)
    assert nobody.get(reverse("sickcare:my")).url == about, "the desk that was visited last"
