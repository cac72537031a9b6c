"""The register of a day at a location: who is in, in and out by hand, and corrections with their trail."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kribbe.attendance import words
from kribbe.attendance.access import attendee_at
from kribbe.attendance.attendee import Attendee, Who, households, told_apart
from kribbe.attendance.forms import CorrectionForm
from kribbe.attendance.models import Correction, DayNote, Dispute, Mark, Presence, Pressed, Tap
from kribbe.attendance.pages.typed import typed_part, typed_row
from kribbe.attendance.selectors.day import ChildDay, Day, GroupDay, Where, day_of
from kribbe.attendance.selectors.months import stay_words, wall
from kribbe.attendance.selectors.photos import data_url, face_keys
from kribbe.attendance.selectors.shut import shut_words
from kribbe.attendance.selectors.unplanned import others_of
from kribbe.attendance.services.answers import answer
from kribbe.attendance.services.notes import take_back_note
from kribbe.attendance.services.register import Press, Source, correct, take
from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.planning.pages.day import asked_day
from kribbe.planning.selectors.planned import absences
from kribbe.planning.words import away, hours
from kribbe.trust.audit import note_list, record
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of as day_typed
from kribbe.trust.text import row_key
from kribbe.web.words import say

DAY = timedelta(days=1)


@require_safe
@at_location(Action.REGISTER_READ)
def day_page(request: Any, location: Location) -> HttpResponse:
    """Children by group with their stays, who is missing, and whether there are carers enough now."""
    now = timezone.now()
    today = localtime(now).date()
    on = asked_day(request.GET.get("on", ""), today)
    day = day_of(location, on, now=now)
    may_keep = may_at(request.principal, Action.REGISTER_KEEP, location)
    has_open = any(each.child.is_open for each in day.typed)
    others = others_of(day) if may_keep and (on == today or has_open) else []
    sees_faces = on == today and may_at(request.principal, Action.CHILD_FILE_READ, location)
    faces = face_keys([each.child for each in day.children]) if sees_faces else {}
    names = told_apart([*(each.child for each in day.children), *others])
    _note_look(request.principal, day, others, now)
    context = {
        "place_name": location.name,
        "location": location,
        "on": on,
        "is_today": on == today,
        "is_over": on <= today,
        "before": on - DAY,
        "after": on + DAY,
        "day": day,
        "closed": shut_words(day),
        "counts": [(words.WHERE[where], day.count(where)) for where in Where],
        "inside": day.count(Where.IN),
        "ratio": ratio(day) if on == today else None,
        "groups": [_group(group, on, faces, names) for group in day.groups],
        "others": [(each.reference, names[each.who]) for each in others],
        "typed": typed_part(day, others, names),
        "earlier": day.typed_before if may_keep else [],
        "elsewhere": [
            (Attendee(each.placement).short, each.group.location.name) for each in day.elsewhere if each.group
        ],
        "may_keep": may_keep,
        "may_press": may_keep and on == today,
        "now": wall(now),
    }
    return render(request, "attendance/day.html", context)


@require_POST
@at_location(Action.REGISTER_KEEP)
def press(request: Any, location: Location) -> HttpResponse:
    """One tap by hand, now."""
    now = timezone.now()
    if not (reference := request.POST.get("placement", "")):
        return redirect("attendance:day", location.slug)
    child = attendee_at(request.principal, location, reference, localtime(now).date())
    if (pressed := request.POST.get("do", "")) in {Pressed.IN, Pressed.OUT}:
        one = Press(
            key=_key(request.POST.get("key", "")),
            who=child.who,
            pressed=Pressed(pressed),
            told_at=now,
        )
        take(principal=request.principal, source=Source(location=location), presses=[one], now=now)
    return redirect(f"{reverse('attendance:day', args=[location.slug])}#p{child.reference}")


@require_http_methods(["GET", "POST"])
@at_location(Action.REGISTER_READ, Action.REGISTER_KEEP)
def child_day(request: Any, location: Location, reference: str, day: str) -> HttpResponse:
    """One child's day: what was tapped, what was corrected and why, what the family asked; and a correction."""
    now = timezone.now()
    on = _day_in_address(day)
    child = attendee_at(request.principal, location, reference, on)
    within = {**child.who.columns(), "day": on}
    stays = list(Presence.objects.filter(**within))
    form = CorrectionForm(request.POST or None, day=on, stays=stays)
    if request.method == "POST" and _corrected(request, location, child, form, now):
        return redirect("attendance:child_day", location.slug, reference, day)
    record(
        principal=request.principal,
        action="register.read",
        subject=child.subject,
        now=now,
        household_id=child.household_id,
        desk_id=location.desk_id,
        day=day,
    )
    said = {"placement": child.placement, "day": on}
    context = {
        "place_name": location.name,
        "location": location,
        "reference": child.reference,
        "name": child.name,
        "on": on,
        "stays": [(stay_words(stay), stay.get_doubt_display()) for stay in stays],
        "taps": [
            _tap(tap)
            for tap in Tap.objects.filter(**within).select_related("carer", "device").order_by("at", "pk")
        ],
        "corrections": [
            {"at": each.made_at, "by": each.made_name, "reason": each.reason, "told": _told(each)}
            for each in Correction.objects.filter(**within).order_by("made_at", "pk")
        ],
        "conflict": _conflict(child, on) if stays else "",
        "may_plan": may_at(request.principal, Action.PLAN_CHANGE, location),
        "notes": DayNote.objects.filter(**said, taken_back_at=None),
        "disputes": Dispute.objects.filter(**said).order_by("raised_at"),
        "form": form,
        "may_keep": may_at(request.principal, Action.REGISTER_KEEP, location) and on <= localtime(now).date(),
    }
    return render(request, "attendance/child_day.html", context, status=422 if form.errors else 200)


