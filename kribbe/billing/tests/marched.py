"""Days and amounts of the months that tests invoice."""

from datetime import UTC, date, datetime
from decimal import Decimal

NOW = datetime(2026, 1, 2, 9, tzinfo=UTC)
NEW_YEAR = date(2026, 1, 1)
THE_2ND = date(2026, 4, 2)
THE_20TH = date(2026, 4, 20)
FEE = "12.34"


def euros(text: str) -> Decimal:
    return Decimal(text)


def march(day: int) -> date:
    return date(2026, 3, day)
