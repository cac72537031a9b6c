"""The build: nothing twice, and a clear line when it cannot go on."""

from pathlib import Path

import pytest
from PIL import Image

from kribbe.web import build
from kribbe.web.app_icons import MASKABLE


def test_a_digest_sees_contents_and_names(tmp_path: Path) -> None:
    one, other = tmp_path / "a.css", tmp_path / "b.css"
    one.write_text("x")
    other.write_text("x")
    first = build.digest([one])
    assert build.digest([other]) != first
    assert build.digest([one, other]) == build.digest([other, one])
    one.write_text("y")
    assert build.digest([one]) != first


def test_what_is_stamped_is_not_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    for name, path in (("DIST", tmp_path), ("STAMP", tmp_path / ".stamp")):
        monkeypatch.setattr(build, name, path)
    monkeypatch.setattr(build, "install", calls.append)
    monkeypatch.setattr(build, "_run", calls.append)
    monkeypatch.setattr(build, "node_folder", lambda: tmp_path)
    assert build.build() is True
    assert len(calls) == 2
    for name, size in (("icon-192.png", 192), ("icon-512.png", 512), (MASKABLE, 512)):
        with Image.open(tmp_path / name) as drawn:
            assert drawn.size == (size, size)
            assert (drawn.convert("RGBA").getpixel((0, 0))[3] == 255) is (name == MASKABLE)
    assert build.build() is False
    assert len(calls) == 2


def test_a_missing_node_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "find_spec", lambda name: None)
    monkeypatch.setattr(build, "_is_stamped", lambda stamp, value: False)
    assert build.main() == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_lock_names_no_registry() -> None:
    assert "resolved" not in build.LOCK.read_text(encoding="utf-8")
