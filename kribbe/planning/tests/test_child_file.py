"""A child's file: kept by parents, seen by the location on the days of the stay alone, every look written down."""

import io
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pgtrigger
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from kribbe.contact.models import Notice
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.file_paper import file_pdf
from kribbe.planning.models import ChildFile, Severity
from kribbe.planning.selectors.child_file import (
    SHOWN_BEFORE,
    Allergy,
    AtHand,
    Person,
    allergies_at_hand,
    at_hand_of,
    file_of,
)
from kribbe.planning.services.child_file import Kept, ask_due, confirm_file, keep_file
from kribbe.planning.tests.scene import notelaar, place
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.pdf import tables_have_heads, tags_of
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NUTS = Allergy("noten", Severity.LIFE, "EpiPen, dan 112")
MILK = Allergy("melk", Severity.MILD)
RITA = Person("Rita Maes", "oma", "0470 11 22 33")
KEPT = Kept(health="Astma", allergies=[MILK, NUTS], fetchers=[RITA], contacts=[RITA], doctor="Dr. Peers")


@built_once
def scene():
    """The children began four weeks ago."""
    now = timezone.now()
    return notelaar(now=now, start=monday_of(now.date()) - 28 * DAY)


def keep(scene, child=None, kept=KEPT, seen=0, now=None):
    child = child or scene.noor.child
    return keep_file(
        principal=scene.parent, child_id=child.pk, kept=kept, seen_version=seen, now=now or scene.now
    )


def mine(scene):
    return reverse("planning:my_file", args=[scene.noor.reference])


def at(scene, placement):
    return reverse("planning:file", args=[scene.location.slug, placement.reference])


def test_the_tablet_has_the_worst_allergy_first_and_who_may_fetch(scene):
    keep(scene)
    with CaptureQueriesContext(connection) as captured:
        found = at_hand_of({scene.noor.child_id, scene.lou.child_id})
    assert len(captured) == 1
    assert found[scene.noor.child_id].allergies == (NUTS, MILK)
    assert found[scene.noor.child_id].fetchers == (RITA,)
    assert found[scene.lou.child_id] == AtHand()


def test_the_day_reads_allergies_and_unseals_nothing_else(scene):
    keep(scene)
    with CaptureQueriesContext(connection) as captured:
        found = allergies_at_hand([scene.noor, scene.lou])
    assert found == {scene.noor.pk: (NUTS, MILK), scene.lou.pk: ()}
    assert len(captured) == 1
    assert "fetchers" not in captured[0]["sql"]


def test_a_parent_types_it_and_the_location_reads_it(scene):
    parent, manager = client_of(scene.parent_user()), client_of(manager_of(scene.location, now=scene.now))
    typed = {
        "version": "0", "health": "Astma", "allergy0_what": "noten", "allergy0_severity": "life",
        "allergy0_to_do": "EpiPen", "fetcher0_name": "Rita", "fetcher0_relation": "oma",
        "contact3_name": "Tom", "contact3_phone": "0470",
    }  # fmt: skip
    assert parent.get(mine(scene)).status_code == 200
    assert parent.post(mine(scene), typed).status_code == 302
    shown = manager.get(at(scene, scene.noor)).content.decode()
    for said in ("noten", "EpiPen", "Rita", "Tom", "Astma"):
        assert said in shown
    look = AuditEntry.objects.get(action="child_file.read")
    assert look.household_id == scene.noor.child.household_id
    assert "noten" not in str(list(AuditEntry.objects.values("data", "reason")))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"allergy0_what": "noten"}, "allergy0_severity"),
        ({"allergy1_to_do": "EpiPen"}, "allergy1_what"),
        ({"contact0_name": "Tom"}, "contact0_phone"),
        ({"fetcher0_phone": "0470"}, "fetcher0_name"),
        ({"health": "a" * 2001}, "health"),
    ],
)
def test_half_a_row_is_refused_at_its_field(scene, typed, field):
    parent = client_of(scene.parent_user())
    answer = parent.post(mine(scene), {"version": "0", **typed})
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()
    assert file_of(scene.noor.child_id) is None


