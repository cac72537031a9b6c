"""Measuring: a warm-up, then so many rounds in which each page follows the bare view."""

import math
import platform
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from http.client import HTTPConnection
from statistics import median

from bench.pages import pages
from bench.server import Answer, ask, collect, server
from bench.visits import DESK, Page, Visit, cookies, expect

WARM_UP = 5
CONTROL = re.compile(r"(SELECT set_config\(.*?; )?(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)", re.DOTALL)
"""Statements of transactions; the history's context travels in front of some."""

Told = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """One page: times in milliseconds, `ratio` of its median to the bare view's in the same run.

    `first` is how many times the median of its list's first page a far page takes, visited by turns; else nought.
    """

    page: str
    runs: int
    median: float
    p95: float
    bare: float
    ratio: float
    queries: int
    shown: int
    first: float = 0.0

    def as_json(self) -> dict[str, object]:
        """Figures as they are printed."""
        rounded = {"median": 2, "p95": 2, "bare": 2, "ratio": 2, "first": 2}
        return {name: round(value, rounded.get(name, 0)) if name in rounded else value
                for name, value in asdict(self).items()}  # fmt: skip


def measure(runs: int, told: Told) -> list[Result]:
    """Prepare, start the server, measure, stop it, and count queries: a form that was sent changes the lists.

    WrongAnswerError where a page returns what it shouldn't.
    """
    from django.db import connection
    from django.utils import timezone

    told("preparing drafts, offers and sessions")
    collect()
    measured = pages(WARM_UP + runs + 1, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; ANALYZE; RESET statement_timeout")
    connection.close()
    told("starting the server")
    by_name = {page.name: page for page in measured}
    with server() as client:
        results = [_measure(client, page, by_name.get(page.first), runs, told) for page in measured]
    results = [
        replace(result, queries=_queries(page)) for page, result in zip(measured, results, strict=True)
    ]
    for page in measured:
        page.at_the_end()
    return results


def _measure(client: HTTPConnection, page: Page, first: Page | None, runs: int, told: Told) -> Result:
    """The times of a page; its queries are counted once the server has stopped."""
    told(f"measuring: {page.name}")
    took: list[float] = []
    bare: list[float] = []
    near: list[float] = []
    for number, visit in enumerate(page.visits[1 : 1 + WARM_UP + runs]):
        empty = _bare(client, page, visit)
        answer = ask(client, visit.address, session=visit.session, form=visit.form)
        page.check(answer)
        if first is not None and number >= WARM_UP:
            near.append(ask(client, first.visits[0].address, session=first.visits[0].session).milliseconds)
        if number >= WARM_UP:
            bare.append(empty.milliseconds)
            took.append(answer.milliseconds)
    middle, least = median(took), median(bare)
    return Result(
        page=page.name,
        runs=len(took),
        median=middle,
        p95=percentile(took, 0.95),
        bare=least,
        ratio=middle / least,
        queries=0,
        shown=page.cards,
        first=middle / median(near) if near else 0.0,
    )


def _bare(client: HTTPConnection, page: Page, visit: Visit) -> Answer:
    answer = ask(client, f"/{DESK}/bare/{page.cards}/", session=visit.session)
    expect(answer.status == 200, f"{answer.status} {answer.location}")
    expect(answer.body.count('class="result"') == page.cards, "the bare view shows another number of cards")
    return answer


def percentile(values: Iterable[float], share: float) -> float:
    """The nearest rank: the smallest value that at least this share of the values doesn't exceed."""
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1]


def _queries(page: Page) -> int:
    """How many queries the first visit asks, begin and end of transactions left out."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    visit = page.visits[0]
    client = Client(headers={"accept-language": "nl", "host": "localhost"})
    for name, value in cookies(visit).items():
        client.cookies[name] = value
    with CaptureQueriesContext(connection) as asked:
        client.get(visit.address) if visit.form is None else client.post(visit.address, visit.form)
    return sum(not CONTROL.match(query["sql"]) for query in asked.captured_queries)


def machine() -> str:
    """What ran it, without saying where."""
    import os

    return f"{os.cpu_count()} processors, Python {platform.python_version()}"


def lines(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """Rows of the table: page, median, p95, bare view, ratio, queries, times of its list's first page."""
    return [
        (
            r.page,
            f"{r.median:.1f}",
            f"{r.p95:.1f}",
            f"{r.bare:.1f}",
            f"{r.ratio:.1f}",
            str(r.queries),
            f"{r.first:.2f}" if r.first else "",
        )
        for r in results
    ]


def growth(small: Sequence[Result], large: Sequence[Result]) -> list[str]:
    """How many times its ratio at the smaller size each page costs at the larger one."""
    before = {each.page: each.ratio for each in small}
    return [f"{each.ratio / before[each.page]:.2f}" if each.page in before else "" for each in large]
