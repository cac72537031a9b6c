"""A second agreement for one child, with the other parent: a preview of both, then the signature that sends it."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.models import Placement
from kribbe.people.models import Adult
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.planning.access import placement_at
from kribbe.planning.forms import TURNS, SecondForm
from kribbe.planning.pages.agreements import note_read
from kribbe.planning.pages.writing import Row, side_by_side, week_days, written
from kribbe.planning.services.second import check_weeks, send_second
from kribbe.planning.services.terms import Terms, agreed_of
from kribbe.planning.services.turns import turn_agreed
from kribbe.rules.agreed import Agreement
from kribbe.rules.turns import emptiest_week
from kribbe.trust.permissions import Action


@require_http_methods(["GET", "POST"])
@at_location(Action.PLAN_CHANGE)
def second_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """Write the agreement with the other parent, beside one that is signed."""
    placement = placement_at(request.principal, location, reference)
    note_read(request.principal, placement, timezone.now())
    parents = _parents(placement)
    form = SecondForm(
        request.POST or None, days=week_days(placement), parents=parents, initial=_initial(placement)
    )

    def send() -> str:
        return str(_send(request, placement, form).agreement.placement.reference)

    return written(
        request,
        placement,
        "planning/second.html",
        form=form,
        look=lambda: _look(placement, _terms(form)),
        send=send,
        columns=(_("First agreement"), _("Second agreement")),
        may_write=bool(parents),
    )


def _parents(placement: Placement) -> list[tuple[int, str]]:
    """The parents with whom a second agreement can be; none where the family's file has one parent only."""
    adults = Adult.objects.filter(household=placement.child.household_id).order_by("is_applicant", "pk")
    found = [(each.pk, f"{each}") for each in adults if each.pk != placement.parent_id]
    return found if len(adults) > 1 else []


def _initial(placement: Placement) -> dict[str, Any]:
    """The next week in which the child doesn't come, and weeks that take turns."""
    first = max(placement.during.lower, localtime().date())
    turn = turn_agreed(placement, first) or (0, 0)
    return {"first": emptiest_week(turn, first), "turns": min(len(turn), TURNS[-1][0])}


def _terms(form: SecondForm) -> Terms:
    return Terms(first=form.cleaned_data["first"], weeks=form.weeks(), note=form.cleaned_data["note"])


def _send(request: Any, placement: Placement, form: SecondForm) -> Any:
    data = form.cleaned_data
    return send_second(
        principal=request.principal,
        placement_id=placement.pk,
        parent_id=data["parent"],
        terms=_terms(form),
        name=data["name"],
        day_fee=data["day_fee"],
        now=timezone.now(),
    )


def _look(placement: Placement, terms: Terms) -> list[Row]:
    check_weeks(placement, terms)
    second = (Agreement(terms.first, None, terms.weeks),)
    return side_by_side(placement, terms.first, agreed_of(placement), second)
