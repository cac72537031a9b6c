"""The keys of an installation that was given none: made once, and kept in its folder."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from kribbe.config.server_user import make_folder


def kept_key(folder: Path, name: str) -> str:
    """The key kept in `folder`, made on first use; of several processes at once the first one's key stays.

    Raises OSError where the folder can't be written or read.
    """
    kept = folder / name
    if not kept.exists():
        _keep_new_key(kept)
    return kept.read_text().strip()


def _keep_new_key(kept: Path) -> None:
    draft = kept.with_name(f".{kept.name}.{secrets.token_hex(8)}")
    try:
        make_folder(kept.parent)
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        os.link(draft, kept)
    except FileExistsError:
        pass
    finally:
        with suppress(OSError):
            draft.unlink()
