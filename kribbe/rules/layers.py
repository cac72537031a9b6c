"""Numbers by half-day as week patterns, one a place: how a ledger of places holds what is only counted."""

from collections.abc import Sequence

from kribbe.rules.halfdays import WeekPattern


def layers(counts: Sequence[int]) -> list[WeekPattern]:
    """The fewest patterns that together have each slot as often as it is counted, the fullest first."""
    return [
        WeekPattern.from_slots(slot for slot, count in enumerate(counts) if count >= height)
        for height in range(1, max(counts, default=0) + 1)
    ]
