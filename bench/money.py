"""A month of many children invoiced and drawn, and a file of the bank with many movements, each at two sizes."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from time import perf_counter
from typing import Any

from bench.many_books import MARCH, Book, bank_file, books_of
from bench.visits import expect

CHILDREN = (2_500, 10_000)
MOVEMENTS = (12_500, 50_000)
MONTH_SECONDS, FILE_SECONDS = 90, 30
"""At most, at the larger size, on two processors that do nothing else."""
BARE_PAPERS = 400
"""Papers that the bare compiler makes; its time grows with their number."""
MOST_RATIO = 3.0

Told = Callable[[str], None]


@dataclass(frozen=True)
class Work:
    """One piece of work: seconds until it was done, seconds of processors that it took (without the database's),
    milliseconds of those for each row, and in how many seconds all must be done.

    `bare` are the processors' seconds of the compiler alone on the same papers, nought where none are made; `ratio`
    is how many times as many all took.
    """

    what: str
    seconds: float
    processors: float
    each: float
    most: float
    bare: float = 0.0
    ratio: float = 0.0

    def as_json(self) -> dict[str, object]:
        """Figures as they are printed."""
        return {
            name: round(value, 2) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def money(
    told: Told, sizes: Sequence[tuple[int, int]] = tuple(zip(CHILDREN, MOVEMENTS, strict=True))
) -> list[Work]:
    """Each at every size, in books of their own; WrongAnswerError where something was left out or doesn't add up."""
    months, files = [], []
    for children, movements in sizes:
        share = children / CHILDREN[-1]
        told(f"preparing books of {children:,} children")
        book = books_of(children)
        told(f"measuring: a month of {children:,} children")
        months.append(_month(book, MONTH_SECONDS * share))
        told(f"measuring: a file of {movements:,} movements")
        files.append(_file(book, movements, FILE_SECONDS * share))
    return [*months, *files]


def lines(found: Sequence[Work]) -> list[tuple[str, ...]]:
    """Rows of the table."""
    return [
        (
            each.what,
            f"{each.seconds:.1f}",
            f"{each.most:.0f}",
            f"{each.processors:.1f}",
            f"{each.each:.2f}",
            f"{each.bare:.1f}" if each.bare else "",
            f"{each.ratio:.2f}" if each.ratio else "",
        )
        for each in found
    ]


def _month(book: Book, most: float) -> Work:
    """A month priced, posted and drawn, as a worker does it; beside it the compiler alone."""
    from django.db.models import Sum
    from django.utils import timezone

    from kribbe.billing.models import InvoicePaper, JournalLine
    from kribbe.billing.services.run import start_run, work_off
    from kribbe.trust.principal import SYSTEM

    now = timezone.now()
    run = start_run(principal=SYSTEM, books=book.books, month=MARCH, on=now.date(), now=now)
    begun, used = perf_counter(), _used()
    made = work_off(run.pk, now=now, with_papers=True)
    seconds, processors = perf_counter() - begun, _used() - used
    papers = InvoicePaper.objects.filter(invoice__run=run).count()
    owed = JournalLine.objects.filter(entry__books=book.books, account="receivable").aggregate(
        sum=Sum("amount")
    )
    expect(
        made == papers == book.children, f"{made} invoices and {papers} papers of {book.children} children"
    )
    expect(owed["sum"] == book.owed, f"{owed['sum']} is owed instead of {book.owed}")
    bare = _bare(list(run.invoices.order_by("pk").values_list("pk", flat=True)[:BARE_PAPERS])) * made
    what = f"A month of {made:,} children, priced, posted and drawn"
    return Work(what, seconds, processors, 1000 * processors / made, most, bare, processors / bare)


def _bare(keys: Sequence[int]) -> float:
    """The processors' seconds of the compiler alone for one of these papers."""
    from kribbe.billing.papers import invoice_sheet, with_lines
    from kribbe.web.documents import source_of

    sources = [source_of(invoice_sheet(each)) for each in with_lines(keys)]
    workers = os.cpu_count() or 1
    shares = [sources[first::workers] for first in range(workers)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        spent = list(pool.map(_compile, shares))
    return sum(spent) / len(sources)


def _compile(sources: Sequence[str]) -> float:
    """Seconds of this processor for these papers, once the compiler is warm."""
    from time import process_time

    from kribbe.web.documents import compiled

    compiled(sources[0])
    begun = process_time()
    expect(all(len(compiled(each)) > 0 for each in sources), "an empty paper")
    return process_time() - begun


def _file(book: Book, movements: int, most: float) -> Work:
    """A file of the bank checked, kept, booked and matched; four of five movements pay an invoice of the books."""
    from django.utils import timezone

    from kribbe.banking.models import Match, Movement
    from kribbe.banking.services.booking import book_file
    from kribbe.banking.services.files import take_in
    from kribbe.trust.principal import SYSTEM

    data, wanted = bank_file(book, movements)
    now = timezone.now()
    begun, used = perf_counter(), _used()
    file = take_in(principal=SYSTEM, books=book.books, data=data, name="bench.cod", now=now)
    book_file(principal=SYSTEM, file=file, now=now)
    seconds, processors = perf_counter() - begun, _used() - used
    kept = Movement.objects.filter(statement__file=file).count()
    matched = Match.objects.filter(movement__statement__file=file).count()
    expect((kept, matched) == (movements, wanted), f"{kept} movements, {matched} of {wanted} matched")
    what = f"A file of {movements:,} movements ({len(data) // 10**6} MB), read, booked and matched"
    return Work(what, seconds, processors, 1000 * processors / movements, most)


def _used() -> float:
    """Seconds of processors that this process and those that it ended have used."""
    times: Any = os.times()
    return float(times.user + times.system + times.children_user + times.children_system)
