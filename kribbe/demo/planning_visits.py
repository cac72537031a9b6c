"""Children who begin in the coming weeks get used to their group first, on two mornings or afternoons."""

from datetime import time, timedelta

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.places.models import ClosingDay, Group
from kribbe.planning.models import GettingUsedDay
from kribbe.rules.calendar import is_working_day

DAY = timedelta(days=1)
BEFORE = (9, 4)
"""Days before the first day."""

HOURS = ((time(9), time(10, 30)), (time(9, 30), time(11)), (time(14), time(16)))


def add_visits(book: Book) -> None:
    """Two visits for who begins within a month, on days on which the location is open."""
    chance = Chance("getting used")
    location = {group.pk: group.location_id for group in book.rows(Group)}
    closed = [(each.location_id, *each.during) for each in book.rows(ClosingDay)]
    for placement in book.rows(Placement):
        start = placement.during[0]
        if placement.state != PlacementState.FINAL or not book.today < start <= book.today + 30 * DAY:
            continue
        at = location[placement.group_id]
        for number, before in enumerate(BEFORE):
            day = start - before * DAY
            shut = any(one == at and first <= day < last for one, first, last in closed)
            begin, end = HOURS[(chance.whole(0, 1) + number) % len(HOURS)]
            if day >= book.today and is_working_day(day) and not shut:
                book.add(
                    GettingUsedDay(
                        reference=book.reference(),
                        placement=placement,
                        day=day,
                        start=begin,
                        end=end,
                        made_at=book.now - timedelta(hours=20),
                    )
                )
