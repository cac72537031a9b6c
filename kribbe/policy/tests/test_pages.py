"""The policy officer's pages: who sees what, hidden or exact, as a page and as a file."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from kribbe.attendance.models import Presence
from kribbe.billing.tests.issued import issued
from kribbe.billing.tests.month import came
from kribbe.billing.tests.scene import with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.planning.models import AgreedWeeks, CareAgreement, Paper
from kribbe.policy.models import SnapshotValue
from kribbe.policy.services.snapshots import take_snapshots
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.staff.models import Shift
from kribbe.staff.tests.scene import hire
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope

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


def staff(desk, role, *, scope=Scope.DESK, scope_id=None):
    user = cast.make_user(
        f"{role.value}.{scope.value}@loket.example",
        role=role,
        scope=scope,
        scope_id=scope_id or desk.pk,
        now=timezone.now(),
    )
    return client_of(user)


@pytest.fixture
def clerk(desk):
    return staff(desk, Role.CLERK)


@pytest.fixture
def officer(desk):
    return staff(desk, Role.POLICY_OFFICER)


def ask(desk, location, name):
    now = timezone.now()
    household = cast.make_household(desk, name, now=now)
    child = cast.make_child(household, "Lotte", born=timezone.localdate() - timedelta(days=200))
    return cast.make_request(
        child, [location], start=timezone.localdate() + timedelta(days=60), pattern=WEEK, now=now
    )


def at(name, desk, *parts):
    return reverse(f"policy:{name}", args=[desk.slug, *parts])


def test_figures_as_a_page_and_as_a_file(desk, location, officer):
    ask(desk, location, "Peeters")
    shown = officer.get(at("figures", desk))
    assert "Figures of Lindedaal" in shown.text
    assert "What is counted here" in shown.text
    assert "Covers 1 of 1 location" in shown.text
    file = officer.get(at("figures", desk), {"download": "csv"})
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Figure;Part;What;Value;Area;Counted on;Covers;Definition"
    assert any(line.startswith("Places by kind and price;Total;Licensed;9;Lindedaal;") for line in lines)
    assert any(line.startswith("Children asking for a place;Living here;Children;;") for line in lines)


def test_the_workbook_holds_the_same_numbers_as_numbers(desk, location, officer, tmp_path):
    file = officer.get(at("figures", desk), {"download": "xlsx"})
    (tmp_path / "figures.xlsx").write_bytes(file.content)
    rows = list(load_workbook(tmp_path / "figures.xlsx").active.values)
    licensed = next(row for row in rows if row[:3] == ("Places by kind and price", "Total", "Licensed"))
    assert licensed[3] == 9


def test_who_may_see_the_families_sees_exact_numbers_and_the_rows_but_files_hide(
    desk, location, clerk, officer
):
    request = ask(desk, location, "Peeters")
    rows = at("rows", desk, "asking", "living")
    assert rows in clerk.get(at("figures", desk)).text
    assert rows not in officer.get(at("figures", desk)).text
    assert "&lt;5" not in clerk.get(at("figures", desk)).text
    file = clerk.get(at("figures", desk), {"download": "csv"}).content.decode("utf-8-sig")
    assert "Living here;Children;;" in file
    assert "Lotte Peeters" in clerk.get(rows).text
    looks = AuditEntry.objects.filter(action="household.read", household_id=request.household_id)
    assert looks.count() == 1
    assert officer.get(rows).status_code == 404
    assert clerk.get(at("rows", desk, "asking", "nonsense")).status_code == 404


def test_the_rows_behind_a_figure_ask_as_much_for_many_families_as_for_two(desk, location, clerk):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert clerk.get(at("rows", desk, "asking", "living")).status_code == 200
        return len(asked)

    families = [ask(desk, location, name) for name in ("Peeters", "Maes")]
    few = queries()
    families += [ask(desk, location, name) for name in ("Wouters", "Claes", "Jacobs", "Mertens")]
    assert queries() == few
    looks = AuditEntry.objects.filter(action="household.read", desk_id=desk.pk)
    seen = looks.values_list("household_id", flat=True)
    assert sorted(seen) == sorted([each.household_id for each in families[:2] + families])


def test_a_clerk_of_one_desk_sees_no_rows_of_the_region(desk, location, clerk):
    other = cast.make_desk("beukenrode", nis="99002")
    ask(other, cast.make_location(other, "Verder"), "Vreemd")
    shown = clerk.get(at("rows", desk, "asking", "living"), {"scope": "region"})
    assert "Vreemd" not in shown.text


def test_a_region_is_for_whoever_holds_a_role_over_it(desk, location, clerk):
    cast.make_location(cast.make_desk("beukenrode", nis="99002"), "Verder")
    region = staff(desk, Role.POLICY_OFFICER, scope=Scope.REGION, scope_id=desk.region_id)
    wide = region.get(at("figures", desk), {"scope": "region"})
    assert "Figures of Streek" in wide.text
    assert "2 locations" in wide.text
    file = region.get(at("reports", desk), {"scope": "region", "download": "csv"})
    assert "-streek.csv" in file["Content-Disposition"], "named after its area"
    assert "Figures of Lindedaal" in clerk.get(at("figures", desk), {"scope": "region"}).text


def test_a_month_stays_as_it_was_told_and_shows_what_is_known_since(desk, location, officer):
    moment = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)
    assert take_snapshots(now=moment) == 2, "the desk and its region"
    assert take_snapshots(now=moment + timedelta(days=3)) == 0, "once a month"
    location.groups.get().capacities.update(licensed_places=12)
    page = officer.get(at("month", desk, 2026, 10))
    assert "More is known of the places by now" in page.text
    cells = page.context["blocks"][0].total.cells
    assert [cell.value for cell in cells[:3]] == [9, 12, 3]
    assert officer.get(at("month", desk, 2026, 11)).status_code == 404
    assert officer.get(at("month", desk, 2026, 13)).status_code == 404
    file = officer.get(at("past", desk), {"download": "csv"}).content.decode("utf-8-sig").splitlines()
    assert file[1].startswith("2026-10-01;Lindedaal;Day-care centre, price by income;9;9;9;1")


def test_coverage_tells_who_keeps_what_and_who_looked(desk, location, officer):
    silent = cast.make_location(desk, "De Stille")
    cast.make_group(silent, 3, now=timezone.now())
    location.looked_at = timezone.now() - timedelta(days=3)
    location.save()
    ask(desk, location, "Peeters")
    page = officer.get(at("coverage", desk))
    assert page.context["shares"][0][0] == "Their places are known"
    assert [share[1] for share in page.context["shares"]] == [
        "2 of 2 locations",
        "1 of 2 locations",
        "0 of 2 locations",
        "1 of 2 locations",
        *["0 of 2 locations"] * 4,
    ]
    assert page.context["shares"][3][2] == "9 of 12 places (75\N{NO-BREAK SPACE}%)"


def test_coverage_tells_which_parts_each_location_uses():
    now, today = timezone.now(), timezone.localdate()
    kept = with_books(now=now, start=today - timedelta(days=30))
    scene = kept.scene
    cast.make_group(cast.make_location(scene.desk, "De Stille"), 3, now=now)
    officer = staff(scene.desk, Role.POLICY_OFFICER)
    issued(kept, on=today, now=now)
    agreement = CareAgreement.objects.create(placement=scene.noor, made_at=now)
    paper = Paper.objects.create(
        agreement=agreement, number=0, first=scene.start, weeks=[], pattern=1, notice_days=1, made_at=now,
        location_name="Mia",
    )  # fmt: skip
    AgreedWeeks.objects.create(
        agreement=agreement, placement=scene.noor, paper=paper, during=(None, None), weeks=[], masks=[1],
        turns_from=monday_of(today),
    )  # fmt: skip
    came(scene.noor, today - timedelta(days=59), "08:00", "12:00")
    Shift.objects.create(
        carer=hire(scene, "An Jacobs"),
        location=scene.location,
        group=scene.group,
        day=today,
        start=14,
        end=20,
    )
    page = officer.get(at("coverage", scene.desk))
    assert [share[1] for share in page.context["shares"][4:]] == ["1 of 2 locations"] * 4
    marks = {
        each.name: [mark for _use, mark in marks] for each, _kind, marks, _url in page.context["locations"]
    }
    assert (marks["De Notelaar"][4:8], marks["De Stille"][4:8]) == ([True] * 4, [False] * 4)
    Presence.objects.update(day=today - timedelta(days=61))
    assert officer.get(at("coverage", scene.desk)).context["shares"][5][1] == "0 of 2 locations"


def test_queries_dont_grow(desk, location, clerk):
    take_snapshots(now=timezone.now())
    today = timezone.localdate()
    pages = [
        at("figures", desk),
        at("coverage", desk),
        at("past", desk),
        at("month", desk, today.year, today.month),
    ]

    def queries(address):
        with CaptureQueriesContext(connection) as captured:
            assert clerk.get(address).status_code == 200
        return len(captured)

    ask(desk, location, "Een")
    few = [queries(address) for address in pages]
    for number in range(8):
        ask(desk, location, f"Gezin {number}")
        cast.make_group(cast.make_location(desk, f"Plek {number}"), 5, now=timezone.now())
    assert [queries(address) for address in pages] == few
    assert max(few) <= 30


def test_snapshots_cant_be_changed(desk, location):
    take_snapshots(now=timezone.now())
    with pytest.raises(ProgrammingError, match="update or delete"), transaction.atomic():
        SnapshotValue.objects.update(value=0)
