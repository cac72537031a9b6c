"""Who must be outside: everybody who is in now, with whom to call; on a page that prints, and as a PDF."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kribbe.attendance.selectors.evacuation import Inside, inside_now
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.region.branding import brand_of
from kribbe.trust.audit import note_list
from kribbe.trust.permissions import Action
from kribbe.web.documents import pdf
from kribbe.web.templatetags.telling import long_moment


@require_safe
@at_location(Action.REGISTER_READ)
def evacuation_page(request: Any, location: Location) -> HttpResponse:
    """The list of who is in now."""
    now, found = timezone.now(), _read(request, location)
    context = {"place_name": location.name, "location": location, "found": found, "now": now}
    return render(request, "attendance/evacuation.html", context)


@require_safe
@at_location(Action.REGISTER_READ)
def evacuation_pdf(request: Any, location: Location) -> HttpResponse:
    """The list as a document, with a box to tick for each child."""
    now, found = timezone.now(), _read(request, location)
    columns = [_("Outside"), _("Child"), _("Since"), _("Call"), _("Take care")]
    data = {
        "lead": _("%(moment)s: %(count)d children are in. Not in: %(away)s.")
        % {
            "moment": long_moment(localtime(now)),
            "count": len(found.children),
            "away": ", ".join(found.out) or "–",
        },
        "tables": [
            {
                "heading": group,
                "columns": columns,
                "rows": [
                    ["☐", row.name, row.since, "; ".join(row.calls), "; ".join(row.care)] for row in rows
                ],
                "numbers": [],
            }
            for group, rows in found.groups
        ],
    }
    made = pdf(
        "web/report",
        data,
        title=_("Evacuation list, %(place)s") % {"place": location.name},
        brand=brand_of(location.desk),
        language=request.LANGUAGE_CODE,
    )
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{location.slug}-evacuation.pdf"'
    return answer


def _read(request: Any, location: Location) -> Inside:
    now = timezone.now()
    found = inside_now(location, now=now)
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=found.households,
        now=now,
        of="evacuation",
    )
    return found
