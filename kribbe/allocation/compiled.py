"""Compiling to machine code, and where that is kept.

The code is kept for the sources as they are: another version never meets it. It lies beside the sources, or in
the user's cache where those can't be written; `NUMBA_CACHE_DIR` names another place.
"""

import atexit
import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numba
from numba.core import config as numba_config

njit: Any = numba.njit
config: Any = numba_config
SOURCES = ("tables", "cells", "claims", "paths", "reasons", "heads")
HERE = Path(__file__).parent

inner: Callable[..., Any] = njit(
    error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True
)
"""Functions that other compiled ones call: they are compiled into these.

None of them makes an array: so the compiler need not count who still looks at one, which would take most of the time.
"""


def version() -> str:
    """Of the compiled sources and the compiler."""
    found = sha256(numba.__version__.encode())
    for name in SOURCES:
        found.update((HERE / f"{name}.py").read_bytes())
    return found.hexdigest()[:16]


def home() -> Path | None:
    """The folder of this version's machine code; None where it can't be kept anywhere."""
    if config.CACHE_DIR:
        return Path(config.CACHE_DIR)
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for folder in (HERE / "__pycache__", user / "kribbe"):
        kept = folder / f"compiled-{version()}"
        if _is_writable(kept):
            return kept
        if kept.is_dir():
            return _copied(kept)
    return None


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _copied(folder: Path) -> Path:
    """The compiler wants to be able to write; what was made at set-up is read-only to others."""
    copy = Path(mkdtemp(prefix="kribbe-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    return copy


HOME = home()
if HOME is not None:
    config.CACHE_DIR = str(HOME)

entry: Callable[..., Any] = njit(
    error_model="numpy", _nrt=False, no_cfunc_wrapper=True, cache=HOME is not None
)
"""Functions that Python calls: their machine code is kept."""
