"""What a notice whose mail didn't arrive becomes as a letter or sent again: rooms hang here how to say it then."""

from collections.abc import Callable
from datetime import datetime

from kribbe.contact.models import Notice
from kribbe.contact.writing import Text

Writer = Callable[[Notice, datetime], Notice | None]
"""Given a notice whose mail didn't arrive, the one to post in its place; None where its own words do."""

Anew = Callable[[Notice, datetime], Text | None]
"""Given a notice whose mail is sent again, what it says now; None where its own words still hold."""

_writers: dict[str, Writer] = {}

_anew: dict[str, Anew] = {}


def register_on_paper(kind: str, writer: Writer) -> None:
    """Adds the writer of a kind ("upkeep/still_needed"); the same kind again replaces it."""
    _writers[kind] = writer


def on_paper(notice: Notice, *, now: datetime) -> Notice:
    """The notice to post, in the caller's transaction."""
    writer = _writers.get(notice.kind)
    return (writer and writer(notice, now)) or notice


def register_sent_again(kind: str, words: Anew) -> None:
    """Adds what a kind says when it is sent again, such as another term; the same kind again replaces it."""
    _anew[kind] = words


def words_again(notice: Notice, *, now: datetime) -> Text | None:
    """What the mail of this notice says when it is sent again, in the caller's transaction."""
    words = _anew.get(notice.kind)
    return words(notice, now) if words else None