def test_a_location_sees_it_from_three_weeks_before_to_the_last_day(scene):
    """Not a day earlier or longer; and never of a child that comes to another location."""
    manager = client_of(manager_of(scene.location, now=scene.now))
    keep(scene)
    today = timezone.localdate()
    elsewhere = cast.make_location(scene.desk, "De Eik")
    other = place(scene.desk, cast.make_group(elsewhere, 3, now=scene.now), "Vos", "Ida",
                  WeekPattern.from_text("mon"), today, scene.now)  # fmt: skip
    for start, end, seen in (
        (today + SHOWN_BEFORE, today + 60 * DAY, 200),
        (today + SHOWN_BEFORE + DAY, today + 60 * DAY, 404),
        (today - 9 * DAY, today + DAY, 200),
        (today - 9 * DAY, today, 404),
    ):
        scene.noor.during = (start, end)
        scene.noor.save()
        for name in ("file", "file_paper"):
            address = reverse(f"planning:{name}", args=[scene.location.slug, scene.noor.reference])
            assert manager.get(address).status_code == seen
        listed = manager.get(reverse("planning:files", args=[scene.location.slug])).content.decode()
        assert ("Noor" in listed) is (seen == 200)
    assert manager.get(at(scene, other)).status_code == 404


def test_neither_the_desk_nor_another_parent_sees_it(scene):
    keep(scene)
    clerk = cast.make_user(
        "k@rol.example", role=Role.CLERK, scope=Scope.DESK, scope_id=scene.desk.pk, now=scene.now
    )
    charlie = cast.make_user(
        "c@rol.example",
        role=Role.PARENT,
        scope=Scope.HOUSEHOLD,
        scope_id=scene.lou.child.household_id,
        now=scene.now,
    )
    for user in (clerk, charlie, manager_of(scene.location, now=scene.now)):
        assert client_of(user).get(mine(scene)).status_code == 404


def test_two_parents_never_overwrite_each_other(scene):
    keep(scene)
    with pytest.raises(RefusedError) as refused:
        keep(scene, kept=Kept(health="Niets"))
    assert refused.value.code == "stale"
    with pytest.raises(RefusedError):
        confirm_file(principal=scene.parent, child_id=scene.noor.child_id, seen_version=0, now=scene.now)
    assert file_of(scene.noor.child_id).health == "Astma"


def test_every_version_is_remembered(scene):
    keep(scene)
    keep(scene, kept=Kept(health="Niets"), seen=1)
    events = ChildFile.pgh_event_model.objects.order_by("pgh_id")
    assert [event.health for event in events if event.version] == ["Astma", "Niets"]
    parts = AuditEntry.objects.filter(action="child_file.keep").latest("pk").data["parts"]
    assert parts == ["allergies", "contacts", "doctor", "fetchers", "health"]


def test_a_sibling_begins_with_what_holds_for_both(scene):
    keep(scene)
    child = cast.make_child(scene.noor.child.household, "Bas", born=scene.now.date() - 200 * DAY)
    bas = cast.make_placement(child, scene.group, start=scene.start, end=scene.start + 300 * DAY,
                              pattern=WeekPattern.from_text("thu"), now=scene.now)  # fmt: skip
    shown = (
        client_of(scene.parent_user()).get(reverse("planning:my_file", args=[bas.reference])).content.decode()
    )
    assert "Rita Maes" in shown
    assert "Dr. Peers" in shown
    assert "Astma" not in shown
    assert "EpiPen" not in shown


def test_parents_are_asked_once_and_again_after_half_a_year(scene):
    assert ask_due(now=scene.now) == 2
    assert ask_due(now=scene.now + DAY) == 0
    keep(scene)
    confirm = {"principal": scene.parent, "child_id": scene.noor.child_id, "seen_version": 1}
    asked = Notice.objects.filter(kind="planning/file_look")
    assert asked.count() == 2
    confirm_file(**confirm, now=scene.now + 100 * DAY)
    ask_due(now=scene.now + 190 * DAY)
    noors = asked.filter(household=scene.noor.child.household_id)
    assert noors.count() == 1
    ask_due(now=scene.now + 290 * DAY)
    assert noors.count() == 2


def test_nothing_is_asked_for_a_place_that_is_over(scene):
    for placement in (scene.noor, scene.lou):
        placement.during = (scene.start, timezone.localdate())
        placement.save()
    assert ask_due(now=scene.now) == 0


def test_the_paper_says_it_all(scene):
    file = keep(scene)
    data = file_pdf(scene.noor, file)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    for said in ("noten", "EpiPen, dan 112", "Rita Maes, oma, 0470 11 22 33", "Astma", "Dr. Peers"):
        assert said in text
    assert data == file_pdf(scene.noor, file)
    assert tables_have_heads(data)
    assert tags_of(file_pdf(scene.lou, None)).count("/Table") == 0
    assert file_pdf(scene.lou, None).startswith(b"%PDF")


