"""Official figures brought in from the workbook of the authority, again, and taken back."""

from pathlib import Path

import pytest
import xlsxwriter
from django.utils import timezone

from kribbe.places.importing.files import BadFileError, Table, read_path
from kribbe.places.importing.official.plan import known_words, opgroeien, plan
from kribbe.places.importing.official.run import Done, import_figures, undo_figures
from kribbe.places.importing.reasons import FIGURE_REASONS
from kribbe.places.tests.import_scene import make_scene
from kribbe.region.models import OfficialFigure
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db

HEADER = (
    "Jaar", "Gewest", "Provincie", "Zorgregio", "Gemeente", "Vergunningstype", "IKT/Niet IKT", "Totaal plaatsen",
    "Plaatsen IKT", "Plaatsen vrije prijs", "Locaties",
)  # fmt: skip


def row(
    period: object = 2025,
    town: str = "Lindedaal",
    licence: str = "Groepsopvang",
    price: str = "IKT",
    counts: tuple[object, ...] = (100, 90, 10, 4),
) -> tuple[object, ...]:
    return (period, "Vlaams Gewest", "Vlaams-Brabant", "Leuven", town, licence, price, *counts)


ROWS = (
    row(),
    row(price="Niet IKT", counts=(30, 0, 30, 2)),
    row(licence="Gezinsopvang", counts=(24, 24, 0, 6)),
    row("2026Q1", counts=(110, 95, 15, 4)),
    row(town="Beukhove", counts=(14, 14, 0, 1)),
    row(town="Elders", counts=(500, 400, 100, 20)),
)


def workbook(folder: Path, *rows: tuple[object, ...]) -> Path:
    """A workbook as the authority makes it: a title, an empty line, the header, the rows; notes on another sheet."""
    path = folder / "plaatsen.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Data")
        sheet.write(0, 0, "Aantal plaatsen en locaties naar vergunningstype en inkomenstarief")
        for number, cells in enumerate((HEADER, *rows), start=2):
            sheet.write_row(number, 0, cells)
        book.add_worksheet("Toelichting").write(0, 0, "Bron: Opgroeien")
    return path


def table(folder: Path, *rows: tuple[object, ...]) -> Table:
    return read_path(workbook(folder, *rows), header_words=known_words)


def bring_in(folder: Path, *rows: tuple[object, ...]) -> Done:
    return import_figures(
        principal=SYSTEM,
        table=table(folder, *rows),
        mapping=opgroeien(),
        file_name="plaatsen.xlsx",
        file_hash="0" * 64,
        now=timezone.now(),
    )


def figures(town: str = "Lindedaal", **wanted: object) -> dict[tuple[object, ...], tuple[int, int | None]]:
    rows = OfficialFigure.objects.filter(municipality__name_nl=town, **wanted)
    return {
        (each.year, each.quarter, each.licence_kind, each.price_kind): (each.places, each.locations)
        for each in rows
    }


def test_rows_add_up_per_municipality_year_licence_and_price(tmp_path: Path) -> None:
    make_scene()
    done = bring_in(tmp_path, *ROWS)
    assert figures(year=2025, licence_kind="group") == {
        (2025, None, "group", "income"): (90, 4),
        (2025, None, "group", "free"): (40, 2),
        (2025, None, "group", "total"): (130, 6),
    }
    assert figures(year=2026)[2026, 1, "group", "total"] == (110, 4)
    assert figures("Beukhove")[2025, None, "group", "income"] == (14, 1)
    assert done.plan.totals() == {
        "rows": 6, "created": 12, "updated": 0, "unchanged": 0, "refused": 0, "warned": 0, "outside": 1,
    }  # fmt: skip
    assert done.plan.outside == {"Elders": 1}
    assert AuditEntry.objects.get(action="figures.import").data["totals"]["created"] == 12


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    make_scene()
    bring_in(tmp_path, *ROWS)
    again = bring_in(tmp_path, *ROWS)
    assert again.run is None
    assert (again.plan.unchanged, len(again.plan.created), len(again.plan.updated)) == (12, 0, 0)


def test_a_correction_replaces_and_what_the_file_lacks_stays(tmp_path: Path) -> None:
    make_scene()
    bring_in(tmp_path, *ROWS)
    before = figures()
    done = bring_in(tmp_path, row(licence="Gezinsopvang", counts=(26, 24, 2, 6)))
    assert done.plan.totals()["updated"] == 2
    assert figures()[2025, None, "family", "total"] == (26, 6)
    assert {key: value for key, value in figures().items() if key[2] == "group"} == {
        key: value for key, value in before.items() if key[2] == "group"
    }


def test_undone_every_figure_is_as_before(tmp_path: Path) -> None:
    make_scene()
    first = bring_in(tmp_path, *ROWS)
    before = list(OfficialFigure.objects.order_by("pk").values())
    second = bring_in(tmp_path, row(counts=(120, 100, 20, 5)), row(2024))
    assert first.run is not None
    assert second.run is not None
    with pytest.raises(RefusedError, match=str(second.run.pk)):
        undo_figures(principal=SYSTEM, run_id=first.run.pk, now=timezone.now())
    undo_figures(principal=SYSTEM, run_id=second.run.pk, now=timezone.now())
    assert list(OfficialFigure.objects.order_by("pk").values()) == before
    undo_figures(principal=SYSTEM, run_id=first.run.pk, now=timezone.now())
    assert not OfficialFigure.objects.exists()
    with pytest.raises(RefusedError):
        undo_figures(principal=SYSTEM, run_id=first.run.pk, now=timezone.now())


def test_every_doubt_is_told_with_its_line(tmp_path: Path) -> None:
    make_scene()
    wrong = (
        row("vorig jaar"),
        row(licence="Buitenschoolse opvang"),
        row(price="misschien"),
        row(counts=("veel", 1, 1, 1)),
        row(counts=(100, 90, 20, 4)),
    )
    made = plan(table(tmp_path, *wrong), opgroeien())
    assert [(each.code, each.line) for each in made.reasons] == [
        ("figure_period", 4), ("figure_licence", 5), ("figure_price", 6), ("figure_number", 7), ("figure_sum", 8),
    ]  # fmt: skip
    assert {each.code for each in made.reasons} == set(FIGURE_REASONS)
    assert (made.totals()["refused"], made.totals()["warned"], len(made.created)) == (4, 1, 3)


def test_another_workbook_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "andere.csv"
    path.write_text("Jaar;Gemeente\n2025;Lindedaal\n", encoding="utf-8")
    with pytest.raises(BadFileError, match="Vergunningstype"):
        plan(read_path(path, header_words=known_words), opgroeien())
