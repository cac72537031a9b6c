"""The city's counters as a page, a file and a print: each with its definition and the moment it was counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from kribbe.enrolment.models import Price
from kribbe.enrolment.pages.at_desk import at_desk, csv_file
from kribbe.enrolment.pages.story import moment
from kribbe.enrolment.selectors import figures as counting
from kribbe.enrolment.selectors.figures import HalfDayUse, Places, Territory
from kribbe.people.access import may
from kribbe.places.models import Kind
from kribbe.region.http import DeskRequest
from kribbe.rules.calendar import first_of_month, monday_of
from kribbe.rules.small_numbers import THRESHOLD, HiddenTable, hide, hide_table
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Scope
from kribbe.web.templatetags.kribbe import month_name, number, percent
from kribbe.web.weeks import DAY_SHORTS, PART_SHORTS, slot_name

MONTHS = 6
WORK_SLOTS = 10
WIDE = ("use", "free")
"""Figures that take the whole width of the page."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number in a table: as it is told, as a file has it, and how long its bar is (0 to 1), if it has one."""

    text: str
    value: int | float | str
    share: float | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table."""

    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Block:
    """One figure: what it counts, by which definition, its parts and, where they add up, their total."""

    key: str
    title: str
    definition: str
    heads: Sequence[str]
    lines: Sequence[Line]
    total: Line | None = None
    note: str = ""
    shorts: Sequence[str] = ()

    @property
    def totals(self) -> list[tuple[str, Cell]]:
        """The cells of the total with the head of their column."""
        return list(zip(self.heads, self.total.cells, strict=True)) if self.total else []

    @property
    def columns(self) -> list[tuple[str, str]]:
        """The head of each column, and a short one where the table is wide."""
        return list(zip(self.heads, self.shorts or self.heads, strict=True))

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, Cell]]]]:
        """Each row's cells with the head of their column."""
        return [(line.label, list(zip(self.heads, line.cells, strict=True))) for line in self.lines]


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure at a glance."""

    label: str
    value: str
    detail: str
    icon: str
    url: str


@require_safe
@at_desk(Action.DESK_FIGURES)
def figures(request: DeskRequest) -> HttpResponse:
    """The counters of the desk, or of its whole region for who may see that."""
    may_region = may(request.principal, Action.DESK_FIGURES, Scope.REGION, request.desk.region_id)
    is_region = may_region and request.GET.get("scope") == "region"
    territory = Territory.of_region(request.desk.region) if is_region else Territory.of_desk(request.desk)
    now = timezone.now()
    page = Page.of(territory, now=now)
    if request.GET.get("download") == "csv":
        return _file(page)
    own = reverse("enrolment:figures", args=[request.desk.slug])
    context = {
        "page": page,
        "tiles": page.tiles,
        "narrow": [block for block in page.blocks if block.key not in WIDE],
        "wide": [block for block in page.blocks if block.key in WIDE],
        "counted": moment(now),
        "scopes": _scopes(request, is_region) if may_region else [],
        "csv_url": f"{own}?{'scope=region&' if is_region else ''}download=csv",
        "threshold": THRESHOLD,
    }
    return render(request, "enrolment/office/figures.html", context)


def _scopes(request: DeskRequest, is_region: bool) -> list[tuple[str, str, bool]]:
    own = reverse("enrolment:figures", args=[request.desk.slug])
    return [
        (request.desk.name, own, not is_region),
        (request.desk.region.name, f"{own}?scope=region", is_region),
    ]


def _file(page: "Page") -> HttpResponse:
    heads = [
        gettext("Figure"),
        gettext("Part"),
        gettext("What"),
        gettext("Value"),
        gettext("Area"),
        gettext("Counted on"),
        gettext("Definition"),
    ]
    counted = localtime(page.now).isoformat(timespec="minutes")
    lines = (
        (block.title, line.label, head, cell.value, page.territory.name, counted, block.definition)
        for block in page.blocks
        for line in [*block.lines, *([block.total] if block.total else [])]
        for head, cell in zip(block.heads, line.cells, strict=True)
    )
    name = f"{gettext('figures')}-{localtime(page.now):%Y-%m-%d}"
    return csv_file(name, heads, lines)


@dataclass(frozen=True, slots=True)
class Page:
    """All figures of a territory at one moment."""

    territory: Territory
    now: datetime
    tiles: Sequence[Tile]
    blocks: Sequence[Block]

    @classmethod
    def of(cls, territory: Territory, *, now: datetime) -> "Page":
        """Count everything once."""
        today = localtime(now).date()
        asking = counting.asking(territory)
        answers = counting.answers(territory, year=today.year)
        places = counting.places(territory, today=today)
        placed = counting.placed(territory, today=today)
        use = counting.use_of_week(territory, today=today)
        free = counting.free_half_days(territory, first_month=first_of_month(today), months=MONTHS)
        bookable = sum(each.bookable for each in places.values())
        return cls(
            territory,
            now,
            tiles=list(_tiles(asking, answers, bookable, placed, use, today)),
            blocks=[
                _asking(asking),
                _answers(answers, today.year),
                _by_month(counting.waiting_by_month(territory)),
                _by_half_day(counting.waiting_by_half_day(territory)),
                _places(places, counting.locations(territory)),
                _placed(placed, bookable, _asking_told(asking).total),
                _use(use, monday_of(today)),
                _free(free),
            ],
        )


def _tiles(
    asking: counting.Asking,
    answers: counting.Answers,
    bookable: int,
    placed: int,
    use: Sequence[HalfDayUse],
    today: date,
) -> Iterator[Tile]:
    parts = {"answered": answers.answered, "unanswered": answers.unanswered, "running": answers.running}
    told = hide_table({**parts, "otherwise": answers.otherwise})
    year = gettext("in %(year)d") % {"year": today.year}
    share = _share(sum(each.taken for each in use), sum(each.bookable for each in use))
    yield Tile(
        gettext("Children asking"), _told(_asking_told(asking).total), gettext("now"), "baby", "#asking"
    )
    yield Tile(gettext("Requests answered"), _told(told.cells["answered"]), year, "circle-check", "#answers")
    yield Tile(gettext("Requests unanswered"), _told(told.cells["unanswered"]), year, "circle-x", "#answers")
    yield Tile(gettext("Places"), number(bookable), gettext("bookable today"), "house", "#places")
    yield Tile(gettext("Children with a place"), _told(hide(placed)), gettext("today"), "users", "#placed")
    yield Tile(
        gettext("Planned occupancy"),
        percent(share) if share is not None else gettext("no staff"),
        gettext("this week, over all half-days"),
        "chart-column",
        "#use",
    )


def _told(count: int | None) -> str:
    return gettext("fewer than %(count)d") % {"count": THRESHOLD} if count is None else number(count)


def _count(count: int | None, *, most: int = 0) -> Cell:
    """A count, hidden where it is small, with a bar where `most` is given."""
    value: int | str = f"<{THRESHOLD}" if count is None else count
    share = (count or 0) / most if most else None
    return Cell(_told(count), value, share)


def _plain(count: int) -> Cell:
    return Cell(number(count), count)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _asking_told(asking: counting.Asking) -> HiddenTable:
    return hide_table(
        {
            "living": asking.living_here,
            "working": asking.working_here,
            "registered": asking.only_registered_here,
        }
    )


def _table(names: Mapping[str, str], counts: Mapping[str, int]) -> tuple[list[Line], Line]:
    """Counts in their order with bars, and their total, with small counts hidden."""
    told = hide_table(counts)
    most = max(counts.values(), default=0)
    lines = [Line(names[key], [_count(told.cells[key], most=most)]) for key in counts]
    return lines, Line(gettext("Total"), [_count(told.total)])


def _asking(asking: counting.Asking) -> Block:
    names = {
        "living": gettext("Living here"),
        "working": gettext("A parent works here"),
        "registered": gettext("Only registered here"),
    }
    counts = {
        "living": asking.living_here,
        "working": asking.working_here,
        "registered": asking.only_registered_here,
    }
    lines, total = _table(names, counts)
    return Block(
        "asking",
        gettext("Children asking for a place"),
        gettext(
            "Unique children, born or not, with an open request at any desk of the installation. Each child counts "
            "once, in the first row that holds: it lives here; it lives elsewhere and a parent works here; or it was "
            "only registered at the desk here."
        ),
        [gettext("Children")],
        lines,
        total,
    )


def _answers(answers: counting.Answers, year: int) -> Block:
    names = {
        "answered": gettext("Answered"),
        "unanswered": gettext("Unanswered"),
        "running": gettext("Still open"),
        "otherwise": gettext("Ended otherwise"),
    }
    counts = {
        "answered": answers.answered,
        "unanswered": answers.unanswered,
        "running": answers.running,
        "otherwise": answers.otherwise,
    }
    lines, total = _table(names, counts)
    return Block(
        "answers",
        gettext("Requests in %(year)d") % {"year": year},
        gettext(
            "Unique requests at the desk that were open on a day of this calendar year, by the counting rules of "
            "Opgroeien. One child and one need is one request, whoever asks and however often; twins are two. After "
            "the care stops or the request lapses a new request counts as new. Answered: it led to a place. "
            "Unanswered: it ended without a place. Ended otherwise: care was found elsewhere, the parents or the "
            "desk withdrew it, it lapsed, the pregnancy ended, or the outcome is unknown. Those are not unanswered."
        ),
        [gettext("Requests")],
        lines,
        total,
    )


def _by_month(waiting: Mapping[date, int]) -> Block:
    names = {month.isoformat(): month_name(month) for month in waiting}
    lines, total = _table(names, {month.isoformat(): count for month, count in waiting.items()})
    return Block(
        "months",
        gettext("Waiting, by wanted month"),
        gettext(
            "Children registered at the desk who still wait at one location or more, by the month in which they "
            "want to start. A month that has passed means that the child waits for longer than it wanted."
        ),
        [gettext("Children")],
        lines,
        total if lines else None,
    )


def _by_half_day(asked: Sequence[int]) -> Block:
    most = max(asked, default=0)
    return Block(
        "half-days",
        gettext("Waiting, by half-day"),
        gettext(
            "The same children, under each half-day that they still ask at one location or more. A child counts "
            "under each of its half-days, so these numbers don't add up to children."
        ),
        [gettext("Children")],
        [
            Line(slot_name(slot), [_count(hide(count), most=most)])
            for slot, count in enumerate(asked)
            if count or slot < WORK_SLOTS
        ],
    )


def _places(places: Mapping[tuple[str, str], Places], locations: int) -> Block:
    lines = [
        Line(f"{Kind(kind).label}, {str(Price(price).label).lower()}", _places_cells(each))
        for (kind, price), each in places.items()
    ]
    total = Places(
        sum(each.licensed for each in places.values()),
        sum(each.staffed for each in places.values()),
        sum(each.bookable for each in places.values()),
    )
    return Block(
        "places",
        gettext("Places by kind and price"),
        gettext(
            "Places today in open groups of open locations. Licensed: the legal ceiling. Staffed: what can be used "
            "with the staff there is. Bookable: what agreements may add up to on a half-day."
        ),
        [gettext("Licensed"), gettext("Staffed"), gettext("Bookable")],
        lines,
        Line(gettext("Total"), _places_cells(total)),
        note=ngettext("%(count)s location", "%(count)s locations", locations) % {"count": number(locations)},
    )


def _places_cells(places: Places) -> list[Cell]:
    return [_plain(places.licensed), _plain(places.staffed), _plain(places.bookable)]


def _placed(placed: int, bookable: int, asking: int | None) -> Block:
    per_place = counting.children_per_place(placed, bookable) if hide(placed) is not None else None
    asking_per_place = counting.children_per_place(asking, bookable) if asking is not None else None
    return Block(
        "placed",
        gettext("Children with a place"),
        gettext(
            "Unique children with a signed place at a location here that holds today. Children per place: these "
            "children divided by the bookable places; more than one, as children who come on different half-days "
            "share a place. Asking per place: the children asking divided by the same places."
        ),
        [gettext("Now")],
        [
            Line(gettext("Children with a place"), [_count(hide(placed))]),
            Line(gettext("Children per place"), [_ratio(per_place)]),
            Line(gettext("Asking per place"), [_ratio(asking_per_place)]),
        ],
    )


def _ratio(value: float | None) -> Cell:
    if value is None:
        return Cell(gettext("not known"), "")
    return Cell(number(value, 2), round(value, 2))


def _use(use: Sequence[HalfDayUse], monday: date) -> Block:
    shown = [each for each in use if each.slot < WORK_SLOTS or not each.is_closed]
    taken, bookable = sum(each.taken for each in use), sum(each.bookable for each in use)
    return Block(
        "use",
        gettext("Planned occupancy, week of %(day)s") % {"day": date_format(monday, "DATE_FORMAT")},
        gettext(
            "Half-days of this week held by signed places, places to be signed and open offers, of those that can be "
            "booked. Over 100 % means that fewer places are staffed than were agreed. Where a half-day is open by "
            "its licence and nothing can be booked there is no staff, and no share is given."
        ),
        [gettext("Taken"), gettext("Bookable"), gettext("Occupancy")],
        [
            Line(slot_name(each.slot), [_plain(each.taken), _plain(each.bookable), _use_cell(each)])
            for each in shown
        ],
        Line(gettext("Total"), [_plain(taken), _plain(bookable), _share_cell(_share(taken, bookable))]),
    )


def _use_cell(use: HalfDayUse) -> Cell:
    if use.is_closed:
        return Cell(gettext("closed"), gettext("closed"))
    if use.lacks_staff:
        return Cell(gettext("no staff"), gettext("no staff"), tone="bad")
    return _share_cell(use.share, bar=True)


def _share_cell(share: float | None, *, bar: bool = False) -> Cell:
    if share is None:
        return Cell(gettext("no staff"), gettext("no staff"), tone="bad")
    return Cell(percent(share), round(share, 4), share if bar else None, "bad" if share > 1 else "")


def _free(free: Mapping[date, Sequence[int]]) -> Block:
    slots = [
        slot for slot in range(14) if slot < WORK_SLOTS or any(numbers[slot] for numbers in free.values())
    ]
    return Block(
        "free",
        gettext("Free half-days in the coming %(count)d months") % {"count": MONTHS},
        gettext(
            "Places that can still be taken for the whole month, by half-day: of each group the least of the weeks "
            "of that month, added up over all groups. An overfull group counts as none free."
        ),
        [slot_name(slot) for slot in slots],
        [
            Line(month_name(month), [_plain(numbers[slot]) for slot in slots])
            for month, numbers in free.items()
        ],
        shorts=[f"{DAY_SHORTS[slot // 2]} {PART_SHORTS[slot % 2]}" for slot in slots],
    )
