"""The rows behind a number, for who may see the families; each look at a household is on the audit trail."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from kribbe.enrolment.models import CareRequest
from kribbe.enrolment.selectors import keyset
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.people.access import may, note_looks, refusal
from kribbe.policy.access import PolicyRequest, at_policy, sees_persons
from kribbe.policy.definitions import DEFINITIONS
from kribbe.policy.pages.blocks import outcomes
from kribbe.policy.pages.links import address
from kribbe.policy.selectors.rows import answers_rows, asking_rows
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Scope
from kribbe.trust.text import row_key

SIZE = 25
OF_ANOTHER_DESK = gettext_lazy("A child of another desk")


@require_safe
@at_policy(Action.DESK_FIGURES)
def rows(request: PolicyRequest, figure: str, part: str) -> HttpResponse:
    """The requests that one part of a figure counts, the oldest first."""
    if not sees_persons(request.principal, request.territory):
        raise refusal(request.principal)
    today = timezone.localdate()
    found = (
        _rows(request, figure, part, today)
        .select_related("household__desk", "child")
        .prefetch_related("household__municipality", "household__desk__municipality")
    )
    after, before = _edge(request, found, "after"), _edge(request, found, "before")
    page = keyset.page(found, by="registered_at", size=SIZE, after=after, before=before)
    own = [row for row in page.rows if _may_open(request, row)]
    note_looks(principal=request.principal, households=[row.household for row in own], now=timezone.now())
    context = {
        "title": DEFINITIONS[figure].title,
        "part": parts()[figure][part],
        "definition": DEFINITIONS[figure].rule,
        "rows": [
            (row, fully_called(row.child), _household(row)) if row in own else (row, OF_ANOTHER_DESK, "")
            for row in page.rows
        ],
        "previous_url": _turn(request, figure, part, before=page.rows[:1] if page.has_previous else ()),
        "next_url": _turn(request, figure, part, after=page.rows[-1:] if page.has_next else ()),
        "back_url": f"{address(request, 'figures')}#{figure}",
    }
    return render(request, "policy/rows.html", context)


def _may_open(request: PolicyRequest, row: CareRequest) -> bool:
    """Whether the reader may see the family: one of another desk counts here, and stays unnamed."""
    desk = row.household.desk
    return may(request.principal, Action.HOUSEHOLD_READ, Scope.DESK, desk.pk) or may(
        request.principal, Action.HOUSEHOLD_READ, Scope.REGION, desk.region_id
    )


def parts() -> dict[str, dict[str, str]]:
    """The figures that have rows, and their parts in words."""
    return {
        "asking": {
            "living": gettext("Living here"),
            "working": gettext("A parent works here"),
            "registered": gettext("Only registered here"),
        },
        "answers": outcomes(),
    }


def _rows(request: PolicyRequest, figure: str, part: str, today: date) -> "QuerySet[CareRequest]":
    if part not in parts().get(figure, {}):
        raise Http404
    if figure == "asking":
        return asking_rows(request.territory, part)
    return answers_rows(request.territory, part, today.year)


def _edge(request: PolicyRequest, found: "QuerySet[CareRequest]", side: str) -> CareRequest | None:
    """The row after or before which the page begins."""
    key = request.GET.get(side, "")
    return found.filter(pk=row_key(key)).first()


def _turn(request: PolicyRequest, figure: str, part: str, **at: Sequence[CareRequest]) -> str:
    """The page beyond that row, or "" where there is none."""
    ((side, edge),) = at.items()
    return address(request, "rows", figure, part, **{side: edge[0].pk}) if edge else ""


def _household(row: CareRequest) -> str:
    return reverse("enrolment:household", args=[row.household.desk.slug, row.household.reference])
