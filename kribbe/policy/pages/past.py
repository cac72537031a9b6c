"""The months as they were told: over time, and one month beside what is known of it now."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kribbe.policy.access import PolicyRequest, at_policy, sees_persons
from kribbe.policy.pages.blocks import kind_and_price
from kribbe.policy.pages.cells import Block, Cell, Line, Veil, difference, people, plain, told
from kribbe.policy.pages.figures import block_file
from kribbe.policy.pages.files import KINDS, dated, table_file
from kribbe.policy.pages.links import address, areas, downloads
from kribbe.policy.selectors.past import (
    MEASURES,
    Month,
    by_part,
    desk_months,
    desks_known_now,
    known_now,
    month_told,
    months_told,
    municipality_names,
)
from kribbe.trust.permissions import Action
from kribbe.web.charts import Series, line_chart
from kribbe.web.templatetags.telling import month_name

SHOWN = 24


@require_safe
@at_policy(Action.DESK_FIGURES)
def months(request: PolicyRequest) -> HttpResponse:
    """Places, children asking and children with a place on the first of every month."""
    kind = request.GET.get("download", "")
    found = months_told(request.territory, last=120 if kind in KINDS else SHOWN)
    if kind in KINDS:
        return _file(kind, found, request.territory.slug)
    veil = Veil(sees_persons(request.principal, request.territory))
    desks = desk_months(request.territory, since=found[0].month) if found else {}
    context = {
        "territory": request.territory,
        "rows": [
            (_row(each, desks[each.month], veil), address(request, "month", *_parts(each.month)))
            for each in reversed(found)
        ],
        "heads": heads(),
        "chart": _chart(found) if len(found) > 1 else "",
        "scopes": areas(request, "past", Action.DESK_FIGURES),
        "files": downloads(request, "past"),
    }
    return render(request, "policy/months.html", context)


def heads() -> list[str]:
    """What is told of a month."""
    return [
        gettext("Licensed"),
        gettext("Staffed"),
        gettext("Bookable"),
        gettext("Children asking"),
        gettext("Children with a place"),
    ]


def _row(each: Month, desks: Sequence[Month], veil: Veil) -> tuple[str, list[tuple[str, str]]]:
    """The month's name, and each of `heads` with what is told of it."""
    places = [plain(each.sum_of("places", measure)).text for measure in MEASURES[:3]]
    asking = veil.table(_asking(each.values), [_asking(desk.values) for desk in desks]).total
    placed = veil.one(_placed(each.values), [_placed(desk.values) for desk in desks])
    cells = [*places, told(asking), told(placed, small=not desks)]
    return month_name(each.month), list(zip(heads(), cells, strict=True))


def _parts(month: date) -> tuple[int, int]:
    return month.year, month.month


def _chart(found: Sequence[Month]) -> str:
    series = [
        Series(gettext("Licensed"), [each.sum_of("places", "licensed") for each in found]),
        Series(gettext("Bookable"), [each.sum_of("places", "bookable") for each in found]),
    ]
    first, last = found[0], found[-1]
    label = gettext("Licensed places went from %(first)s in %(begin)s to %(last)s in %(end)s.") % {
        "first": first.sum_of("places", "licensed"),
        "begin": month_name(first.month),
        "last": last.sum_of("places", "licensed"),
        "end": month_name(last.month),
    }
    return line_chart([f"{each.month:%m-%Y}" for each in found], series, label)


def _file(kind: str, found: Sequence[Month], area: str) -> HttpResponse:
    names = municipality_names()
    rows = [
        [
            each.month,
            names.get(nis, nis),
            kind_and_price(*key),
            *(each.values.get(("places", part, m), 0) for m in MEASURES),
        ]
        for each in found
        for part in sorted({part for figure, part, _measure in each.values if figure == "places"})
        for nis, *key in [part.split("|")]
    ]
    return table_file(
        kind,
        dated(gettext("places"), area, timezone.localdate()),
        [
            gettext("Month"),
            gettext("Municipality"),
            gettext("Kind and price"),
            gettext("Licensed"),
            gettext("Staffed"),
            gettext("Bookable"),
            gettext("Locations"),
        ],
        rows,
    )


