"""The counters of the area as a page, a file and a print: each with its definition and what it covers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kribbe.contact.words import moment
from kribbe.policy.access import PolicyRequest, at_policy, sees_persons
from kribbe.policy.pages import blocks
from kribbe.policy.pages.blocks import MONTHS, Rows, no_rows
from kribbe.policy.pages.cells import Block, Tile, Veil, share_of, told
from kribbe.policy.pages.files import KINDS, table_file
from kribbe.policy.pages.links import address, areas, downloads
from kribbe.policy.selectors import counters
from kribbe.policy.selectors.coverage import Coverage, coverage
from kribbe.policy.selectors.requests import YearTold, requests_of_year
from kribbe.policy.territory import Territory
from kribbe.rules.calendar import first_of_month, monday_of
from kribbe.rules.small_numbers import THRESHOLD
from kribbe.trust.permissions import Action
from kribbe.web.templatetags.kribbe import number, percent

WIDE = ("categories", "use", "occupancy", "free")
"""Figures that take the whole width of the page."""


@require_safe
@at_policy(Action.DESK_FIGURES)
def figures(request: PolicyRequest) -> HttpResponse:
    """The counters of the desk, or of its whole region for who may see that. Files hide small numbers always."""
    kind = request.GET.get("download", "")
    exact = sees_persons(request.principal, request.territory) and kind not in KINDS
    now = timezone.now()
    rows: Rows = (lambda figure, part: address(request, "rows", figure, part)) if exact else no_rows
    page = Page.of(request.territory, now=now, veil=Veil(exact), rows=rows)
    if kind in KINDS:
        return block_file(kind, gettext("figures"), page.territory, page.blocks, now)
    context = {
        "page": page,
        "tiles": page.tiles,
        "narrow": [block for block in page.blocks if block.key not in WIDE],
        "wide": [block for block in page.blocks if block.key in WIDE],
        "counted": moment(now),
        "scopes": areas(request, "figures", Action.DESK_FIGURES),
        "files": downloads(request, "figures"),
        "coverage_url": address(request, "coverage"),
        "exact": exact,
        "threshold": THRESHOLD,
    }
    return render(request, "policy/figures.html", context)


def block_file(
    kind: str, name: str, territory: Territory, found: Sequence[Block], now: datetime
) -> HttpResponse:
    """Blocks as one table: each number with its area, its moment, what it covers and its definition."""
    heads = [
        gettext("Figure"),
        gettext("Part"),
        gettext("What"),
        gettext("Value"),
        gettext("Area"),
        gettext("Counted on"),
        gettext("Covers"),
        gettext("Definition"),
    ]
    counted = localtime(now).isoformat(timespec="minutes")
    lines = [
        (block.title, line.label, head, cell.value, territory.name, counted, block.covers, block.rule)
        for block in found
        for line in [*block.lines, *([block.total] if block.total else [])]
        for head, cell in zip(block.heads, line.cells, strict=True)
    ]
    return table_file(kind, f"{name}-{localtime(now):%Y-%m-%d}", heads, lines)


@dataclass(frozen=True, slots=True)
class Page:
    """All figures of a territory at one moment."""

    territory: Territory
    now: datetime
    coverage: Coverage
    tiles: Sequence[Tile]
    blocks: Sequence[Block]

    @classmethod
    def of(
        cls, territory: Territory, *, now: datetime, veil: Veil | None = None, rows: Rows = no_rows
    ) -> "Page":
        """Count everything once."""
        veil = veil or Veil()
        today = localtime(now).date()
        month = first_of_month(today)
        asking = counters.asking(territory)
        requests = requests_of_year(territory, year=today.year).told
        places = counters.places(territory, today=today)
        placed = counters.placed(territory, today=today)
        use = counters.use_of_week(territory, today=today)
        cover = coverage(territory, today=today, now=now)
        bookable = sum(each.bookable for each in places.values())
        asked = veil.table(blocks.asking_parts(asking)).total
        found = [
            blocks.asking(asking, veil, rows),
            blocks.answers(requests, veil, rows),
            blocks.by_month(counters.waiting_by_month(territory), veil),
            blocks.by_half_day(counters.waiting_by_half_day(territory), veil),
            blocks.by_home(requests, veil),
            blocks.places(places, cover.all.locations),
            blocks.placed(placed, bookable, asked, veil),
            blocks.by_category(requests, veil),
            blocks.use(use, monday_of(today)),
            blocks.occupancy(counters.occupancy_by_month(territory, first_month=month, months=MONTHS)),
            blocks.free(counters.free_half_days(territory, first_month=month, months=MONTHS)),
        ]
        return cls(
            territory,
            now,
            cover,
            tiles=list(_tiles(asked, requests, bookable, veil.one(placed), use, today, veil)),
            blocks=[block.covered_by(cover) for block in found],
        )


def _tiles(
    asked: int | None,
    requests: YearTold,
    bookable: int,
    placed: int | None,
    use: Sequence[counters.HalfDayUse],
    today: date,
    veil: Veil,
) -> Iterator[Tile]:
    shown = veil.table(blocks.outcome_parts(requests.all)).cells
    year = gettext("in %(year)d") % {"year": today.year}
    share = share_of(sum(each.taken for each in use), sum(each.bookable for each in use))
    yield Tile(gettext("Children asking"), told(asked), gettext("now"), "baby", "#asking")
    yield Tile(gettext("Requests answered"), told(shown["answered"]), year, "circle-check", "#answers")
    yield Tile(gettext("Requests unanswered"), told(shown["unanswered"]), year, "circle-x", "#answers")
    yield Tile(gettext("Places"), number(bookable), gettext("bookable today"), "house", "#places")
    yield Tile(gettext("Children with a place"), told(placed), gettext("today"), "users", "#placed")
    yield Tile(
        gettext("Planned occupancy"),
        percent(share) if share is not None else gettext("no staff"),
        gettext("this week, over all half-days"),
        "chart-column",
        "#use",
    )
