"""A whole installation in one file, and back, never half."""

import json
import subprocess
import sys
import time
import zipfile
from datetime import date, timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from kribbe.config.backup import catalogue
from kribbe.config.backup.contents import MANIFEST, BackupError
from kribbe.config.backup.restoring import restore
from kribbe.config.backup.taking import take
from kribbe.config.commands.backup import address
from kribbe.enrolment.services.make_offer import Excuse, make_offer
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.backups import PROGRAM, at, held, kribbe, new_embedded, quiet
from kribbe.trust import audit
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
MANY_ROWS = 200_000


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path_factory):
    """A folder of uploads of its own, in which nobody else writes; each restore replaces it."""
    settings.FILES_DIR = tmp_path_factory.mktemp("installation") / "files"
    return settings.FILES_DIR


@pytest.fixture
def world():
    now = timezone.now()
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    group = cast.make_group(location, 3, now=now)
    household = cast.make_household(desk, 'D\'Hondt\t\\N "é"', now=now, email="dh@ouders.example")
    child = cast.make_child(household, "Léa", born=date(2026, 1, 5))
    start = now.date() + timedelta(days=60)
    pattern = WeekPattern.from_text("mon tue-am")
    request = cast.make_request(child, [location], start=start, pattern=pattern, now=now)
    make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get().pk,
        group_id=group.pk,
        start=start,
        pattern=pattern,
        now=now,
        excuses={wish.pk: Excuse("group-balance") for wish in location.preferences.all()},
    )
    audit.record(principal=SYSTEM, action="test", subject=desk, now=now)
    return desk


def sums_of(url):
    with psycopg.connect(url) as raw:
        catalogue.settle(raw)
        found = catalogue.columns(raw)
        return {table: catalogue.sums(raw, table, names).content for table, names in found.items()}


def test_of_an_older_version_it_is_brought_up_to_date(world, tmp_path):
    older, again = tmp_path / "older.zip", tmp_path / "again.zip"
    take(address(), again, now=timezone.now(), progress=quiet)
    with new_embedded() as home:
        kribbe(home, "restore", again)
        kribbe(home, "manage", "migrate", "api", "zero")
        kribbe(home, "backup", older)
        assert "api_callwindow" not in held(older)[0]
        before = without_migrations(again)
        kribbe(home, "migrate")
        assert "brought up to date" in kribbe(home, "restore", older, "--force").stdout
        kribbe(home, "backup", again, "--replace")
        assert without_migrations(again) == before


def without_migrations(path):
    """Every table but the list of what was applied, which tells when."""
    return {name: sums for name, sums in held(path)[0].items() if name != "django_migrations"}


def test_killed_in_the_middle_everything_is_as_before(world, tmp_path):
    small, full = tmp_path / "small.zip", tmp_path / "full.zip"
    take(address(), small, now=timezone.now(), progress=quiet)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trust_auditentry (at, actor_name, action, subject, reason, data)"
            " SELECT now(), 'x', 'test', 'y', repeat('z', 200), '{}' FROM generate_series(1, %s)",
            [MANY_ROWS],
        )
    take(address(), full, now=timezone.now(), progress=quiet)
    with new_embedded() as url:
        kribbe(url, "restore", small)
        before = sums_of(url)
        running = subprocess.Popen(  # noqa: S603  the product's own command
            [sys.executable, "-c", PROGRAM, "restore", str(full), "--force"], env=at(url)
        )
        assert seen_copying(url, running), "the restore was over before it could be killed"
        running.kill()
        running.wait()
        assert sums_of(url) == before
        assert "Restored" in kribbe(url, "restore", full, "--force").stdout


def seen_copying(url, running):
    """Wait until the other process fills the big table."""
    with psycopg.connect(url, autocommit=True) as watching:
        while running.poll() is None:
            rows = watching.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                " AND query LIKE 'COPY \"trust_auditentry\"%FROM STDIN' AND state = 'active'"
            )
            if rows.fetchone():
                return True
            time.sleep(0.005)
    return False


