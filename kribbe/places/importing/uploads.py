"""Files that were given on a page, kept between looking and importing.

They lie in the data folder, one folder a file, and go after two weeks. Where several machines serve one
installation they must share that folder.
"""

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from kribbe.places.importing.mapping import ColumnMap, from_kept

KEPT = timedelta(days=14)
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class Upload:
    """A kept file. `mapping` is what was chosen for it, `run_id` the import that came of it.

    Once its import was asked for, `written` of `writing` groups have their weeks as of `told_at`; `problem` says why
    nothing came of it.
    """

    desk_id: int
    token: str
    name: str
    sha256: str
    at: str
    mapping: dict[str, Any] | None = None
    run_id: int | None = None
    asked_by: int | None = None
    told_at: str = ""
    written: int = 0
    writing: int = 0
    problem: str = ""

    @property
    def is_going(self) -> bool:
        """Whether a worker is at it, or will be."""
        return bool(self.told_at) and self.run_id is None and not self.problem

    @property
    def content(self) -> bytes:
        return (_folder(self.desk_id, self.token) / "content").read_bytes()

    def chosen(self) -> ColumnMap | None:
        """The mapping chosen on the page, if any."""
        return from_kept(self.mapping) if self.mapping else None


def keep(*, desk_id: int, name: str, content: bytes, now: datetime) -> Upload:
    """Keep a file for this desk, and let go of what is older than two weeks."""
    _purge(desk_id, now)
    token = secrets.token_urlsafe(16)
    folder = _folder(desk_id, token)
    folder.mkdir(parents=True, mode=0o700)
    (folder / "content").write_bytes(content)
    upload = Upload(desk_id, token, name[:200], hashlib.sha256(content).hexdigest(), now.isoformat())
    _write(upload)
    return upload


def kept(desk_id: int, token: str) -> Upload | None:
    """The desk's file of this token, or None."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        return Upload(**json.loads((_folder(desk_id, token) / "about.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def choose(upload: Upload, mapping: ColumnMap) -> Upload:
    """Keep a mapping with the file; what was wrong with the one before is over."""
    return _write(replace(upload, mapping=mapping.as_kept(), problem="", told_at=""))


def asked(upload: Upload, by: int | None, now: datetime) -> Upload:
    """Keep with the file that its import was asked for."""
    return _write(replace(upload, asked_by=by, told_at=now.isoformat(), written=0, writing=0, problem=""))


def told(upload: Upload, written: int, writing: int, now: datetime) -> Upload:
    """Keep with the file how far its import is."""
    return _write(replace(upload, written=written, writing=writing, told_at=now.isoformat()))


def failed(upload: Upload, problem: str) -> Upload:
    """Keep with the file why nothing was imported."""
    return _write(replace(upload, problem=problem))


def imported(upload: Upload, run_id: int) -> Upload:
    """Keep with the file which import came of it."""
    return _write(replace(upload, run_id=run_id))


def going() -> Iterator[Upload]:
    """Every file whose import was asked for and hasn't ended, of all desks."""
    for about in sorted(_parent().glob("*/*/about.json")):
        upload = kept(int(about.parts[-3]), about.parts[-2])
        if upload is not None and upload.is_going:
            yield upload


def _parent() -> Path:
    return Path(settings.ENVIRONMENT.data_dir) / "uploads" / "imports"


def _folder(desk_id: int, token: str) -> Path:
    return _parent() / str(desk_id) / token


def _write(upload: Upload) -> Upload:
    about = _folder(upload.desk_id, upload.token) / "about.json"
    draft = about.with_suffix(f".{secrets.token_hex(4)}")
    draft.write_text(json.dumps(asdict(upload)))
    draft.replace(about)
    return upload


def _purge(desk_id: int, now: datetime) -> None:
    parent = _folder(desk_id, "x").parent
    if not parent.is_dir():
        return
    for folder in parent.iterdir():
        upload = kept(desk_id, folder.name)
        if upload is not None and datetime.fromisoformat(upload.at) < now - KEPT:
            shutil.rmtree(folder, ignore_errors=True)
