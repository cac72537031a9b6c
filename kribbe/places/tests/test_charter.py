"""The desk's rules: published from a day on, agreed to with a term, asked again by a new version."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.places.models import CharterAgreement
from kribbe.places.selectors.charter import standing_of, standings, text_of, without_charter
from kribbe.places.services.charter import CharterText, agree, drop_planned, publish_charter
from kribbe.testing import cast
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def location(desk):
    return cast.make_location(desk, "De Notelaar")


def publish(desk, clock, *, days=0, text="Regels", term=30, needed=True):
    return publish_charter(
        principal=SYSTEM,
        desk=desk,
        text=CharterText(texts={"nl": text, "en": ""}, term_days=term, needed_to_offer=needed),
        from_day=clock.today + timedelta(days=days),
        now=clock.now,
    )


def agreed(charter, *locations, clock, name="Mia Claes"):
    keys = [each.pk for each in locations]
    return agree(principal=SYSTEM, charter_id=charter.pk, location_ids=keys, name=name, now=clock.now)


def test_without_rules_every_location_may_offer(location, clock):
    assert standing_of(location, clock.today) is None


def test_within_the_term_a_location_may_offer_and_after_it_only_when_it_agreed(desk, location, clock):
    charter = publish(desk, clock)
    last = clock.today + timedelta(days=30)
    assert standing_of(location, last).may_offer
    assert not standing_of(location, last + timedelta(days=1)).may_offer
    agreed(charter, location, clock=clock)
    assert standing_of(location, last + timedelta(days=1)).may_offer


def test_a_desk_may_leave_it_at_asking(desk, location, clock):
    publish(desk, clock, needed=False)
    assert standing_of(location, date(2030, 1, 1)).may_offer


def test_a_new_version_asks_again_and_gives_a_term_to_who_agreed_before(desk, location, clock):
    newcomer = cast.make_location(desk, "Nieuw")
    agreed(publish(desk, clock), location, clock=clock)
    clock.advance(days=60)
    publish(desk, clock, days=10, text="Nieuwe regels")
    day = clock.today + timedelta(days=10)
    assert standing_of(location, day - timedelta(days=1)).is_agreed
    again = standing_of(location, day)
    assert (again.is_agreed, again.agreed_before, again.may_offer) == (False, True, True)
    assert not standing_of(location, day + timedelta(days=31)).may_offer
    assert not standing_of(newcomer, day).may_offer


def test_a_planned_version_is_replaced_or_taken_back_and_one_that_holds_is_not(desk, clock):
    publish(desk, clock)
    publish(desk, clock, days=20, text="A")
    second = publish(desk, clock, days=30, text="B")
    assert [c.texts["nl"] for c in desk.charters.order_by("version")] == ["Regels", "B"]
    assert second.version == 2
    drop_planned(principal=SYSTEM, desk=desk, now=clock.now)
    with pytest.raises(RefusedError):
        drop_planned(principal=SYSTEM, desk=desk, now=clock.now)
    with pytest.raises(RefusedError) as refused:
        publish(desk, clock)
    assert refused.value.field == "from_day"


@pytest.mark.parametrize(("days", "text", "field"), [(-1, "x", "from_day"), (0, "  ", "text_nl")])
def test_a_past_day_or_no_dutch_is_refused(desk, clock, days, text, field):
    with pytest.raises(RefusedError) as refused:
        publish(desk, clock, days=days, text=text)
    assert refused.value.field == field


def test_agreeing_is_once_by_name_and_on_the_trail(desk, location, clock):
    elsewhere = cast.make_location(cast.make_desk("elders", nis="99002"), "Ver")
    charter = publish(desk, clock)
    assert without_charter(desk.pk, clock.today).count() == 1
    with pytest.raises(RefusedError):
        agreed(charter, location, clock=clock, name=" ")
    assert agreed(charter, location, elsewhere, clock=clock) == 1
    assert agreed(charter, location, clock=clock) == 0
    assert CharterAgreement.objects.get().agreed_name == "Mia Claes"
    assert AuditEntry.objects.filter(action="charter.agree").count() == 1
    assert without_charter(desk.pk, clock.today).count() == 0


def test_who_reads_an_old_version_is_told(desk, location, clock):
    old = publish(desk, clock)
    clock.advance(days=1)
    publish(desk, clock)
    with pytest.raises(RefusedError) as refused:
        agreed(old, location, clock=clock)
    assert refused.value.code == "newer"


def test_an_organiser_agrees_for_all_its_locations_on_one_page(desk, location):
    now = timezone.now()
    sister = cast.make_location(desk, "De Beuk")
    charter = publish_charter(
        principal=SYSTEM,
        desk=desk,
        text=CharterText(texts={"nl": "Regels", "en": "Rules"}, term_days=30, needed_to_offer=True),
        from_day=timezone.localdate(),
        now=now,
    )
    user = cast.make_user(
        "o@kinderhuis.example",
        role=Role.ORGANISER,
        scope=Scope.ORGANISER,
        scope_id=location.organiser_id,
        now=now,
    )
    client = log_in(Client(), user, second_factor=True)
    address = reverse("places:charter", args=[location.slug])
    assert "Regels" in client.get(address).content.decode()
    lacking = client.post(address, {"name": "Mia Claes", "everywhere": "on"})
    assert lacking.status_code == 422
    assert client.post(address, {"name": "Mia Claes", "agreed": "on", "everywhere": "on"}).status_code == 302
    assert set(charter.agreements.values_list("location", flat=True)) == {location.pk, sister.pk}
    assert text_of(charter) == "Regels"


def test_the_administrator_reads_over_and_publishes_and_sees_who_lacks(desk, location):
    now = timezone.now()
    user = cast.make_user(
        "ada@desk.example", role=Role.ADMINISTRATOR, scope=Scope.DESK, scope_id=desk.pk, now=now
    )
    client = log_in(Client(), user, second_factor=True)
    address = reverse("places:new_charter", args=[desk.slug])
    data = {"from_day": f"{timezone.localdate()}", "term_days": "20", "text_nl": "Eerlijk <b>geven</b>"}
    looked = client.post(address, data | {"look": "1"}).content.decode()
    assert "Eerlijk &lt;b&gt;geven" in looked
    assert not desk.charters.exists()
    assert client.post(address, data | {"publish": "1"}).status_code == 302
    assert desk.charters.get().needed_to_offer is False
    page = client.get(reverse("places:agreements", args=[desk.slug])).content.decode()
    assert "De Notelaar" in page
    assert "nog niet in met versie 1." in page


def test_the_list_of_agreements_asks_the_same_for_two_and_for_twenty(
    desk, clock, django_assert_max_num_queries, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    charter = publish(desk, clock)
    agreed(charter, cast.make_location(desk, "A"), cast.make_location(desk, "B"), clock=clock)
    with CaptureQueriesContext(connection) as few:
        standings(desk, clock.today)
    for number in range(18):
        agreed(charter, cast.make_location(desk, f"L{number}"), clock=clock)
    with CaptureQueriesContext(connection) as many:
        standings(desk, clock.today)
    assert len(few) == len(many)


def test_a_location_whose_licence_ended_is_asked_for_no_agreement(desk, location, clock):
    publish(desk, clock)
    assert [row for row, _standing in standings(desk, clock.today)] == [location]
    location.licence_state = "ended"
    location.save(update_fields=["licence_state"])
    assert standings(desk, clock.today) == []
    assert not without_charter(desk.pk, clock.today).exists()
