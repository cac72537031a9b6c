"""Other days or hours for many children: choose, look, sign and send, undo."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import Stay, stays
from kribbe.enrolment.templatetags.enrolment import goes_on
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.planning import words
from kribbe.planning.models import ManyChange
from kribbe.planning.services.many import Line, Many, change_many, look_at_many, undo_many
from kribbe.planning.written import minute
from kribbe.rules.many import Change, MoveDay, OtherHours
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.web.forms import DayField, NameField, changed_since_looked, looked_at
from kribbe.web.weeks import DAY_NAMES

WEEKDAYS = [(str(day), name) for day, name in enumerate(DAY_NAMES)]
EARLIER = 10


def _time(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--short"})
    return forms.TimeField(label=label, required=False, widget=widget)


class ManyForm(forms.Form):
    """For whom, what becomes other, from when on, and the signature."""

    everybody = forms.MultipleChoiceField(
        label=gettext_lazy("Everybody of"), required=False, widget=forms.CheckboxSelectMultiple
    )
    children = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Children"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    what = forms.ChoiceField(
        label=gettext_lazy("What becomes other"),
        choices=[
            ("move", gettext_lazy("One day for another")),
            ("hours", gettext_lazy("Other hours on a day")),
        ],
        widget=forms.RadioSelect,
        initial="move",
    )
    before = forms.ChoiceField(label=gettext_lazy("On this day"), choices=WEEKDAYS)
    after = forms.ChoiceField(
        label=gettext_lazy("They come on this day instead"), choices=WEEKDAYS, initial="1"
    )
    start = _time(gettext_lazy("Or at these hours: from"))
    end = _time(gettext_lazy("to"))
    first = DayField(gettext_lazy("From"))
    last = DayField(
        gettext_lazy("Until"), required=False, help_text=gettext_lazy("Only for a change for a time.")
    )
    name = NameField(label=gettext_lazy("Your name, as signature"), required=False, max_length=200)

    def __init__(self, *args: Any, rows: Sequence[Stay], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_group: dict[str, list[int]] = {}
        names = {}
        for row in rows:
            group = row.home.group
            names[f"{group.pk}"] = group.name
            self.of_group.setdefault(f"{group.pk}", []).append(row.home.pk)
        fields: Any = self.fields
        fields["everybody"].choices = list(names.items())
        fields["children"].choices = [(row.home.pk, _called(row)) for row in rows]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("everybody") and not data.get("children"):
            self.add_error("children", _("Choose at least one child."))
        start, end = data.get("start"), data.get("end")
        if data.get("what") == "hours" and (start is None or end is None or end <= start):
            self.add_error("end", _("Give hours that end after they start."))
        if data.get("what") == "move" and data.get("before") == data.get("after"):
            self.add_error("after", _("Choose another day."))
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day is before the first."))
        return data

    def many(self) -> Many:
        """What was asked, once valid."""
        data = self.cleaned_data
        before = int(data["before"])
        change: Change = MoveDay(before, int(data["after"]))
        if data["what"] == "hours":
            change = OtherHours(frozenset({before}), minute(data["start"]), minute(data["end"]))
        chosen = {key for group in data["everybody"] for key in self.of_group[group]} | set(data["children"])
        return Many(change=change, first=data["first"], last=data["last"], placement_ids=chosen)


@require_http_methods(["GET", "HEAD", "POST"])
@at_location(Action.PLAN_CHANGE)
def many_page(request: Any, location: Location) -> HttpResponse:
    """The form; `look` shows what it does to each child, `send` signs and sends, `undo` takes back."""
    now = timezone.now()
    if request.POST.get("do") == "undo":
        _undo(request, location, now)
        return redirect("planning:many", location.slug)
    form = _form(request, location, now)
    lines: list[Line] | None = None
    sends = request.POST.get("do") == "send"
    changed = sends and changed_since_looked(request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            lines = look_at_many(location, form.many())
            if sends and not changed:
                made = change_many(
                    principal=request.principal,
                    location=location,
                    many=form.many(),
                    name=form.cleaned_data["name"],
                    now=now,
                )
                messages.success(request, _sent(len(made.papers)))
                return redirect("planning:many", location.slug)
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
    form.fields["name"].required = True
    earlier = ManyChange.objects.filter(location=location).order_by("-at", "-pk")
    context = {
        "place_name": location.name,
        "location": location,
        "form": form,
        "looked": "" if lines is None else looked_at(request.POST),
        "changed": changed,
        "lines": [_row(line) for line in lines or ()],
        "can": sum(not line.problem for line in lines or ()),
        "earlier": [{"change": each, "count": len(each.papers)} for each in earlier[:EARLIER]],
    }
    return render(request, "planning/many.html", context, status=422 if form.errors else 200)


def _form(request: Any, location: Location, now: Any) -> ManyForm:
    found = (
        Placement.objects.filter(group__location=location, state=PlacementState.FINAL)
        .exclude(during__endswith__lte=localtime(now).date())
        .select_related("child", "group")
        .order_by("group__from_months", "group__name", "child__name_key", "during")
    )
    rows = stays(found, localtime(now).date())
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=[each.home.child.household_id for each in rows],
        now=now,
        of="agreements",
    )
    return ManyForm(request.POST if request.method == "POST" else None, rows=rows)


def _called(stay: Stay) -> str:
    name = f"{stay.home.child} ({stay.home.group.name})"
    return ". ".join([name, *goes_on(stay)])


def _row(line: Line) -> dict[str, Any]:
    return {
        "name": f"{line.placement.child}",
        "before": words.weeks_lines(line.before),
        "after": words.weeks_lines(line.after),
        "replaces": [{"first": each.start, "weeks": words.weeks_lines(each.weeks)} for each in line.replaces],
        "problem": line.problem,
    }


def _undo(request: Any, location: Location, now: Any) -> None:
    found = ManyChange.objects.filter(location=location, pk=row_key(request.POST.get("change", ""))).first()
    if found is None:
        return
    try:
        gone, signed = undo_many(principal=request.principal, change_id=found.pk, now=now)
        messages.success(request, _taken_back(gone, signed))
    except RefusedError as refused:
        messages.error(request, str(refused.message))


def _sent(count: int) -> str:
    return ngettext(
        "Sent to %(count)d family. It holds once the family has signed.",
        "Sent to %(count)d families. It holds for each once that family has signed.",
        count,
    ) % {"count": count}


def _taken_back(gone: int, signed: int) -> str:
    told = ngettext("%(count)d change is taken back.", "%(count)d changes are taken back.", gone) % {
        "count": gone
    }
    if not signed:
        return told
    stayed = ngettext(
        "%(count)d change stays: the family has signed it.",
        "%(count)d changes stay: the families have signed them.",
        signed,
    ) % {"count": signed}
    return f"{told} {stayed}" if gone else stayed
