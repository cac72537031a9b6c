"""Who was told what and when: for the desk, and for a location about itself and its own children."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kribbe.contact.access import Seat
from kribbe.contact.kinds import Recipient, kind_of, kinds
from kribbe.contact.models import Notice, Side
from kribbe.contact.pages.seats import framed
from kribbe.contact.selectors.told import Asked, told_at, told_page
from kribbe.contact.sendings import sendings
from kribbe.contact.words import discreetly, family, moment
from kribbe.places.models import Location
from kribbe.trust.audit import record
from kribbe.trust.text import row_key
from kribbe.web.forms import DayField

STATES = (
    ("", _("All")),
    ("waiting", _("Mail waits to be sent")),
    ("sent", _("Mail sent")),
    ("failed", _("Mail did not arrive")),
    ("doubtful", _("Mail perhaps sent")),
    ("to_post", _("Letter to post")),
    ("posted", _("Letter posted")),
)


class ToldFilter(forms.Form):
    """What is looked for; nothing of it must be given, so no field says so."""

    is_filter = True

    name = forms.CharField(label=_("Name"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("What"), required=False)
    state = forms.ChoiceField(label=_("How it stands"), required=False, choices=STATES)
    first = DayField(_("From"), required=False, narrow=False)
    last = DayField(
        _("Until and with"),
        required=False,
        narrow=False,
    )
    household = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = [(each.name, each.label) for each in kinds() if each.to is not Recipient.ADDRESS]
        self.fields["kind"].choices = [("", _("Everything")), *told]  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """What was given right."""
        self.is_valid()
        return Asked(**{name: value for name, value in self.cleaned_data.items() if value})


@require_safe
def told(request: Any, seat: Seat) -> HttpResponse:
    """What was told, the latest first, by name, kind, state and day."""
    form = ToldFilter(request.GET)
    asked = form.asked()
    found = told_page(seat, asked, after=_row(request, seat, "after"), before=_row(request, seat, "before"))
    rows = list(found.rows)
    _note_look(request, seat, rows)
    places = _locations(rows)
    context = framed(
        seat,
        form=form,
        asked=asked,
        rows=[_shown(seat, each, places) for each in rows],
        previous_url=_url(request, before=rows[0].pk) if found.has_previous and rows else "",
        next_url=_url(request, after=rows[-1].pk) if found.has_next else "",
        all_url=request.path,
    )
    return render(request, "contact/told.html", context)


def _row(request: Any, seat: Seat, side: str) -> Notice | None:
    return told_at(seat).filter(pk=row_key(request.GET.get(side, ""))).first()


def _url(request: Any, **more: object) -> str:
    kept = {name: request.GET[name] for name in ToldFilter.base_fields if request.GET.get(name)}
    return f"{request.path}?{urlencode({**kept, **more})}"


def _locations(notices: Sequence[Notice]) -> Mapping[int, Location]:
    keys = {notice.location_id for notice in notices if notice.household_id is None}
    return Location.objects.in_bulk(key for key in keys if key)


def _shown(seat: Seat, notice: Notice, places: Mapping[int, Location]) -> dict[str, Any]:
    at_desk = seat.side is Side.DESK
    kind = kind_of(notice.kind)
    return {
        "subject": notice.subject,
        "kind": kind.label if kind else "",
        "body": notice.body if at_desk else "",
        "language": notice.language,
        "who": _who(notice, places, at_desk=at_desk),
        "url": _story(seat, notice) if at_desk else "",
        "when": moment(notice.created_at),
        "read": moment(notice.read_at) if notice.read_at else "",
        "sendings": sendings(notice, with_address=at_desk),
    }


def _who(notice: Notice, places: Mapping[int, Location], *, at_desk: bool) -> str:
    if notice.household is not None:
        return family(notice.household) if at_desk else discreetly(notice.household)
    place = places.get(notice.location_id or 0)
    return place.name if place else ""


def _story(seat: Seat, notice: Notice) -> str:
    """The family's page; none for one that went to another desk since."""
    household = notice.household
    if household is None or household.desk_id != seat.desk.pk:
        return ""
    return reverse("enrolment:household", args=[seat.desk.slug, household.reference])


def _note_look(request: Any, seat: Seat, notices: Sequence[Notice]) -> None:
    households = sorted({notice.household_id for notice in notices if notice.household_id})
    if households:
        record(
            principal=request.principal,
            action="desk.list" if seat.side is Side.DESK else "location.told",
            subject=seat.location or seat.desk,
            now=timezone.now(),
            desk_id=seat.desk.pk,
            list="told",
            households=households,
        )
