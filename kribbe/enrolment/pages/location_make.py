"""A location offers a family a place, and says why those ahead are passed over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kribbe.contact.selectors.reach import reached_on
from kribbe.enrolment.models import Preference
from kribbe.enrolment.pages import location_words as words
from kribbe.enrolment.pages.location_answering import (
    NOTE_LENGTH,
    name_of,
    note_look,
    reasons_of,
    waiting_wish,
)
from kribbe.enrolment.selectors import location as selectors
from kribbe.enrolment.selectors.fit import stay_end
from kribbe.enrolment.selectors.waiting import Waiting
from kribbe.enrolment.services.make_offer import Excuse, ahead_that_fit, kind_of, make_offer
from kribbe.places.access import at_location
from kribbe.places.free import free_during
from kribbe.places.models import Group, Location
from kribbe.places.selectors.closed import (
    calendars_of,
    closing_in_words,
    first_day_shut,
    first_open_day,
    open_pattern,
    shut_in_words,
)
from kribbe.region.models import PassOverReason
from kribbe.region.selectors import policy_on
from kribbe.rules.calendar import age_in_months
from kribbe.rules.dates import offer_deadline
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.trust.errors import RefusedError
from kribbe.trust.once import new_token, once
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of
from kribbe.web.forms import DayField, HalfDayPicker, PatternField
from kribbe.web.weeks import week_words

DAY = timedelta(days=1)


class FreePicker(HalfDayPicker):
    """The half-day picker with the number of free places on each tile. Full ones can be ticked: the
    location reads why it can't be, and loses nothing. The weekend is there only with `weekend`."""

    template_name = "enrolment/location/free_picker.html"
    free: Sequence[int] = ()
    asked: int = 0

    def get_context(self, name: str, value: object, attrs: object) -> dict[str, object]:
        """Each row of tiles gets its numbers, and what the family asked."""
        context = super().get_context(name, value, attrs)
        rows = [
            {
                **row,
                "tiles": [
                    (slot, label, checked, self.free[slot] if self.free else None, self.asked >> slot & 1)
                    for slot, label, checked in row["tiles"]
                ],
            }
            for row in context["grid"]["parts"]  # type: ignore[index]
        ]
        return context | {"rows": rows, "days": context["grid"]["days"]}  # type: ignore[index]


