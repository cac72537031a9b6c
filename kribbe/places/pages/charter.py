"""The desk's rules for its locations: read and agreed to at the location, published and followed at the desk."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.places.access import at_location, locations_for, may_at
from kribbe.places.models import Charter, Location
from kribbe.places.selectors.charter import charter_on, standing_of, standings, text_of
from kribbe.places.services.charter import BINDING, CharterText, agree, drop_planned, publish_charter
from kribbe.region.access import at_desk, desks_for
from kribbe.region.models import Desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.forms import DayField, NameField

OPEN_PAGE = require_http_methods(["GET", "POST"])
LONGEST_TEXT = 20_000


class AgreeForm(forms.Form):
    """Who agrees, and for which locations."""

    name = NameField(label=_("Your first and last name"), max_length=200)
    agreed = forms.BooleanField(
        label=_("We read these rules and keep to them"),
        error_messages={"required": _("Tick this when you agree. Otherwise leave the page.")},
    )
    everywhere = forms.BooleanField(required=False)

    def __init__(self, *args: Any, others: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = gettext("Agree for our %(others)d other locations at this desk too") % {"others": others}
        self.fields["everywhere"].label = label
        if not others:
            del self.fields["everywhere"]


class CharterForm(forms.Form):
    """The next version of the rules."""

    from_day = DayField(
        _("Holds from"),
    )
    term_days = forms.IntegerField(label=_("Days that locations have to agree"), min_value=1, max_value=366)
    needed_to_offer = forms.BooleanField(
        label=_("Who doesn't agree in time is listed, but can't make offers"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, _name in settings.LANGUAGES:
            language = get_language_info(code)["name_translated"]
            self.fields[f"text_{code}"] = forms.CharField(
                label=gettext("The rules in %(language)s") % {"language": language},
                required=code == BINDING,
                max_length=LONGEST_TEXT,
                widget=forms.Textarea(attrs={"rows": 14}),
                help_text=gettext("This text binds.") if code == BINDING else "",
            )

    @classmethod
    def start(cls, last: Charter | None, today: date) -> dict[str, Any]:
        """The last version, to be changed."""
        if last is None:
            return {"from_day": today, "term_days": 30, "needed_to_offer": True}
        return {
            "from_day": max(today, last.from_day + timedelta(days=1)),
            "term_days": last.term_days,
            "needed_to_offer": last.needed_to_offer,
            **{f"text_{code}": text for code, text in last.texts.items()},
        }

    def text(self) -> CharterText:
        """What was typed, once it is valid."""
        data = self.cleaned_data
        return CharterText(
            texts={code: data[f"text_{code}"] for code, _name in settings.LANGUAGES},
            term_days=data["term_days"],
            needed_to_offer=data["needed_to_offer"],
        )

    def written(self) -> list[tuple[str, str, str]]:
        """Code, language and text of what was typed, to read it over."""
        return [
            (
                code,
                get_language_info(code)["name_local"].capitalize(),
                str(self[f"text_{code}"].value() or ""),
            )
            for code, _name in settings.LANGUAGES
            if self[f"text_{code}"].value()
        ]


@OPEN_PAGE
@at_location(Action.LOCATION_READ, Action.LOCATION_CHANGE)
def charter_page(request: Any, location: Location) -> HttpResponse:
    """Read the rules, and agree to them."""
    now = timezone.now()
    today = localtime(now).date()
    standing = standing_of(location, today)
    others = _others(request, location)
    form = AgreeForm(request.POST or None, initial={"name": request.principal.name}, others=len(others))
    if request.method == "POST" and standing is not None and form.is_valid():
        keys = [location.pk, *(others if form.cleaned_data.get("everywhere") else [])]
        try:
            agree(
                principal=request.principal,
                charter_id=standing.charter.pk,
                location_ids=keys,
                name=form.cleaned_data["name"],
                now=now,
            )
        except RefusedError as error:
            form.add_error(error.field or None, str(error.message))
        else:
            messages.success(request, gettext("Thank you. You agreed to the rules of the desk."))
            return redirect("places:charter", slug=location.slug)
    planned = location.desk.charters.filter(from_day__gt=today).first()
    context = {
        "place_name": location.name,
        "location": location,
        "standing": standing,
        "text": text_of(standing.charter) if standing else "",
        "planned": planned,
        "planned_text": text_of(planned) if planned else "",
        "form": form,
        "may_change": may_at(request.principal, Action.LOCATION_CHANGE, location),
        "is_over": standing is not None and today > standing.agree_by,
    }
    return render(request, "places/charter.html", context, status=422 if form.errors else 200)


@require_GET
@at_desk(Action.LOCATION_READ)
def agreements_page(request: Any, desk: Desk) -> HttpResponse:
    """Which locations agreed, and which didn't."""
    today = timezone.localdate()
    found = standings(desk, today)
    context = {
        "desk": desk,
        "charter": charter_on(desk, today),
        "planned": desk.charters.filter(from_day__gt=today).first(),
        "versions": desk.charters.order_by("-version"),
        "rows": found,
        "without": sum(not standing.is_agreed for _location, standing in found),
        "may_publish": _may_publish(request, desk),
    }
    return render(request, "places/charter_office.html", context)


@OPEN_PAGE
@at_desk(Action.DESK_SETTINGS)
def new_charter_page(request: Any, desk: Desk) -> HttpResponse:
    """Write the next version: read it over, then publish it from a day on."""
    now = timezone.now()
    last = desk.charters.order_by("-version").first()
    initial = CharterForm.start(last, localtime(now).date())
    form = CharterForm(request.POST or None, initial=initial)
    right = request.method == "POST" and form.is_valid()
    if right and "publish" in request.POST:
        try:
            made = publish_charter(
                principal=request.principal,
                desk=desk,
                text=form.text(),
                from_day=form.cleaned_data["from_day"],
                now=now,
            )
        except RefusedError as error:
            form.add_error(error.field or None, str(error.message))
        else:
            messages.success(
                request, gettext("Version %(version)d is published.") % {"version": made.version}
            )
            return redirect("places:agreements", desk=desk.slug)
    context = {"desk": desk, "form": form, "preview": form.written() if right and not form.errors else []}
    return render(request, "places/charter_new.html", context, status=422 if form.errors else 200)


@require_POST
@at_desk(Action.DESK_SETTINGS)
def drop_charter(request: Any, desk: Desk) -> HttpResponse:
    """Take back the version that was planned for a later day."""
    try:
        drop_planned(principal=request.principal, desk=desk, now=timezone.now())
    except RefusedError as error:
        messages.info(request, str(error.message))
    else:
        messages.success(request, gettext("The planned version is taken back."))
    return redirect("places:agreements", desk=desk.slug)


def _others(request: Any, location: Location) -> list[int]:
    """The organiser's other locations at this desk for which the reader may agree."""
    if location.organiser_id is None:
        return []
    rows = locations_for(request.principal, Action.LOCATION_CHANGE).filter(
        organiser=location.organiser_id, desk=location.desk_id, active=True
    )
    return list(rows.exclude(pk=location.pk).values_list("pk", flat=True))


def _may_publish(request: Any, desk: Desk) -> bool:
    return desks_for(request.principal, Action.DESK_SETTINGS).filter(pk=desk.pk).exists()
