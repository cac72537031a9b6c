"""From the embedded server to one on the network with a password, and back: every table, sum and file the same."""

import psycopg
import pytest
from django.utils import timezone

from kribbe.config.backup.taking import take
from kribbe.config.commands.backup import address
from kribbe.testing.backups import held, kribbe, manifest_of, new_embedded, otherwise, quiet
from kribbe.testing.real_server import PASSWORD, programs, serving
from kribbe.trust.models import StoredFile

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
FILLED = 80
"""Tables in which the world has a row, at least: it has something behind every door."""


@pytest.fixture(scope="module")
def server():
    with serving(programs()) as started:
        yield started


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    """A folder of uploads of its own, before the world has its first file."""
    settings.FILES_DIR = tmp_path / "first"


def files_of(folder):
    """Uploaded files by path, with their bytes."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_there_and_back(server, world, tmp_path, settings):
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    take(address(), first, now=timezone.now(), progress=quiet)
    files = files_of(tmp_path / "first")
    filled = [name for name, (rows, _content) in held(first)[0].items() if rows]
    assert len(filled) >= FILLED
    assert len(files) == len(manifest_of(first).files) >= StoredFile.objects.count() >= 3

    settings.FILES_DIR = tmp_path / "server"
    real = server.new_database()
    assert "Restored" in kribbe(real, "restore", first).stdout
    assert files_of(tmp_path / "server") == files
    kribbe(real, "backup", second)
    assert held(second) == held(first)

    settings.FILES_DIR = tmp_path / "home"
    with new_embedded() as home:
        assert "Restored" in kribbe(home, "restore", second).stdout
        assert otherwise(home, first) == []
        assert files_of(tmp_path / "home") == files


def test_the_server_lets_nobody_in_without_the_password(server):
    """So the way there is that of a city's own server."""
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.new_database().replace(PASSWORD, "wrong"))
