"""The counters of a territory as blocks: each with its heads, lines and total."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext, ngettext

from kribbe.contact.desk_selectors import QuestionCount
from kribbe.enrolment.models import Price
from kribbe.places.models import Kind
from kribbe.policy.pages.cells import (
    Block,
    Cell,
    Line,
    Veil,
    people,
    plain,
    ratio,
    share_cell,
    share_of,
    table,
)
from kribbe.policy.selectors import counters
from kribbe.policy.selectors.counters import HalfDayUse, Places
from kribbe.policy.selectors.requests import ELSEWHERE, YearTold
from kribbe.rules.counting import Tally
from kribbe.rules.small_numbers import HiddenTable
from kribbe.web.dates import date_format
from kribbe.web.templatetags.telling import month_name, number
from kribbe.web.weeks import DAY_SHORTS, PART_SHORTS, slot_name

WORK_SLOTS = 10

Rows = Callable[[str, str], str]
"""The address of the rows behind a part of a figure; "" for who may not see them."""


def no_rows(_figure: str, _part: str) -> str:
    """Nobody may see rows."""
    return ""


def asking(
    counts: counters.Asking, veil: Veil, rows: Rows = no_rows, desks: Sequence[counters.Asking] = ()
) -> Block:
    """Children asking, by what ties them to the area."""
    names = {
        "living": gettext("Living here"),
        "working": gettext("A parent works here"),
        "registered": gettext("Only registered here"),
    }
    parts, of_desks = asking_parts(counts), [asking_parts(each) for each in desks]
    lines, total = table(names, parts, veil, {part: rows("asking", part) for part in parts}, of_desks)
    return Block("asking", [gettext("Children")], lines, total)


def asking_parts(counts: counters.Asking) -> dict[str, int]:
    """The parts by name."""
    return {
        "living": counts.living_here,
        "working": counts.working_here,
        "registered": counts.only_registered_here,
    }


def outcomes() -> dict[str, str]:
    """How a unique request may stand."""
    return {
        "answered": gettext("Answered"),
        "unanswered": gettext("Unanswered"),
        "running": gettext("Still open"),
        "otherwise": gettext("Ended otherwise"),
    }


def outcome_parts(tally: Tally) -> dict[str, int]:
    """A tally by the names of `outcomes`."""
    return {name: getattr(tally, name) for name in ("answered", "unanswered", "running", "otherwise")}


def answers(requests: YearTold, veil: Veil, rows: Rows = no_rows, desks: Sequence[YearTold] = ()) -> Block:
    """Unique requests of a year by how they stand."""
    parts, of_desks = outcome_parts(requests.all), [outcome_parts(each.all) for each in desks]
    lines, total = table(outcomes(), parts, veil, {part: rows("answers", part) for part in parts}, of_desks)
    return Block(
        "answers",
        [gettext("Requests")],
        lines,
        total,
        name=gettext("Requests in %(year)d") % {"year": requests.year},
    )


def category_names() -> dict[str, str]:
    """The categories of the report, in words."""
    return {
        "urgent": gettext("Urgent"),
        "vulnerable": gettext("Vulnerable families"),
        "priority_rules": gettext("Priority rules"),
        "resident": gettext("Living here"),
        "works_here": gettext("A parent works here"),
    }


def by_category(requests: YearTold, veil: Veil, desks: Sequence[YearTold] = ()) -> Block:
    """The same, by category; a request may be in several."""
    names, lines = category_names(), []
    for key in requests.categories:
        inside, outside = _split(requests, key)
        shown = veil.category(inside, outside, [_split(each, key) for each in desks])
        lines.append(Line(names[key], tally_cells(shown)))
    return Block(
        "categories",
        tally_heads(),
        lines,
        name=gettext("Requests in %(year)d, by category") % {"year": requests.year},
    )


def _split(requests: YearTold, category: str) -> tuple[dict[str, int], dict[str, int]]:
    """How the requests of a category stand, and all the others."""
    inside, everybody = outcome_parts(requests.categories[category]), outcome_parts(requests.all)
    return inside, {part: everybody[part] - inside[part] for part in everybody}


def by_home(requests: YearTold, veil: Veil, desks: Sequence[YearTold] = ()) -> Block:
    """The same, by the municipality where the family lives; how they stand only for who may see the families.

    The outcomes of the whole area are told elsewhere: less the told ones of other towns they would tell hidden ones.
    """
    parts, *of_desks = (
        {home: tally.total for home, tally in each.homes.items()} for each in (requests, *desks)
    )
    names = {home: home_name(home) for home in parts}
    heads, (lines, total) = [gettext("All")], table(names, parts, veil, desks=of_desks)
    if veil.exact:
        heads = tally_heads()
        lines = [
            Line(names[home], tally_cells(veil.table(outcome_parts(each))))
            for home, each in requests.homes.items()
        ]
        total = Line(gettext("Total"), tally_cells(veil.table(outcome_parts(requests.all))))
    return Block(
        "homes",
        heads,
        lines,
        total if lines else None,
        name=gettext("Requests in %(year)d, by where the family lives") % {"year": requests.year},
    )


def tally_heads() -> list[str]:
    """All, and the outcomes."""
    return [gettext("All"), *outcomes().values()]


def tally_cells(shown: HiddenTable) -> list[Cell]:
    """All, and the outcomes, as they are told."""
    return [people(shown.total), *(people(shown.cells[part]) for part in outcomes())]


def by_month(waiting: Mapping[date, int], veil: Veil, desks: Sequence[Mapping[date, int]] = ()) -> Block:
    """Children who wait, by wanted month."""
    names = {month.isoformat(): month_name(month) for month in waiting}
    parts, *of_desks = (
        {month.isoformat(): count for month, count in each.items()} for each in (waiting, *desks)
    )
    lines, total = table(names, parts, veil, desks=of_desks)
    return Block("months", [gettext("Children")], lines, total if lines else None)


def by_half_day(asked: Sequence[int], veil: Veil, desks: Sequence[Sequence[int]] = ()) -> Block:
    """Children who wait, under each half-day that they ask."""
    shown = [veil.one(count, [each[slot] for each in desks]) for slot, count in enumerate(asked)]
    most = max((count for count in shown if count), default=0) or 1
    return Block(
        "half-days",
        [gettext("Children")],
        [
            Line(slot_name(slot), [people(shown[slot], most=most, small=not desks)])
            for slot, count in enumerate(asked)
            if count or slot < WORK_SLOTS
        ],
    )


def questions(found: Sequence[QuestionCount], year: int) -> Block:
    """Questions without a request in a year, by subject, the most asked first."""
    answered, referred = Counter[str](), Counter[str]()
    for each in found:
        answered[each.subject] += each.answered
        referred[each.subject] += each.referred
    subjects = [subject for subject, _count in (answered + referred).most_common()]
    total = [plain(answered.total()), plain(referred.total())]
    return Block(
        "questions",
        [gettext("Answered"), gettext("Referred")],
        [Line(subject, [plain(answered[subject]), plain(referred[subject])]) for subject in subjects],
        Line(gettext("Total"), total) if subjects else None,
        name=gettext("Questions without a request in %(year)d") % {"year": year},
        empty=gettext("No question was counted this year."),
    )


def kind_and_price(kind: str, price: str) -> str:
    """A day-care centre, price by income."""
    return f"{Kind(kind).label}, {str(Price(price).label).lower()}"


def places(found: Mapping[tuple[str, str], Places], locations: int) -> Block:
    """Places today by kind of location and price."""
    total = sum(found.values(), Places())
    return Block(
        "places",
        places_heads(),
        [Line(kind_and_price(*key), places_cells(each)) for key, each in found.items()],
        Line(gettext("Total"), places_cells(total)),
        note=ngettext("%(count)s location", "%(count)s locations", locations) % {"count": number(locations)},
    )


def places_heads() -> list[str]:
    """What is counted of places."""
    return [gettext("Licensed"), gettext("Staffed"), gettext("Bookable")]


def places_cells(each: Places) -> list[Cell]:
    """The cells under those heads."""
    return [plain(each.licensed), plain(each.staffed), plain(each.bookable)]


def placed(shown: int | None, bookable: int, asked: int | None, *, small: bool = False) -> Block:
    """Children with a place, and children to a place."""
    per_place = counters.children_per_place(shown, bookable) if shown is not None else None
    asking_per_place = counters.children_per_place(asked, bookable) if asked is not None else None
    return Block(
        "placed",
        [gettext("Now")],
        [
            Line(gettext("Children with a place"), [people(shown, small=small)]),
            Line(gettext("Children per place"), [ratio(per_place)]),
            Line(gettext("Asking per place"), [ratio(asking_per_place)]),
        ],
    )


def use(found: Sequence[HalfDayUse], monday: date) -> Block:
    """Planned occupancy of a week by half-day."""
    shown = [each for each in found if each.slot < WORK_SLOTS or not each.is_closed]
    taken, bookable = sum(each.taken for each in found), sum(each.bookable for each in found)
    return Block(
        "use",
        [gettext("Taken"), gettext("Bookable"), gettext("Occupancy")],
        [
            Line(slot_name(each.slot), [plain(each.taken), plain(each.bookable), _use_cell(each)])
            for each in shown
        ],
        Line(gettext("Total"), [plain(taken), plain(bookable), share_cell(share_of(taken, bookable))]),
        name=gettext("Planned occupancy, week of %(day)s") % {"day": date_format(monday, "DATE_FORMAT")},
    )


def _use_cell(each: HalfDayUse) -> Cell:
    if each.is_closed:
        return Cell(gettext("closed"), gettext("closed"))
    if each.lacks_staff:
        return Cell(gettext("no staff"), gettext("no staff"), tone="bad")
    return share_cell(each.share, bar=True)


def occupancy(found: Mapping[date, Sequence[float | None]]) -> Block:
    """Planned occupancy by month and half-day."""
    slots = _slots(found)
    return Block(
        "occupancy",
        [slot_name(slot) for slot in slots],
        [
            Line(month_name(month), [_month_use(shares[slot]) for slot in slots])
            for month, shares in found.items()
        ],
        shorts=_short_slots(slots),
    )


def _month_use(share: float | None) -> Cell:
    return Cell(gettext("closed"), "") if share is None else share_cell(share)


def free(found: Mapping[date, Sequence[int]]) -> Block:
    """Free places by month and half-day."""
    slots = _slots(found)
    return Block(
        "free",
        [slot_name(slot) for slot in slots],
        [
            Line(month_name(month), [plain(numbers[slot]) for slot in slots])
            for month, numbers in found.items()
        ],
        shorts=_short_slots(slots),
        name=gettext("Free half-days in the coming %(count)d months") % {"count": len(found)},
    )


def _slots(found: Mapping[date, Sequence[float | None]]) -> list[int]:
    return [slot for slot in range(14) if slot < WORK_SLOTS or any(each[slot] for each in found.values())]


def _short_slots(slots: Sequence[int]) -> list[str]:
    return [f"{DAY_SHORTS[slot // 2]} {PART_SHORTS[slot % 2]}" for slot in slots]


def home_name(name: str) -> str:
    """A municipality of the region, or the rest of the world."""
    return gettext("Outside the region, or not known") if name == ELSEWHERE else name
