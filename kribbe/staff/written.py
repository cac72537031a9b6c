"""Half-hours as people write them."""

from datetime import time

from kribbe.rules.roster.plan import HALVES

NO_PAUSE = -1


def clock(half: int) -> str:
    """The begin of a half-hour: 14 is 7:00; 48 is midnight, 24:00."""
    return f"{half // 2}:{30 * (half % 2):02}"


def span(start: int, end: int) -> str:
    """From and to."""
    return f"{clock(start)}–{clock(end)}"


def half_of(at: time) -> int | None:
    """The half-hour that begins at a time; None where none does. A minute before midnight stands for midnight."""
    if at == time(23, 59):
        return HALVES
    return 2 * at.hour + at.minute // 30 if at.minute in {0, 30} and not at.second else None


def time_of(half: int) -> time:
    """As `half_of` reads it."""
    return time(23, 59) if half >= HALVES else time(half // 2, 30 * (half % 2))
