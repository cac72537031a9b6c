"""The desk's work lists: who stands on which, page by page, and how much waits on the clerk's first page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.desk_services import mark_rows
from kribbe.contact.models import Letter, Mail, Notice
from kribbe.enrolment.models import Offer, OfferState, Preference, RequestDraft
from kribbe.enrolment.pages.list_table import LISTS
from kribbe.enrolment.pages.lists import PAGE
from kribbe.enrolment.selectors.worklists import LICENCE, called, late, to_call
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.keep_waiting import keep_waiting
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Adult, FactKind
from kribbe.places.models import LicenceState, Location
from kribbe.places.services.licences import note_licence
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import Facts
from kribbe.rules.priority import vulnerable as rule
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db

WEEK = WeekPattern.from_text("mon tue")


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def location(desk):
    place = cast.make_location(desk, "De Notelaar")
    cast.make_group(place, 9, now=timezone.now())
    return place


@pytest.fixture
def clerk(desk):
    return client_of(
        cast.make_user(
            "an@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=timezone.now()
        )
    )


def ask(desk, location, name, *, in_days=60):
    household = cast.make_household(desk, name, now=timezone.now())
    child = cast.make_child(household, "Lotte", born=timezone.localdate() - timedelta(days=200))
    start = timezone.localdate() + timedelta(days=in_days)
    return cast.make_request(child, [location], start=start, pattern=WEEK, now=timezone.now())


def offer(request, location):
    return make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get().pk,
        group_id=location.groups.get().pk,
        start=request.wanted_start,
        pattern=WEEK,
        now=timezone.now(),
        excuses={},
    )


def listed(clerk, desk, name, **query):
    shown = clerk.get(reverse(f"enrolment:list_{name}", args=[desk.slug]), query)
    return [line.name for line in shown.context["lines"]]


def waits(clerk, desk):
    shown = clerk.get(reverse("enrolment:office", args=[desk.slug]))
    ours = {one.url_name.removeprefix("list_").replace("_", "-") for one in LISTS} | {"late", "letters"}
    found = {one.url.split("/")[-2]: one.total for one in shown.context["lists"]}
    return {name: total for name, total in found.items() if name in ours}


def test_who_stands_on_which_list(desk, location, clerk):
    running = offer(ask(desk, location, "Loopt", in_days=9), location)
    over = offer(ask(desk, location, "Voorbij", in_days=90), location)
    placed = offer(ask(desk, location, "Tekent", in_days=91), location)
    accept_offer(principal=SYSTEM, offer_id=placed.pk, yes=Yes(), now=timezone.now())
    ask(desk, location, "Dringend", in_days=7)
    ask(desk, location, "Later", in_days=200)
    Offer.objects.filter(pk=running.pk).update(deadline=timezone.now() + timedelta(days=2))
    Offer.objects.filter(pk=over.pk).update(state=OfferState.LAPSED, answered_at=timezone.now())
    RequestDraft.objects.create(desk=desk, on_behalf=True, created_at=timezone.now(), saved_at=timezone.now())
    assert listed(clerk, desk, "urgent") == ["Lotte Dringend"]
    assert listed(clerk, desk, "running_out") == ["Lotte Loopt"]
    assert listed(clerk, desk, "ran_out") == ["Lotte Voorbij"]
    assert listed(clerk, desk, "to_sign") == ["Lotte Tekent"]
    assert waits(clerk, desk) == {
        "urgent": 1,
        "running-out": 1,
        "ran-out": 1,
        "to-sign": 1,
        "drafts": 1,
        "letters": Letter.objects.count(),
    }


def test_another_desk_has_its_own_lists(desk, location, clerk):
    ask(cast.make_desk("elders", nis="99002"), location, "Dringend", in_days=7)
    assert listed(clerk, desk, "urgent") == []
    assert waits(clerk, desk) == {}


def test_a_long_list_goes_page_by_page_and_is_filtered_by_name(desk, location, clerk):
    for number in range(PAGE + 3):
        ask(desk, location, f"Kind{number:02}", in_days=number % 4)
    address, seen = reverse("enrolment:list_urgent", args=[desk.slug]), []
    while address:
        shown = clerk.get(address)
        seen += [line.name for line in shown.context["lines"]]
        address, back = shown.context["next_url"], shown.context["previous_url"]
    assert len(seen) == len(set(seen)) == PAGE + 3
    assert [line.name for line in clerk.get(back).context["lines"]] == seen[:PAGE]
    assert listed(clerk, desk, "urgent", q="kind07") == ["Lotte Kind07"]
    assert listed(clerk, desk, "urgent", q="niemand") == []


def test_whose_names_stood_on_a_list_is_recorded(desk, location, clerk):
    one = ask(desk, location, "Maes", in_days=5)
    listed(clerk, desk, "urgent")
    data = AuditEntry.objects.get(action="desk.list").data
    assert data == {"list": "urgent", "households": [one.household_id]}


@pytest.mark.parametrize("name", ["office", "list_urgent"])
def test_the_queries_dont_grow(desk, location, clerk, name):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            clerk.get(reverse(f"enrolment:{name}", args=[desk.slug]))
        return len(captured)

    ask(desk, location, "Eerst", in_days=1)
    queries()
    few = queries()
    for number in range(6):
        ask(desk, location, f"Kind{number}", in_days=2)
    assert queries() == few <= 30


VULNERABLE = [
    ((), False, False),
    ((FactKind.WORK, FactKind.SINGLE), False, False),
    ((FactKind.LOW_INCOME,), False, False),
    ((FactKind.LOW_INCOME, FactKind.WORK), False, True),
    ((FactKind.WORK, FactKind.WORK_4_5, FactKind.DUTCH_SPEAKING), False, False),
    ((FactKind.SINGLE,), True, True),
    ((FactKind.CARE_NEED,), True, False),
    ((FactKind.CARE_NEED, FactKind.NO_DIPLOMA), False, True),
]
"""Facts of the household, whether the child needs care, and whether the law calls it vulnerable (2 of 5, 1 of the
last three)."""


@pytest.mark.parametrize(("facts", "care_need", "expected"), VULNERABLE)
def test_vulnerable_as_the_law_says(desk, location, clerk, facts, care_need, expected):
    asked = ask(desk, location, "Maes")
    type(asked.child).objects.filter(pk=asked.child_id).update(care_need=care_need)
    for kind in facts:
        cast.make_fact(asked.household, kind, since=timezone.localdate(), now=timezone.now())
    held = {kind.value for kind in facts} | ({"care_need"} if care_need else set())
    by_rule = rule(
        Facts(
            work=bool(held & {"work", "work_4_5"}),
            single="single" in held,
            low_income="low_income" in held,
            care_need="care_need" in held,
            no_diploma="no_diploma" in held,
        ),
        load_pack("flanders"),
        timezone.localdate(),
    )
    assert by_rule.holds == expected
    assert listed(clerk, desk, "vulnerable") == (["Lotte Maes"] if expected else [])


def old(request, days):
    Preference.objects.filter(request=request).update(registered_at=timezone.now() - timedelta(days=days))


def test_locations_that_owe_an_answer_are_reminded_once_a_day(desk, location, clerk):
    offered = ask(desk, location, "Aanbod")
    offer(offered, location)
    late_one, early = ask(desk, location, "Laat"), ask(desk, location, "Vroeg")
    for one, days in ((late_one, 22), (early, 20), (offered, 40)):
        old(one, days)
    address = reverse("enrolment:list_late", args=[desk.slug])
    (row,) = clerk.get(address).context["locations"]
    assert (row, row.late, row.reminded_at) == (location, 1, None)
    assert waits(clerk, desk)["late"] == 1
    cast.make_user(
        "baas@notelaar.example",
        role=Role.MANAGER,
        scope=Scope.LOCATION,
        scope_id=location.pk,
        now=timezone.now(),
    )
    for _ in range(2):
        clerk.post(address, {"location": location.slug})
    assert Notice.objects.filter(kind="enrolment/answers_wanted").count() == 1
    assert Mail.objects.filter(address="baas@notelaar.example").count() == 1
    assert clerk.get(address).context["locations"][0].reminded_at is not None


def test_a_location_that_named_a_month_has_answered_until_then(desk, location, clerk):
    kept, over = ask(desk, location, "Later"), ask(desk, location, "Voorbij")
    today = timezone.localdate()
    for one, months in ((kept, 4), (over, 1)):
        old(one, 90)
        keep_waiting(
            principal=SYSTEM,
            preference_id=one.preferences.get().pk,
            month=add_months(today, months),
            now=timezone.now(),
        )
    assert late(desk.pk, timezone.now()).count() == 0
    passed = timezone.now() + timedelta(days=32)
    assert [wish.request for wish in late(desk.pk, passed)] == [over]


def test_the_term_begins_when_an_answer_may_be_given(location, clerk, desk):
    desk.policies.update(earliest_answer_months=7)
    soon, far = ask(desk, location, "Straks", in_days=100), ask(desk, location, "Ver", in_days=230)
    for one in (soon, far):
        old(one, 60)
    assert waits(clerk, desk)["late"] == 1, "an answer to the other may be given for less than three weeks"


def test_another_desks_location_isnt_reminded_from_here(desk, clerk):
    other = cast.make_location(cast.make_desk("elders", nis="99002"), "Elders")
    old(ask(other.desk, other, "Laat"), 60)
    clerk.post(reverse("enrolment:list_late", args=[desk.slug]), {"location": other.slug})
    assert not Notice.objects.filter(kind="enrolment/answers_wanted").exists()


def test_whom_to_call_when_a_licence_is_suspended(desk, location, clerk):
    waiting = ask(desk, location, "Wacht")
    Adult.objects.filter(household=waiting.household).update(phone="0470 12 34 56")
    household = cast.make_household(desk, "Plaats", now=timezone.now())
    child = cast.make_child(household, "Lou", born=timezone.localdate() - timedelta(days=400))
    cast.make_placement(
        child,
        location.groups.get(),
        start=timezone.localdate() - timedelta(days=90),
        end=timezone.localdate() + timedelta(days=200),
        pattern=WEEK,
        now=timezone.now(),
    )
    ask(cast.make_desk("elders", nis="99002"), location, "Elders")
    assert listed(clerk, desk, "licence") == []
    Location.objects.filter(pk=location.pk).update(licence_state=LicenceState.SUSPENDED)
    address = reverse("enrolment:list_licence", args=[desk.slug])
    shown = clerk.get(address)
    assert [(line.name, line.detail) for line in shown.context["lines"]] == [
        ("Lou Plaats", "has a place at De Notelaar"),
        ("Lotte Wacht", "waits for De Notelaar"),
    ]
    assert 'href="tel:0470 12 34 56"' in shown.text
    for offered in (f'name="row" value="{child.pk}"', "Mark as called", 'href="?whole=1"', 'href="?dealt=1"'):
        assert offered in shown.text
    clerk.post(address, {"row": [child.pk]})
    assert listed(clerk, desk, "licence") == ["Lotte Wacht"]
    assert listed(clerk, desk, "licence", dealt="1") == ["Lou Plaats"]
    clerk.post(address, {"row": [child.pk], "undo": "1"})
    assert waits(clerk, desk)["licence"] == 2
    assert len(clerk.get(address, {"whole": "1"}).context["lines"]) == 2


def test_the_queries_of_whom_to_call_dont_grow(desk, location, clerk):
    Location.objects.filter(pk=location.pk).update(licence_state=LicenceState.ENDED)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            listed(clerk, desk, "licence")
        return len(captured)

    ask(desk, location, "Eerst")
    queries()
    few = queries()
    for number in range(6):
        ask(desk, location, f"Kind{number}")
    assert queries() == few <= 30


def test_a_later_suspension_calls_who_was_called_before(desk, location, clerk):
    request = ask(desk, location, "Wacht")
    now = timezone.now()

    def note(state, days, source="website"):
        at = now - timedelta(days=days)
        note_licence(
            principal=SYSTEM, location_id=location.pk, state=state, checked_on=timezone.localdate(at),
            source=source, now=at,
        )  # fmt: skip

    def call(days):
        mark_rows(
            desk=desk, name=LICENCE, rows=[f"{request.child_id}"], principal=SYSTEM,
            now=now - timedelta(days=days),
        )  # fmt: skip

    def wait():
        return [to_call(desk.pk, now).count(), called(desk.pk, now).count()]

    note(LicenceState.SUSPENDED, 100)
    assert wait() == [1, 0]
    call(99)
    assert wait() == [0, 1]
    note(LicenceState.SUSPENDED, 90, "a second look")
    assert wait() == [0, 1]
    note(LicenceState.LICENSED, 80)
    assert wait() == [0, 0]
    note(LicenceState.SUSPENDED, 20)
    assert wait() == [1, 0]
    call(19)
    assert wait() == [0, 1]
    note(LicenceState.ENDED, 5)
    assert wait() == [1, 0]


def test_nobody_asks_a_stopped_location_for_answers(desk, location):
    old(ask(desk, location, "Laat"), 60)
    assert late(desk.pk, timezone.now()).count() == 1
    for state in (LicenceState.SUSPENDED, LicenceState.ENDED):
        Location.objects.filter(pk=location.pk).update(licence_state=state)
        assert late(desk.pk, timezone.now()).count() == 0
