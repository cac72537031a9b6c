"""What the tables share: reasons for leaving a field out, and how values are shown."""

from typing import Any

from django.db.models.functions import TruncMonth

from kribbe.config.export.columns import Column
from kribbe.rules.halfdays import WeekPattern

PUBLIC_NUMBER = "is an internal number; slug, or group and since, name the row"
ACCOUNT = "is an internal number of an account"
SHOWN_OTHERWISE = "follows from another column"
WORDS = "is text of people, which may tell of anybody"
FOR_ITS_PAGE = "is a text for its page"
NAME_OF_STAFF = "names a member of staff"


def half_days(mask: int) -> str:
    """A mask as `mon tue-am`."""
    return WeekPattern(mask).to_text()


def listed(values: list[str]) -> str:
    """Values with a blank between."""
    return " ".join(map(str, values))


def month(name: str, path: str, meaning: str) -> Column:
    """The first day of the month of a moment or day."""
    source: Any = TruncMonth(path)
    return Column(name, source, "date", meaning, "first day of the month", shown=_day)


def moment(name: str, path: str, meaning: str, *, personal: bool = False) -> Column:
    """A moment, in UTC."""
    return Column(name, path, "moment", meaning, "UTC", personal=personal)


def pattern(name: str, path: str, meaning: str) -> Column:
    """A mask of half-days, in words."""
    return Column(name, path, "text", meaning, "half-days", shown=half_days)


def since_until(field: str = "during") -> tuple[Column, Column]:
    """The first day of a period, and the first one after it."""
    return (
        Column("since", f"{field}__startswith", "date", "First day."),
        Column(
            "until", f"{field}__endswith", "date", "First day on which it no longer holds; empty: no end."
        ),
    )


def _day(value: Any) -> Any:
    return value.date() if hasattr(value, "date") else value
