"""What a mailed notice becomes as a letter where its words speak of a click: rooms hang here how to say it then."""

from collections.abc import Callable
from datetime import datetime

from kribbe.contact.models import Notice

Writer = Callable[[Notice, datetime], Notice | None]
"""Given a notice whose mail didn't arrive, the one to post in its place; None where its own words do."""

_writers: dict[str, Writer] = {}


def register_on_paper(kind: str, writer: Writer) -> None:
    """Adds the writer of a kind ("upkeep/still_needed"); the same kind again replaces it."""
    _writers[kind] = writer


def on_paper(notice: Notice, *, now: datetime) -> Notice:
    """The notice to post, in the caller's transaction."""
    writer = _writers.get(notice.kind)
    return (writer and writer(notice, now)) or notice
