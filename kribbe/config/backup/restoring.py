"""Bringing a backup back, so that the database is as before or as in the backup, and never between.

Where the tables are those of the backup already, they are emptied, filled, counted and summed in one transaction.
Else that happens in a schema beside the one in use, which takes its place in one transaction. A killed attempt leaves
that schema behind, and the next one begins by dropping it.
"""

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg
from psycopg import sql

from kribbe.config.backup import catalogue
from kribbe.config.backup.contents import FILES, TABLES, BackupError, Manifest, TableEntry, pieces
from kribbe.config.backup.taking import Progress, hash_key_mark, uploads

LAID_WITH_TABLES = ("django_migrations", "django_content_type", "auth_permission", "procrastinate_workers")
"""Rows in these alone don't make a database a used one."""

HELPERS = """
SELECT oid::regprocedure::text FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND proname = '_pgtrigger_should_ignore'
"""
BESIDE = "kribbe_restoring"
LOCK = 7_230_002
"""Advisory lock of whoever restores."""


@dataclass(frozen=True)
class Restored:
    """What was brought back. `same_key` tells whether national numbers can still be matched."""

    manifest: Manifest
    same_key: bool
    migrated: bool


def restore(source: Path, *, force: bool, progress: Progress) -> Restored:
    """Replace the database of the settings by a backup. BackupError, and nothing changed, where that can't be."""
    with _opened(source) as packed:
        manifest = Manifest.read(packed)
        _refuse_newer(manifest)
        _check_bytes(packed, manifest)
        with _unpacked_files(packed, manifest) as put_in_place:
            migrated = _replace(packed, manifest, force=force, progress=progress)
            put_in_place()
    return Restored(manifest, same_key=manifest.hash_key == hash_key_mark(), migrated=migrated)


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        packed = zipfile.ZipFile(source)
    except OSError as error:
        raise BackupError(f"{source}: {error.strerror}") from error
    except zipfile.BadZipFile as error:
        raise BackupError("This is no backup of Kribbe, or it is damaged.") from error
    with packed:
        yield packed


def _refuse_newer(manifest: Manifest) -> None:
    from django.db.migrations.loader import MigrationLoader

    known = MigrationLoader(None).graph.nodes
    unknown = [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in known]
    if unknown:
        raise BackupError(
            f"The backup was made by a newer Kribbe (it has {unknown[0]}): install that version, then restore."
        )


def _check_bytes(packed: zipfile.ZipFile, manifest: Manifest) -> None:
    """Every entry has the bytes that the manifest says, before anything is touched."""
    wanted = {f"{TABLES}{table.name}.copy": table.sha256 for table in manifest.tables}
    wanted |= {FILES + file.path: file.sha256 for file in manifest.files}
    for name, sha256 in wanted.items():
        found = hashlib.sha256()
        try:
            for piece in pieces(packed, name):
                found.update(piece)
        except (KeyError, zipfile.BadZipFile, EOFError, OSError) as error:
            raise BackupError(f"The backup is damaged: {name} can't be read.") from error
        if found.hexdigest() != sha256:
            raise BackupError(f"The backup is damaged: {name} is not what was written.")


def _gather_statistics(raw: Any) -> None:
    """Of our tables alone: those that all databases of a server share may be in use elsewhere."""
    tables = sql.SQL(", ").join(sql.Identifier(name) for name in catalogue.columns(raw))
    raw.execute(sql.SQL("ANALYZE {}").format(tables))


def _replace(packed: zipfile.ZipFile, manifest: Manifest, *, force: bool, progress: Progress) -> bool:
    from django.db import connection
    from django.db.utils import OperationalError

    connection.ensure_connection()
    raw: Any = connection.connection
    try:
        with _alone(raw):
            _refuse_used(raw, force=force)
            if _has_the_tables(raw, manifest):
                _fill(raw, packed, manifest, progress)
                migrated = _migrate_on()
            else:
                with _beside(raw):
                    _lay_tables(raw, manifest)
                    _fill(raw, packed, manifest, progress)
                    migrated = _migrate_on()
                _take_the_place(raw)
            _gather_statistics(raw)
    except (OperationalError, psycopg.OperationalError) as error:
        if psycopg.errors.LockNotAvailable in (type(error), type(error.__cause__)):
            raise BackupError(
                "Somebody works with this database: stop `kribbe serve`, then restore."
            ) from error
        raise
    return migrated


@contextmanager
def _alone(raw: catalogue.Plain) -> Iterator[None]:
    """No time limits, and no second restore at the same time."""
    raw.execute("SET statement_timeout = 0")
    raw.execute("SET lock_timeout = '30s'")
    if raw.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone() != (True,):
        raise BackupError("Another restore is at work on this database.")
    try:
        yield
    finally:
        raw.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        raw.execute("RESET statement_timeout")
        raw.execute("RESET lock_timeout")


@contextmanager
def _beside(raw: catalogue.Plain) -> Iterator[None]:
    """An empty schema, in which everything lands meanwhile."""
    raw.execute(f"DROP SCHEMA IF EXISTS {BESIDE} CASCADE")
    raw.execute(f"CREATE SCHEMA {BESIDE}")
    raw.execute(f"SET search_path = {BESIDE}")
    try:
        yield
    except Exception:
        raw.execute(f"DROP SCHEMA {BESIDE} CASCADE")
        raise
    finally:
        raw.execute("RESET search_path")


