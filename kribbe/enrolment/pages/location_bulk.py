"""A location answers several families at once: each by itself, and told what went and what didn't."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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

from kribbe.enrolment.pages import location_words as words
from kribbe.enrolment.selectors import location as selectors
from kribbe.enrolment.selectors.location import Line
from kribbe.enrolment.services.keep_waiting import FURTHEST_MONTHS, keep_waiting
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.services.wishes import refuse_wish
from kribbe.places.access import at_location
from kribbe.places.models import Group, Location
from kribbe.region.models import PassOverReason
from kribbe.rules.calendar import first_of_month, months
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.once import new_token, once
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.web.dates import date_format
from kribbe.web.forms import RadioCards
from kribbe.web.weeks import week_words

MOST = 20
"""Families that can be answered at once."""

OFFER, REFUSE, KEEP = "offer", "refuse", "keep"


class BulkForm(forms.Form):
    """What to answer all of them."""

    answer = forms.ChoiceField(
        label=_("What do you answer?"),
        choices=[
            (OFFER, _("Offer a place, in turn")),
            (KEEP, _("Keep waiting: we look again in a month that you choose")),
            (REFUSE, _("Say no, with a reason")),
        ],
        widget=RadioCards(
            hints={
                OFFER: _("What each asks, from the start that it asks, as far as there is room."),
                KEEP: _("Their place on the list stays. They are told the month."),
                REFUSE: _("They leave your list. They are told why, and where to complain."),
            }
        ),
    )
    month = forms.ChoiceField(label=_("Look again in"), required=False)
    reason = forms.ChoiceField(label=_("The reason"), required=False)
    note = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, reasons: Sequence[PassOverReason], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ahead = months(today, FURTHEST_MONTHS + 1)[1:]
        self.fields["month"].choices = [  # type: ignore[attr-defined]
            (f"{month}", date_format(month, "F Y")) for month in ahead
        ]
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Choose a reason")),
            *((reason.code, words.reason_text(reason)) for reason in reasons),
        ]

    def clean(self) -> None:
        """A no has a reason."""
        if self.cleaned_data.get("answer") == REFUSE and not self.cleaned_data.get("reason"):
            self.add_error("reason", gettext("Choose a reason from the list."))


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of them, ready to show. `url` leads to its own page."""

    id: int
    number: int
    name: str
    asks: str
    url: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one; `problem` is "" where it went well."""

    chosen: Chosen
    problem: str


@require_http_methods(["GET", "POST"])
@at_location(Action.OFFER_MAKE)
def bulk_page(request: Any, location: Location) -> HttpResponse:
    """Choose one answer for those ticked on the list; each is carried out by itself and once."""
    now = timezone.now()
    today = localtime(now).date()
    groups = selectors.active_groups(location)
    data = request.POST if request.method == "POST" else request.GET
    group = next((each for each in groups if str(each.pk) == data.get("group", "")), None)
    queue = selectors.queue(location, group=group, month=first_of_month(today), now=now)
    ticked = {key for text in data.getlist("wish") if (key := row_key(text))}
    lines = [line for line in queue.lines if line.waiting.preference_id in ticked]
    back = reverse("enrolment:waiting_list", args=[location.slug])
    if not lines and request.method == "GET":
        messages.info(request, gettext("Tick at least one family first."))
        return redirect(f"{back}?group={group.pk}" if group else back)
    if request.method == "GET":
        _note_look(request, location, lines, now)
    form = BulkForm(request.POST or None, reasons=_reasons(location), today=today, initial={"answer": OFFER})
    chosen = [_chosen(location, line) for line in lines]
    too_many = len(ticked) > MOST
    outcomes: list[Outcome] = []
    if request.method == "POST" and form.is_valid() and not too_many:
        outcomes = _answer_all(request, location, group, sorted(ticked), lines, form, now)
    context = {
        "place_name": location.name,
        "location": location,
        "form": form,
        "chosen": chosen,
        "group": group,
        "too_many": too_many,
        "most": MOST,
        "once": request.POST.get("once") or new_token(),
        "back_url": f"{back}?group={group.pk}" if group else back,
        "done": [each for each in outcomes if not each.problem],
        "failed": [each for each in outcomes if each.problem],
        "is_over": bool(outcomes),
    }
    wrong = request.method == "POST" and not outcomes
    return render(request, "enrolment/location/bulk.html", context, status=422 if wrong else 200)


def _answer_all(
    request: Any,
    location: Location,
    group: Group | None,
    ticked: Sequence[int],
    lines: Sequence[Line],
    form: BulkForm,
    now: datetime,
) -> list[Outcome]:
    """In the order of the list, one transaction each. One that was done by the first sending counts as done."""
    by_key = {line.waiting.preference_id: line for line in lines}
    keys = [line.waiting.preference_id for line in lines]
    keys += [key for key in ticked if key not in by_key]
    found = []
    for key in keys:
        wish = selectors.wish_at(location, key)
        if wish is None:
            continue
        line = by_key.get(key)
        name = words.short_name(wish.request.child.first_name, wish.request.child.last_name)
        url = reverse("enrolment:waiting_child", args=[location.slug, key])
        asks = week_words(wish.open_pattern)
        chosen = Chosen(key, line.waiting.position if line else 0, name, asks, url)
        found.append(Outcome(chosen, _try(request, key, _work(request, group, line, key, form, now), now)))
    return found


def _try(request: Any, key: int, work: Callable[[], None], now: datetime) -> str:
    """Why it couldn't be done, or "". Each family has its own token: a second sending does nothing twice."""

    def carried_out() -> str:
        work()
        return "done"

    token = request.POST.get("once", "")
    try:
        once(f"{token}:{key}" if token else "", at=request.path, now=now, work=carried_out)
    except RefusedError as error:
        return str(error.message)
    return ""


def _work(
    request: Any, group: Group | None, line: Line | None, key: int, form: BulkForm, now: datetime
) -> Callable[[], None]:
    answer, given = form.cleaned_data["answer"], form.cleaned_data

    def offer() -> None:
        if line is None:
            raise RefusedError(_("This family no longer waits here. Refresh the list."))
        if group is None or line.fit is None:
            raise RefusedError(_("This group isn't for a child of this age, or not at this price."))
        make_offer(
            principal=request.principal,
            preference_id=key,
            group_id=group.pk,
            start=line.start,
            pattern=line.waiting.pattern,
            message=given["note"],
            now=now,
        )

    def refuse() -> None:
        refuse_wish(
            principal=request.principal,
            preference_id=key,
            reason_code=given["reason"],
            note=given["note"],
            now=now,
        )

    def keep() -> None:
        keep_waiting(
            principal=request.principal,
            preference_id=key,
            month=date.fromisoformat(given["month"]),
            now=now,
        )

    return {OFFER: offer, REFUSE: refuse, KEEP: keep}[answer]


def _chosen(location: Location, line: Line) -> Chosen:
    waiting = line.waiting
    url = reverse("enrolment:waiting_child", args=[location.slug, waiting.preference_id])
    return Chosen(
        waiting.preference_id,
        waiting.position,
        words.name_of(waiting),
        week_words(waiting.pattern.mask),
        url,
    )


def _reasons(location: Location) -> list[PassOverReason]:
    rows = PassOverReason.objects.filter(desk=location.desk, active=True, refusal=True)
    return list(rows.order_by("text_nl"))


def _note_look(request: Any, location: Location, lines: Sequence[Line], now: datetime) -> None:
    record(
        principal=request.principal,
        action="list.read",
        subject=location,
        now=now,
        desk_id=location.desk_id,
        households=sorted({line.waiting.household_id for line in lines}),
    )
