"""Who keeps its places with the desk, who uses what, and who confirmed lately."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kribbe.contact.words import moment
from kribbe.places.models import Kind
from kribbe.policy.access import PolicyRequest, at_policy
from kribbe.policy.definitions import Basis
from kribbe.policy.pages.files import KINDS, dated, table_file
from kribbe.policy.pages.links import areas, downloads
from kribbe.policy.selectors.coverage import CONFIRMED, NEAR, Coverage, LocationUse, Share, coverage
from kribbe.trust.permissions import Action
from kribbe.web.templatetags.telling import number, percent


@require_safe
@at_policy(Action.DESK_FIGURES)
def page(request: PolicyRequest) -> HttpResponse:
    """Shares of locations and places, and each location by name."""
    now = timezone.now()
    found = coverage(request.territory, today=localtime(now).date(), now=now)
    kind = request.GET.get("download", "")
    if kind in KINDS:
        heads = [
            gettext("Location"),
            gettext("Municipality"),
            gettext("Places"),
            *uses(),
            gettext("Looked on"),
        ]
        return table_file(
            kind,
            dated(gettext("coverage"), request.territory.slug, localtime(now).date()),
            heads,
            map(_row, found.locations),
        )
    context = {
        "territory": request.territory,
        "counted": moment(now),
        "shares": _shares(found),
        "oldest": found.oldest,
        "uses": uses(),
        "locations": [
            (each, Kind(each.kind).label, list(zip(uses(), _marks(each), strict=True)), _url(each))
            for each in found.locations
        ],
        "scopes": areas(request, "coverage", Action.DESK_FIGURES),
        "files": downloads(request, "coverage"),
    }
    return render(request, "policy/coverage.html", context)


def uses() -> list[str]:
    """What a location may use, in the order of `_marks`."""
    return [
        gettext("Places known"),
        gettext("Families wait"),
        gettext("Gives places"),
        gettext("Keeps its children"),
        gettext("Agreements"),
        gettext("Attendance"),
        gettext("Roster"),
        gettext("Invoices"),
        gettext("Confirmed"),
    ]


def _marks(each: LocationUse) -> list[bool]:
    return [
        each.places is not None,
        each.has_list,
        each.offers,
        each.has_children,
        each.plans,
        each.registers,
        each.rosters,
        each.invoices,
        each.confirmed,
    ]


def _row(each: LocationUse) -> list[object]:
    marks = [gettext("yes") if mark else gettext("no") for mark in _marks(each)]
    return [each.name, each.municipality, each.places, *marks, each.looked_at]


def _url(each: LocationUse) -> str:
    return reverse("places:location", args=[each.desk_slug, each.slug])


def _shares(found: Coverage) -> list[tuple[str, str, str, float]]:
    """What, of how many locations and places, and the share of the places."""
    kinds = [
        (gettext("Their places are known"), found.covering(Basis.PLACES)),
        (gettext("Families can wait there, or it gives places here"), found.covering(Basis.REQUESTS)),
        (gettext("They keep their places with the desk"), found.covering(Basis.PLACEMENTS)),
        (gettext("They confirmed in the last %(days)d days") % {"days": CONFIRMED.days}, found.confirmed),
        (gettext("An agreement is in force there"), found.using("plans")),
        (
            gettext("They kept attendance in the last %(days)d days") % {"days": NEAR.days},
            found.using("registers"),
        ),
        (
            gettext("They have a roster between %(days)d days ago and %(days)d days ahead")
            % {"days": NEAR.days},
            found.using("rosters"),
        ),
        (gettext("They issued an invoice in the last 12 months"), found.using("invoices")),
    ]
    return [(label, *_told(share, found.all)) for label, share in kinds]


def _told(share: Share, whole: Share) -> tuple[str, str, float]:
    part = share.places / whole.places if whole.places else 0.0
    locations = gettext("%(some)s of %(all)s locations") % {
        "some": number(share.locations),
        "all": number(whole.locations),
    }
    places = gettext("%(some)s of %(all)s places (%(share)s)") % {
        "some": number(share.places),
        "all": number(whole.places),
        "share": percent(part),
    }
    return locations, places, part
