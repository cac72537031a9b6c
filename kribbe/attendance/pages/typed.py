"""Children by a typed name on the page of the day: shown as work, and settled there."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kribbe.attendance.access import attendee_at, typed_at
from kribbe.attendance.attendee import Attendee, Who
from kribbe.attendance.forms import TimesForm, moments
from kribbe.attendance.models import Doubt, Pressed, TypedChild
from kribbe.attendance.selectors.day import Day
from kribbe.attendance.selectors.months import stay_words
from kribbe.attendance.selectors.typed import TypedDay
from kribbe.attendance.services import settle_typed
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import fold


@require_POST
@at_location(Action.REGISTER_KEEP)
def settle(request: Any, location: Location, key: UUID) -> HttpResponse:
    """Say who it was, or take that back, or press in or out; what can't be is told on the page of the day."""
    child = typed_at(request.principal, location, key)
    deed = DEEDS.get(request.POST.get("do", ""))
    try:
        if deed is not None:
            deed(request, child, timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect(f"{reverse('attendance:day', args=[location.slug])}?on={child.day}#typed")


def _match(request: Any, child: TypedChild, now: datetime) -> None:
    reference = request.POST.get("who", "")
    if not reference:
        raise RefusedError(_("Choose the child first."))
    attendee = attendee_at(request.principal, child.location, reference, child.day)
    settle_typed.match(principal=request.principal, child=child, attendee=attendee, now=now)
    messages.success(request, _("Matched. The register has what was tapped, as for any child."))


def _not_ours(request: Any, child: TypedChild, now: datetime) -> None:
    words = request.POST.get("words", "")[:100]
    settle_typed.not_ours(principal=request.principal, child=child, words=words, now=now)
    messages.success(request, _("Noted. It stays on the evacuation list until it is tapped out."))


def _times(request: Any, child: TypedChild, now: datetime) -> None:
    form = TimesForm(request.POST)
    if not form.is_valid():
        raise RefusedError(next(str(error) for errors in form.errors.values() for error in errors))
    try:
        given = form.cleaned_data
        start, end = moments(child.day, given["start"], given["end"], is_night=given["night"])
    except ValidationError as no_such_hour:
        raise RefusedError(no_such_hour.messages[0]) from no_such_hour
    settle_typed.set_times(
        principal=request.principal,
        child=child,
        start=start,
        end=end,
        reason=given["reason"],
        now=now,
    )
    messages.success(request, _("Corrected. What was there before stays to be seen."))


def _back(request: Any, child: TypedChild, now: datetime) -> None:
    settle_typed.reopen(principal=request.principal, child=child, now=now)
    messages.success(request, _("Taken back. The name waits again."))


def _press(request: Any, child: TypedChild, now: datetime) -> None:
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid4()
    pressed = Pressed(request.POST["do"])
    settle_typed.press_typed(principal=request.principal, child=child, pressed=pressed, key=key, now=now)


DEEDS: Mapping[str, Callable[[Any, TypedChild, datetime], None]] = {
    "match": _match,
    "not_ours": _not_ours,
    "times": _times,
    "back": _back,
    Pressed.IN: _press,
    Pressed.OUT: _press,
}


def typed_part(day: Day, others: Iterable[Attendee], names: Mapping[Who, str]) -> dict[str, Any]:
    """For the page of the day: the names that wait, with the children one of which each may be, and those settled."""
    known = [(each.reference, names[each.who]) for each in [*(row.child for row in day.children), *others]]
    return {
        "waiting": [
            typed_row(each) | {"known": _likeliest_first(each.child.name, known)}
            for each in day.typed
            if each.child.is_open
        ],
        "settled": [
            typed_row(each) | {"is": _is(each.child, names)} for each in day.typed if not each.child.is_open
        ],
    }


def typed_row(each: TypedDay) -> dict[str, Any]:
    """One child by a typed name."""
    child = each.child
    return {
        "key": child.key,
        "press_key": uuid4(),
        "name": child.name,
        "group": child.group.name,
        "is_open": child.is_open,
        "is_in": each.is_in,
        "not_ours": child.not_ours,
        "stays": [(stay_words(stay), str(Doubt(stay.doubt).label)) for stay in each.stays],
        "marks": [str(mark.label) for mark in sorted(each.marks)],
        "reason": child.reason,
    }


def _is(child: TypedChild, names: Mapping[Who, str]) -> str:
    if not child.is_matched:
        return child.not_ours
    attendee = Attendee(child.placement, child.direct)
    return names.get(attendee.who, attendee.name)


def _likeliest_first(typed: str, known: list[tuple[str, str]]) -> list[tuple[str, str]]:
    first = fold(typed).split()[:1]
    return sorted(known, key=lambda one: (fold(one[1]).split()[:1] != first, fold(one[1])))
