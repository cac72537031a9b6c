"""One carer on one day: the shift written, changed or taken away."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.staff.access import carer_at
from kribbe.staff.forms import ShiftForm, typed_shift
from kribbe.staff.models import Carer, Leave, Shift
from kribbe.staff.selectors.needs import needs_of, on_roster, shifts_of, short_halves
from kribbe.staff.services.roster import set_shift
from kribbe.staff.written import span
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of


@require_http_methods(["GET", "POST"])
@at_location(Action.STAFF_CHANGE)
def shift_page(request: Any, location: Location, reference: str, on: str) -> HttpResponse:
    """The shift of somebody on a day, with what that day lacks beside it."""
    carer = carer_at(request.principal, location, reference)
    day = day_of(on)
    if day is None:
        raise Http404
    had = Shift.objects.filter(carer=carer, location=location, day=day).first()
    form = ShiftForm(
        request.POST or None, initial=typed_shift(had) if had else _usual(location), location=location
    )
    if request.method == "POST" and _saved(request, location, carer, day, form):
        return redirect(f"{reverse('staff:roster', args=[location.slug])}?week={day}#carer-{carer.pk}")
    need = needs_of(location, day, day)[0]
    there = on_roster(location, shifts_of(location, day, day), [need]).get(day, [0] * len(need.needs))
    context = {
        "place_name": location.name,
        "location": location,
        "carer": carer,
        "day": day,
        "form": form,
        "had": had,
        "is_away": Leave.objects.filter(carer=carer, during__contains=day).exists(),
        "short": [(span(each.start, each.end), each.missing) for each in short_halves(need, there)],
    }
    return render(request, "staff/shift.html", context, status=422 if form.errors else 200)


def _saved(request: Any, location: Location, carer: Carer, day: date, form: ShiftForm) -> bool:
    acting = {
        "principal": request.principal,
        "location": location,
        "carer": carer,
        "day": day,
        "now": timezone.now(),
    }
    if request.POST.get("do") == "remove":
        set_shift(**acting, hours=None)
        messages.success(request, _("The shift is gone. You can undo it."))
        return True
    if not form.is_valid():
        return False
    try:
        set_shift(**acting, hours=form.hours())
    except RefusedError as refused:
        form.add_error(refused.field or None, str(refused.message))
        return False
    messages.success(request, _("Saved. You can undo it."))
    return True


def _usual(location: Location) -> dict[str, Any]:
    return {"start": location.opens_at, "end": location.closes_at}
