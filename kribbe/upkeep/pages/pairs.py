"""Perhaps the same child: a clerk's list, both registrations side by side, a verdict, and its undo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.selectors.keyset import page
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.people.access import may
from kribbe.region.http import DeskRequest
from kribbe.rules.duplicates import Likeness
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Scope
from kribbe.upkeep.access import pair_for
from kribbe.upkeep.models import Merge, Pair, PairState
from kribbe.upkeep.pages.comparing import birth, column, head, lines
from kribbe.upkeep.pages.verdicts import Verdict, decide
from kribbe.upkeep.selectors.pairs import decided, sides, to_look_at
from kribbe.upkeep.services.decide_pair import look_again, not_the_same, propose
from kribbe.upkeep.services.merge import merge, undo_merge
from kribbe.upkeep.services.merge_households import are_strangers, live_apart, may_be_joined
from kribbe.web.components import Option
from kribbe.web.words import say

PAGE = 25
REASONS_SHOWN = 3
JOIN, APART = "join", "apart"
"""What becomes of two households."""


@dataclass(frozen=True, slots=True)
class PairRow:
    """A line of the list."""

    pair: Pair
    names: str
    births: str
    why: str
    elsewhere: str
    status: str


@dataclass(frozen=True, slots=True)
class Homes:
    """Two households that could become one, and what is advised."""

    are_strangers: bool
    live_apart: bool
    advised: str

    @property
    def options(self) -> list[Option]:
        """The two ways, in words."""
        return [
            Option(
                JOIN,
                gettext("Make one household of the two"),
                gettext(
                    "Parents, accounts, addresses and conversations come together. Every parent sees all of it."
                ),
            ),
            Option(
                APART,
                gettext("Leave two households"),
                gettext("Only the requests and places of the child come along. Neither sees the other's."),
            ),
        ]


@require_safe
@at_desk(Action.DESK_UPKEEP)
def pairs(request: DeskRequest) -> HttpResponse:
    """Pairs to look at, the likeliest first, and what was decided lately."""
    found = to_look_at(request.desk.pk, timezone.localdate())
    after, before = _anchor(request, "after"), _anchor(request, "before")
    here = page(found, by="score", size=PAGE, descending=True, after=after, before=before)
    lately = list(decided(request.desk)[:10])
    shown = [*here.rows, *lately]
    record(
        principal=request.principal,
        action="desk.list",
        subject=request.desk,
        now=timezone.now(),
        desk_id=request.desk.pk,
        list="duplicates",
        households=sorted({key for pair in shown for key in _households(pair, request)}),
    )
    context = {
        "rows": [_row(pair, request) for pair in here.rows],
        "decided": [_row(pair, request) for pair in lately],
        "previous_url": _url("before", here.rows[0]) if here.has_previous and here.rows else "",
        "next_url": _url("after", here.rows[-1]) if here.has_next and here.rows else "",
    }
    return render(request, "upkeep/pairs.html", context)


def _anchor(request: DeskRequest, side: str) -> Pair | None:
    return Pair.objects.filter(reference=request.GET.get(side, "")).first()


def _url(side: str, pair: Pair) -> str:
    return f"?{urlencode({side: pair.reference})}"


def _households(pair: Pair, request: DeskRequest) -> set[int]:
    both = (pair.first.household, pair.second.household)
    return {household.pk for household in both if household.desk_id == request.desk.pk}


def _row(pair: Pair, request: DeskRequest) -> PairRow:
    both = (pair.first, pair.second)
    others = {child.household.desk.shown_name for child in both if child.household.desk_id != request.desk.pk}
    return PairRow(
        pair=pair,
        names=" / ".join(dict.fromkeys(fully_called(child) for child in both)),
        births=" / ".join(dict.fromkeys(birth(child) for child in both)),
        why=" ".join(_why(pair)[:REASONS_SHOWN]),
        elsewhere=", ".join(sorted(others)),
        status=_status(pair, request),
    )


def _why(pair: Pair) -> list[str]:
    return [say(reason) for reason in Likeness(pair.score, tuple(pair.signs)).reasons]


def _status(pair: Pair, request: DeskRequest) -> str:
    if pair.state == PairState.PROPOSED and pair.proposed_by_id != request.desk.pk:
        return gettext("The other desk proposes to merge")
    return str(PairState(pair.state).label)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.DESK_UPKEEP)
def pair_page(request: DeskRequest, reference: str) -> HttpResponse:
    """Both registrations side by side, and what a clerk can say of them."""
    pair = pair_for(request.principal, request.desk, reference, now=timezone.now())
    if request.method == "POST":
        return _decide(request, pair)
    both = sides(pair, request.desk)
    columns = [column(side) for side in both]
    is_undecided = pair.state in {PairState.OPEN, PairState.PROPOSED}
    context = {
        "pair": pair,
        "columns": columns,
        "lines": lines(columns),
        "why": _why(pair),
        "status": _status(pair, request),
        "is_undecided": is_undecided,
        "is_apart": pair.state == PairState.DIFFERENT,
        "may_merge": _may_merge(request, pair),
        "homes": _homes(pair) if is_undecided else None,
        "waits_for_other": pair.state == PairState.PROPOSED and pair.proposed_by_id == request.desk.pk,
        "registrations": [
            Option(str(each.key), f"{each.name}, {each.side.household.desk.shown_name}", head(each))
            for each in columns
        ],
        "keep": f"{pair.proposed_keep_id or both[0].child.pk}",
        "merged": Merge.objects.filter(pair=pair, undone_at=None).first(),
        "other_desk": next((side.household.desk for side in both if not side.is_here), None),
    }
    return render(request, "upkeep/pair.html", context)


def _homes(pair: Pair) -> Homes | None:
    """What can happen to the two households; None where it is one."""
    one, other = pair.first.household, pair.second.household
    if one.pk == other.pk:
        return None
    return Homes(
        are_strangers=are_strangers(one, other),
        live_apart=live_apart(one, other),
        advised=JOIN if may_be_joined(one, other) else APART,
    )


def _may_merge(request: DeskRequest, pair: Pair) -> bool:
    """Both are here, or the other desk asked, or the clerk works for the whole region."""
    desks = {pair.first.household.desk_id, pair.second.household.desk_id}
    asked = pair.state == PairState.PROPOSED and pair.proposed_by_id != request.desk.pk
    everywhere = may(request.principal, Action.DESK_UPKEEP, Scope.REGION, request.desk.region_id)
    return desks == {request.desk.pk} or asked or everywhere


def _decide(request: DeskRequest, pair: Pair) -> HttpResponse:
    decide(request, pair, VERDICTS)
    return redirect("upkeep:pair", request.desk.slug, pair.reference)


def _keep(request: DeskRequest, pair: Pair) -> int:
    given = request.POST.get("keep", "")
    keys = {str(key): key for key in (pair.first_id, pair.second_id)}
    if given not in keys:
        raise RefusedError(gettext("Choose which registration to keep."), field="keep")
    return keys[given]


def _merge(request: DeskRequest, pair: Pair) -> str:
    now, keep = timezone.now(), _keep(request, pair)
    if not _may_merge(request, pair):
        propose(principal=request.principal, pair_id=pair.pk, keep_id=keep, desk=request.desk, now=now)
        return gettext("Proposed. The other desk looks at it and decides.")
    join = _joins(request, pair)
    merge(principal=request.principal, pair_id=pair.pk, keep_id=keep, join=join, now=now)
    if join:
        return gettext(
            "It is one child and one household now, and all parents are told. You can undo it here."
        )
    return gettext("The two registrations are one now, and the parents are told. You can undo it here.")


def _joins(request: DeskRequest, pair: Pair) -> bool:
    """Whether the clerk wants one household of the two; nothing said is what is advised."""
    homes = _homes(pair)
    return homes is not None and request.POST.get("households", homes.advised) == JOIN


def _different(request: DeskRequest, pair: Pair) -> str:
    not_the_same(principal=request.principal, pair_id=pair.pk, desk=request.desk, now=timezone.now())
    return gettext("They are two children. We don't ask again.")


def _again(request: DeskRequest, pair: Pair) -> str:
    look_again(principal=request.principal, pair_id=pair.pk, desk=request.desk, now=timezone.now())
    return gettext("The pair is on the list again.")


def _undo(request: DeskRequest, pair: Pair) -> str:
    merged = Merge.objects.filter(pair=pair, undone_at=None).first()
    if merged is None:
        raise RefusedError(gettext("This was undone already."), code="undone")
    undo_merge(principal=request.principal, merge_id=merged.pk, now=timezone.now())
    return gettext("Undone: every row is as it was before. The parents are told.")


VERDICTS: Mapping[str, Verdict[Pair]] = {
    "same": _merge,
    "different": _different,
    "again": _again,
    "undo": _undo,
}


def waiting_pairs(desk_id: int, now: Any) -> QuerySet[Pair]:
    """Pairs that wait for a verdict of this desk."""
    return to_look_at(desk_id, localtime(now).date())