def test_a_file_holds_lists(scene):
    with pytest.raises(IntegrityError), transaction.atomic():
        ChildFile.objects.create(child=scene.lou.child, fetchers={"what": "noten"})
    with pytest.raises(IntegrityError), transaction.atomic():
        ChildFile.objects.create(child=scene.lou.child, version=1)


def test_pages_cost_the_same_however_many_children(scene):
    manager = client_of(manager_of(scene.location, now=scene.now))
    address = reverse("planning:files", args=[scene.location.slug])

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(address).status_code == 200
        return len(captured)

    before = queries()
    group = cast.make_group(scene.location, 5, now=scene.now, name="Kevers")
    for number in range(4):
        made = place(
            scene.desk, group, f"Vos{number}", "Kim", WeekPattern.from_text("mon"), scene.start, scene.now
        )
        keep(scene, made.child)
    assert queries() == before <= 30


def test_what_a_file_says_of_health_is_sealed_in_its_table_and_its_history(scene):
    keep(scene)
    file = ChildFile.objects.get(version=1)
    assert (file.health, file.allergies[0]["what"]) == ("Astma", "melk")
    for select in (
        "SELECT f::text FROM planning_childfile f",
        "SELECT e::text FROM planning_childfileevent e",
    ):
        with connection.cursor() as cursor:
            cursor.execute(select)
            rows = " ".join(row[0] for row in cursor.fetchall())
        assert "Astma" not in rows
        assert "melk" not in rows
        assert "EpiPen" not in rows


def test_the_tablet_unseals_what_must_be_at_hand_alone(scene):
    keep(scene)
    with CaptureQueriesContext(connection) as captured:
        at_hand_of({scene.noor.child_id})
    assert "vaccinations" not in captured[0]["sql"]


def test_files_that_stood_open_are_sealed_by_the_migration_and_opened_again(scene):
    """As an older version left them: plain text, and an empty list as JSON."""
    for child in (scene.noor.child, scene.lou.child):
        keep(scene, child)
    tables = ("planning_childfile", "planning_childfileevent")
    plain = "SET health = 'Koorts', allergies = '[]', food = ''"
    moved = import_module("kribbe.planning.migrations.0008_file_sealed")
    editor = SimpleNamespace(connection=connection)
    with connection.cursor() as cursor, pgtrigger.ignore():
        cursor.execute("UPDATE planning_childfile " + plain)
        cursor.execute("UPDATE planning_childfileevent " + plain)
    moved.seal_all(None, editor)
    for model in (ChildFile, apps.get_model("planning", "ChildFileEvent")):
        assert {(file.health, file.food) for file in model.objects.all()} == {("Koorts", "")}
        assert [file.allergies for file in model.objects.all()] == [[]] * model.objects.count()
    moved.open_all(None, editor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT health, allergies, food FROM planning_childfile")
        assert cursor.fetchall() == [("Koorts", "[]", "")]
    assert tables == moved.TABLES


def write(scene, placement):
    return reverse("planning:write_file", args=[scene.location.slug, placement.reference])


def test_a_location_types_the_file_of_parents_without_a_log_in(scene):
    """With the trail of who typed and who told; once a parent logs in, it finds the file, and keeps it alone."""
    manager = client_of(manager_of(scene.location, now=scene.now))
    assert write(scene, scene.noor) in manager.get(at(scene, scene.noor)).content.decode()
    typed = {"version": "0", "health": "Astma", "allergy0_what": "noten", "allergy0_severity": "life"}
    nobody = manager.post(write(scene, scene.noor), typed)
    assert nobody.status_code == 422
    assert not ChildFile.objects.filter(version__gt=0).exists()
    assert manager.post(write(scene, scene.noor), {**typed, "told_by": "An Maes"}).status_code == 302
    assert allergies_at_hand([scene.noor])[scene.noor.pk][0].what == "noten"
    shown = manager.get(at(scene, scene.noor)).content.decode()
    assert "An Maes" in shown
    kept = AuditEntry.objects.get(action="child_file.keep")
    assert kept.data["told_by"] == "An Maes"
    assert kept.household_id == scene.noor.child.household_id

    parent = client_of(scene.parent_user())
    theirs = parent.get(mine(scene)).content.decode()
    assert "Astma" in theirs
    assert "An Maes" in theirs
    assert write(scene, scene.noor) not in manager.get(at(scene, scene.noor)).content.decode()
    late = manager.post(write(scene, scene.noor), {**typed, "version": "1", "told_by": "An Maes"})
    assert late.status_code == 422
    assert ChildFile.objects.get(child=scene.noor.child).version == 1
