"""Reading calls for sick children."""

from collections.abc import Collection, Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext

from kribbe.people.besides import Line
from kribbe.sickcare.models import CallState, SickCall
from kribbe.web.dates import date_format

TONES = {CallState.CONFIRMED: "good", CallState.SEARCHING: "primary", CallState.NOBODY: "bad"}


def lines(child_ids: Collection[int], today: date) -> Iterator[Line]:
    """The calls for these children of today and later, a line each."""
    calls = SickCall.objects.filter(child__in=child_ids, day__gte=today).exclude(state=CallState.CALLED_OFF)
    for call in calls.select_related("child__household").order_by("day", "pk"):
        what = gettext("Ill on %(day)s") % {"day": date_format(call.day, "DATE_FORMAT")}
        url = reverse("sickcare:family", args=[call.child.household.reference])
        yield Line(call.child_id, what, call.get_state_display(), TONES.get(CallState(call.state), ""), url)
