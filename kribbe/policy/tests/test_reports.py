"""The yearly report of a small world counted by hand, and what is fixed stays as it was."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.apps import apps
from django.db import ProgrammingError, transaction
from django.urls import reverse
from pypdf import PdfReader

from kribbe.enrolment.models import CareRequest
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Adult, Child, FactKind, Household, RoleGrant
from kribbe.places.models import Location
from kribbe.policy.models import YearlyReport
from kribbe.policy.selectors.counters import places_by_municipality
from kribbe.policy.selectors.report import content
from kribbe.policy.services.reports import fix_report
from kribbe.policy.territory import Territory
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
WEEK = WeekPattern.from_text("mon tue")

pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(f"{text}T10:00:00+01:00")


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def location(desk):
    made = cast.make_location(desk, "De Notelaar")
    cast.make_group(made, 14, now=NOW)
    return made


def family(desk, name, *facts, works_in=None, born=date(2026, 2, 1), **fields):
    household = cast.make_household(desk, name, now=NOW, **fields)
    if works_in is not None:
        Adult.objects.filter(household=household).update(work_municipality=works_in)
    for kind in facts:
        cast.make_fact(household, kind, since=date(2025, 1, 1), now=NOW)
    return cast.make_child(household, name, born=born)


def ask(child, location, end=None, *, opened, closed=None, start=date(2026, 12, 1)):
    request = cast.make_request(child, [location], start=start, pattern=WEEK, now=at(opened))
    if end is not None:
        request.state, request.ended_at, request.end = "ended", at(closed), end
        request.save()
    return request


def small_world(desk, location):
    """Eight registrations of seven children in 2026.

    Ada: answered, works here.             Bob: unanswered, vulnerable (single, low income, no diploma).
    Cem: unanswered, urgent (start 20 days after).   Dina: open, lives in the other town, a parent works here.
    Eva: miscarriage.                      Fay: registered at both desks (the second one unanswered, one runs).
    Gus: unanswered at the other desk alone.
    """
    other = cast.make_desk("beukenrode", nis="99002")
    elsewhere = cast.make_location(other, "Verder")
    town, vulnerable = desk.municipality, (FactKind.SINGLE, FactKind.LOW_INCOME, FactKind.NO_DIPLOMA)
    ada, bob = family(desk, "Ada", works_in=town), family(desk, "Bob", *vulnerable)
    dina = family(desk, "Dina", works_in=town, municipality=other.municipality)
    ask(ada, location, RequestEnd.ANSWERED, opened="2026-03-02", closed="2026-06-01")
    ask(bob, location, RequestEnd.UNANSWERED, opened="2026-03-02", closed="2026-12-20")
    urgent = {"opened": "2026-03-02", "closed": "2026-12-20", "start": date(2026, 3, 22)}
    ask(family(desk, "Cem"), location, RequestEnd.UNANSWERED, **urgent)
    ask(dina, location, opened="2026-04-01")
    lapsed = {"opened": "2026-04-01", "closed": "2026-05-01"}
    ask(family(desk, "Eva"), location, RequestEnd.LAPSED_MISCARRIAGE, **lapsed)
    ask(family(desk, "Fay"), location, opened="2026-05-01")
    ask(family(other, "Fay"), elsewhere, RequestEnd.UNANSWERED, opened="2026-05-02", closed="2026-12-01")
    ask(family(other, "Gus"), elsewhere, RequestEnd.UNANSWERED, opened="2026-05-02", closed="2026-12-01")
    return other


def test_the_report_of_a_small_world(desk, location):
    small_world(desk, location)
    told = content(Territory.of_desk(desk), year=2026, now=NOW)
    # Ada + (Bob + Cem) + (Dina + Fay) + Eva = 1 + 2 + 2 + 1 = 6
    assert told["all"] == {"answered": 1, "unanswered": 2, "running": 2, "otherwise": 1}
    assert told["categories"] == {
        "urgent": {"answered": 0, "unanswered": 1, "running": 0, "otherwise": 0},
        "vulnerable": {"answered": 0, "unanswered": 1, "running": 0, "otherwise": 0},
        # all but Dina: Ada, Bob, Cem, Fay, Eva
        "resident": {"answered": 1, "unanswered": 2, "running": 1, "otherwise": 1},
        # Ada and Dina
        "works_here": {"answered": 1, "unanswered": 0, "running": 1, "otherwise": 0},
    }
    assert {name: sum(each.values()) for name, each in told["homes"].items()} == {
        "Beukenrode": 1,
        "Lindedaal": 5,
    }
    assert told["places"] == [
        ["Lindedaal", "group", "income", {"licensed": 14, "staffed": 14, "bookable": 14, "locations": 1}]
    ]
    assert "priority_rules" in content(Territory.of_desk(desk), year=2023, now=NOW)["categories"]


def test_who_moves_stays_a_resident_of_the_day_of_registration(desk, location):
    """Ada moves to the other town and her parent finds work elsewhere, in June; nothing changes in the report."""
    other = small_world(desk, location)
    before = content(Territory.of_desk(desk), year=2026, now=NOW)
    ada = CareRequest.objects.get(child__first_name="Ada").household
    Household.objects.filter(pk=ada.pk).update(municipality=other.municipality)
    Adult.objects.filter(household=ada).update(work_municipality=other.municipality)
    for model in ("HouseholdEvent", "AdultEvent"):
        events = apps.get_model("people", model).objects
        events.filter(pgh_label="insert").update(pgh_created_at=at("2026-01-01"))
    events.filter(work_municipality=desk.municipality_id).update(pgh_created_at=at("2026-01-02"))
    after = content(Territory.of_desk(desk), year=2026, now=NOW)
    assert (after["homes"], after["categories"]) == (before["homes"], before["categories"])


def test_vulnerable_by_what_the_child_needs_and_by_work_of_four_fifths(desk, location):
    """A single parent whose child needs care; low income and work of four fifths: two of five, one decisive."""
    ivo = family(desk, "Ivo", FactKind.SINGLE)
    Child.objects.filter(pk=ivo.pk).update(care_need=True)
    for child in (ivo, family(desk, "Jef", FactKind.LOW_INCOME, FactKind.WORK_4_5), family(desk, "Kim")):
        ask(child, location, opened="2026-03-02")
    told = content(Territory.of_desk(desk), year=2026, now=NOW)
    assert told["categories"]["vulnerable"]["running"] == 2


def test_places_on_a_past_day_are_those_of_groups_that_were_active_then(desk, location):
    """It closed in July 2026: the end of June still has its places, the end of August hasn't."""
    territory = Territory.of_desk(desk)
    Location.objects.filter(pk=location.pk).update(active=False)
    events = apps.get_model("places", "LocationEvent").objects
    events.filter(active=True).update(pgh_created_at=at("2026-01-01"))
    events.filter(active=False).update(pgh_created_at=at("2026-07-05"))
    assert places_by_municipality(territory, on=date(2026, 6, 30)) != {}
    assert places_by_municipality(territory, on=date(2026, 8, 31)) == {}