@require_safe
@at_policy(Action.DESK_FIGURES)
def one_month(request: PolicyRequest, year: int, month: int) -> HttpResponse:
    """One month as it was told, counted again, and the difference."""
    found = month_told(request.territory, _month(year, month))
    if found is None:
        raise Http404
    now = known_now(request.territory, found)
    kind = request.GET.get("download", "")
    veil = Veil(sees_persons(request.principal, request.territory) and kind not in KINDS)
    desks = desk_months(request.territory, since=found.month)[found.month]
    then = desks_known_now(request.territory, found)
    told_then = (found.values, [each.values for each in desks])
    blocks = [_places(found, now), _children(told_then, (now, then), veil)]
    if kind in KINDS:
        return block_file(
            kind,
            f"{gettext('month')}-{found.month:%Y-%m}",
            request.territory,
            blocks,
            timezone.now(),
        )
    context = {
        "territory": request.territory,
        "month": month_name(found.month),
        "taken_at": found.taken_at,
        "blocks": blocks,
        "differs": any(found.values.get(key, 0) != value for key, value in now.items() if key[0] == "places"),
        "back_url": address(request, "past"),
        "files": downloads(request, "month", year, month),
    }
    return render(request, "policy/month.html", context)


def _month(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except ValueError:
        raise Http404 from None


def _places(found: Month, now: Mapping[tuple[str, str, str], int]) -> Block:
    names = municipality_names()
    lines, total = [], [(0, 0)] * 3
    for part, measures in by_part("places", found.values, now).items():
        nis, *key = part.split("|")
        pairs = [measures.get(measure, (0, 0)) for measure in MEASURES[:3]]
        total = [(a + c, b + d) for (a, b), (c, d) in zip(total, pairs, strict=True)]
        lines.append(Line(f"{names.get(nis, nis)}: {kind_and_price(*key)}", _told_and_now(pairs)))
    measured = [gettext("Licensed"), gettext("Staffed"), gettext("Bookable")]
    return Block(
        "past",
        [
            gettext(pattern) % {"what": what}
            for what in measured
            for pattern in ("%(what)s, told", "%(what)s, known now", "%(what)s, difference")
        ],
        lines,
        Line(gettext("Total"), _told_and_now(total)),
        name=gettext("Places by municipality, kind and price"),
    )


def _told_and_now(pairs: Sequence[tuple[int, int]]) -> list[Cell]:
    return [
        cell for before, after in pairs for cell in (plain(before), plain(after), difference(after - before))
    ]


Values = Mapping[tuple[str, str, str], int]
OfDesks = tuple[Values, Sequence[Values]]
"""Values of a territory, and of each of its desks."""


def _children(then: OfDesks, now: OfDesks, veil: Veil) -> Block:
    names = {
        "living": gettext("Asking, living here"),
        "working": gettext("Asking, a parent works here"),
        "registered": gettext("Asking, only registered here"),
        "placed": gettext("Children with a place"),
    }
    shown = [_shown(*each, veil) for each in (then, now)]
    lines = [Line(name, [each[key] for each in shown]) for key, name in names.items()]
    return Block("past", [gettext("Told"), gettext("Known now")], lines, name=gettext("Children"))


def _shown(values: Values, desks: Sequence[Values], veil: Veil) -> dict[str, Cell]:
    asking = veil.table(_asking(values), [_asking(each) for each in desks]).cells
    placed = veil.one(_placed(values), [_placed(each) for each in desks])
    cells = {part: people(count) for part, count in asking.items()}
    return {**cells, "placed": people(placed, small=not desks)}


def _asking(values: Values) -> dict[str, int]:
    return {part: values.get(("asking", part, "children"), 0) for part in ("living", "working", "registered")}


def _placed(values: Values) -> int:
    return values.get(("placed", "", "children"), 0)
