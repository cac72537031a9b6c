"""Who runs the embedded PostgreSQL, and what that user can reach.

PostgreSQL refuses to run as root. When Kribbe runs as root (a container, a fresh machine) the server runs as
an unprivileged user, who must be able to reach the programs and the data. No folder of anybody's is opened
for it: programs that it can't reach are copied once, and data goes to a folder that it can reach.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

STATE_FOLDER = Path("/var/lib/kribbe")
CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class ServerUser:
    """The user that the server's processes run as; `switch` tells that we are root and must change to it."""

    uid: int
    gid: int
    switch: bool

    @classmethod
    def current(cls) -> ServerUser:
        """Ourselves, or as root the first of CANDIDATES on this machine."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), switch=False)
        for name in CANDIDATES:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid, switch=True)
        return cls(65534, 65534, switch=True)

    @property
    def name(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    def run(
        self, command: Sequence[str | Path], *, text: str = "", timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run `command` as this user in the root folder, with a bare environment and `text` as its input."""
        kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH") if key in os.environ}
        return subprocess.run(  # noqa: S603  the commands are those of this package
            [str(part) for part in command],
            input=text,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd="/",
            env={**kept, "LC_ALL": "C"},
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
            umask=0o077,
        )

    def can_run(self, program: Path) -> bool:
        try:
            return self.run([program, "--version"], timeout=30).returncode == 0
        except OSError:
            return False

    def can_enter(self, folder: Path) -> bool:
        """Whether this user can pass through `folder`, or through its nearest ancestor that exists."""
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", existing]).returncode == 0

    def own(self, folder: Path) -> None:
        """Make `folder` for this user alone (0700) in a parent that exists; an existing one stays."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            return
        if self.switch:
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)

    def write(self, path: Path, content: str) -> None:
        """Write a file as this user, so that no link it planted is followed with more rights."""
        done = self.run(["/bin/sh", "-c", 'cat > "$1"', "sh", path], text=content)
        if done.returncode:
            raise OSError(done.stderr.strip())


def make_folder(folder: Path) -> None:
    """Make `folder` and its missing parents: closed to others, but as root passable for the server's user.

    A folder that exists keeps its rights, except an empty one of root's own: it was given to us to fill.
    """
    mode = 0o711 if os.geteuid() == 0 else 0o700
    for path in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        path.mkdir(exist_ok=True)
        path.chmod(mode)
    if os.geteuid() == 0 and folder.stat().st_uid == 0 and not any(folder.iterdir()):
        folder.chmod(folder.stat().st_mode | 0o011)


def reachable_folder(wanted: Path) -> Path:
    """`wanted`, or where the server's user can't reach it its stand-in under STATE_FOLDER."""
    user = ServerUser.current()
    if not user.switch or user.can_enter(wanted):
        return wanted
    return STATE_FOLDER / hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]


def reachable_programs(install: Path, libraries: Path, label: str, user: ServerUser) -> Path:
    """The folder of PostgreSQL's programs that `user` can run: of `install`, or of a copy under STATE_FOLDER.

    The programs find `libraries` by its place beside the install's parent, so a copy keeps that shape. A copy
    belongs to root, is named by `label` (a version), and appears in one step.
    """
    if user.can_run(install / "bin" / "postgres"):
        return install / "bin"
    copy = STATE_FOLDER / f"postgresql-{label}"
    programs = copy / install.parent.name / install.name / "bin"
    if not user.can_run(programs / "postgres"):
        make_folder(STATE_FOLDER)
        _copy(install, libraries, copy)
    return programs


def _copy(install: Path, libraries: Path, copy: Path) -> None:
    building = Path(tempfile.mkdtemp(prefix=".copy-", dir=copy.parent))
    unneeded = shutil.ignore_patterns("include", "*.a", "__pycache__")
    shutil.copytree(install, building / install.parent.name / install.name, symlinks=True, ignore=unneeded)
    if libraries.is_dir():
        shutil.copytree(libraries, building / libraries.name, symlinks=True)
    for path in (building, *building.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    if copy.exists():
        shutil.rmtree(copy)
    building.rename(copy)


def default_data_dir() -> Path:
    """The user's own data folder; where root's is closed to the database server, one that it can reach."""
    chosen = os.environ.get("XDG_DATA_HOME")
    if chosen and Path(chosen).is_absolute():
        return reachable_folder(Path(chosen) / "kribbe")
    wanted = Path.home() / ".local" / "share" / "kribbe"
    return wanted if reachable_folder(wanted) == wanted else STATE_FOLDER
