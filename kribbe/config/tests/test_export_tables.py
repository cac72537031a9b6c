"""What a city gets: every model has its decision, families are counted only, and every format says the same."""

import csv
import zipfile
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal

import openpyxl
import polars as pl
import pytest
from django.db.models import CharField, TextField
from django.utils import timezone

from kribbe.config.export.columns import Scope
from kribbe.config.export.left_out import LEFT_OUT, fed, models, reason
from kribbe.config.export.tables import TABLES
from kribbe.config.export.tallies import TALLIES
from kribbe.config.export.writing import export
from kribbe.contact.models import Question, QuestionSubject
from kribbe.people.models import Adult, Child, Household
from kribbe.places.models import Organiser
from kribbe.region.models import Desk
from kribbe.testing import cast

TODAY = date(2026, 11, 27)
PUBLIC = Scope(None, TODAY)
PERSONAL = Scope(None, TODAY, personal=True, rows=True)
TABLES_BY_NAME = {table.name: table for table in TABLES}
MILLISECOND = timedelta(milliseconds=1)


def write(folder, form="csv", scope=PUBLIC):
    return export(TABLES, folder, form=form, scope=scope, progress=lambda *_: None)


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.label)
def test_every_model_is_a_table_feeds_one_or_is_left_out_with_a_reason(model):
    decided = (model in fed(TABLES)) + bool(reason(model))
    assert decided, "decide: a table, a count that it feeds, or a reason in `left_out`"
    assert decided == 1, "it is in a table and left out at once"


def test_nothing_is_left_out_that_is_not_there():
    told = {(room, name) for room, names in LEFT_OUT.items() for name in names}
    assert told <= {(model._meta.app_label, model.__name__) for model in models()}
    assert all(text.strip() for names in LEFT_OUT.values() for text in names.values())


def test_no_text_that_people_write_freely_is_a_column():
    """Long texts never; a short one with such a name only where somebody decided so."""
    for table in TABLES:
        for column in table.columns:
            field = _field(getattr(table, "model", None), column.source)
            assert not isinstance(field, TextField) or column.name == "complaints", (table.name, column.name)
            assert not (
                isinstance(field, CharField) and field.name in {"note", "notes", "remarks", "message"}
            )


def _field(model, source):
    if model is None or not isinstance(source, str) or "__" in source or source == "pk":
        return None
    return model._meta.get_field(source)


@pytest.mark.django_db
def test_nobody_of_a_family_is_named_in_what_a_city_gets(world, tmp_path):
    """The world of the test of doors has a row behind every door; a name of it may stand nowhere."""
    write(tmp_path / "out")
    text = "\n".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    names = {
        *Child.objects.values_list("first_name", flat=True),
        *Child.objects.values_list("last_name", flat=True),
        *Adult.objects.values_list("last_name", flat=True),
        *Adult.objects.exclude(email="").values_list("email", flat=True),
        *Household.objects.values_list("reference", flat=True),
        "Rik Wauters",
    } - {""}
    assert len(names) > 10
    assert [name for name in sorted(names) if name in text] == []


def asked(desk, subject, times, **fields):
    about, _ = QuestionSubject.objects.get_or_create(desk=desk, name=subject)
    for _ in range(times):
        Question.objects.create(
            desk=desk,
            subject=about,
            asked_at=datetime(2026, 3, 4, 12, tzinfo=timezone.get_current_timezone()),
            **{"channel": "phone", "language": "nl", **fields},
        )


@pytest.mark.django_db
def test_a_hidden_count_cannot_be_worked_out_from_the_others(tmp_path):
    """9 + 6 + 2 = 17 questions: with 2 alone hidden, 17 - 15 would tell it; so 6 is hidden with it."""
    desk = cast.make_desk()
    for subject, times in (("Prijs", 9), ("Plaats", 6), ("Ziekte", 2)):
        asked(desk, subject, times)
    write(tmp_path / "out")
    told = {
        (row["by"], row["part"]): row["count"]
        for row in rows(tmp_path / "out" / "questions.csv")
        if row["month"] == "2026-03-01"
    }
    assert told == {
        ("subject", "Prijs"): "9",
        ("subject", "Plaats"): "",
        ("subject", "Ziekte"): "",
        ("channel", "phone"): "17",
        ("language", "nl"): "17",
    }


@pytest.mark.django_db
def test_where_one_division_is_silent_the_others_are_too(tmp_path):
    """Five languages asked once each: 5 by channel would say that each is 1."""
    desk = cast.make_desk()
    for language in ("nl", "fr", "en", "de", "xx"):
        asked(desk, "Prijs", 1, language=language)
    write(tmp_path / "out")
    assert {row["count"] for row in rows(tmp_path / "out" / "questions.csv")} == {""}


