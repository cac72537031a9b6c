"""Children over the borders as tables and a picture."""

from collections import Counter
from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kribbe.policy.access import PolicyRequest, at_policy, sees_persons
from kribbe.policy.pages.blocks import home_name
from kribbe.policy.pages.cells import Block, Line, Veil, covered, hidden_sum, people, table
from kribbe.policy.pages.figures import block_file
from kribbe.policy.pages.files import KINDS
from kribbe.policy.pages.links import areas, downloads
from kribbe.policy.selectors.coverage import coverage
from kribbe.policy.selectors.flows import NOWHERE, Crossing, crossings, pairs
from kribbe.rules.small_numbers import HiddenGrid
from kribbe.trust.permissions import Action
from kribbe.web.charts import Flow, flow_chart


@require_safe
@at_policy(Action.DESK_FIGURES)
def page(request: PolicyRequest) -> HttpResponse:
    """Where children live, beside where they are cared for and where their parents work."""
    now, today = timezone.now(), timezone.localdate()
    kind = request.GET.get("download", "")
    veil = Veil(sees_persons(request.principal, request.territory) and kind not in KINDS)
    found = crossings(request.territory, on=today)
    titles = {
        "cared": gettext("Lives in (rows), cared for in (columns)"),
        "works": gettext("Lives in (rows), a parent works in (columns)"),
    }
    cared = veil.grid(pairs(found, "cared"))
    blocks = [_block(cared, titles["cared"], _picture(cared)), _works(found, veil, titles["works"])]
    if kind in KINDS:
        return block_file(kind, gettext("borders"), request.territory, blocks, now)
    context = {
        "territory": request.territory,
        "day": today,
        "blocks": blocks,
        "covers": covered(coverage(request.territory, today=today, now=now), "flows"),
        "scopes": areas(request, "flows", Action.DESK_FIGURES),
        "files": downloads(request, "flows"),
    }
    return render(request, "policy/flows.html", context)


def _block(grid: HiddenGrid, title: str, picture: str = "") -> Block:
    columns = list(grid.columns)
    lines = [
        Line(
            home_name(row),
            [*(people(grid.cells[row, column]) for column in columns), hidden_sum(grid.rows[row])],
        )
        for row in grid.rows
    ]
    total = Line(
        gettext("Total"),
        [*(hidden_sum(grid.columns[column]) for column in columns), hidden_sum(_whole(grid))],
    )
    return Block(
        "flows",
        [*map(home_name, columns), gettext("Total")],
        lines,
        total if lines else None,
        name=title,
        picture=picture,
    )


def _whole(grid: HiddenGrid) -> int | None:
    """The sum of all, where nothing is hidden: other tables may tell cells that are hidden here for company."""
    return None if None in grid.cells.values() else grid.total


def _works(found: Sequence[Crossing], veil: Veil, title: str) -> Block:
    """The same children by where a parent works; by where they live too only for who may see them.

    Its rows would else be the sums that the first table doesn't tell.
    """
    if veil.exact:
        return _block(veil.grid(pairs(found, "works")), title)
    counts = Counter(each.works for each in found)
    ordered = {name: counts[name] for name in sorted(counts, key=lambda name: (name == NOWHERE, name))}
    lines, _total = table({name: home_name(name) for name in ordered}, ordered, veil)
    return Block("flows", [gettext("Children")], lines, name=gettext("A parent works in"))


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