class OfferForm(forms.Form):
    """What is offered."""

    group = forms.ChoiceField(label=_("Group"))
    start = DayField(_("First day"))
    last = DayField(_("Last day"))
    pattern = PatternField(
        label=_("Half-days"),
        widget=FreePicker,
        error_messages={"required": _("Choose at least one half-day.")},
    )
    message = forms.CharField(
        label=_("Message to the family"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, groups: Sequence[Group], weekend: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = {str(group.pk): group for group in groups}
        choices = [(str(group.pk), words.group_name(group)) for group in groups]
        self.fields["group"].choices = choices  # type: ignore[attr-defined]
        self.fields["pattern"].widget.weekend = weekend


@dataclass(frozen=True, slots=True)
class Plan:
    """An offer in the making, as far as it is clear. `end` is the first day without care."""

    group: Group | None
    start: date | None
    end: date | None
    pattern: WeekPattern

    @property
    def is_clear(self) -> bool:
        right = self.start is not None and self.end is not None and self.start < self.end
        return self.group is not None and right


@dataclass(frozen=True, slots=True)
class Passed:
    """One who stands ahead and would fit, with the reason that was chosen so far."""

    id: int
    number: int
    name: str
    asks: str
    reason: str
    note: str
    is_missing: bool


@require_http_methods(["GET", "POST"])
@at_location(Action.OFFER_MAKE)
def make_offer_page(request: Any, location: Location, preference_id: int) -> HttpResponse:
    """Offer a place to one who waits; a form sent with `preview` only shows what it would do."""
    now = timezone.now()
    wish = waiting_wish(location, preference_id)
    list_url = reverse("enrolment:waiting_list", args=[location.slug])
    groups = selectors.active_groups(location)
    if wish is None or not groups:
        messages.info(request, gettext("This family no longer waits here. Refresh the list."))
        return redirect(list_url)
    note_look(request, location, wish, now)
    sent = request.method == "POST" and "preview" not in request.POST
    form = _offer_form(request, wish, groups, now)
    plan = _plan(form)
    reasons = reasons_of(location, refusal=False)
    ahead = _ahead(wish, plan, now)
    if sent and form.is_valid():
        try:
            address = once(
                request.POST.get("once", ""),
                at=request.path,
                now=now,
                work=lambda: _offer(request, location, wish, plan, _excuses(request.POST, ahead), form, now),
            )
        except RefusedError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            return redirect(address)
    context = _offer_context(request, location, wish, form, plan, ahead, reasons, now, sent=sent)
    return render(request, "enrolment/location/make_offer.html", context, status=422 if sent else 200)


def _offer_form(request: Any, wish: Preference, groups: Sequence[Group], now: datetime) -> OfferForm:
    weekend = _has_weekend(wish, groups, localtime(now).date())
    if request.method == "POST":
        return OfferForm(request.POST, groups=groups, weekend=weekend)
    return OfferForm(
        initial=_first_idea(request, wish, groups, localtime(now).date()), groups=groups, weekend=weekend
    )


def _has_weekend(wish: Preference, groups: Sequence[Group], today: date) -> bool:
    """The weekend can be offered where the family asks it, or a group is open then."""
    opened = open_pattern([group.pk for group in groups], today)
    return bool((wish.open_pattern | opened.mask) & ~WORK_WEEK)


def _first_idea(request: Any, wish: Preference, groups: Sequence[Group], today: date) -> dict[str, object]:
    """What the family asks, as far as it is free; the group of the list, or the one for the child's age."""
    child = wish.request.child
    birth = child.birth
    start = day_of(request.GET.get("start", "")) or max(wish.request.wanted_start, today)
    asked, latest = WeekPattern(wish.open_pattern), max(wish.request.latest_start, start)
    calendars = calendars_of([wish.location_id], start, None)
    start = first_open_day(calendars.at[wish.location_id], asked, start, latest=latest)
    age = age_in_months(birth, start) if birth <= start else 0
    right = [group for group in groups if group.from_months <= age < group.to_months]
    group = next((g for g in groups if str(g.pk) == request.GET.get("group")), (right or groups)[0])
    start = first_open_day(calendars.of(group), asked, start, latest=latest)
    end = stay_end(birth)
    free = free_during(group_ids=[group.pk], start=start, end=end)[group.pk] if start < end else []
    possible = WeekPattern.from_slots(slot for slot in asked.slots() if free and free[slot] > 0)
    return {
        "group": str(group.pk),
        "start": start,
        "last": end - DAY,
        "pattern": (asked if possible.is_empty else possible).mask,
    }


def _plan(form: OfferForm) -> Plan:
    """What the form says, as far as it can be read."""
    value = {name: form[name].value() for name in ("group", "start", "last", "pattern")}
    last = day_of(value["last"])
    pattern = value["pattern"] if isinstance(value["pattern"], int) else 0
    return Plan(
        group=form.groups.get(str(value["group"])),
        start=day_of(value["start"]),
        end=last + DAY if last else None,
        pattern=WeekPattern(pattern),
    )


def _ahead(wish: Preference, plan: Plan, now: datetime) -> list[Waiting]:
    if plan.group is None or plan.pattern.is_empty:
        return []
    return ahead_that_fit(preference_id=wish.pk, group=plan.group, pattern=plan.pattern, now=now)


def _excuses(data: Mapping[str, str], ahead: Sequence[Waiting]) -> dict[int, Excuse]:
    """The reason per child that is passed over; the reason for all counts where a child has none of its own."""
    for_all = data.get("reason-all", "")
    return {
        line.preference_id: Excuse(
            data.get(f"reason-{line.preference_id}") or for_all,
            data.get(f"note-{line.preference_id}", "")[:NOTE_LENGTH],
        )
        for line in ahead
    }


def _offer(
    request: Any,
    location: Location,
    wish: Preference,
    plan: Plan,
    excuses: Mapping[int, Excuse],
    form: OfferForm,
    now: datetime,
) -> str:
    made = make_offer(
        principal=request.principal,
        preference_id=wish.pk,
        group_id=int(form.cleaned_data["group"]),
        start=form.cleaned_data["start"],
        end=form.cleaned_data["last"] + DAY,
        pattern=WeekPattern(form.cleaned_data["pattern"]),
        message=form.cleaned_data["message"],
        excuses=excuses,
        now=now,
    )
    last = localtime(made.deadline - timedelta(microseconds=1)).date()
    messages.success(
        request,
        gettext("Your offer to %(name)s is on its way. The family can answer until %(day)s.")
        % {"name": name_of(wish), "day": words.long_day(last)},
    )
    return reverse("enrolment:waiting_list", args=[location.slug]) + f"?group={made.group_id}"


def _offer_context(
    request: Any,
    location: Location,
    wish: Preference,
    form: OfferForm,
    plan: Plan,
    ahead: Sequence[Waiting],
    reasons: Sequence[PassOverReason],
    now: datetime,
    *,
    sent: bool,
) -> dict[str, object]:
    picker = form.fields["pattern"].widget
    picker.asked = wish.open_pattern
    if plan.is_clear and plan.group and plan.start:
        picker.free = free_during(group_ids=[plan.group.pk], start=plan.start, end=plan.end)[plan.group.pk]
    policy = policy_on(location.desk, localtime(now).date())
    return {
        "place_name": location.name,
        "location": location,
        "wish": wish,
        "name": name_of(wish),
        "form": form,
        "plan": plan,
        "said": _said(plan),
        "kind": _kind(wish, plan),
        "closed": _closed_at_first(location, wish, plan),
        "too_old": _wrong_age(wish, plan),
        "deadline": offer_deadline(reached_on(wish.request.household, now=now), policy.reaction_days),
        "passed": _passed(request.POST, ahead, sent=sent),
        "reasons": [(reason.code, words.reason_text(reason)) for reason in reasons],
        "reason_all": request.POST.get("reason-all", ""),
        "once": request.POST.get("once") or new_token(),
        "back_url": reverse("enrolment:waiting_child", args=[location.slug, wish.pk]),
    }


def _said(plan: Plan) -> str:
    """The offer as one sentence, or "" while it isn't clear."""
    if not plan.is_clear or plan.pattern.is_empty or not plan.start or not plan.end or not plan.group:
        return ""
    return gettext("%(days)s in %(group)s, from %(first)s until %(last)s.") % {
        "days": week_words(plan.pattern.mask),
        "group": plan.group.name,
        "first": words.long_day(plan.start),
        "last": words.long_day(plan.end - DAY),
    }


def _closed_at_first(location: Location, wish: Preference, plan: Plan) -> str:
    """A warning where nobody can come on the first day, or where that was moved to the first open one."""
    if plan.start is None or plan.pattern.is_empty:
        return ""
    wanted_start = wish.request.wanted_start
    calendars = calendars_of([location.pk], min(plan.start, wanted_start), None)
    calendar = calendars.of(plan.group) if plan.group else calendars.at[location.pk]
    shut = first_day_shut(calendar, plan.pattern, plan.start)
    if shut:
        return gettext("You are %(closed)s. Better offer that day as the first day.") % {
            "closed": shut_in_words(shut)
        }
    wanted = first_day_shut(calendar, plan.pattern, wanted_start)
    if wanted and wanted.opens == plan.start:
        return gettext("The family asks from %(day)s, but you are %(closed)s.") % {
            "day": words.long_day(wanted_start),
            "closed": closing_in_words(wanted.closing),
        }
    return ""


def _kind(wish: Preference, plan: Plan) -> tuple[str, str]:
    """How the offer differs from what was asked, with its tone."""
    if plan.start is None or plan.pattern.is_empty:
        return "", ""
    kind = kind_of(wish, plan.start, plan.pattern)
    return str(words.KINDS[kind]), "good" if kind == "same" else "warn"


def _wrong_age(wish: Preference, plan: Plan) -> str:
    child = wish.request.child
    birth = child.birth
    if plan.group is None or plan.start is None:
        return ""
    age = age_in_months(birth, plan.start) if birth <= plan.start else 0
    if plan.group.from_months <= age < plan.group.to_months:
        return ""
    return gettext(
        "The child is %(age)d months old by then; %(group)s is for %(first)d to %(last)d months."
    ) % {
        "age": age,
        "group": plan.group.name,
        "first": plan.group.from_months,
        "last": plan.group.to_months,
    }


def _passed(data: Mapping[str, str], ahead: Sequence[Waiting], *, sent: bool) -> list[Passed]:
    for_all = data.get("reason-all", "")
    return [
        Passed(
            id=line.preference_id,
            number=line.position,
            name=words.name_of(line),
            asks=week_words(line.pattern.mask),
            reason=data.get(f"reason-{line.preference_id}", ""),
            note=data.get(f"note-{line.preference_id}", ""),
            is_missing=sent and not data.get(f"reason-{line.preference_id}") and not for_all,
        )
        for line in ahead
    ]
