"""Who was told what and when: found by name, kind, state and day; a location sees what is about itself alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kribbe.contact.access import Seat
from kribbe.contact.models import Mail, MailState, Notice, Side
from kribbe.contact.selectors.told import SHOWN, Asked, told_page
from kribbe.contact.services import mark_posted, tell_household, tell_location
from kribbe.contact.tests.scene import Scene, set_scene
from kribbe.people.models import Household
from kribbe.testing.cast import make_household
from kribbe.testing.clock import Clock
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return set_scene(clock)


def tell(household: Household, now: datetime, **more: Any) -> Notice:
    given: dict[str, Any] = {"kind": "testing/place_offered", "context": {"child": "Noor"}}
    notice = tell_household(household_id=household.pk, now=now, **(given | more))
    assert notice is not None
    return notice


def found(seat: Seat, **asked: Any) -> list[Notice]:
    return list(told_page(seat, Asked(**asked)).rows)


def test_what_is_looked_for_is_found(scene: Scene, clock: Clock) -> None:
    first = tell(scene.maes, clock.now)
    clock.advance(days=2)
    scene.peeters.adults.update(email="")
    second = tell(scene.peeters, clock.now, kind="contact/post_household", context=POST)
    there = tell_location(
        location_id=scene.location.pk,
        desk=scene.desk,
        kind="contact/post_location",
        context=POST,
        now=clock.now + timedelta(minutes=1),
        addresses=["bea@kribbe.example"],
    )
    seat = scene.office
    assert found(seat) == [there, second, first]
    assert found(seat, name="mae") == found(seat, name="An Maes") == [first]
    assert found(seat, name="notelaar") == [there]
    assert found(seat, name="Niemand") == []
    assert found(seat, household=scene.peeters.reference) == [second]
    assert found(seat, kind="contact/post_location") == [there]
    assert found(seat, last=clock.today - timedelta(days=1)) == [first]
    assert found(seat, first=clock.today) == [there, second]
    assert found(seat, state="waiting") == [there, first]
    Mail.objects.filter(notice=first).update(state=MailState.BOUNCED)
    assert found(seat, state="failed") == [first]
    assert found(seat, state="to_post") == [second]
    mark_posted(letter=second.letter, principal=SYSTEM, now=clock.now)
    assert (found(seat, state="to_post"), found(seat, state="posted")) == ([], [second])


POST = {"sender": "Bea", "subject": "Slaapzak", "text": ""}


def test_a_location_sees_what_is_about_itself_and_no_address(scene: Scene, clock: Clock) -> None:
    about = tell(scene.maes, clock.now, location_id=scene.location.pk)
    tell(scene.maes, clock.now)
    tell(scene.maes, clock.now, location_id=scene.elsewhere.pk)
    assert found(scene.nursery) == [about]
    bea = scene.client(scene.bea)
    page = bea.get(reverse("contact:location_told", args=[scene.location.slug])).content.decode()
    assert about.subject in page
    assert "Gezin M." in page
    assert "an.maes@example.org" not in page
    assert "Maes" not in page
    assert bea.get(reverse("contact:location_told", args=[scene.elsewhere.slug])).status_code == 404
    entry = AuditEntry.objects.get(action="location.told")
    assert entry.data["households"] == [scene.maes.pk]


def test_a_desk_sees_its_own_and_the_look_is_on_the_trail(scene: Scene, clock: Clock) -> None:
    from kribbe.testing.cast import make_desk

    tell(scene.maes, clock.now)
    other = make_household(make_desk("elders", nis="99002"), "Wouters", now=clock.now, email="w@example.org")
    tell(other, clock.now)
    cleo = scene.client(scene.cleo)
    page = cleo.get(reverse("contact:office_told", args=[scene.desk.slug])).content.decode()
    assert reverse("enrolment:household", args=[scene.desk.slug, scene.maes.reference]) in page
    assert "an.maes@example.org" in page
    assert "Wouters" not in page
    entry = AuditEntry.objects.get(action="desk.list", data__list="told")
    assert entry.data["households"] == [scene.maes.pk]
    for who in (scene.an, scene.bea):
        assert (
            scene.client(who).get(reverse("contact:office_told", args=[scene.desk.slug])).status_code == 404
        )
    assert cleo.get(reverse("contact:office_told", args=["elders"])).status_code == 404


def test_wrong_days_are_told_at_the_field_and_left_out(scene: Scene, clock: Clock) -> None:
    tell(scene.maes, clock.now)
    page = scene.client(scene.cleo).get(
        reverse("contact:office_told", args=[scene.desk.slug]), {"first": "gisteren", "after": "x"}
    )
    assert page.status_code == 200
    assert page.context["form"].errors["first"]
    assert len(page.context["rows"]) == 1


@pytest.mark.parametrize("side", [Side.DESK, Side.LOCATION])
def test_pages_follow_each_other_and_cost_the_same(
    scene: Scene, clock: Clock, side: Side, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    who, name, slug = {
        Side.DESK: (scene.cleo, "contact:office_told", scene.desk.slug),
        Side.LOCATION: (scene.bea, "contact:location_told", scene.location.slug),
    }[side]
    client: Client = scene.client(who)
    there = reverse(name, args=[slug])
    costs = []
    for number in range(SHOWN + 3):
        family = make_household(scene.desk, f"Gezin {number}", now=clock.now, email=f"g{number}@example.org")
        tell(family, clock.now, location_id=scene.location.pk)
        if number in {0, SHOWN + 2}:
            with django_assert_max_num_queries(20) as asked:
                page = client.get(there)
            costs.append(len(asked))
    assert costs[0] == costs[1]
    assert len(page.context["rows"]) == SHOWN
    second = client.get(page.context["next_url"])
    assert len(second.context["rows"]) == 3
    assert second.context["next_url"] == ""
    assert client.get(second.context["previous_url"]).context["rows"] == page.context["rows"]
