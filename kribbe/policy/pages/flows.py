"""Children over the borders as tables and a picture."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kribbe.contact.words import moment
from kribbe.policy.access import PolicyRequest, at_policy, sees_persons
from kribbe.policy.pages.blocks import home_name
from kribbe.policy.pages.cells import Block, Cell, Line, Veil, covered, people, table
from kribbe.policy.pages.figures import block_file
from kribbe.policy.pages.files import KINDS
from kribbe.policy.pages.links import areas, downloads
from kribbe.policy.selectors.coverage import coverage
from kribbe.policy.selectors.flows import Crossing, by_work, crossings_told, pairs, town_names
from kribbe.policy.territory import Territory
from kribbe.rules.small_numbers import HiddenGrid
from kribbe.trust.permissions import Action
from kribbe.web.charts import Flow, flow_chart


@require_safe
@at_policy(Action.DESK_FIGURES)
def page(request: PolicyRequest) -> HttpResponse:
    """Where children live, beside where they are cared for and where their parents work."""
    now, territory = timezone.now(), request.territory
    kind = request.GET.get("download", "")
    veil = Veil(sees_persons(request.principal, territory) and kind not in KINDS)
    counted_at, found = crossings_told(Territory.of_region(request.desk.region), now=now)
    blocks = flow_blocks(found, None if territory.desk_id is None else town_names(territory), veil)
    if kind in KINDS:
        return block_file(kind, gettext("borders"), territory, blocks, counted_at)
    today = localtime(now).date()
    context = {
        "territory": territory,
        "counted": moment(counted_at),
        "blocks": blocks,
        "covers": covered(coverage(territory, today=today, now=now), "flows"),
        "scopes": areas(request, "flows", Action.DESK_FIGURES),
        "files": downloads(request, "flows"),
    }
    return render(request, "policy/flows.html", context)


def flow_blocks(found: Sequence[Crossing], towns: frozenset[str] | None, veil: Veil) -> list[Block]:
    """Of these towns, or of all where it is None. What is hidden is the same on each page."""
    cared = veil.grid(pairs(found, "cared"))
    shown = cared if towns is None else cared.around(towns)
    title = gettext("Lives in (rows), cared for in (columns)")
    return [_block(shown, title, _picture(shown)), _works(found, towns, veil)]


def _block(grid: HiddenGrid, title: str, picture: str = "") -> Block:
    columns = list(grid.columns)
    lines = [
        Line(
            home_name(row),
            [*(_cell(grid, row, column) for column in columns), people(grid.rows[row])],
        )
        for row in grid.rows
    ]
    total = Line(
        gettext("Total"), [*(people(grid.columns[column]) for column in columns), people(grid.total)]
    )
    return Block(
        "flows",
        [*map(home_name, columns), gettext("Total")],
        lines,
        total if lines else None,
        name=title,
        picture=picture,
    )


def _cell(grid: HiddenGrid, row: str, column: str) -> Cell:
    """A pair of towns; between two others nothing is told on this page."""
    if (row, column) not in grid.cells:
        return Cell("–", "")
    return people(grid.cells[row, column])


def _works(found: Sequence[Crossing], towns: frozenset[str] | None, veil: Veil) -> Block:
    """The same children by where a parent works.

    Who may not see them reads it of the children who are cared for here, and of a region beside its towns: any other
    sum would tell what the first table hides.
    """
    if veil.exact:
        concerned = [each for each in found if towns is None or each.concerns(towns)]
        return _block(
            veil.grid(pairs(concerned, "works")), gettext("Lives in (rows), a parent works in (columns)")
        )
    here = [each for each in found if towns is None or each.cared in towns]
    counts = by_work(here)
    cared = sorted({each.cared for each in here}) if towns is None else []
    desks = [by_work(each for each in here if each.cared == town) for town in cared]
    lines, total = table({name: home_name(name) for name in counts}, counts, veil, desks=desks)
    is_told = bool(counts) and (towns is None or veil.table(counts).total is not None)
    return Block(
        "flows",
        [gettext("Children")],
        lines if is_told else [],
        total if is_told else None,
        name=gettext("Cared for here, by where a parent works"),
        empty=gettext("Too few children to tell.") if counts else "",
    )


def _picture(grid: HiddenGrid) -> str:
    """Bands for what is told; what is hidden has none."""
    flows = [
        Flow(home_name(row), home_name(column), count) for (row, column), count in grid.cells.items() if count
    ]
    crossing = sum(flow.value for flow in flows if flow.start != flow.end)
    label = gettext(
        "Of the children told here %(some)s are cared for in another municipality than where they live."
    )
    return flow_chart(flows, label % {"some": crossing})
