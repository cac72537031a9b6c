"""Addresses of the policy room that keep the area (desk or region) that the reader looks at."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from kribbe.policy.access import PolicyRequest, may_region
from kribbe.trust.permissions import Action


@dataclass(frozen=True, slots=True)
class Tab:
    """A choice that is a link."""

    label: str
    url: str
    is_current: bool


def address(request: PolicyRequest, name: str, *parts: object, **query: object) -> str:
    """The page of this name, of the same area, with these parameters (None: left out)."""
    scope = {"scope": "region"} if request.territory.desk_id is None else {}
    given = scope | {key: value for key, value in query.items() if value is not None}
    own = reverse(f"policy:{name}", args=[request.desk.slug, *parts])
    return f"{own}?{urlencode(given)}" if given else own


def areas(request: PolicyRequest, name: str, action: Action, **query: object) -> list[Tab]:
    """The desk and its region, for who may see both; else nothing to choose."""
    if not may_region(request.principal, action, request.desk.region_id):
        return []
    own = reverse(f"policy:{name}", args=[request.desk.slug])
    is_region = request.territory.desk_id is None
    return [
        Tab(request.desk.shown_name, f"{own}?{urlencode(query)}" if query else own, not is_region),
        Tab(request.desk.region.name, f"{own}?{urlencode({'scope': 'region', **query})}", is_region),
    ]


def downloads(request: PolicyRequest, name: str, *parts: object, **query: object) -> dict[str, str]:
    """The same page as a file, by kind of file."""
    return {kind: address(request, name, *parts, **query, download=kind) for kind in ("csv", "xlsx")}
