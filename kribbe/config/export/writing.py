"""Writing the tables: batch by batch, in one order, the same bytes for the same rows, whole or not at all."""

import csv
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from django.db import connection, transaction

from kribbe.config.export.columns import TYPES, Column, Counts, Scope, Table

FORMATS = ("csv", "xlsx", "parquet")
MOST_ROWS = 1_048_575
"""Rows that one sheet of a workbook can hold, under its header."""

MADE = datetime(2000, 1, 1)  # noqa: DTZ001  the day that a workbook says it was made: always the same
DICTIONARY = "dictionary.csv"

Progress = Callable[[str, int], None]
"""Told the table and how many of its rows are written."""


class ExportError(Exception):
    """It can't be written; one line for whoever gave the command."""


def export(
    tables: tuple[Table | Counts, ...], folder: Path, *, form: str, scope: Scope, progress: Progress
) -> dict[str, int]:
    """Write the tables that may go along and the dictionary into a new folder, as at one moment; rows by table.

    The folder appears when all is written. ExportError where it is there already.
    """
    if folder.exists():
        raise ExportError(f"{folder} is there already: choose a new folder.")
    tables = going_along(tables, scope)
    draft = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        with _one_moment():
            written = {table.name: _write(table, draft, form, scope, progress) for table in tables}
        write_dictionary(tables, draft / DICTIONARY, scope)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return written


def going_along(tables: tuple[Table | Counts, ...], scope: Scope) -> tuple[Table | Counts, ...]:
    """The tables that this export has: those about single families only where their rows are asked for."""
    return tuple(table for table in tables if scope.rows or not table.single)


@contextmanager
def _one_moment() -> Iterator[None]:
    """A transaction in which nothing changes for us; within another one, that one."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        yield


def dictionary(tables: tuple[Table | Counts, ...], scope: Scope) -> Iterator[tuple[str, str, str, str, str]]:
    """Table, column, type, unit and meaning of everything that is exported."""
    for table in tables:
        yield table.name, "", "table", "", table.meaning
        for column in table.shown(scope):
            yield table.name, column.name, column.type, column.unit, column.meaning


def write_dictionary(tables: tuple[Table | Counts, ...], path: Path, scope: Scope) -> None:
    """The dictionary as CSV."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("table", "column", "type", "unit", "meaning"))
        writer.writerows(dictionary(tables, scope))


def _write(table: Table | Counts, folder: Path, form: str, scope: Scope, progress: Progress) -> int:
    columns = table.shown(scope)
    schema = {column.name: TYPES[column.type] for column in columns}
    path = folder / f"{table.name}.{form}"

    def told() -> Iterator[list[tuple[Any, ...]]]:
        done = 0
        for batch in table.batches(scope):
            yield batch
            done += len(batch)
            progress(table.name, done)

    progress(table.name, 0)
    writers = {"csv": _write_csv, "xlsx": _write_xlsx, "parquet": _write_parquet}
    return writers[form](path, columns, schema, told())


Batches = Iterator[list[tuple[Any, ...]]]


def _frame(batch: list[tuple[Any, ...]], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(batch, schema=schema, orient="row")


def _write_csv(path: Path, columns: tuple[Column, ...], schema: dict[str, Any], batches: Batches) -> int:
    rows = 0
    with path.open("wb") as out:
        _frame([], schema).write_csv(out)
        for batch in batches:
            _frame([_harmless(row) for row in batch], schema).write_csv(out, include_header=False)
            rows += len(batch)
    return rows


def _harmless(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A text that a spreadsheet would run as a formula is kept from it by an apostrophe."""
    return tuple(
        f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value
        for value in row
    )


def _write_parquet(path: Path, columns: tuple[Column, ...], schema: dict[str, Any], batches: Batches) -> int:
    """Batches are laid down as parts, and streamed into one file."""
    parts = path.with_suffix(".parts")
    parts.mkdir()
    rows = 0
    for number, batch in enumerate(batches):
        _frame(batch, schema).write_parquet(parts / f"{number:06}.parquet", compression="uncompressed")
        rows += len(batch)
    if rows:
        pl.scan_parquet(parts / "*.parquet").sink_parquet(path, compression="zstd", maintain_order=True)
    else:
        _frame([], schema).write_parquet(path, compression="zstd")
    shutil.rmtree(parts)
    return rows


def _write_xlsx(path: Path, columns: tuple[Column, ...], schema: dict[str, Any], batches: Batches) -> int:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    rows = 0
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": MADE})
        formats = {
            name: book.add_format({"num_format": text})
            for name, text in (("date", "yyyy-mm-dd"), ("moment", "yyyy-mm-dd hh:mm:ss"), ("time", "hh:mm"))
        }
        sheet = book.add_worksheet("data")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [column.name for column in columns], book.add_format({"bold": True}))
        for batch in batches:
            for row in batch:
                rows += 1
                if rows > MOST_ROWS:
                    raise ExportError(
                        f"{path.stem} has more rows than a workbook can hold: export CSV or Parquet."
                    )
                for at, (column, value) in enumerate(zip(columns, row, strict=True)):
                    _write_cell(sheet, rows, at, value, formats.get(column.type))
    return rows


def _write_cell(sheet: Any, row: int, at: int, value: Any, form: Any) -> None:
    match value:
        case None:
            return
        case datetime():
            sheet.write_datetime(row, at, value.replace(tzinfo=None), form)
        case date() | time():
            sheet.write_datetime(row, at, value, form)
        case Decimal():
            sheet.write_number(row, at, float(value))
        case _:
            sheet.write(row, at, value)