def test_here_with_files_triggers_and_numbering(world, tmp_path, uploads):
    (uploads / "pi" / ".pi-draft").mkdir(parents=True)
    (uploads / "pi" / "één.jpg").write_bytes(b"\xff\xd8picture")
    (uploads / "pi" / ".pi-draft" / "half.jpg").write_bytes(b"\xff\xd8pic")
    source = tmp_path / "all.zip"
    take(address(), source, now=timezone.now(), progress=quiet)
    assert source.stat().st_mode & 0o077 == 0
    before, last = sums_of(address()), AuditEntry.objects.latest("pk").pk
    (uploads / "pi" / "één.jpg").unlink()
    world.name = "Changed since"
    world.save()
    done = restore(source, force=True, progress=quiet)
    assert (done.same_key, done.migrated) == (True, False)
    assert sums_of(address()) == before
    assert (uploads / "pi" / "één.jpg").read_bytes() == b"\xff\xd8picture"
    assert [path.name for path in uploads.parent.rglob("*") if path.is_file()] == ["één.jpg"]
    assert (uploads / "pi").stat().st_mode & 0o077 == 0
    with pytest.raises(DatabaseError, match="Cannot update or delete"):
        AuditEntry.objects.filter(pk=last).delete()
    world.refresh_from_db()
    assert audit.record(principal=SYSTEM, action="test", subject=world, now=timezone.now()).pk == last + 1


def test_a_used_database_is_left_alone(world, tmp_path):
    source = tmp_path / "all.zip"
    take(address(), source, now=timezone.now(), progress=quiet)
    before = sums_of(address())
    with pytest.raises(BackupError, match="not empty"):
        restore(source, force=False, progress=quiet)
    assert sums_of(address()) == before


def rewritten(source, target, change):
    """The same backup with another manifest or other bytes."""
    with zipfile.ZipFile(source) as packed, zipfile.ZipFile(target, "w") as out:
        for name in packed.namelist():
            out.writestr(name, change(name, packed.read(name)))
    return target


def newer(name, content):
    if name != MANIFEST:
        return content
    told = json.loads(content)
    told["migrations"].append(["places", "9999_from_the_future"])
    return json.dumps(told)


def later_format(name, content):
    return json.dumps(json.loads(content) | {"format": 99}) if name == MANIFEST else content


def damaged(name, content):
    return content + b"x" if name == "tables/region_desk.copy" else content


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (newer, "newer Kribbe (it has places.9999"),
        (later_format, "newer Kribbe"),
        (damaged, "region_desk.copy"),
    ],
)
def test_what_cannot_be_trusted_is_refused_in_one_line(world, tmp_path, change, told):
    source = tmp_path / "all.zip"
    take(address(), source, now=timezone.now(), progress=quiet)
    wrong = rewritten(source, tmp_path / "wrong.zip", change)
    with pytest.raises(BackupError) as refused:
        restore(wrong, force=True, progress=quiet)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_no_backup_is_refused(world, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("no backup")
    with pytest.raises(BackupError, match="no backup"):
        restore(text, force=True, progress=quiet)
    with pytest.raises(BackupError, match="No such file"):
        restore(tmp_path / "nowhere.zip", force=True, progress=quiet)
    empty = tmp_path / "empty.zip"
    zipfile.ZipFile(empty, "w").close()
    with pytest.raises(BackupError, match="no backup"):
        restore(empty, force=True, progress=quiet)


def test_a_backup_appears_whole_or_not_at_all(world, tmp_path):
    def fails(table, done, of):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(address(), tmp_path / "all.zip", now=timezone.now(), progress=fails)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_of_one_moment(world, tmp_path):
    """What is written while it is made isn't in it, in no table."""
    target = tmp_path / "all.zip"
    entries = AuditEntry.objects.count()

    def meanwhile(table, done, of):
        if done == 0 and of:
            audit.record(principal=SYSTEM, action="test", subject=world, now=timezone.now())

    take(address(), target, now=timezone.now(), progress=meanwhile)
    assert AuditEntry.objects.count() == entries + 1
    assert held(target)[0]["trust_auditentry"][0] == entries


def test_the_command_writes_over_nothing(world, tmp_path):
    target = tmp_path / "all.zip"
    target.write_text("kept")
    done = kribbe(address(), "backup", target, check=False)
    assert (done.returncode, target.read_text()) == (1, "kept")
    assert "--replace" in done.stderr
