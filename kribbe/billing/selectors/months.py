"""Months that are over, with how far they are invoiced and what a run of them would still find."""

from dataclasses import dataclass
from datetime import date

from kribbe.billing.models import Books, MonthCount, Run, RunState
from kribbe.rules.calendar import add_months, first_of_month

SHOWN = 12
"""Months back that the page shows whatever is left of them."""
COUNTED = 24
"""Months back that are counted."""


@dataclass(frozen=True, slots=True)
class MonthOver:
    """A month that is over; `count` is None before the first count after its invoices."""

    month: date
    is_invoiced: bool
    is_going: bool
    count: MonthCount | None

    @property
    def has_more(self) -> bool:
        """Whether a run would find something, as it was counted."""
        return self.count is not None and bool(self.count.documents or self.count.held)


def months_over(books: Books, today: date) -> list[MonthOver]:
    """The last months of an organiser, the latest first, and those before them with something left; two queries.

    Months of before its books are left out, unless they were invoiced.
    """
    this = first_of_month(today)
    runs = Run.objects.filter(books=books, month__gte=add_months(this, -COUNTED))
    states: dict[date, set[str]] = {}
    for month, state in runs.values_list("month", "state"):
        states.setdefault(month, set()).add(state)
    counts = {each.month: each for each in MonthCount.objects.filter(books=books)}
    found = []
    for back in range(1, COUNTED + 1):
        month = add_months(this, -back)
        runs_of = states.get(month, set())
        each = MonthOver(month, RunState.DONE in runs_of, RunState.GOING in runs_of, counts.get(month))
        is_shown = back <= SHOWN and (bool(runs_of) or month >= first_of_month(books.started_on))
        if is_shown or each.has_more:
            found.append(each)
    return found


def invoiced_months(today: date) -> list[tuple[Books, date]]:
    """The months of all books that are counted: invoiced, over, and not too long ago; no run under way."""
    this = first_of_month(today)
    runs = Run.objects.filter(month__range=(add_months(this, -COUNTED), add_months(this, -1)))
    going = set(runs.filter(state=RunState.GOING).values_list("books_id", "month"))
    done = set(runs.filter(state=RunState.DONE).values_list("books_id", "month")) - going
    books = Books.objects.in_bulk({key for key, _month in done})
    return [(books[key], month) for key, month in sorted(done)]