@pytest.mark.django_db
def test_every_tally_can_be_read_for_one_desk_and_adds_up_to_all(world):
    """Whatever a tally counts at each desk, it counts in all; the world fills most of them."""
    filled = 0
    for table in TALLIES:
        whole = [row for batch in table.batches(PUBLIC) for row in batch]
        apart = [
            row
            for desk in Desk.objects.order_by("slug").values_list("pk", flat=True)
            for batch in table.batches(Scope(desk, TODAY))
            for row in batch
        ]
        assert apart == whole, table.name
        filled += bool(whole)
    assert filled > len(TALLIES) // 2


@pytest.mark.django_db
def test_every_table_of_one_desk_is_a_part_of_the_whole_and_no_row_comes_twice(world):
    """Also where a desk has several rows on the way, as an organiser has locations."""
    desk = Desk.objects.get(slug=world[1]["desk"])
    organisers = desk.locations.values("organiser").distinct()
    cast.make_location(desk, "Nog een", organiser=Organiser.objects.get(pk__in=organisers))
    filled = 0
    for table in TABLES:
        whole = read(table, Scope(None, TODAY, personal=True, rows=True))
        part = read(table, Scope(desk.pk, TODAY, personal=True, rows=True))
        assert part <= whole, table.name
        filled += bool(part)
    assert read(TABLES_BY_NAME["organisers"], PERSONAL).total() == Organiser.objects.count()
    assert read(TABLES_BY_NAME["organisers"], Scope(desk.pk, TODAY)).total() == 1
    assert filled > len(TABLES) // 2


def read(table, scope):
    """How often each row is there."""
    return Counter(row for batch in table.batches(scope) for row in batch)


@pytest.mark.django_db
def test_all_formats_read_back_as_the_same_values(world, tmp_path):
    """CSV by the standard library, workbooks by openpyxl, Parquet by polars."""
    for form in ("csv", "xlsx", "parquet"):
        write(tmp_path / form, form, PERSONAL)
    seen = 0
    for table in TABLES:
        frame = pl.read_parquet(tmp_path / "parquet" / f"{table.name}.parquet")
        types = {column.name: column.type for column in table.shown(PERSONAL)}
        assert frame.columns == list(types)
        with (tmp_path / "csv" / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            header, *plain = csv.reader(file)
        sheet = openpyxl.load_workbook(tmp_path / "xlsx" / f"{table.name}.xlsx").active
        first, *cells = sheet.iter_rows(values_only=True)
        assert header == list(first) == frame.columns
        assert len(plain) == len(cells) == frame.height
        for true, text, cell in zip(frame.iter_rows(), plain, cells, strict=True):
            for name, value, written, shown in zip(types, true, text, cell, strict=True):
                assert from_csv(written, types[name]) == (None if value == "" else value), (table.name, name)
                assert alike(shown, value), (table.name, name, shown, value)
                seen += 1
    assert seen > 1000


def from_csv(text, kind):
    """The value of a cell; a formula is kept from running by an apostrophe."""
    if text == "":
        return None
    read = {
        "text": lambda: text[1:] if text[:1] == "'" and text[1:2] in "=+-@\t" else text,
        "whole": lambda: int(text),
        "number": lambda: float(text),
        "amount": lambda: Decimal(text),
        "date": lambda: date.fromisoformat(text),
        "moment": lambda: datetime.fromisoformat(text),
        "yes/no": lambda: {"true": True, "false": False}[text],
        "time": lambda: datetime.fromisoformat(f"2000-01-01T{text[:15]}").time(),
    }
    return read[kind]()


def alike(cell, value):
    """A workbook has no empty text, no zone, no decimals of its own, and keeps moments to the millisecond."""
    match value:
        case None | "":
            return cell is None
        case datetime():
            return abs(cell - value.replace(tzinfo=None)) <= MILLISECOND
        case date():
            return cell.date() == value
        case Decimal():
            return Decimal(str(cell)).quantize(Decimal("0.01")) == value
        case _:
            return cell == value


def test_files_of_an_export_are_no_backup(tmp_path):
    """Moving is done by backup and restore; a workbook is refused in words."""
    from kribbe.config.backup.contents import BackupError
    from kribbe.config.backup.restoring import restore

    path = tmp_path / "locations.xlsx"
    zipfile.ZipFile(path, "w").close()
    with pytest.raises(BackupError, match="no backup"):
        restore(path, force=True, progress=lambda *_: None)
