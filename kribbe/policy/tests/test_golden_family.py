"""One child from registration to signature, every number worked out by hand.

The same story is told in docs/tour/one-child.md. De Notelaar is a crèche with income places, one group of two
places, and the published criteria "a brother or sister here", then "at least eight half-days". One place is
Stan De Wolf's, the whole week until 31 August 2027, so one is free on every half-day.
"""

from datetime import UTC, date, datetime

import pytest

from kribbe.contact.models import Mail
from kribbe.enrolment.models import CareRequest
from kribbe.enrolment.selectors.fit import fit
from kribbe.enrolment.selectors.waiting import waiting_list
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.come_in import NewHousehold
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.services.register import Registration, register_request
from kribbe.enrolment.services.sign import sign
from kribbe.people.models import FactKind, Household
from kribbe.people.services import AdultData, ChildData, record_birth
from kribbe.places import ledger
from kribbe.places.ledger_free import free_by_month
from kribbe.policy.selectors import counters
from kribbe.policy.selectors.requests import requests_of_year
from kribbe.policy.territory import Territory
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import VISITOR

WHOLE_WEEK = WeekPattern(WORK_WEEK)
NOOR = WeekPattern.from_text("mon tue thu-am")
ILYAS = WeekPattern.from_text("mon thu")
FIEN = WeekPattern.from_text("mon tue wed fri")
EMILE = WeekPattern.from_text("thu fri")
MARCH = date(2027, 3, 1)

pytestmark = pytest.mark.django_db


def moment(text):
    return datetime.fromisoformat(f"{text}T10:00:00+00:00")


@built_once
def town():
    return cast.make_desk()


@pytest.fixture
def notelaar(town):
    location = cast.make_location(town, "De Notelaar", criteria=("sibling", "full_week"))
    cast.make_group(location, 2, now=moment("2026-05-01"), name="Lieveheersbeestjes")
    return location


@pytest.fixture
def molentje(town):
    location = cast.make_location(town, "Het Molentje")
    cast.make_group(location, 1, now=moment("2026-05-01"))
    return location


def registered(
    town, name, last_name, on, pattern, locations, *, born=None, expected=None, facts=(), household=None
):
    mail = f"{last_name.lower().replace(' ', '')}@ouders.example"
    given = household or NewHousehold(
        adults=[AdultData(first_name="An", last_name=last_name, email=mail)],
        street="Dorpsstraat 5",
        postcode="3999",
        city="Lindedaal",
        municipality=town.municipality,
    )
    requests = register_request(
        principal=VISITOR,
        registration=Registration(
            desk=town,
            household=given,
            children=[ChildData(first_name=name, last_name=last_name, born=born, expected=expected)],
            pattern=pattern,
            wanted_start=MARCH,
            latest_start=date(2027, 6, 1),
            location_ids=[location.pk for location in locations],
            facts=facts,
        ),
        now=moment(on),
    )
    return requests[0]


@pytest.fixture
def story(town, notelaar, molentje):
    """Noor, Ilyas, Fien (Stan's sister) and Emile ask for De Notelaar, in this order of date."""
    de_wolf = cast.make_household(town, "De Wolf", now=moment("2025-02-01"))
    stan = cast.make_child(de_wolf, "Stan", born=date(2025, 1, 5))
    group = notelaar.groups.get()
    cast.make_placement(
        stan,
        group,
        start=date(2026, 5, 4),
        end=date(2027, 9, 1),
        pattern=WHOLE_WEEK,
        now=moment("2026-05-01"),
    )
    registered(
        town, "Noor", "Maes", "2026-05-14", NOOR, [notelaar, molentje],
        expected=date(2026, 7, 1), facts=[FactKind.WORK, FactKind.SINGLE],
    )  # fmt: skip
    registered(
        town, "Ilyas", "Bakri", "2026-06-02", ILYAS, [notelaar], born=date(2026, 4, 2), facts=[FactKind.WORK]
    )
    registered(
        town, "Fien", "De Wolf", "2026-06-09", FIEN, [notelaar], born=date(2026, 5, 20),
        household=Household.objects.get(pk=de_wolf.pk),
    )  # fmt: skip
    registered(town, "Emile", "Vos", "2026-06-21", EMILE, [notelaar, molentje], born=date(2026, 5, 1))
    return group


