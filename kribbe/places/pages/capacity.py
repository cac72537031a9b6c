"""A location's groups and their places."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.places.access import at_location, may_at
from kribbe.places.free import Overfull, free_during, overfull
from kribbe.places.models import Group, GroupCapacity, Location
from kribbe.places.services.capacity import (
    Effect,
    GroupDetails,
    Places,
    add_group,
    change_group,
    close_group,
    drop_planned,
    effect_of,
    open_group,
    set_capacity,
    taken_groups,
)
from kribbe.region.selectors import policy_on
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import PriceKind
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.forms import DayField, HalfDayPicker, NameField, PatternField
from kribbe.web.templatetags.telling import long_date
from kribbe.web.weeks import week_strip
from kribbe.web.words import say

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
HUNDRED = 100

PRICES = {
    PriceKind.INCOME: _("Price by income"),
    PriceKind.FREE: _("Free price"),
}


class GroupForm(forms.Form):
    """What a group is called, for whom it is and how it is paid."""

    name = NameField(label=_("Name of the group"), max_length=100)
    from_months = forms.IntegerField(label=_("From age in months"), min_value=0, max_value=144, initial=0)
    to_months = forms.IntegerField(
        label=_("To age in months"),
        min_value=1,
        max_value=156,
        initial=36,
        help_text=_("This age itself is too old."),
    )
    price_kind = forms.ChoiceField(
        label=_("Price"), choices=[(kind.value, text) for kind, text in PRICES.items()]
    )

    def details(self) -> GroupDetails:
        """What was typed, once it is valid."""
        data = self.cleaned_data
        return GroupDetails(
            data["name"].strip(), data["from_months"], data["to_months"], PriceKind(data["price_kind"])
        )


class PlacesForm(forms.Form):
    """How many places from which day on, and on which half-days."""

    from_day = DayField(
        _("From"),
    )
    licensed = forms.IntegerField(label=_("Licensed places"), min_value=0)
    staffed = forms.IntegerField(label=_("Staffed places"), min_value=0)
    overbooking = forms.IntegerField(
        label=_("Agreements up to (percent of the staffed places)"), min_value=HUNDRED, initial=HUNDRED
    )
    open_pattern = PatternField(
        label=_("Open on these half-days"),
        widget=HalfDayPicker(weekend=True, small=True),
        error_messages={"required": _("Choose at least one half-day.")},
    )

    def __init__(self, *args: Any, most_overbooking: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if most_overbooking <= HUNDRED:
            del self.fields["overbooking"]
        else:
            self.fields["overbooking"].help_text = gettext("At most %(most)d.") % {"most": most_overbooking}

    def places(self) -> Places:
        """What was typed, once it is valid."""
        data = self.cleaned_data
        return Places(
            licensed=data["licensed"],
            staffed=data["staffed"],
            open_pattern=WeekPattern(data["open_pattern"]),
            overbooking=Decimal(data.get("overbooking", HUNDRED)) / HUNDRED,
        )


@require_GET
@at_location(Action.LOCATION_READ)
def capacity_page(request: Any, location: Location) -> HttpResponse:
    """The groups with the places they have now, what is planned, and where too much is agreed."""
    today = localtime(timezone.now()).date()
    groups = list(Group.objects.filter(location=location).order_by("-active", "from_months", "name"))
    ids = [group.pk for group in groups]
    capacities = list(GroupCapacity.objects.filter(group__in=ids).order_by("during"))
    too_full = overfull(group_ids=ids, since=today)
    free = free_during(group_ids=ids, start=today, end=today + WEEK)
    taken = taken_groups(ids, today)
    context = {
        "place_name": location.name,
        "location": location,
        "may_change": may_at(request.principal, Action.LOCATION_CHANGE, location),
        "groups": [
            _shown(
                group,
                [row for row in capacities if row.group_id == group.pk],
                too_full,
                free[group.pk],
                today,
                is_empty=group.pk not in taken,
            )
            for group in groups
        ],
        "licence": location.get_licence_state_display(),
    }
    return render(request, "places/capacity.html", context)


@require_http_methods(["GET", "POST"])
@at_location(Action.LOCATION_CHANGE)
def new_group_page(request: Any, location: Location) -> HttpResponse:
    """A new group with its first places."""
    now = timezone.now()
    today = localtime(now).date()
    group_form = GroupForm(request.POST or None)
    places_form = _places_form(
        location, request.POST or None, today, {"from_day": today, "open_pattern": WORK_WEEK}
    )
    valid = group_form.is_valid() & places_form.is_valid()
    if request.method == "POST" and valid:
        try:
            group = add_group(
                principal=request.principal,
                location_id=location.pk,
                details=group_form.details(),
                places=places_form.places(),
                from_day=places_form.cleaned_data["from_day"],
                now=now,
            )
        except RefusedError as error:
            _put(error, group_form, places_form)
        else:
            messages.success(request, gettext("%(group)s is there.") % {"group": group.name})
            return redirect("places:capacity", slug=location.slug)
    return _form_page(
        request, location, [group_form, places_form], gettext("New group"), gettext("Add the group")
    )


@require_http_methods(["GET", "POST"])
@at_location(Action.LOCATION_CHANGE)
def group_page(request: Any, location: Location, group_id: int) -> HttpResponse:
    """Another name, age band or price of a group."""
    group = _group(location, group_id)
    initial = {name: getattr(group, name) for name in GroupForm.base_fields}
    form = GroupForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_group(
                principal=request.principal, group_id=group.pk, details=form.details(), now=timezone.now()
            )
        except RefusedError as error:
            _put(error, form)
        else:
            messages.success(request, gettext("%(group)s is changed.") % {"group": group.name})
            return redirect("places:capacity", slug=location.slug)
    return _form_page(request, location, [form], group.name, gettext("Save"))


@require_http_methods(["GET", "POST"])
@at_location(Action.LOCATION_CHANGE)
def group_places_page(request: Any, location: Location, group_id: int) -> HttpResponse:
    """Other places from a day on; a form sent with `preview` only shows what they would do."""
    now = timezone.now()
    today = localtime(now).date()
    group = _group(location, group_id)
    form = _places_form(location, request.POST or None, today, _present(group, today))
    sent = request.method == "POST" and "preview" not in request.POST
    effect = _effect(group, form)
    if sent and form.is_valid():
        try:
            done = set_capacity(
                principal=request.principal,
                group_id=group.pk,
                places=form.places(),
                from_day=form.cleaned_data["from_day"],
                now=now,
            )
        except RefusedError as error:
            _put(error, form)
        else:
            _tell(request, group, done)
            return redirect("places:capacity", slug=location.slug)
    context = {
        "place_name": location.name,
        "location": location,
        "group": group,
        "form": form,
        "effect": effect,
        "reasons": [say(reason) for reason in effect.bookable.reasons] if effect else [],
        "back_url": reverse("places:capacity", args=[location.slug]),
    }
    return render(request, "places/capacity_places.html", context, status=422 if sent else 200)


@require_POST
@at_location(Action.LOCATION_CHANGE)
def group_in_use(request: Any, location: Location, group_id: int) -> HttpResponse:
    """Take an empty group out of use, or a closed one back."""
    group = _group(location, group_id)
    act = close_group if group.active else open_group
    try:
        act(principal=request.principal, group_id=group.pk, now=timezone.now())
    except RefusedError as error:
        messages.error(request, str(error.message))
    else:
        closed = gettext("%(group)s is out of use.") % {"group": group.name}
        opened = gettext("%(group)s is in use again.") % {"group": group.name}
        messages.success(request, closed if group.active else opened)
    return redirect("places:capacity", slug=location.slug)


@require_POST
@at_location(Action.LOCATION_CHANGE)
def drop_places(request: Any, location: Location, capacity_id: int) -> HttpResponse:
    """Take back a planned change of places."""
    if not GroupCapacity.objects.filter(pk=capacity_id, group__location=location).exists():
        raise Http404
    try:
        drop_planned(principal=request.principal, capacity_id=capacity_id, now=timezone.now())
    except RefusedError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, gettext("The planned change is taken back."))
    return redirect("places:capacity", slug=location.slug)


def _group(location: Location, group_id: int) -> Group:
    group = Group.objects.select_related("location__desk").filter(pk=group_id, location=location).first()
    if group is None:
        raise Http404
    return group


def _places_form(location: Location, data: Any, today: date, initial: Mapping[str, object]) -> PlacesForm:
    pack = load_pack(policy_on(location.desk, today).rule_pack)
    most = int(pack.decimal("capacity.overbooking", today) * HUNDRED)
    return PlacesForm(data, initial=dict(initial), most_overbooking=most)


def _present(group: Group, today: date) -> dict[str, object]:
    row = GroupCapacity.objects.filter(group=group, during__contains=today).first()
    if row is None:
        return {"from_day": today, "open_pattern": WORK_WEEK}
    return {
        "from_day": today,
        "licensed": row.licensed_places,
        "staffed": row.staffed_places,
        "open_pattern": row.open_pattern,
        "overbooking": _percent(row),
    }


def _percent(row: GroupCapacity) -> int:
    return (
        max(HUNDRED, row.bookable_places * HUNDRED // row.staffed_places) if row.staffed_places else HUNDRED
    )


def _effect(group: Group, form: PlacesForm) -> Effect | None:
    """What the typed places would do; None while they can't be read or can't be."""
    if not form.is_bound or not form.is_valid():
        return None
    places = form.places()
    if places.staffed > places.licensed:
        return None
    return effect_of(group=group, places=places, from_day=form.cleaned_data["from_day"])


def _tell(request: Any, group: Group, done: Effect) -> None:
    saved = gettext("The places of %(group)s are saved.") % {"group": group.name}
    if done.overfull is None:
        messages.success(request, saved)
        return
    more = gettext("From %(day)s more is agreed than there are places; the agreements stand.") % {
        "day": long_date(done.overfull.first)
    }
    messages.warning(request, f"{saved} {more}")


def _put(error: RefusedError, *form_list: forms.Form) -> None:
    """Put a refusal at its field, or above the first form."""
    for form in form_list:
        if error.field in form.fields:
            form.add_error(error.field, str(error.message))
            return
    form_list[0].add_error(None, str(error.message))


def _form_page(
    request: Any, location: Location, form_list: Sequence[forms.Form], heading: str, label: str
) -> HttpResponse:
    context = {
        "place_name": location.name,
        "forms": form_list,
        "heading": heading,
        "submit_label": label,
        "back_url": reverse("places:capacity", args=[location.slug]),
    }
    return render(
        request, "places/capacity_group.html", context, status=422 if request.method == "POST" else 200
    )


def _shown(
    group: Group,
    capacities: Sequence[GroupCapacity],
    too_full: Mapping[int, Overfull],
    free: Sequence[int],
    today: date,
    *,
    is_empty: bool,
) -> dict[str, object]:
    present = next((row for row in capacities if today in row.during), None)
    return {
        "group": group,
        "price": PRICES[PriceKind(group.price_kind)],
        "present": present,
        "open": WeekPattern(present.open_pattern) if present else WeekPattern(0),
        "planned": [_period(row) for row in capacities if row.during.lower > today],
        "history": [_period(row) for row in reversed(capacities) if row.during.lower <= today],
        "overfull": too_full.get(group.pk),
        "is_empty": is_empty,
        "free": _strip(present, free),
    }


def _strip(present: GroupCapacity | None, free: Sequence[int]) -> list[int | None]:
    return week_strip(free, present.open_pattern if present else 0)


def _period(row: GroupCapacity) -> dict[str, object]:
    return {
        "row": row,
        "first": row.during.lower,
        "last": row.during.upper - DAY if row.during.upper else None,
    }
