"""A child in the register: of a place that the desk knows, or taken outside the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol

from django.db.models import Q

from kribbe.enrolment.models import DirectChild, Placement
from kribbe.enrolment.pages.location_words import short_name
from kribbe.places.models import Group

DIRECT = "direct-"
"""So begins the reference of a child that was taken outside the desk."""


class Who(NamedTuple):
    """The key of a place, or else of a child that was taken outside the desk."""

    placement_id: int = 0
    direct_id: int = 0

    def columns(self) -> dict[str, int | None]:
        """As the tables of the register keep it."""
        return {"placement_id": self.placement_id or None, "direct_id": self.direct_id or None}


class _Row(Protocol):
    placement_id: int | None
    direct_id: int | None


def who_of(row: _Row) -> Who:
    """Whose row of the register it is."""
    return Who(row.placement_id or 0, row.direct_id or 0)


def of_any(whos: Iterable[Who]) -> Q:
    """Rows of the register of any of these."""
    found = list(whos)
    return Q(placement__in=[each.placement_id for each in found if each.placement_id]) | Q(
        direct__in=[each.direct_id for each in found if each.direct_id]
    )


@dataclass(frozen=True)
class Attendee:
    """One child. Exactly one of the two is there; who was taken outside the desk has no family here."""

    placement: Placement | None = None
    direct: DirectChild | None = None

    @property
    def subject(self) -> Any:
        """The place, or the child that was taken outside the desk."""
        return self.placement or self.direct

    @property
    def who(self) -> Who:
        return Who(self.placement.pk if self.placement else 0, self.direct.pk if self.direct else 0)

    @property
    def reference(self) -> str:
        """How an address or a tablet names it."""
        return self.placement.reference if self.placement else f"{DIRECT}{self.subject.pk}"

    @property
    def person(self) -> str:
        """The same for all places of one child."""
        return f"{self.placement.child_id}" if self.placement else self.reference

    @property
    def name(self) -> str:
        """In full, as far as the register knows it."""
        return f"{self.placement.child}" if self.placement else str(self.subject.name)

    @property
    def short(self) -> str:
        """As its carers call it."""
        if self.placement is None:
            return self.name
        return short_name(self.placement.child.first_name, self.placement.child.last_name)

    @property
    def initials(self) -> str:
        """Two letters that stand for a face."""
        if self.placement is None:
            return self.name[:2].upper()
        return f"{self.placement.child.first_name[:1]}{self.placement.child.last_name[:1]}".upper()

    @property
    def birth(self) -> date:
        """Its day of birth; outside the desk the first of the month."""
        found: date = self.placement.child.birth if self.placement else self.subject.birth_month
        return found

    @property
    def group(self) -> Group:
        found: Group = self.subject.group
        return found

    @property
    def household_id(self) -> int | None:
        return self.placement.child.household_id if self.placement else None

    @property
    def pattern(self) -> int:
        """The half-days of its place, as a mask."""
        return int(self.subject.pattern)

    def is_held(self, day: date) -> bool:
        """Whether its place runs on a day."""
        return day in self.subject.during


def households(attendees: Iterable[Attendee]) -> list[int]:
    """The families of these."""
    return [each.household_id for each in attendees if each.household_id is not None]


def direct_id(reference: str) -> int | None:
    """The key in a reference of a child that was taken outside the desk."""
    number = reference.removeprefix(DIRECT)
    is_one = reference.startswith(DIRECT) and number.isascii() and number.isdecimal() and len(number) < 18
    return int(number) if is_one else None


def told_apart(attendees: Iterable[Attendee]) -> dict[Who, str]:
    """What children on one list are called: short, or in full where another child would be called the same."""
    known = list(attendees)
    persons: dict[str, set[str]] = {}
    for each in known:
        persons.setdefault(each.short, set()).add(each.person)
    return {each.who: each.name if len(persons[each.short]) > 1 else each.short for each in known}
