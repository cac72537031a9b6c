"""How full a place of care is: children planned and come, beside the places of the licence and those with staff.

One definition for every page and figure. A half-day on which a group is open but has no staff is a case of its own:
it has places by licence and none with staff, and its children are told apart, so that nothing is divided by nought
and nothing looks full that isn't staffed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class State(StrEnum):
    """What a half-day of a group is."""

    OPEN = "open"
    NO_STAFF = "no_staff"
    CLOSED = "closed"


@dataclass(frozen=True)
class Cell:
    """One half-day of one group. `realised` is None as long as the day isn't over."""

    planned: int
    licensed: int
    staffed: int
    realised: int | None = None
    closed: bool = False

    @property
    def state(self) -> State:
        if self.closed or not self.licensed:
            return State.CLOSED
        return State.OPEN if self.staffed else State.NO_STAFF


@dataclass(frozen=True)
class Occupancy:
    """Half-days added up. Children are child half-days, places are place half-days."""

    half_days: int = 0
    planned: int = 0
    realised: int = 0
    planned_of_realised: int = 0
    licensed: int = 0
    staffed: int = 0
    no_staff_half_days: int = 0
    no_staff_planned: int = 0
    closed_half_days: int = 0

    @property
    def of_licensed(self) -> Fraction | None:
        """Planned children beside licensed places; None without places."""
        return _share(self.planned, self.licensed)

    @property
    def of_staffed(self) -> Fraction | None:
        """Planned children beside places with staff, on half-days with staff; None where there are none."""
        return _share(self.planned - self.no_staff_planned, self.staffed)

    @property
    def came(self) -> Fraction | None:
        """Children who came beside those planned, on days that are over; None where nobody was planned."""
        return _share(self.realised, self.planned_of_realised)


def total(cells: Iterable[Cell]) -> Occupancy:
    """The occupancy of these half-days together. Who is planned on a closed half-day doesn't count."""
    found = list(cells)
    open_ = [cell for cell in found if cell.state is not State.CLOSED]
    bare = [cell for cell in open_ if cell.state is State.NO_STAFF]
    over = [cell for cell in open_ if cell.realised is not None]
    return Occupancy(
        half_days=len(open_),
        planned=sum(cell.planned for cell in open_),
        realised=sum(cell.realised or 0 for cell in over),
        planned_of_realised=sum(cell.planned for cell in over),
        licensed=sum(cell.licensed for cell in open_),
        staffed=sum(cell.staffed for cell in open_),
        no_staff_half_days=len(bare),
        no_staff_planned=sum(cell.planned for cell in bare),
        closed_half_days=len(found) - len(open_),
    )


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
