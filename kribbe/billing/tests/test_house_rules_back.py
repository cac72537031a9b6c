"""A version of the house rules that was published by mistake goes before it begins, and comes back."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.billing.models import Books, Run
from kribbe.billing.tests.scene import IBAN
from kribbe.contact.models import Notice
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.models import Organiser
from kribbe.planning.models import HouseRules
from kribbe.planning.services.house_rules import Rules, publish_house_rules
from kribbe.planning.services.house_rules_back import give_back_house_rules, take_away_house_rules
from kribbe.planning.services.papers import send_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import notelaar
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY = timedelta(days=1)
START, AUGUST = date(2026, 1, 5), date(2026, 8, 1)


CHANGED = ("id", "version", "published_at")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """It is 4 May 2026."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@built_once
def scene():
    """Version 1 holds since today; version 2 begins in August."""
    made = notelaar(now=NOW, start=START)
    publish(made, NOW.date())
    publish(made, AUGUST, told_by=time(9, 30), allowance_days=20)
    return made


def publish(scene, first, **said):
    rules = Rules(from_day=first, **said)
    return publish_house_rules(principal=scene.manager, location=scene.location, rules=rules, now=NOW - DAY)


def away(scene, version=2):
    take_away_house_rules(principal=scene.manager, location=scene.location, version=version, now=NOW)


def back(scene):
    return give_back_house_rules(principal=scene.manager, location=scene.location, now=NOW)


def code(deed, *given):
    with pytest.raises(RefusedError) as refused:
        deed(*given)
    return refused.value.code


def test_it_goes_and_families_that_were_told_hear_so(scene):
    away(scene)
    assert [each.version for each in HouseRules.objects.all()] == [1]
    assert Notice.objects.filter(kind="planning/house_rules_gone", household__isnull=False).count() == 2
    assert AuditEntry.objects.filter(action="house_rules.take_away").count() == 1
    assert code(away, scene) == "gone"


def test_it_comes_back_as_it_was_under_a_number_of_its_own(scene):
    before = HouseRules.objects.get(version=2)
    away(scene)
    again = back(scene)
    names = [each.attname for each in HouseRules._meta.concrete_fields if each.attname not in CHANGED]
    again.refresh_from_db()
    assert {name: getattr(again, name) for name in names} == {name: getattr(before, name) for name in names}
    assert again.version == 3
    assert code(back, scene) == "gone"


def test_what_holds_stays(scene):
    assert code(away, scene, 1) == "begun"


def test_what_an_agreement_names_stays(scene):
    scene.noor.during = (AUGUST, scene.noor.during.upper)
    scene.noor.save()
    weeks = ({0: ((480, 1020),), 1: ((480, 1020),)},)
    terms = Terms(first=AUGUST, weeks=weeks)
    send_paper(principal=scene.manager, placement_id=scene.noor.pk, terms=terms, name="Mia", now=NOW)
    assert code(away, scene) == "signed"
    assert HouseRules.objects.count() == 2


def test_what_is_billed_stays(scene):
    scene.location.organiser = Organiser.objects.create(name="Vzw", name_key="vzw")
    scene.location.save()
    books = Books.objects.create(organiser=scene.location.organiser, name="Vzw", iban=IBAN, started_on=START)
    Run.objects.create(books=books, month=AUGUST, issued_on=AUGUST, started_at=NOW)
    assert code(away, scene) == "billed"


def test_on_the_page_it_is_taken_away_and_undone(scene):
    client = client_of(manager_of(scene.location, now=NOW))
    address = reverse("planning:house_rules", args=[scene.location.slug])
    assert client.get(address).content.decode().count('value="take_away"') == 1
    client.post(address, {"do": "take_away", "version": "2"})
    assert "Version 2 was taken away on" in client.get(address).content.decode()
    client.post(address, {"do": "give_back"})
    assert HouseRules.objects.get(version=3).told_by == time(9, 30)
    assert "was taken away" not in client.get(address).content.decode()
