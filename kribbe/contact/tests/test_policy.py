"""How a desk wants to talk: chosen by its administrators, refused at the field, and what held before is kept."""

from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kribbe.contact.models import ContactPolicy, Mail
from kribbe.contact.selectors.policy import policy_of, versions
from kribbe.contact.services import tell_household
from kribbe.contact.services.policy import Talking, change_contact_policy
from kribbe.people.models import Household
from kribbe.testing.cast import acting, make_user
from kribbe.testing.clock import Clock
from kribbe.testing.sessions import log_in
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db
TYPED = {"quiet_from": "20:00", "quiet_until": "08:00", "quiet_sundays": "on"}


def decide(household: Household, clock: Clock, **more: Any) -> None:
    given = {
        "post_text_in_mail": False,
        "quiet_from": time(20),
        "quiet_until": time(8),
        "quiet_sundays": True,
    }
    change_contact_policy(
        desk=household.desk,
        talking=Talking(**(given | more)),
        principal=acting(Role.ADMINISTRATOR, Scope.DESK, household.desk_id, name="Ada"),
        now=clock.now,
    )


def administrator(household: Household, clock: Clock) -> Client:
    over = {"scope": Scope.DESK, "scope_id": household.desk_id, "now": clock.now}
    return log_in(
        Client(), make_user("ada@desk.example", role=Role.ADMINISTRATOR, **over), second_factor=True
    )


def test_what_is_decided_holds_for_the_next_mail(household: Household, clock: Clock) -> None:
    decide(household, clock, quiet_from=time(8), quiet_until=time(12))
    tell_household(
        household_id=household.pk, kind="testing/place_offered", context={"child": "Noor"}, now=clock.now
    )
    assert clock.now.hour == 9
    assert Mail.objects.get().due_at == clock.now.replace(hour=12)


def test_every_version_is_kept_with_who_decided_it(household: Household, clock: Clock) -> None:
    assert versions(household.desk) == []
    decide(household, clock)
    first = clock.now
    clock.advance(days=1)
    decide(household, clock, quiet_sundays=False)
    decide(household, clock, quiet_sundays=False)
    found = versions(household.desk)
    assert [(each.policy.quiet_sundays, each.since, each.who) for each in found] == [
        (False, clock.now, "Ada"),
        (True, first, "Ada"),
    ]
    entry = AuditEntry.objects.filter(action="desk.contact_policy").latest("pk")
    assert entry.data["fields"] == ["quiet_sundays"]
    ContactPolicy.objects.update(quiet_sundays=True)
    assert (len(versions(household.desk)), versions(household.desk)[0].who) == (3, "")


@pytest.mark.parametrize(
    ("starts", "ends", "refused"),
    [
        (time(20), time(12), False),
        (time(20), time(12, 1), True),
        (time(9), time(9), False),
        (time(1), time(23), True),
    ],
)
def test_eight_hours_a_day_are_left_for_mails(
    household: Household, clock: Clock, starts: time, ends: time, refused: bool
) -> None:
    if not refused:
        decide(household, clock, quiet_from=starts, quiet_until=ends)
        assert policy_of(household.desk).quiet_from == starts
        return
    with pytest.raises(RefusedError) as caught:
        decide(household, clock, quiet_from=starts, quiet_until=ends)
    assert caught.value.field == "quiet_until"
    assert not ContactPolicy.objects.exists()


def test_an_administrator_decides_on_the_page(household: Household, clock: Clock) -> None:
    ada = administrator(household, clock)
    there = reverse("contact:policy", args=["lindedaal"])
    assert f'href="{there}"' in ada.get(reverse("region:settings", args=["lindedaal"])).content.decode()
    page = ada.get(there).content.decode()
    assert 'value="21:00"' in page
    assert "De gewone keuze geldt" in page
    assert ada.post(there, TYPED | {"quiet_until": ""}).status_code == 422
    wrong = ada.post(there, TYPED | {"quiet_until": "18:00"})
    assert wrong.status_code == 422
    assert "acht uur" in wrong.context["form"].errors["quiet_until"][0]
    assert ada.post(there, TYPED).url == there
    page = ada.get(there).content.decode()
    assert "Mails waarop niemand wacht, blijven liggen van 20:00 tot 8:00." in " ".join(page.split())
    assert "Ada" in page


@pytest.mark.parametrize("times", [1, 12])
def test_a_long_history_costs_no_more_queries(
    household: Household, clock: Clock, times: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(times):
        decide(household, clock, quiet_sundays=bool(number % 2))
    ada = administrator(household, clock)
    with django_assert_max_num_queries(14):
        ada.get(reverse("contact:policy", args=["lindedaal"]))
