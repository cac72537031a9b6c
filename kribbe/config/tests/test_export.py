"""Tables for a city: true to the models, the same bytes each time, and nothing of a family unless asked."""

import csv
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from django.db.models import Field
from django.utils import timezone
from typer.testing import CliRunner

from kribbe.config.cli import app
from kribbe.config.export import columns as reading
from kribbe.config.export.columns import TYPES, Scope, Table
from kribbe.config.export.tables import TABLES
from kribbe.config.export.writing import ExportError, export
from kribbe.enrolment.models import CareRequest
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.make_offer import Excuse, make_offer
from kribbe.places.models import Location
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 27)
PUBLIC = Scope(None, TODAY)
ROWS = Scope(None, TODAY, rows=True)
PERSONAL = Scope(None, TODAY, personal=True, rows=True)
MODELS = [table for table in TABLES if isinstance(table, Table)]


def quiet(*_):
    """Tell nobody."""


@built_once
def world():
    now = timezone.now()
    desk, other = cast.make_desk(), cast.make_desk("elders", nis="99002")
    location = cast.make_location(desk, "De Notelaar", languages=["nl", "en"], organiser=None)
    cast.make_location(other, "=Elders")
    group = cast.make_group(location, 3, now=now)
    location.closing_days.create(during=(date(2026, 12, 24), date(2027, 1, 2)), reason="Kerst")
    pattern = WeekPattern.from_text("mon tue-am")
    start = now.date() + timedelta(days=60)
    for number in range(6):
        household = cast.make_household(desk, f"Maes{number}", now=now, email=f"m{number}@ouders.example")
        child = cast.make_child(household, f"Léa{number}", born=date(2026, 1, 5))
        request = cast.make_request(child, [location], start=start, pattern=pattern, now=now)
    offer = make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get().pk,
        group_id=group.pk,
        start=start,
        pattern=pattern,
        now=now,
        excuses={wish.pk: Excuse("group-balance") for wish in location.preferences.all()},
    )
    accept_offer(principal=SYSTEM, offer_id=offer.pk, yes=Yes(), now=now)
    return desk


def write(folder: Path, form: str = "csv", scope: Scope = PUBLIC) -> dict[str, int]:
    return export(TABLES, folder, form=form, scope=scope, progress=quiet)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("table", MODELS, ids=lambda table: table.name)
def test_every_field_of_a_model_is_exported_or_left_out_with_a_reason(table):
    used = {str(getattr(column.source, "source_expressions", [column.source])[0]) for column in table.columns}
    named = {name.removeprefix("F(").removesuffix(")").split("__")[0] for name in used}
    named |= {"id"} if "pk" in named else set()
    fields = {field.name for field in table.model._meta.get_fields() if isinstance(field, Field)}
    assert fields - named == set(table.left_out), "tell the new field, or say why it is left out"


def test_every_column_has_a_known_type_and_a_meaning():
    for table in TABLES:
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names))
        for column in table.columns:
            assert column.type in TYPES
            assert column.meaning.endswith(".")


def test_counts_of_rows_are_those_of_the_tables(world, tmp_path):
    written = write(tmp_path / "out", scope=ROWS)
    assert written["locations"] == Location.objects.count() == 2
    assert written["requests"] == CareRequest.objects.count() == 6
    assert (written["offers"], written["placements"], written["closing_days"]) == (1, 1, 1)
    assert written["free_months"] == 24
    for table in MODELS:
        assert written[table.name] == table.count(ROWS) == len(rows(tmp_path / "out" / f"{table.name}.csv"))


def test_values_are_those_of_the_rows(world, tmp_path):
    write(tmp_path / "out", scope=PERSONAL)
    told = {row["location"]: row for row in rows(tmp_path / "out" / "locations.csv")}["lindedaal-de-notelaar"]
    assert (told["languages"], told["opens_at"][:5], told["inclusive"]) == ("nl en", "07:00", "false")
    request = rows(tmp_path / "out" / "requests.csv")[0]
    made = CareRequest.objects.order_by("pk").first()
    assert (request["request"], request["half_days"]) == (made.reference, "mon tue-am")
    assert request["wanted_start"] == made.wanted_start.isoformat()
    assert request["wanted_month"] == made.wanted_start.replace(day=1).isoformat()
    assert request["child_first_name"] == "Léa0"


def test_without_rows_no_table_is_about_one_family(world, tmp_path):
    write(tmp_path / "out")
    assert {"requests", "wishes", "offers", "placements"} == {table.name for table in TABLES if table.single}
    for table in TABLES:
        assert (tmp_path / "out" / f"{table.name}.csv").exists() is not table.single
    told = {row["table"] for row in rows(tmp_path / "out" / "dictionary.csv")}
    assert told == {table.name for table in TABLES if not table.single}


