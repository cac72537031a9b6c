"""The doors of the API and of the design system: open to all, or shut to all but who builds."""

from kribbe.config.tests.doors_kinds import DESK, PUBLIC, SLUG, Door

OPEN: dict[str, Door] = {
    "livez": Door(PUBLIC),
    "readyz": Door(PUBLIC),
    "api_reference": Door(PUBLIC),
    "api:openapi-json": Door(PUBLIC),
    "api:locations": Door(PUBLIC),
    "api:location": Door(PUBLIC, SLUG),
    "api:location_free": Door(PUBLIC, SLUG),
    "api:free": Door(PUBLIC),
    "api:clubs": Door(PUBLIC),
    "api:club": Door(PUBLIC, ("club",)),
    "api:desks": Door(PUBLIC),
    "api:desk": Door(PUBLIC, DESK),
    "api:areas": Door(PUBLIC),
    "api:area": Door(PUBLIC, ("nis",)),
    "web:brand_css": Door(PUBLIC, DESK),
    "web:gallery": Door(set(), hidden=True),
    "web:gallery_search": Door(set(), hidden=True),
    "web:gallery_request": Door(set(), hidden=True),
    "web:gallery_waiting_list": Door(set(), hidden=True),
    "web:gallery_points": Door(set(), hidden=True),
    "web:gallery_areas": Door(set(), hidden=True),
}