@require_POST
@at_location(Action.REGISTER_KEEP)
def answer_family(request: Any, location: Location, reference: str, day: str) -> HttpResponse:
    """Answer what a family asked of a day, or take a note back."""
    now = timezone.now()
    on = _day_in_address(day)
    placement = attendee_at(request.principal, location, reference, on).placement
    if placement is None:
        raise Http404
    if note := row_key(request.POST.get("note", "")):
        take_back_note(
            principal=request.principal,
            source=Source(location=location),
            placement_id=placement.pk,
            note_id=note,
            now=now,
        )
    else:
        try:
            answer(
                principal=request.principal,
                placement=placement,
                day=on,
                words=request.POST.get("answer", ""),
                now=now,
            )
        except RefusedError as refused:
            messages.error(request, str(refused.message))
    return redirect("attendance:child_day", location.slug, reference, day)


def ratio(day: Day) -> dict[str, Any]:
    """The carers that those who are in ask now, beside those planned."""
    carers = day.carers_now
    return {
        "need": day.need.carers,
        "carers": carers,
        "missing": max(0, day.need.carers - carers) if carers is not None else 0,
        "too_many": day.need.too_many,
        "why": [say(reason) for reason in day.need.reasons],
    }


def _note_look(principal: Any, day: Day, others: list[Attendee], now: datetime) -> None:
    shown = [*(each.child for each in day.children), *others]
    note_list(
        principal=principal,
        action="list.read",
        subject=day.location,
        desk_id=day.location.desk_id,
        households=households(shown),
        now=now,
        of="register",
    )


def _group(group: GroupDay, on: date, faces: Mapping[Who, str], names: Mapping[Who, str]) -> dict[str, Any]:
    return {
        "name": group.week.group.name,
        "inside": group.inside,
        "came": group.came,
        "rows": [_child(child, faces.get(child.child.who, ""), names) for child in group.children],
        "typed": [typed_row(each) for each in group.typed],
        "total": group.total,
        "others": group.others,
        "is_closed": on in group.week.closed,
    }


def _child(child: ChildDay, face: str, names: Mapping[Who, str]) -> dict[str, Any]:
    who = child.child
    word, tone, icon = words.WHERE[child.where]
    return {
        "reference": who.reference,
        "name": names[who.who],
        "face": data_url(face) if face else "",
        "hours": hours(child.parts),
        "stays": [(stay_words(stay), stay.get_doubt_display()) for stay in child.stays],
        "where": child.where,
        "word": word,
        "tone": tone,
        "icon": icon,
        "away": away(child.away) if child.away else "",
        "marks": [str(mark.label) for mark in sorted(child.marks)],
        "notes": child.notes,
        "is_asked": child.dispute is not None,
        "there": child.there,
        "there_since": wall(child.there.since) if child.there else "",
        "is_conflict": child.is_conflict,
        "press": Pressed.OUT if child.where is Where.IN else Pressed.IN,
        "key": uuid4(),
    }


def _conflict(child: Attendee, on: date) -> str:
    """The absence that was told of a day on which the child came; nothing where none was."""
    told = absences([child.placement], on, on) if child.placement else {}
    return "; ".join(away(each) for each in told.values())


def _corrected(
    request: Any, location: Location, child: Attendee, form: CorrectionForm, now: datetime
) -> bool:
    """Whether the correction stands; what is wrong stands at its field."""
    if not form.is_valid():
        return False
    try:
        correct(
            principal=request.principal,
            location=location,
            who=child.who,
            day=form.day,
            stays=form.stays(),
            reason=form.cleaned_data["reason"],
            now=now,
        )
    except ValidationError as no_such_hour:
        form.add_error(None, no_such_hour)
        return False
    except RefusedError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        return False
    messages.success(request, _("Corrected. What was there before stays to be seen."))
    return True


def _tap(tap: Tap) -> dict[str, Any]:
    return {
        "at": wall(tap.at),
        "word": tap.get_pressed_display(),
        "by": words.tap_by(tap),
        "told": words.told_at(tap),
        "marks": [str(Mark(mark).label) for mark in tap.marks],
        "received": tap.received_at,
    }


def _told(correction: Correction) -> str:
    spans = zip(correction.starts, correction.ends, strict=True)
    return ", ".join(f"{wall(start)}–{wall(end)}" for start, end in spans) or _("wasn't there")


def _day_in_address(text: str) -> date:
    found = day_typed(text)
    if found is None:
        raise Http404
    return found


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
