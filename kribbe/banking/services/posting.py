"""Entries for movements of the bank, each with the match that says whose the movement was."""

from collections.abc import Sequence
from datetime import datetime

from kribbe.banking.models import Match, Movement
from kribbe.billing.models import Books, JournalEntry
from kribbe.billing.services.posting import BATCH, Draft, write
from kribbe.trust.principal import Principal


def write_matched(
    drafts: Sequence[tuple[Draft, Movement | None]], *, principal: Principal, books: Books, now: datetime
) -> list[JournalEntry]:
    """Write entries, and a match of those that say whose a movement is. Who calls this has the books locked."""
    entries = write([draft for draft, _movement in drafts], principal=principal, books=books, now=now)
    Match.objects.bulk_create(
        (
            Match(movement=movement, entry=entry)
            for entry, (_draft, movement) in zip(entries, drafts, strict=True)
            if movement
        ),
        batch_size=BATCH,
    )
    return entries
