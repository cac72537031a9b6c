"""Handing a household over: the form, what was handed over and taken over, and the document that goes along."""

import json
from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kribbe.enrolment.models import HandOver
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.pages.lists import note_list
from kribbe.enrolment.selectors.hand_over import Handed, hand_overs_of, handed, not_looked_at
from kribbe.enrolment.services.hand_over import hand_over, undo_hand_over
from kribbe.people.access import household_for
from kribbe.people.forms import OnceForm
from kribbe.people.models import Household
from kribbe.people.pages.showing import form_page
from kribbe.region.branding import brand_of
from kribbe.region.http import DeskRequest
from kribbe.region.models import Desk
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.documents import pdf
from kribbe.web.forms import DayField, NameField
from kribbe.web.tables import csv_file
from kribbe.web.templatetags.telling import long_date
from kribbe.web.weeks import week_words

SHOWN = 200
KINDS = ("pdf", "json", "csv")


class HandOverForm(OnceForm):
    """To whom the household goes, and that it agrees."""

    to_desk = forms.ChoiceField(label=_("To which desk?"), required=False)
    to_name = NameField(
        label=_("Name of the other desk"),
        max_length=200,
        required=False,
        help_text=_("Only for a desk that isn't on the list. It gets a document."),
    )
    consent_by = NameField(label=_("Who of the family agreed?"), max_length=200)
    consented_on = DayField(_("On which day?"))

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Desk.objects.filter(region=desk.region_id).exclude(pk=desk.pk).order_by("name")
        choices = [("", _("Another desk")), *((str(one.pk), one.name) for one in others)]
        self.fields["to_desk"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of the two, and a day that isn't still to come."""
        given = super().clean() or {}
        if bool(given.get("to_desk")) == bool(given.get("to_name")):
            self.add_error("to_name", _("Choose a desk from the list, or write the name of another one."))
        if given.get("consented_on") and given["consented_on"] > timezone.localdate():
            self.add_error("consented_on", _("This date is still to come."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.DESK_HAND_OVER)
def new_hand_over(request: DeskRequest, reference: str) -> HttpResponse:
    """Hand a household over to another desk."""
    household, now = _household(request, reference), timezone.now()

    def work(given: dict[str, Any]) -> None:
        hand_over(
            household_id=household.pk,
            from_desk_id=request.desk.pk,
            to_desk=Desk.objects.get(pk=given["to_desk"]) if given["to_desk"] else None,
            to_name=given["to_name"],
            consent_by=given["consent_by"],
            consented_on=given["consented_on"],
            principal=request.principal,
            now=now,
        )

    start = {"consented_on": timezone.localdate()}
    return form_page(
        request,
        HandOverForm(request.POST or None, desk=request.desk, initial=start),
        work,
        now=now,
        done_url=reverse("enrolment:hand_overs", args=[request.desk.slug]),
        done=gettext("The family is handed over. Its requests keep their dates."),
        heading=gettext("Hand this family over to another desk"),
        lead=gettext(
            "The family must agree. A desk on the list takes over at once, and both desks see it. For another desk "
            "you get a document to send, with names, contacts and requests, and nothing about priority."
        ),
        base="web/desk_base.html",
    )


def _household(request: DeskRequest, reference: str) -> Household:
    found = household_for(request.principal, Action.HOUSEHOLD_CHANGE, reference, now=timezone.now())
    if found.desk_id != request.desk.pk:
        raise Http404
    return found


@require_safe
@at_desk(Action.DESK_HAND_OVER)
def hand_overs(request: DeskRequest) -> HttpResponse:
    """What the desk handed over and took over, the latest first."""
    found = list(hand_overs_of(request.desk).order_by("-made_at", "-pk")[:SHOWN])
    note_list(request, "hand_overs", [made.household_id for made in found], now=timezone.now())
    unseen = set(not_looked_at(request.desk.pk).values_list("pk", flat=True))
    rows = [
        {
            "made": made,
            "is_new": made.pk in unseen,
            "name": next((str(adult) for adult in made.household.adults.all() if adult.is_applicant), "–"),
            "is_here": made.household.desk_id == request.desk.pk,
        }
        for made in found
    ]
    context = {"rows": rows, "days": settings.HAND_OVER_DAYS}
    return render(request, "enrolment/office/hand_overs.html", context)


@require_POST
@at_desk(Action.DESK_HAND_OVER)
def hand_over_undo(request: DeskRequest, made: int) -> HttpResponse:
    """The family stays where it was."""
    row = get_object_or_404(hand_overs_of(request.desk), pk=made)
    try:
        undo_hand_over(made=row, principal=request.principal, now=timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, gettext("Undone: the family is with its old desk."))
    return HttpResponseRedirect(reverse("enrolment:hand_overs", args=[request.desk.slug]))


@require_safe
@at_desk(Action.DESK_HAND_OVER)
def hand_over_file(request: DeskRequest, made: int, kind: str) -> HttpResponse:
    """What goes along, as a document, as JSON or as a table; only while the hand-over stands and it is kept."""
    if kind not in KINDS:
        raise Http404
    row = get_object_or_404(hand_overs_of(request.desk).filter(undone_at=None, forgotten_at=None), pk=made)
    record(
        principal=request.principal,
        action="household.hand_over_file",
        subject=row,
        now=timezone.now(),
        household_id=row.household_id,
        desk_id=request.desk.pk,
        kind=kind,
    )
    found = handed(row)
    if kind == "json":
        return _json(found)
    return _csv(found) if kind == "csv" else _pdf(found, row)


def _json(found: Handed) -> HttpResponse:
    text = json.dumps(asdict(found), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.json"'
    return response


def _csv(found: Handed) -> HttpResponse:
    """A row for each request, and one without where there is none; every row has the family."""
    asked_for = [
        "reference", "child", "born", "expected", "registered_on", "wanted_start", "latest_start", "half_days",
        "locations",
    ]  # fmt: skip
    family = [
        "parent", "email", "phone", "parent_2", "email_2", "phone_2", "street", "postcode", "city", "language",
    ]  # fmt: skip
    adults = [[one["name"], one["email"], one["phone"]] for one in found.adults]
    first, second = [*adults, ["", "", ""]][:2]
    who = [*first, *second, found.street, found.postcode, found.city, found.language]
    asked: list[list[Any]] = [
        [
            one.reference, one.child, one.born, one.expected, one.registered_on, one.wanted_start,
            one.latest_start, " ".join(map(str, one.half_days)), ", ".join(one.locations),
        ]
        for one in found.requests
    ]  # fmt: skip
    rows = [[*one, *who] for one in asked or [[""] * len(asked_for)]]
    return csv_file(found.reference, [*asked_for, *family], rows)


def _pdf(found: Handed, row: HandOver) -> HttpResponse:
    title = gettext("Hand-over of a family")
    lead = gettext(
        "%(from)s hands this family over to %(to)s. %(who)s agreed to it on %(day)s. The requests keep the dates on "
        "which they were registered."
    ) % {
        "from": found.from_desk,
        "to": found.to_desk,
        "who": found.consent_by,
        "day": long_date(found.consented_on),
    }
    data = {"lead": lead, "tables": [_people(found), _requests(found)]}
    made = pdf("web/report", data, title=title, brand=brand_of(row.from_desk), language="nl")
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.reference}.pdf"'
    return response


def _people(found: Handed) -> dict[str, Any]:
    rows = [[one["name"], one["phone"], one["email"]] for one in found.adults]
    address = f"{found.street}, {found.postcode} {found.city}"
    return {
        "heading": gettext("Family"),
        "columns": [gettext("Name"), gettext("Telephone"), gettext("Mail address")],
        "rows": [*rows, [address, "", ""]],
        "numbers": [],
    }


def _requests(found: Handed) -> dict[str, Any]:
    rows = [
        [
            one.child,
            long_date(one.registered_on),
            long_date(one.wanted_start),
            week_words(sum(1 << slot for slot in one.half_days)),
            ", ".join(one.locations),
        ]
        for one in found.requests
    ]
    columns = [gettext("Child"), gettext("Registered"), gettext("Start"), gettext("Days"), gettext("Choices")]
    return {"heading": gettext("Requests"), "columns": columns, "rows": rows, "numbers": []}