def _take_the_place(raw: catalogue.Plain) -> None:
    """The new tables become those in use. pgtrigger makes its one helper in `public` by name, so that it moves."""
    with raw.transaction():
        for (helper,) in raw.execute(HELPERS).fetchall():
            raw.execute(f"ALTER FUNCTION {helper} SET SCHEMA {BESIDE}")
        raw.execute("DROP SCHEMA public CASCADE")
        raw.execute(f"ALTER SCHEMA {BESIDE} RENAME TO public")


def _has_the_tables(raw: catalogue.Plain, manifest: Manifest) -> bool:
    """Whether the tables in use are just those of the backup."""
    same_version = catalogue.migrations(raw) == manifest.migrations
    return same_version and catalogue.fingerprint(raw) == manifest.schema


def _fill(raw: catalogue.Plain, packed: zipfile.ZipFile, manifest: Manifest, progress: Progress) -> None:
    """Put the rows of the backup in place of those that are there, all or nothing."""
    with raw.transaction():
        catalogue.settle(raw)
        _load(raw, packed, manifest, progress)
        _verify(raw, manifest, progress)


def _refuse_used(raw: catalogue.Plain, *, force: bool) -> None:
    used = catalogue.filled_tables(raw, LAID_WITH_TABLES)
    if used and not force:
        raise BackupError(
            f"The database is not empty ({used[0]} has rows): restore into a new one, or say --force to replace all."
        )


def _lay_tables(raw: catalogue.Plain, manifest: Manifest) -> None:
    """The tables as they were when the backup was made."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from kribbe.config.fresh_tables import each_model_alone

    executor = MigrationExecutor(connection)
    applied = set(manifest.migrations)
    graph = executor.loader.graph
    last = [key for key in applied if not any(child in applied for child in graph.node_map[key].children)]
    with each_model_alone():
        executor.migrate(sorted(last))
    if catalogue.fingerprint(raw) != manifest.schema:
        raise BackupError(
            "The tables of the backup are not those of its version; it can't be restored by itself."
        )


def _load(raw: catalogue.Plain, packed: zipfile.ZipFile, manifest: Manifest, progress: Progress) -> None:
    """Fill the tables. Triggers that forbid or remember changes are off meanwhile; references are checked."""
    entries = {table.name: table for table in manifest.tables}
    ordered = catalogue.in_order(raw, list(entries))
    raw.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ordered:
        raw.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    raw.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, ordered))))
    raw.execute("SET CONSTRAINTS ALL DEFERRED")
    for done, table in enumerate(ordered):
        progress(table, done, len(ordered))
        _load_table(raw, packed, entries[table])
    raw.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ordered:
        raw.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
    for name, (number, called) in manifest.sequences.items():
        raw.execute("SELECT setval(%s::regclass, %s, %s)", [f'"{name}"', number, called])


def _load_table(raw: catalogue.Plain, packed: zipfile.ZipFile, table: TableEntry) -> None:
    with raw.cursor() as cursor, cursor.copy(catalogue.copy_in(table.name, table.columns)) as stream:
        for piece in pieces(packed, f"{TABLES}{table.name}.copy"):
            stream.write(piece)


def _verify(raw: catalogue.Plain, manifest: Manifest, progress: Progress) -> None:
    """Every table holds the rows of the backup, counted and summed from the table itself."""
    for done, table in enumerate(manifest.tables):
        progress(f"checking {table.name}", done, len(manifest.tables))
        found = catalogue.sums(raw, table.name, table.columns)
        if (found.rows, found.content) != (table.rows, table.content):
            raise BackupError(f"{table.name} did not arrive whole; nothing was changed.")
    if catalogue.sequences(raw) != manifest.sequences:
        raise BackupError("The numbering did not arrive whole; nothing was changed.")


def _migrate_on() -> bool:
    """Bring the tables to this version; whether there was anything to do."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", verbosity=0)
    return True


@contextmanager
def _unpacked_files(packed: zipfile.ZipFile, manifest: Manifest) -> Iterator[Callable[[], None]]:
    """Unpack the uploaded files beside their place; gives what moves them there, once the database is back."""
    folder = uploads()
    draft = folder.with_name(f".{folder.name}.restoring")
    before = folder.with_name(f".{folder.name}.before")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True, mode=0o700)
        for file in manifest.files:
            _unpack(packed, file.path, draft)
        yield lambda: _swap(draft, folder, before)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _unpack(packed: zipfile.ZipFile, name: str, draft: Path) -> None:
    parts = PurePosixPath(name).parts
    if PurePosixPath(name).is_absolute() or ".." in parts:
        raise BackupError(f"The backup is damaged: {name!r} is no path of an uploaded file.")
    target = draft.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("wb") as out:
        for piece in pieces(packed, FILES + name):
            out.write(piece)


def _swap(draft: Path, folder: Path, before: Path) -> None:
    shutil.rmtree(before, ignore_errors=True)
    if folder.exists():
        folder.rename(before)
    draft.rename(folder)
    shutil.rmtree(before, ignore_errors=True)
