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
from kribbe.policy.definitions import DEFINITIONS
from kribbe.policy.pages import blocks
from kribbe.policy.pages.blocks import Rows, no_rows
from kribbe.policy.pages.cells import Block, Tile, Veil, share_of, told
from kribbe.policy.pages.files import KINDS, dated, table_file
from kribbe.policy.pages.links import address, areas, downloads
from kribbe.policy.selectors import counters
from kribbe.policy.selectors.coverage import Coverage, coverage
from kribbe.policy.selectors.people import Counted, counted
from kribbe.policy.territory import Territory
from kribbe.rules.calendar import monday_of
from kribbe.rules.small_numbers import THRESHOLD
from kribbe.trust.permissions import Action
from kribbe.web.templatetags.telling import number, percent

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
        return block_file(kind, gettext("figures"), page.territory, page.blocks, page.counted_at)
    context = {
        "page": page,
        "tiles": page.tiles,
        "narrow": [block for block in page.blocks if block.key not in WIDE],
        "wide": [block for block in page.blocks if block.key in WIDE],
        "counted": moment(page.counted_at),
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
    return table_file(kind, dated(name, territory.slug, localtime(now).date()), heads, lines)


@dataclass(frozen=True, slots=True)
class Page:
    """All figures of a territory, its people counted at `counted_at`: a region's are kept by the hour."""

    territory: Territory
    counted_at: datetime
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
        found = counted(territory, now=now)
        places = counters.places(territory, today=today)
        use = counters.use_of_week(territory, today=today)
        cover = coverage(territory, today=today, now=now)
        bookable = sum(each.bookable for each in places.values())
        people = [*_people(found, bookable, veil, rows)]
        standing = [
            blocks.questions(counters.questions(territory, now=now), today.year),
            blocks.places(places, cover.all.locations),
            blocks.use(use, monday_of(today)),
            blocks.occupancy(found.occupancy),
            blocks.free(found.free),
        ]
        return cls(
            territory,
            found.at,
            cover,
            tiles=list(_tiles(found, bookable, use, today, veil)),
            blocks=[block.covered_by(cover) for block in _in_order([*people, *standing])],
        )


def _in_order(found: Sequence[Block]) -> list[Block]:
    order = list(DEFINITIONS)
    return sorted(found, key=lambda block: order.index(block.key))


def _people(found: Counted, bookable: int, veil: Veil, rows: Rows) -> Iterator[Block]:
    """The figures that count people."""
    whole, desks = found.people, found.desks
    years = [each.requests for each in desks]
    yield blocks.asking(whole.asking, veil, rows, [each.asking for each in desks])
    yield blocks.answers(whole.requests, veil, rows, years)
    yield blocks.by_category(whole.requests, veil, years)
    yield blocks.by_home(whole.requests, veil, years)
    yield blocks.by_month(whole.waiting.by_month, veil, [each.waiting.by_month for each in desks])
    yield blocks.by_half_day(whole.waiting.by_half_day, veil, [each.waiting.by_half_day for each in desks])
    yield blocks.placed(_placed(found, veil), bookable, _asked(found, veil), small=not desks)


def _placed(found: Counted, veil: Veil) -> int | None:
    return veil.one(found.people.placed, [each.placed for each in found.desks])


def _asked(found: Counted, veil: Veil) -> int | None:
    whole, *desks = (blocks.asking_parts(each.asking) for each in (found.people, *found.desks))
    return veil.table(whole, desks).total


def _tiles(
    found: Counted, bookable: int, use: Sequence[counters.HalfDayUse], today: date, veil: Veil
) -> Iterator[Tile]:
    everybody, *desks = (blocks.outcome_parts(each.requests.all) for each in (found.people, *found.desks))
    shown = veil.table(everybody, desks).cells
    asked, placed = _asked(found, veil), _placed(found, veil)
    year = gettext("in %(year)d") % {"year": today.year}
    share = share_of(sum(each.taken for each in use), sum(each.bookable for each in use))
    answered, unanswered = (told(shown[part]) for part in ("answered", "unanswered"))
    yield Tile(gettext("Children asking"), told(asked), gettext("now"), "baby", "#asking")
    yield Tile(gettext("Requests answered"), answered, year, "circle-check", "#answers")
    yield Tile(gettext("Requests unanswered"), unanswered, year, "circle-x", "#answers")
    yield Tile(gettext("Places"), number(bookable), gettext("bookable today"), "house", "#places")
    yield Tile(
        gettext("Children with a place"),
        told(placed, small=not desks),
        gettext("today"),
        "users",
        "#placed",
    )
    yield Tile(
        gettext("Planned occupancy"),
        percent(share) if share is not None else gettext("no staff"),
        gettext("this week, over all half-days"),
        "chart-column",
        "#use",
    )