def test_the_region_counts_a_child_of_two_desks_once(desk, location):
    """6 at the one desk, 2 at the other, of which Fay is at both: 6 + 2 - 1 = 7. Fay's need still runs."""
    other = small_world(desk, location)
    here, there, whole = (
        sum(content(each, year=2026, now=NOW)["all"].values())
        for each in (Territory.of_desk(desk), Territory.of_desk(other), Territory.of_region(desk.region))
    )
    assert (here, there, whole) == (6, 2, 7)
    told = content(Territory.of_region(desk.region), year=2026, now=NOW)
    assert told["all"] == {"answered": 1, "unanswered": 3, "running": 2, "otherwise": 1}
    assert told["categories"]["resident"] == told["all"], "everybody lives in the region"


def fix(desk, now=NOW):
    return fix_report(principal=SYSTEM, territory=Territory.of_desk(desk), desk=desk, year=2026, now=now)


def test_a_fixed_report_never_changes_and_a_later_count_is_a_new_version(desk, location):
    small_world(desk, location)
    first = fix(desk)
    with pytest.raises(RefusedError, match="1"):
        fix(desk, NOW + timedelta(days=1))
    before = dict(first.content), bytes(first.pdf)
    ask(family(desk, "Hanne"), location, opened="2026-11-01")
    second = fix(desk, NOW + timedelta(days=2))
    first.refresh_from_db()
    assert (dict(first.content), bytes(first.pdf)) == before
    assert (first.version, second.version) == (1, 2)
    assert second.content["all"]["running"] == first.content["all"]["running"] + 1
    for change in (lambda: YearlyReport.objects.update(year=2020), first.delete):
        with pytest.raises(ProgrammingError, match="update or delete"), transaction.atomic():
            change()


def test_a_year_to_come_has_no_report(desk):
    with pytest.raises(RefusedError):
        fix_report(principal=SYSTEM, territory=Territory.of_desk(desk), desk=desk, year=2028, now=NOW)


def test_the_document_is_tagged_tells_definitions_and_hides_small_numbers(desk, location):
    small_world(desk, location)
    report = fix(desk)
    hidden, exact = (PdfReader(BytesIO(bytes(each))) for each in (report.pdf, report.pdf_exact))
    assert hidden.trailer["/Root"]["/MarkInfo"]["/Marked"]
    words, shown = (" ".join(page.extract_text() for page in each.pages) for each in (hidden, exact))
    assert "Jaarverslag 2026, Lindedaal" in words
    assert "Opgroeien" in words
    assert "Handtekening" in words or "handtekening" in words
    assert "niet vermeld" in words
    assert "niet vermeld" not in shown


def test_the_exact_document_is_for_who_may_see_the_families_too(desk, location):
    """A policy officer gets the hidden one, a clerk none, and whoever is both the exact one, at one address."""
    report = fix_report(principal=SYSTEM, territory=Territory.of_desk(desk), desk=desk, year=2026, now=NOW)
    address = reverse("policy:report", args=[desk.slug, report.reference])

    def opened_by(email, *roles):
        users = [cast.make_user(email, role=roles[0], scope=Scope.DESK, scope_id=desk.pk, now=NOW)]
        for role in roles[1:]:
            RoleGrant.objects.create(
                user=users[0], role=role, scope=Scope.DESK, scope_id=desk.pk, granted_at=NOW
            )
        return client_of(users[0]).get(address, {"download": "pdf"})

    assert opened_by("beleid@loket.example", Role.POLICY_OFFICER).content == bytes(report.pdf)
    assert opened_by("loket@loket.example", Role.CLERK).status_code == 404
    both = opened_by("beide@loket.example", Role.POLICY_OFFICER, Role.CLERK)
    assert both.content == bytes(report.pdf_exact) != bytes(report.pdf)