def test_where_everybody_stands_and_why(story, notelaar):
    lines = waiting_list(notelaar.pk, now=moment("2026-12-01"))
    # (absolute priority: work, other grounds of the law, brother or sister, 8 half-days, date); 0 where it holds
    assert [(line.first_name, line.standing.key) for line in lines] == [
        ("Noor", (0, 0, 1, 1, 20260514)),  # works, and single
        ("Ilyas", (0, 1, 1, 1, 20260602)),  # works
        (
            "Fien",
            (1, 0, 0, 0, 20260609),
        ),  # a brother here is a ground of the law too; 4 whole days = 8 half-days
        ("Emile", (1, 1, 1, 1, 20260621)),
    ]


def test_from_registration_to_signature(town, story, notelaar, molentje):
    noor = CareRequest.objects.get(child__first_name="Noor")
    record_birth(
        child=noor.child,
        born=date(2026, 7, 3),
        principal=VISITOR,
        today=date(2026, 7, 6),
        now=moment("2026-07-06"),
    )
    city = Territory.of_desk(town)
    before = counters.asking(city)

    offer = make_offer(
        principal=VISITOR,
        preference_id=noor.preferences.get(rank=1).pk,
        group_id=story.pk,
        start=MARCH,
        pattern=NOOR,
        now=moment("2026-12-02"),
    )
    # first in line, so nobody is passed over; 2 December + 10 days, to the end of that day in Brussels
    assert offer.passed_over.count() == 0
    assert offer.deadline == datetime(2026, 12, 12, 23, 0, tzinfo=UTC)
    # two and a half on 3 July 2026 + 30 months = 3 January 2029; school opens after the holidays, on the 8th
    assert (offer.during.lower, offer.during.upper) == (MARCH, date(2029, 1, 8))

    # free: 2 bookable - Stan's - Noor's on mon, tue, thu-am; from September 2027 Stan's place is free again
    march = free_by_month(group_ids=[story.pk], first_month=MARCH, months=7)[story.pk]
    assert march[0][:10] == [0, 0, 0, 0, 1, 1, 0, 1, 1, 1]
    assert march[6][:10] == [1, 1, 1, 1, 2, 2, 1, 2, 2, 2]
    assert fits(ILYAS, march) == (1, 4)  # thursday afternoon only
    assert fits(EMILE, march) == (3, 4)  # all but thursday morning
    assert fits(FIEN, march) == (4, 8)  # wednesday and friday

    placement = accept_offer(principal=VISITOR, offer_id=offer.pk, yes=Yes(), now=moment("2026-12-05"))
    assert placement.sign_by == datetime(2026, 12, 19, 23, 0, tzinfo=UTC)  # 5 + 14 = the end of the 19th
    assert dict(noor.preferences.values_list("location__name", "state")) == {
        "De Notelaar": "placed",
        "Het Molentje": "replaced",
    }
    assert [line.first_name for line in waiting_list(molentje.pk, now=moment("2026-12-05"))] == ["Emile"]
    emile = CareRequest.objects.get(child__first_name="Emile").preferences.get(location=molentje)
    moved = emile.position_changes.get()
    assert (moved.before, moved.after, moved.cause) == (2, 1, "left")

    final = sign(principal=VISITOR, placement_id=placement.pk, name="An Maes", now=moment("2026-12-06"))
    assert final.state == "final"
    noor.refresh_from_db()
    assert (noor.state, noor.end) == ("ended", "answered")

    after = counters.asking(city)
    assert (before.total, after.total) == (4, 3)  # Noor, Ilyas, Fien, Emile; then without Noor
    assert counters.placed(city, today=date(2026, 12, 6)) == 1  # Stan
    assert counters.placed(city, today=MARCH) == 2  # Stan and Noor
    answers = requests_of_year(city, year=2026).all
    assert (answers.total, answers.answered, answers.running, answers.unanswered) == (4, 1, 3, 0)
    assert ledger.miscounted(group_ids=[story.pk], today=date(2026, 5, 1)) == []
    told = list(
        Mail.objects.filter(address="maes@ouders.example")
        .order_by("pk")
        .values_list("notice__kind", flat=True)
    )
    assert told == [
        "enrolment/request_registered",
        "enrolment/offer_made",
        "enrolment/place_reserved",
        "enrolment/place_final",
    ]


def fits(pattern, free):
    found = fit(pattern, start=MARCH, end=date(2027, 8, 31), first_month=MARCH, free=free)
    return len(found.free), found.asked
