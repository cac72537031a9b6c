"""What was measured, kept in the data folder until the code changes or a day has passed: a bench can go on later."""

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kribbe.config.environment import load

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("bench/**/*.py", "kribbe/**/*.py", "kribbe/**/*.html", "kribbe/**/*.toml")
OLDEST = 24 * 3600
"""Seconds."""


def keep(name: str, found: Mapping[str, Any]) -> None:
    """Under this name, for this code."""
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"code": _code(), "at": time.time(), "found": found}, default=str))


def kept(name: str) -> Any:
    """What was kept under this name a day ago at most, by the same code; None where nothing was."""
    try:
        told = json.loads(_path(name).read_text())
    except FileNotFoundError:
        return None
    is_ours = told["code"] == _code() and time.time() - told["at"] < OLDEST
    return told["found"] if is_ours else None


def _path(name: str) -> Path:
    return load().data_dir / "bench" / f"{name}.json"


def _code() -> str:
    """Changes with everything that is measured, or measures."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for source in sorted(ROOT.glob(pattern)):
            if "tests" not in source.parts:
                digest.update(source.relative_to(ROOT).as_posix().encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()
