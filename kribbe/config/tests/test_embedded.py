"""The embedded server under what happens to it: crowds, kills, leftovers, closed folders."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from kribbe.config import embedded, server_user
from kribbe.config.server_user import ServerUser
from kribbe.testing.server import UNSAFE_BUT_QUICK

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="folders are closed to the server's user only as root")

ENSURE = """
import sys
from pathlib import Path
from kribbe.config import embedded
folder = Path(sys.argv[1])
embedded.ensure(folder, options={"fsync": "off"})
print(embedded.status(folder).pid, flush=True)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder of this test's own, with the server stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="kribbe-tests-"))
    folder.chmod(0o711)
    yield folder
    embedded.remove(folder)
    shutil.rmtree(folder)


def ensure(folder: Path) -> None:
    embedded.ensure(folder, options=UNSAFE_BUT_QUICK)


def start_process(code: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  code of these tests
        [sys.executable, "-W", "error", "-c", code, folder], stdout=subprocess.PIPE, text=True
    )


def main_pid(folder: Path) -> int:
    pid = embedded.status(folder).pid
    assert pid is not None
    return pid


def query(folder: Path, statement: str) -> object:
    with psycopg.connect(embedded.address(folder)) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_the_address_is_computed_without_touching_anything(tmp_path: Path) -> None:
    wanted = tmp_path / "deep" / "er" / ("x" * 120)
    assert embedded.address(wanted, "other").startswith("postgresql://kribbe@%2Ftmp%2Fkribbe-")
    assert embedded.address(wanted) == embedded.address(wanted / "y" / "..")
    assert not (tmp_path / "deep").exists()


def test_a_new_server_speaks_unicode_and_utc_and_no_network(folder: Path) -> None:
    ensure(folder)
    assert query(folder, "SHOW server_encoding") == "UTF8"
    assert query(folder, "SHOW timezone") == "UTC"
    assert query(folder, "SHOW listen_addresses") == ""
    assert query(folder, "SHOW fsync") == "off"
    assert query(folder, "SELECT 'Élise' ILIKE 'ÉLISE' AND 'Zoe' < 'de Vries'") is True


def test_only_its_user_can_enter_the_folder_of_its_socket(folder: Path) -> None:
    ensure(folder)
    socket = Path(str(query(folder, "SHOW unix_socket_directories")))
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert socket.stat().st_uid == embedded.status(folder).cluster.stat().st_uid == ServerUser.current().uid


def test_processes_at_once_from_nothing_get_the_same_server(folder: Path) -> None:
    processes = [start_process(ENSURE, folder) for _ in range(4)]
    said = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert said == [str(main_pid(folder))] * 4


def test_a_killed_user_leaves_the_server_to_the_others(folder: Path) -> None:
    process = start_process(ENSURE + "import time; time.sleep(600)", folder)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    process.kill()
    process.communicate()
    ensure(folder)
    assert main_pid(folder) == pid
    assert embedded.stop(folder) is True
    assert embedded.status(folder).running is False
    assert embedded.stop(folder) is False


