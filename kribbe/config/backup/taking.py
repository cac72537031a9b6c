"""Making a backup: everything as it was at one moment, while the desk goes on."""

import hashlib
import os
import zipfile
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.utils.crypto import salted_hmac

from kribbe.config.backup import catalogue
from kribbe.config.backup.contents import (
    FILES,
    FORMAT,
    MANIFEST,
    TABLES,
    FileEntry,
    Manifest,
    RowSum,
    TableEntry,
)

Progress = Callable[[str, int, int], None]
"""Told the table, how many are done, and of how many."""


def take(address: str, target: Path, *, now: datetime, progress: Progress) -> Manifest:
    """Write a backup of the database at this address, and of the uploaded files. It appears whole or not at all."""
    with psycopg.connect(address) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return write(connection, target, now=now, progress=progress)


def write(
    connection: psycopg.Connection[Any], target: Path, *, now: datetime, progress: Progress
) -> Manifest:
    """Write what this transaction sees."""
    draft = target.with_name(f".{target.name}.part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
            catalogue.settle(connection)
            manifest = _pack(connection, packed, now, progress)
            packed.writestr(MANIFEST, manifest.to_json())
        with draft.open("rb") as whole:
            os.fsync(whole.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def hash_key_mark() -> str:
    """By which the key of the national numbers is recognised; it can't be worked out from this."""
    return str(salted_hmac("kribbe.backup", "mark", secret=settings.NATIONAL_NUMBER_KEY).hexdigest())[:16]


def uploads() -> Path:
    """The folder of the files that people sent."""
    return Path(settings.FILES_DIR)


def _pack(
    connection: psycopg.Connection[Any], packed: zipfile.ZipFile, now: datetime, progress: Progress
) -> Manifest:
    found = catalogue.columns(connection)
    tables = []
    for done, (table, names) in enumerate(found.items()):
        progress(table, done, len(found))
        tables.append(_pack_table(connection, packed, table, names))
    progress("", len(found), len(found))
    return Manifest(
        format=FORMAT,
        made_at=now.isoformat(),
        program=version("kribbe"),
        server=str(connection.info.server_version),
        migrations=catalogue.migrations(connection),
        schema=catalogue.fingerprint(connection),
        hash_key=hash_key_mark(),
        tables=tables,
        sequences=catalogue.sequences(connection),
        files=_pack_files(packed),
    )


def _pack_table(
    connection: psycopg.Connection[Any], packed: zipfile.ZipFile, table: str, names: list[str]
) -> TableEntry:
    result = RowSum()
    with (
        packed.open(f"{TABLES}{table}.copy", "w", force_zip64=True) as entry,
        connection.cursor() as cursor,
        cursor.copy(catalogue.copy_out(table, names)) as stream,
    ):
        for block in stream:
            entry.write(block)
            result.add(bytes(block))
    return TableEntry(table, names, result.rows, result.sha256, result.content)


def _pack_files(packed: zipfile.ZipFile) -> list[FileEntry]:
    """Every file but drafts, whose folders begin with a point; one that is erased meanwhile is left out."""
    folder = uploads()
    entries = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
        name = path.relative_to(folder)
        if any(part.startswith(".") for part in name.parts):
            continue
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        packed.writestr(FILES + name.as_posix(), data, zipfile.ZIP_STORED)
        entries.append(FileEntry(name.as_posix(), len(data), hashlib.sha256(data).hexdigest()))
    return entries
