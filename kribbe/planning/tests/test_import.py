"""A location's own list is taken over whole or not at all, twice adds nothing, and it can be taken back."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from kribbe.enrolment.models import Placement
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.people.models import Adult, Child, Household, RoleGrant, User
from kribbe.places.importing.files import read_bytes
from kribbe.places.ledger import miscounted, recount
from kribbe.places.models import ClosingDay, GroupCapacity, LedgerTake
from kribbe.planning.importing import run as runs
from kribbe.planning.importing.plan import plan
from kribbe.planning.importing.run import forget_lists, work_off
from kribbe.planning.importing.undo import undo_list
from kribbe.planning.importing.words import known_words
from kribbe.planning.models import AgreedWeeks, ImportedPlace, Paper, TellingSide
from kribbe.planning.papers import paper_pdf
from kribbe.planning.selectors.planned import planned_at
from kribbe.planning.services.absences import report_absence
from kribbe.planning.tests.import_scene import DAY, HEADER, asked, faults, given, line, table, take
from kribbe.planning.tests.scene import notelaar
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db


@built_once
def scene():
    return notelaar(now=timezone.now(), places=5, day_price=30)


def test_a_row_becomes_a_family_with_its_agreement(scene):
    run = take(scene, line(scene, days="wo do 8:00-17:00 | wo vm"))
    placement = Placement.objects.get(imported__run=run)
    assert f"{placement.child}" == "Mila Peeters"
    assert placement.during.lower == scene.start
    assert placement.during.upper == scene.start + 401 * DAY
    weeks = AgreedWeeks.objects.get(placement=placement)
    assert weeks.weeks == [{"2": [[480, 1020]], "3": [[480, 1020]]}, {"2": [[420, 780]]}]
    paper = Paper.objects.get(agreement=weeks.agreement)
    assert (paper.day_fee, paper.signed_name, paper.location_name) == (
        Decimal("24.50"),
        "Jo Peeters",
        "Mia Claes",
    )
    assert paper_pdf(paper).startswith(b"%PDF")
    user = User.objects.get(email="jo@ouders.example")
    assert RoleGrant.objects.filter(user=user, scope_id=placement.child.household_id).exists()
    assert LedgerTake.objects.filter(holder=f"placement:{placement.pk}").exists()
    assert not miscounted(group_ids=[scene.group.pk], today=scene.now.date())
    assert (run.table, run.totals["new"]) == (None, 1)


def test_brothers_and_sisters_of_one_address_are_one_family(scene):
    take(scene, line(scene), line(scene, "Finn", days="ma"), line(scene, "Ella", email="", days="ma"))
    homes = dict(Child.objects.filter(last_name="Peeters").values_list("first_name", "household"))
    assert homes["Mila"] == homes["Finn"] != homes["Ella"]


def test_a_workbook_with_a_column_a_day(scene):
    book = Workbook()
    book.active.append(["Voornaam", "Naam", "Geboren", "Naam ouder", "Startdatum", "Ma", "Di", "Wo"])
    book.active.append(
        ["Mila", "Peeters", scene.start - 250 * DAY, "Peeters", scene.start, "8:00-17:00", "", "vm | -"]
    )
    out = BytesIO()
    book.save(out)
    made = plan(read_bytes(out.getvalue(), header_words=known_words), scene.location, scene.now.date())
    assert made.new[0].weeks == ({0: ((480, 1020),), 2: ((420, 780),)}, {0: ((480, 1020),)})


def test_the_same_file_twice_adds_nothing(scene):
    lines = [line(scene), line(scene, "Finn", days="vr 8-12 | vr nm")]
    take(scene, *lines)
    before = Household.objects.count(), Placement.objects.count()
    again = given(scene, *lines)
    with pytest.raises(RefusedError):
        asked(scene, again)
    assert (Household.objects.count(), Placement.objects.count()) == before
    made = plan(table(*lines), scene.location, scene.now.date())
    assert (made.totals, made.faults) == ({"new": 0, "known": 2, "refused": 0, "rows": 2}, [])


def test_a_list_is_carried_out_once(scene):
    run = take(scene, line(scene))
    with pytest.raises(RefusedError):
        asked(scene, run)
    assert work_off(run.pk, now=scene.now) == 0
    assert ImportedPlace.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"first": ""}, ("Voornaam", "missing")),
        ({"first": "\u200e\u200f"}, ("Voornaam", "unseen")),
        ({"first": "x" * 101}, ("Voornaam", "too_long")),
        ({"born": "32/01/2026"}, ("Geboortedatum", "date")),
        ({"born": "29/02/2026"}, ("Geboortedatum", "date")),
        ({"born": "01/01/2199"}, ("Geboortedatum", "born_ahead")),
        ({"email": "jo at ouders"}, ("E-mail ouder", "email")),
        ({"email": ""}, ("E-mail ouder", "no_email")),
        ({"group": "Beren"}, ("Groep", "group")),
        ({"start": "soon"}, ("Start", "date")),
        ({"start": "01/02/2020", "end": "01/03/2020", "born": "01/06/2019"}, ("Einde", "over")),
        ({"end": "01/01/2020"}, ("Einde", "end_early")),
        ({"end": ""}, ("Einde", "no_end")),
        ({"days": "maadag"}, ("Dagen", "weeks")),
        ({"days": ""}, ("Dagen", "no_days")),
        ({"days": "ma|di|wo|do|vr"}, ("Dagen", "too_many_weeks")),
        ({"days": "wo 5:00-17:00"}, ("Dagen", "outside_hours")),
        ({"days": "za 8:00-17:00"}, ("Dagen", "not_open")),
        ({"fee": "veel"}, ("Dagprijs", "fee")),
        ({"fee": "-1"}, ("Dagprijs", "fee")),
        ({"fee": "NaN"}, ("Dagprijs", "fee")),
        ({"born": "01/01/2015"}, ("Groep", "age")),
    ],
)
def test_a_fault_is_named_by_row_and_column(scene, change, found):
    assert (3, *found) in faults(scene, line(scene, "Finn", days="vr"), line(scene, **change))


def test_a_row_that_is_left_out_is_not_told_as_taken_over_too(scene):
    assert faults(scene, line(scene, "Finn", end="", days="veel")) == [(2, "Dagen", "weeks")]
    assert faults(scene, line(scene, "Finn", end="", days="vr")) == [(2, "Einde", "no_end")]


def test_what_doubles_or_overlaps_is_left_out(scene):
    take(scene, line(scene))
    other = faults(scene, line(scene, days="do"), line(scene, "Finn"), line(scene, "Finn", days="wo"))
    assert other == [(2, "Dagen", "other_place"), (4, "Dagen", "doubled")]


def test_a_second_agreement_on_other_half_days_is_taken(scene):
    run = take(scene, line(scene, days="wo vm"), line(scene, days="wo nm", fee="10"))
    assert Child.objects.filter(first_name="Mila").count() == 1
    assert run.totals["new"] == 2


def test_the_last_place_goes_to_the_first_row(scene):
    rows = [line(scene, f"Kind{letter}", days="ma") for letter in "abcd"]
    assert faults(scene, *rows) == [(5, "Dagen", "full")]


def test_a_group_without_a_licence_takes_nobody(scene):
    GroupCapacity.objects.update(licensed_places=0, staffed_places=0, bookable_places=0)
    assert (2, "Dagen", "not_open") in faults(scene, line(scene))


def test_a_closing_day_is_no_fault_and_nobody_comes_on_it(scene):
    ClosingDay.objects.create(location=scene.location, during=(scene.start + 2 * DAY, scene.start + 3 * DAY))
    run = take(scene, line(scene))
    planned = next(
        each
        for each in planned_at(scene.location, scene.start, scene.start + 6 * DAY)
        if each.placement and each.placement.pk == run.places.get().placement_id
    )
    closed = frozenset({scene.start + 2 * DAY})
    assert [bool(planned.parts(scene.start + n * DAY, closed)) for n in range(5)] == [
        False,
        False,
        False,
        True,
        False,
    ]


def test_of_a_faulty_row_nothing_is_written_and_the_others_are(scene):
    run = take(scene, line(scene), line(scene, "Finn", born="gisteren"))
    assert run.totals == {"new": 1, "known": 0, "refused": 1, "rows": 2}
    assert not Child.objects.filter(first_name="Finn").exists()
    assert run.faults[0]["column"] == "Geboortedatum"


def test_asked_twice_is_asked_once(scene):
    run = given(scene, line(scene))
    first, second = asked(scene, run), asked(scene, run)
    assert (first.asked_at, second.asked_at) == (scene.now, scene.now)
    assert AuditEntry.objects.filter(action="agreements.import_ask").count() == 1


def test_a_fault_takes_its_part_back_and_closes_the_list_with_what_stands(scene, monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 2)
    lines = [line(scene, f"Kind{letter}", days="vr", email=f"{letter}@ouders.example") for letter in "abcde"]
    run = given(scene, *lines)
    asked(scene, run)
    monkeypatch.setattr(runs, "write", fails_at_the_second(runs.write))
    with pytest.raises(ZeroDivisionError):
        work_off(run.pk, now=scene.now)
    run.refresh_from_db()
    assert (run.stopped, run.table, run.totals["new"], run.totals["rows"]) == (True, None, 2, 5)
    assert Placement.objects.filter(imported__run=run).count() == 2
    monkeypatch.undo()
    rest = take(scene, *lines)
    assert (rest.totals["new"], rest.totals["known"]) == (3, 2)
    assert not miscounted(group_ids=[scene.group.pk], today=scene.now.date())


def fails_at_the_second(write):
    calls = []

    def writing(*given):
        calls.append(1)
        write(*given)
        return 1 / (2 - len(calls))

    return writing


def test_a_list_in_parts_is_as_a_list_in_one(scene, monkeypatch):
    """Doubles, families over two parts, second agreements and full half-days are told just so."""
    lines = [
        line(scene, "Mila", days="wo vm", email="a@ouders.example"),
        line(scene, "Finn", days="ma", email="b@ouders.example", born="01/02/2026"),
        line(scene, "Mila", days="wo nm", email="a@ouders.example"),
        line(scene, "Otto", days="ma", email="a@ouders.example"),
        line(scene, "Mila", days="wo vm", email="a@ouders.example"),
        line(scene, "Bo", days="ma", email="", fee="-1"),
        *(line(scene, f"Kind{n}", days="ma", email="") for n in range(3)),
    ]
    whole = take(scene, *lines)
    told = whole.totals, whole.faults, homes_of(whole), flags_of(whole)
    undo_list(principal=scene.manager, run_id=whole.pk, now=scene.now)
    monkeypatch.setattr(runs, "AT_ONCE", 1)
    parts = take(scene, *lines)
    assert (parts.totals, parts.faults, homes_of(parts), flags_of(parts)) == told
    assert [fault["code"] for fault in parts.faults if fault["code"] != "no_email"] == [
        "doubled",
        "fee",
        "full",
        "full",
    ]
    assert Child.objects.get(first_name="Otto").birth_rank == 2


def homes_of(run):
    """Which lines are of one household."""
    found = {}
    for number, home in run.places.order_by("line").values_list("line", "placement__child__household"):
        found.setdefault(home, []).append(number)
    return sorted(found.values())


def flags_of(run):
    return list(run.places.order_by("line").values_list("line", "new_household", "new_child"))


def test_many_rows_cost_as_many_queries(scene):
    counts = []
    for size in (2, 20):
        lines = [
            line(scene, f"Kind{size}x{n}", email=f"{size}x{n}@ouders.example", days="vr vm")
            for n in range(size)
        ]
        GroupCapacity.objects.update(licensed_places=90, staffed_places=90, bookable_places=90)
        recount(group_ids=[scene.group.pk], today=scene.now.date(), now=scene.now)
        run = given(scene, *lines)
        asked(scene, run)
        with CaptureQueriesContext(connection) as captured:
            work_off(run.pk, now=scene.now)
        run.refresh_from_db()
        assert run.totals["new"] == size
        with CaptureQueriesContext(connection) as undoing:
            undo_list(principal=scene.manager, run_id=run.pk, now=scene.now)
        counts.append((len(captured), len(undoing)))
    assert counts[0] == counts[1]


def test_a_list_that_is_too_long_is_refused_in_words(scene, monkeypatch):
    monkeypatch.setattr(runs, "MOST_ROWS", 1)
    client = client_of(manager_of(scene.location, now=scene.now))
    content = "\n".join([HEADER, line(scene), line(scene, "Finn")]).encode()
    answer = client.post(
        reverse("planning:import", args=[scene.location.slug]),
        {"file": SimpleUploadedFile("lijst.csv", content)},
    )
    assert answer.status_code == 422
    assert "more than 1 rows" in answer.content.decode()


def test_who_has_a_staff_role_gets_no_log_in_of_a_family(scene):
    staff = manager_of(scene.location, now=scene.now)
    run = take(scene, line(scene, email=staff.email))
    adult = Adult.objects.get(household=run.places.get().placement.child.household)
    assert (adult.email, adult.user) == (staff.email, None)


def test_taken_back_everything_is_as_before(scene):
    before = rows_now()
    run = take(scene, line(scene), line(scene, "Finn", days="ma"))
    undo_list(principal=scene.manager, run_id=run.pk, now=scene.now)
    assert rows_now() == before
    assert not miscounted(group_ids=[scene.group.pk], today=scene.now.date())
    with pytest.raises(RefusedError):
        undo_list(principal=scene.manager, run_id=run.pk, now=scene.now)


def rows_now():
    tables = (Household, Adult, Child, Placement, Paper, AgreedWeeks, LedgerTake, RoleGrant)
    return [sorted(table.objects.values_list("pk", flat=True)) for table in tables]


def test_what_somebody_used_since_stays(scene):
    run = take(scene, line(scene), line(scene, "Finn", days="ma"))
    used = run.places.get(placement__child__first_name="Mila").placement
    report_absence(
        principal=scene.manager,
        placement_id=used.pk,
        days=[scene.start + 2 * DAY],
        side=TellingSide.LOCATION,
        now=scene.now,
    )
    undone = undo_list(principal=scene.manager, run_id=run.pk, now=scene.now)
    assert (undone.totals["gone"], undone.totals["kept"]) == (1, 1)
    assert Placement.objects.filter(pk=used.pk).exists()
    assert not Child.objects.filter(first_name="Finn").exists()
    assert Household.objects.filter(children__first_name="Mila").exists()


def test_a_signed_paper_that_was_not_taken_over_cant_go(scene):
    paper = Paper.objects.filter(taken_over=None)
    run = take(scene, line(scene))
    with pytest.raises(Exception, match="signed_stays"), transaction.atomic():
        Paper.objects.filter(taken_over=run).update(note="x")
    assert not paper.exists()


def test_a_list_that_nobody_takes_over_goes_after_two_weeks(scene):
    given(scene, line(scene))
    assert forget_lists(now=scene.now + 13 * DAY) == 0
    assert forget_lists(now=scene.now + 15 * DAY) == 1


def test_the_kept_list_is_sealed(scene):
    given(scene, line(scene))
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(t::text) FROM planning_agreementimport t")
        assert "Peeters" not in str(cursor.fetchone())


def test_a_child_of_another_location_is_nobodys_business(scene):
    """The same name and birth elsewhere is told nowhere; it becomes a family of its own, for the desk to merge."""
    other = cast.make_household(scene.desk, "Peeters", now=scene.now, email="jo@ouders.example")
    child = cast.make_child(other, "Mila", born=scene.start - 250 * DAY)
    run = take(scene, line(scene))
    assert run.places.get().placement.child_id != child.pk
