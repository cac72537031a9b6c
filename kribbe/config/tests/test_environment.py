"""Settings: what is accepted, and the one line that each wrong one gets."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kribbe.config import environment, server_user
from kribbe.config.describing import describe
from kribbe.config.environment import PREFIX, SettingsError, load


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only a data folder is given."""
    for name in [name for name in os.environ if name.startswith(PREFIX) or name == "DATABASE_URL"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KRIBBE_DATA_DIR", str(tmp_path / "data"))


def refused(capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load()
    assert caught.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines == caught.value.lines
    return lines


def test_nothing_has_to_be_set(tmp_path: Path) -> None:
    settings = load()
    assert (settings.database_url, settings.debug, settings.demo) == (None, False, False)
    assert settings.base_url == "http://localhost:8000"
    assert settings.basemap_origins == ["https://geo.api.vlaanderen.be"]
    assert settings.static_root == tmp_path / "data" / "static"
    assert not settings.is_production


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        (
            "KRIBBE_PORT",
            "abc",
            "KRIBBE_PORT = 'abc' is not right: give a whole number from 1 to 65535, such as 8000.",
        ),
        ("KRIBBE_PORT", "70000", "KRIBBE_PORT = '70000' is not right"),
        ("KRIBBE_WORKERS", "0", "KRIBBE_WORKERS = '0' is not right"),
        ("KRIBBE_DEBUG", "perhaps", "KRIBBE_DEBUG = 'perhaps' is not right: give 1 or 0."),
        ("KRIBBE_BASE_URL", "opvang.example.be", "KRIBBE_BASE_URL = 'opvang.example.be' is not right"),
        ("KRIBBE_BASE_URL", "https://example.be/opvang", "give an address without a path"),
        ("KRIBBE_TIME_ZONE", "Europe/Leuven", "give a name such as Europe/Brussels."),
        ("KRIBBE_BASEMAP_URL", "https://example.be/{z}/{x}", "{z}, {x} and {y}"),
        ("KRIBBE_LOG_FORMAT", "xml", "give text or json."),
        ("KRIBBE_MAIL_FROM", "loket", "such as Kribbe <loket@example.be>"),
        ("KRIBBE_LOCK_TIMEOUT_MS", "-1", "a whole number of milliseconds"),
        (
            "KRIBBE_PROT",
            "8000",
            "KRIBBE_PROT = '8000' is not a setting of Kribbe: unset it, or did you mean KRIBBE_PORT?",
        ),
        ("KRIBBE_DATABASE_URL", "x", "did you mean DATABASE_URL?"),
    ],
)
def test_one_line_for_a_wrong_setting(
    name: str, value: str, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    lines = refused(capsys)
    assert len(lines) == 1
    assert line in lines[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://kribbe:geheim@db/kribbe"),
        ("KRIBBE_MAIL", "imap://kribbe:geheim@mail"),
        ("KRIBBE_SECRET_KEY", "geheim"),
        ("KRIBBE_FORMER_KEYS", f"{'k' * 32},geheim"),
        ("KRIBBE_HASH_KEY", "geheim"),
    ],
)
def test_a_secret_is_never_printed(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    (line,) = refused(capsys)
    assert line.startswith(f"{name} = (not shown) is not right: give ")
    assert "geheim" not in line


def test_every_problem_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("KRIBBE_PORT", "KRIBBE_WORKERS", "KRIBBE_SPEED"):
        monkeypatch.setenv(name, "fast")
    assert len(refused(capsys)) == 3


def test_production_brings_its_own_keys_and_mail_server(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("KRIBBE_HOSTS", "opvang.example.be, www.example.be")
    names = [line.split()[0] for line in refused(capsys)]
    assert names == ["KRIBBE_SECRET_KEY", "KRIBBE_HASH_KEY", "KRIBBE_MAIL"]
    monkeypatch.setenv("KRIBBE_SECRET_KEY", "s" * 32)
    monkeypatch.setenv("KRIBBE_HASH_KEY", "h" * 32)
    monkeypatch.setenv("KRIBBE_MAIL", "smtp://name:word@mail.example.be:587")
    settings = load()
    assert settings.is_production
    assert settings.hosts == ["opvang.example.be", "www.example.be"]
    assert settings.hash_key.get_secret_value() == "h" * 32
    assert not (tmp_path / "data").exists()


def test_former_keys_stand_beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRIBBE_FORMER_KEYS", f"{'a' * 32}, {'b' * 40}")
    assert [key.get_secret_value() for key in load().former_keys] == ["a" * 32, "b" * 40]


def test_generated_keys_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    first, second = load(), load()
    kept = tmp_path / "data" / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert first.secret_key == second.secret_key != first.hash_key == second.hash_key
    assert len(first.secret_key.get_secret_value()) >= 32
    assert first.secret_key.get_secret_value() not in repr(first)


def test_of_many_first_starts_one_key_stays() -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = {settings.secret_key for settings in pool.map(lambda _: load(), range(8))}
    assert len(keys) == 1


def test_a_data_folder_that_cannot_be_made_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KRIBBE_DATA_DIR", str(tmp_path / "file" / "data"))
    (line,) = refused(capsys)
    assert line.startswith(f"KRIBBE_DATA_DIR = '{tmp_path}/file/data' is not right")


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("KRIBBE_PORT", "")
    assert (load().database_url, load().port) == (None, 8000)


def test_the_map_can_do_without_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRIBBE_BASEMAP_URL", "none")
    assert (load().basemap_url, load().basemap_origins) == ("", [])


def test_the_default_folder_follows_the_users_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_user, "reachable_folder", lambda wanted: wanted)
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/data")
    assert server_user.default_data_dir() == Path("/srv/data/kribbe")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/srv/somebody")
    assert server_user.default_data_dir() == Path("/srv/somebody/.local/share/kribbe")
    monkeypatch.setattr(server_user, "reachable_folder", lambda wanted: Path("/elsewhere"))
    assert server_user.default_data_dir() == Path("/var/lib/kribbe")


def test_every_setting_is_described() -> None:
    rows = describe()
    assert len({row.variable for row in rows}) == len(rows) >= 19
    assert all(row.description.endswith(".") for row in rows)
    product = [row for row in rows if row.variable not in environment.TOOL_VARIABLES]
    assert all(row.expects and row.default for row in product)