def test_without_personal_nothing_names_a_family(world, tmp_path):
    write(tmp_path / "out", scope=ROWS)
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    told = [
        *CareRequest.objects.values_list("reference", flat=True),
        "Maes",
        "Léa",
        "ouders.example",
        "Dorpsstraat",
    ]
    assert [word for word in told if word in text] == []
    assert "registered_at" not in rows(tmp_path / "out" / "requests.csv")[0]


def test_small_counts_are_left_empty(world, tmp_path):
    write(tmp_path / "out", scope=PERSONAL)
    months = rows(tmp_path / "out" / "months.csv")
    assert [row["registered"] for row in months if row["registered"] not in {"", "0"}] == ["6"]
    assert {row["offered"] for row in months} <= {"", "0"}
    assert {row["count"] for row in rows(tmp_path / "out" / "audit.csv")} == {""}


def test_one_desk_alone(world, tmp_path):
    assert write(tmp_path / "out", scope=Scope(world.pk, TODAY))["locations"] == 1
    assert {row["desk"] for row in rows(tmp_path / "out" / "months.csv")} == {world.slug}


def test_a_formula_is_kept_from_running(world, tmp_path):
    write(tmp_path / "out")
    assert "'=Elders" in {row["name"] for row in rows(tmp_path / "out" / "locations.csv")}


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_the_same_rows_are_the_same_bytes(world, tmp_path, form):
    write(tmp_path / "one", form, ROWS)
    write(tmp_path / "two", form, ROWS)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted([*(f"{table.name}.{form}" for table in TABLES), "dictionary.csv"])
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_in_small_batches_the_same_comes_out(world, tmp_path, monkeypatch):
    write(tmp_path / "whole", "parquet", ROWS)
    monkeypatch.setattr(reading, "BATCH", 2)
    write(tmp_path / "pieces", "parquet", ROWS)
    for table in TABLES:
        whole, pieces = (
            pl.read_parquet(tmp_path / name / f"{table.name}.parquet") for name in ("whole", "pieces")
        )
        assert whole.equals(pieces)


def test_workbook_and_parquet_hold_the_rows_of_the_csv(world, tmp_path):
    write(tmp_path / "xlsx", "xlsx")
    write(tmp_path / "parquet", "parquet")
    frame = pl.read_parquet(tmp_path / "parquet" / "locations.parquet")
    assert frame.schema["opens_at"] == pl.Time
    assert frame.schema["deposit"] == pl.Decimal(10, 2)
    sheet = openpyxl.load_workbook(tmp_path / "xlsx" / "locations.xlsx").active
    assert [cell.value for cell in sheet[1]] == frame.columns
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == frame["location"].to_list()
    assert "=Elders" in frame["name"].to_list()


def test_the_dictionary_tells_every_column(world, tmp_path):
    write(tmp_path / "out", scope=ROWS)
    told = {(row["table"], row["column"]): row for row in rows(tmp_path / "out" / "dictionary.csv")}
    for table in TABLES:
        assert told[table.name, ""]["meaning"] == table.meaning
        with (tmp_path / "out" / f"{table.name}.csv").open(encoding="utf-8") as file:
            header = next(csv.reader(file))
        assert header == [column for name, column in told if name == table.name and column]


def test_the_folder_appears_whole_or_not_at_all(world, tmp_path):
    def fails(table, rows):
        if table == "wishes":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(TABLES, tmp_path / "out", form="csv", scope=ROWS, progress=fails)
    assert list(tmp_path.iterdir()) == []
    write(tmp_path / "out")
    with pytest.raises(ExportError, match="already"):
        write(tmp_path / "out")


@pytest.mark.parametrize(("option", "deed"), [("--rows", "desk.export_rows"), ("--personal", "desk.export")])
def test_the_command_and_its_trail(world, tmp_path, option, deed):
    def call(*args):
        return CliRunner().invoke(app, ["export", *map(str, args)])

    done = call(tmp_path / "open", "--desk", world.slug)
    assert done.exit_code == 0, done.output
    exports = AuditEntry.objects.filter(action__startswith="desk.export")
    assert not exports.exists()
    done = call(tmp_path / "all", option, "--desk", world.slug)
    assert done.exit_code == 0, done.output
    assert [(each.action, each.desk_id) for each in exports] == [(deed, world.pk)]
    assert call(tmp_path / "x", "--format", "pdf").exit_code == 2
    assert "lindedaal" in call(tmp_path / "x", "--desk", "nergens").output
