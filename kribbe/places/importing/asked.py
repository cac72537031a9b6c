"""Imports that a page asks for: a worker carries them out, while the page tells how far it is.

An import is one transaction, so that a worker that is killed leaves nothing behind and another can begin again. The
number of the upload is kept with the import: under the lock of the desk, one that is there already isn't made twice.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from kribbe.people.selectors import hand_of
from kribbe.places.importing import mapping as maps
from kribbe.places.importing import uploads
from kribbe.places.importing.files import BadFileError, read_bytes
from kribbe.places.importing.run import import_locations
from kribbe.places.importing.uploads import Upload
from kribbe.places.models import ImportRun
from kribbe.region.models import Desk
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

TASK = "places.import_locations"

SILENT = timedelta(minutes=5)
"""A worker that tells nothing for so long is gone."""


def ask(*, principal: Principal, upload: Upload, now: datetime) -> Upload:
    """Have a worker import this file. Asked twice is asked once."""
    if upload.is_going or upload.run_id:
        return upload
    with transaction.atomic():
        kept = uploads.asked(upload, principal.user_id, now)
        app.configure_task(TASK).defer(desk_id=upload.desk_id, token=upload.token)
    return kept


def work_off(desk_id: int, token: str, *, now: datetime) -> int | None:
    """Import a file that was asked for; the number of its import, None where there is none to make or it can't be."""
    upload = uploads.kept(desk_id, token)
    if upload is None or not upload.is_going:
        return None
    try:
        run_id = _import(upload, now)
    except BadFileError as error:
        uploads.failed(upload, str(error.message))
        return None
    uploads.imported(upload, run_id)
    return run_id


def work_off_waiting(*, now: datetime) -> int:
    """Begin again with every import that lost its worker. Returns how many there were."""
    lost = [each for each in uploads.going() if datetime.fromisoformat(each.told_at) < now - SILENT]
    for each in lost:
        work_off(each.desk_id, each.token, now=now)
    return len(lost)


def _import(upload: Upload, now: datetime) -> int:
    desk = Desk.objects.get(pk=upload.desk_id)
    with transaction.atomic():
        lock_rows((Desk, desk.pk))
        made = ImportRun.objects.filter(desk=desk, totals__upload=upload.token).first()
        if made is None:
            made = _carry_out(upload, desk, now)
    return made.pk


def _carry_out(upload: Upload, desk: Desk, now: datetime) -> ImportRun:
    table = read_bytes(upload.content, header_words=maps.known_words)
    done = import_locations(
        principal=hand_of(upload.asked_by),
        table=table,
        mapping=upload.chosen() or maps.guess(table).mapping,
        desk=desk,
        file_name=upload.name,
        file_hash=upload.sha256,
        now=now,
        progress=lambda written, writing: _tell(upload, written, writing),
    )
    (run,) = done.runs
    run.totals["upload"] = upload.token
    run.save(update_fields=["totals"])
    return run


def _tell(upload: Upload, written: int, writing: int) -> None:
    uploads.told(upload, written, writing, timezone.now())