def test_a_user_killed_while_starting_blocks_nobody(folder: Path) -> None:
    hold = "import sys, time; from pathlib import Path; from kribbe.config import embedded\n"
    hold += "with embedded._locked(embedded._server(Path(sys.argv[1]))): print('held', flush=True); time.sleep(600)"
    process = start_process(hold, folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    half = folder / "postgresql.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("half")
    process.kill()
    process.communicate()
    ensure(folder)
    assert query(folder, "SELECT 1") == 1
    assert not half.exists()


def test_a_killed_server_starts_again_with_what_was_committed(folder: Path) -> None:
    embedded.ensure(folder, options={"fsync": "off"})
    query(folder, "CREATE TABLE kept AS SELECT 42 AS answer")
    killed = main_pid(folder)
    os.kill(killed, signal.SIGKILL)
    ensure(folder)
    assert main_pid(folder) != killed
    assert query(folder, "SELECT answer FROM kept") == 42


def test_a_recycled_process_number_is_not_taken_for_the_server(folder: Path) -> None:
    ensure(folder)
    status = embedded.status(folder)
    socket = Path(str(query(folder, "SHOW unix_socket_directories")))
    recorded = (status.cluster / "postmaster.pid").read_text().splitlines()
    embedded.stop(folder)
    user = ServerUser.current()
    owner = {"user": user.uid, "group": user.gid} if user.switch else {}
    stranger = subprocess.Popen(["/bin/sleep", "600"], **owner)
    try:
        left = "\n".join([str(stranger.pid), *recorded[1:], ""])
        user.write(status.cluster / "postmaster.pid", left)
        user.own(socket)
        user.write(socket / ".s.PGSQL.5432.lock", left)
        assert embedded.status(folder).running is False
        ensure(folder)
        assert main_pid(folder) != stranger.pid
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_second_start_is_quick(folder: Path) -> None:
    ensure(folder)
    begin = time.monotonic()
    ensure(folder)
    assert time.monotonic() - begin < 0.5
    embedded.stop(folder)
    begin = time.monotonic()
    ensure(folder)
    assert time.monotonic() - begin < 3


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    ensure(folder)
    embedded.stop(folder)
    with pytest.raises(embedded.EmbeddedError, match="shared_buffers"):
        embedded.ensure(folder, options={"shared_buffers": "a lot"})


def test_data_of_another_version_are_left_alone(folder: Path) -> None:
    ensure(folder)
    embedded.stop(folder)
    version = embedded.status(folder).cluster / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(embedded.EmbeddedError, match=r"PostgreSQL 17.*pg_upgrade"):
        ensure(folder)
    assert version.read_text() == "17\n"


def test_a_folder_that_holds_something_else_is_left_alone(folder: Path) -> None:
    other = folder / "postgresql"
    other.mkdir()
    shutil.chown(other, ServerUser.current().uid)
    (other / "letter.txt").write_text("dear")
    with pytest.raises(embedded.EmbeddedError, match="move it away"):
        ensure(folder)
    assert (other / "letter.txt").read_text() == "dear"
    (other / "letter.txt").unlink()


def test_a_missing_package_names_both_remedies(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda _name: None)
    with pytest.raises(embedded.EmbeddedError, match=r"make setup.*DATABASE_URL"):
        ensure(folder)


@pytest.mark.parametrize("name", ["Kribbe", "a b", "", "x" * 64])
def test_only_plain_database_names(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a plain database name"):
        embedded.ensure(tmp_path, name)


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that only root can enter."""
    closed = Path(tempfile.mkdtemp(prefix="kribbe-tests-closed-"))
    (closed / "something").write_text("of root's")
    yield closed
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    shutil.rmtree(closed)


@pytest.fixture
def state_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """In place of /var/lib/kribbe."""
    folder = Path(tempfile.mkdtemp(prefix="kribbe-tests-state-"))
    monkeypatch.setattr(server_user, "STATE_FOLDER", folder / "kribbe")
    folder.chmod(0o711)
    yield folder / "kribbe"
    shutil.rmtree(folder)


@as_root
def test_a_chosen_folder_that_the_server_cannot_reach_is_refused(closed: Path) -> None:
    with pytest.raises(embedded.EmbeddedError, match="KRIBBE_DATA_DIR"):
        ensure(closed / "data")


@as_root
def test_a_default_folder_that_the_server_cannot_reach_has_a_stand_in(
    closed: Path, state_folder: Path
) -> None:
    stand_in = server_user.reachable_folder(closed / "data")
    assert stand_in.parent == state_folder
    assert stand_in == server_user.reachable_folder(closed / "data")
    assert stand_in != server_user.reachable_folder(closed / "other")
    ensure(stand_in)
    assert query(stand_in, "SELECT 1") == 1
    embedded.remove(stand_in)


@as_root
def test_programs_that_the_server_cannot_reach_are_copied_once(
    closed: Path, state_folder: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = find_spec(embedded.PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    package = Path(spec.submodule_search_locations[0])
    shutil.copytree(package / "pginstall18", closed / embedded.PACKAGE / "pginstall18", symlinks=True)
    shutil.copytree(package.parent / f"{embedded.PACKAGE}.libs", closed / f"{embedded.PACKAGE}.libs")
    spec.submodule_search_locations = [str(closed / embedded.PACKAGE)]
    monkeypatch.setattr(embedded, "find_spec", lambda _name: spec)
    ensure(folder)
    copies = list(state_folder.iterdir())
    command = Path(f"/proc/{main_pid(folder)}/cmdline").read_text()
    assert len(copies) == 1
    assert command.startswith(f"{copies[0]}/")
    made = [
        (path.stat().st_uid, path.lstat().st_mode & 0o022)
        for path in copies[0].rglob("*")
        if not path.is_symlink()
    ]
    assert set(made) == {(0, 0)}
    stamp = copies[0].stat().st_ctime_ns
    embedded.stop(folder)
    ensure(folder)
    assert copies[0].stat().st_ctime_ns == stamp
