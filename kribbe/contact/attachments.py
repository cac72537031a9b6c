"""What goes along with a mail as a file: rooms hang here how to find it by what the notice is about.

A file is looked up when the mail leaves, and isn't kept twice.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file: its name, its bytes, its media type."""

    name: str
    content: bytes
    media_type: str


Source = Callable[[int], Attachment | None]
"""Given the number of what a notice is about ("invoice:12"), the file that goes along, or None."""

_sources: dict[str, Source] = {}


def register_attachment(kind: str, source: Source) -> None:
    """Adds the source of a kind ("invoice"); the same kind again replaces it."""
    _sources[kind] = source


def attachment_of(about: str) -> Attachment | None:
    """The file of what a notice is about; None where it has none."""
    kind, _, number = about.partition(":")
    source = _sources.get(kind)
    return source(int(number)) if source and number.isdecimal() else None
