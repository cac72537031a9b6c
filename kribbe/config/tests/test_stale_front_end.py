"""The demo is served with the front end of its sources, or says that it isn't."""

import pytest

from kribbe.config.commands import demo
from kribbe.web import build


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Sources, a lock and a stamp of a build, apart from the real ones."""
    (tmp_path / "frontend").mkdir()
    (tmp_path / "frontend" / "one.css").write_text("a {}")
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(build, "SOURCES", tmp_path / "frontend")
    monkeypatch.setattr(build, "LOCK", tmp_path / "package-lock.json")
    monkeypatch.setattr(build, "STAMP", tmp_path / ".stamp")
    (tmp_path / ".stamp").write_text(build.wanted())
    return tmp_path


def test_a_front_end_is_stale_once_a_source_changed(built):
    assert not build.is_stale()
    (built / "frontend" / "one.css").write_text("a { color: red }")
    assert build.is_stale()


def test_where_only_the_build_is_installed_nothing_is_stale(built, monkeypatch):
    monkeypatch.setattr(build, "SOURCES", built / "gone")
    (built / ".stamp").unlink()
    assert not build.is_stale()


def test_a_stale_one_is_built_anew_or_told(built, monkeypatch, capsys):
    made = []
    monkeypatch.setattr(build, "build", lambda: made.append(1))
    demo.renew_front_end()
    assert not made
    (built / "frontend" / "one.css").write_text("b {}")
    demo.renew_front_end()
    assert made

    def fails():
        raise build.BuildError("node is missing")

    monkeypatch.setattr(build, "build", fails)
    demo.renew_front_end()
    assert "The front end is stale: node is missing" in capsys.readouterr().out
