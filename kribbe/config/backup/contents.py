"""What a backup says of itself, and the sums by which a table is recognised."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

FORMAT = 1
MANIFEST = "manifest.json"
TABLES = "tables/"
FILES = "files/"
PIECE = 1 << 20


class BackupError(Exception):
    """It can't be done; the message is one line for whoever gave the command."""


@dataclass(frozen=True)
class TableEntry:
    """A table: its columns in the order of the file, and what it held.

    `sha256` is of the bytes in the file, `content` of the rows in any order.
    """

    name: str
    columns: list[str]
    rows: int
    sha256: str
    content: str


@dataclass(frozen=True)
class FileEntry:
    """An uploaded file by its path under the folder of uploads."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """All that is told of a backup. `sequences` maps a name to its last number and whether that was given out.

    `hash_key` recognises the key under which national numbers were hashed, without telling it.
    """

    format: int
    made_at: str
    program: str
    server: str
    migrations: list[tuple[str, str]]
    schema: str
    hash_key: str
    tables: list[TableEntry]
    sequences: dict[str, tuple[int, bool]]
    files: list[FileEntry]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def read(cls, packed: zipfile.ZipFile) -> Self:
        """The manifest of an open file. BackupError where there is none, or one of a later format."""
        try:
            told: dict[str, Any] = json.loads(packed.read(MANIFEST))
            if told["format"] > FORMAT:
                raise BackupError(
                    "The backup was made by a newer Kribbe: install that version, then restore."
                )
            tables = [TableEntry(**table) for table in told.pop("tables")]
            files = [FileEntry(**file) for file in told.pop("files")]
            migrations = [(app, name) for app, name in told.pop("migrations")]
            sequences = {name: (number, called) for name, (number, called) in told.pop("sequences").items()}
            return cls(**told, tables=tables, files=files, migrations=migrations, sequences=sequences)
        except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise BackupError("This is no backup of Kribbe, or it is damaged.") from error


class RowSum:
    """Sums over a stream of rows: how many, the checksum of the bytes, and one that no order changes."""

    def __init__(self) -> None:
        self.rows = 0
        self._bytes = hashlib.sha256()
        self._content = 0
        self._rest = b""

    def add(self, block: bytes) -> None:
        """Take the next bytes; a row ends with a newline, and none stands within one."""
        self._bytes.update(block)
        *whole, self._rest = (self._rest + block).split(b"\n")
        for row in whole:
            self._content += int.from_bytes(hashlib.blake2b(row, digest_size=16).digest())
        self.rows += len(whole)

    @property
    def sha256(self) -> str:
        return self._bytes.hexdigest()

    @property
    def content(self) -> str:
        return f"{self._content % (1 << 128):032x}"


def pieces(packed: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of an entry, a piece at a time."""
    with packed.open(name) as stream:
        while piece := stream.read(PIECE):
            yield piece
