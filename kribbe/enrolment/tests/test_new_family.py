"""A family at the counter or with a referrer that asks no day care, and a child that joins one."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.models import CareRequest
from kribbe.enrolment.services.come_in import NewHousehold, add_children, register_family
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Household, RoleGrant
from kribbe.people.selectors import grants_over
from kribbe.people.services import AdultData, ChildData, make_account
from kribbe.testing import cast
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Principal, Role, Scope

GIVEN = {
    "count": "1",
    "first_name_0": "Mona",
    "last_name_0": "Nys",
    "day_0": "2018-01-05",
    "street": "Kerkstraat 3",
    "postcode": "3999",
    "city": "Lindedaal",
    "first_name": "Noor",
    "last_name": "Nys",
    "email": "",
    "phone": "",
    "language": "de",
}
MONA = ChildData(first_name="Mona", last_name="Nys", born=date(2018, 1, 5))
HOME = NewHousehold(
    adults=[AdultData(first_name="Noor", last_name="Nys", email="noor@ouders.example")],
    street="Kerkstraat 3",
    postcode="3999",
    city="Lindedaal",
)
USUAL = pytest.mark.django_db


@built_once
def desk():
    made = cast.make_desk()
    cast.make_street(made)
    return made


@pytest.fixture
def clerk(desk):
    return client_of(
        cast.make_user(
            "clerk@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=timezone.now()
        )
    )


def at(desk):
    return reverse("enrolment:office_new_family", args=[desk.slug])


@USUAL
def test_a_clerk_registers_a_family_without_mail_once_however_often_it_is_sent(desk, clerk):
    begin = clerk.get(reverse("enrolment:office_new_request", args=[desk.slug])).content.decode()
    assert at(desk) in begin
    given = GIVEN | {"once": clerk.get(at(desk)).context["once"]}
    made = clerk.post(at(desk), given)
    household = Household.objects.get(adults__last_name="Nys")
    assert made.url == reverse("enrolment:household", args=[desk.slug, household.reference])
    assert clerk.post(at(desk), given).url == made.url and Household.objects.count() == 1
    assert (household.language, household.children.get().first_name) == ("de", "Mona")
    assert not CareRequest.objects.exists() and not grants_over(household)
    page = clerk.get(made.url).content.decode()
    for name in ("outofschool:family", "sickcare:family", "enrolment:add_child"):
        assert reverse(name, args=[household.reference]) in page
    entry = AuditEntry.objects.get(action="household.registered")
    assert (entry.household_id, entry.desk_id) == (household.pk, desk.pk)


@USUAL
def test_a_clerk_who_gives_an_address_that_is_known_is_told_and_makes_nothing(desk, clerk):
    cast.make_household(desk, "Nys", now=timezone.now(), email="noor@ouders.example")
    refused = clerk.post(at(desk), GIVEN | {"email": "Noor@ouders.example"})
    assert refused.status_code == 422 and "email" in refused.context["form"].errors
    assert Household.objects.count() == 1
    more = clerk.post(at(desk), GIVEN | {"more": "1"})
    assert more.status_code == 200 and more.context["form"].children_asked == 2


@USUAL
def test_who_gives_a_mail_address_at_the_counter_logs_in_with_it(desk, clerk):
    clerk.post(at(desk), GIVEN | {"email": "noor@ouders.example"})
    assert [grant.user.email for grant in grants_over(Household.objects.get())] == ["noor@ouders.example"]


@USUAL
def test_the_other_pages_of_the_counter_stay_shut_to_others(desk):
    visitor = Client().get(at(desk))
    assert visitor.status_code == 302 and "/account/login/" in visitor.url
    other = cast.make_desk("elders", nis="99002")
    user = cast.make_user(
        "x@elders.example", role=Role.CLERK, scope=Scope.DESK, scope_id=other.pk, now=timezone.now()
    )
    assert client_of(user).get(at(desk)).status_code == 404


@USUAL
def test_a_way_back_leads_nowhere_outside_this_site(desk, clerk):
    household = cast.make_household(desk, "Nys", now=timezone.now())
    address = reverse("enrolment:add_child", args=[household.reference])
    added = clerk.post(f"{address}?next=https://elders.example/", GIVEN)
    assert added.url == reverse("enrolment:household", args=[desk.slug, household.reference])
    assert household.children.get().first_name == "Mona"


@USUAL
def test_the_same_child_is_added_once(desk):
    household = cast.make_household(desk, "Nys", now=timezone.now())
    add_children(principal=SYSTEM, household=household, children=[MONA], now=timezone.now())
    with pytest.raises(RefusedError):
        add_children(principal=SYSTEM, household=household, children=[MONA], now=timezone.now())
    assert household.children.count() == 1


def both_at_once(desk):
    """Two tabs of one parent send what was typed at the same moment."""
    user = make_account(email="noor@ouders.example", name="Noor Nys", verified=True)
    principal = Principal(user_id=user.pk, name="Noor Nys")

    def send():
        return register_family(
            principal=principal, desk=desk, household=HOME, children=[MONA], language="nl", now=timezone.now()
        ).pk

    return side_by_side([send] * 4)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_tabs_make_one_family(desk):
    assert len(set(both_at_once(desk))) == 1
    assert Household.objects.count() == 1 and RoleGrant.objects.filter(scope=Scope.HOUSEHOLD).count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_tabs_make_more(desk, monkeypatch):
    monkeypatch.setattr(locks, "ENABLED", False)
    both_at_once(desk)
    assert Household.objects.count() > 1
