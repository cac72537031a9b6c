"""The addresses of version 1."""

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import localdate, now
from ninja import Body, Path, Query
from ninja.errors import HttpError, ValidationError

from kribbe.api import clubs as clubs_
from kribbe.api import examples, schemas, selectors
from kribbe.api.openapi import DocumentedApi, answers
from kribbe.api.problems import ProblemError, problem

GEOJSON = "application/geo+json"
PARTS = ("body", "query", "path", "header")

api = DocumentedApi(
    title="Kribbe",
    version="1.0.0",
    description=(
        "Childcare locations, their free half-days, out-of-school care, desks and areas, for everybody and "
        "without a key. Nothing here is about a family or a child."
    ),
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
)


@api.exception_handler(ProblemError)
def on_problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    """A problem that a selector found."""
    return problem(request, error.status, error.errors)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A value that doesn't fit what is documented."""
    return problem(request, 422, [(_where(each["loc"]), str(each["msg"])) for each in error.errors])


@api.exception_handler(HttpError)
def on_unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON."""
    return problem(request, error.status_code)


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, _error: Http404) -> HttpResponse:
    """An address under which nothing stands."""
    return problem(request, 404)


def _where(loc: tuple[Any, ...]) -> str:
    """`query.limit`, without the name of our own model between."""
    parts = [str(part) for part in loc]
    return ".".join([parts[0], *parts[2:]] if len(parts) > 2 and parts[0] in PARTS else parts)


@api.get(
    "/locations",
    url_name="locations",
    summary="Locations, page by page",
    tags=["Locations"],
    response=answers(schemas.LocationList),
    openapi_extra=examples.LOCATIONS,
)
def locations(
    request: HttpRequest, response: HttpResponse, filters: Query[schemas.LocationFilter]
) -> dict[str, Any]:
    """All locations that are not closed for good, ordered by slug. Follow `next`, or the header Link, to the end."""
    _only_known(request, schemas.LocationFilter)
    items, following = selectors.locations(filters, localdate())
    _link_next(request, response, following)
    return {"items": items, "next": following}


@api.get(
    "/locations/{slug}",
    url_name="location",
    summary="One location",
    tags=["Locations"],
    response=answers(schemas.LocationOut),
    openapi_extra=examples.LOCATION,
)
def location(request: HttpRequest, slug: Path[schemas.Slug]) -> dict[str, Any]:
    """A location with its address, licence, hours, prices and groups."""
    return selectors.location(slug, localdate())


@api.get(
    "/locations/{slug}/free",
    url_name="location_free",
    summary="Free half-days of one location, by month",
    tags=["Free half-days"],
    response=answers(schemas.LocationFree),
    openapi_extra=examples.LOCATION_FREE,
)
def location_free(
    request: HttpRequest, slug: Path[schemas.Slug], asked: Query[schemas.FreeMonths]
) -> dict[str, Any]:
    """For each group and month the half-days on which a child could come all through that month."""
    _only_known(request, schemas.FreeMonths)
    return selectors.location_free(slug, asked, localdate())


@api.get(
    "/free",
    url_name="free",
    summary="Locations near a point, by what is free there",
    tags=["Free half-days"],
    response=answers(schemas.FoundList),
    openapi_extra=examples.FREE,
)
def free(request: HttpRequest, response: HttpResponse, asked: Query[schemas.FreeSearch]) -> dict[str, Any]:
    """The search of the desk: in the region of the desk that lies nearest, six months ahead from `start`."""
    _only_known(request, schemas.FreeSearch)
    found = selectors.free(asked, localdate())
    _link_next(request, response, found["next"])
    return found


@api.post(
    "/free",
    url_name="free",
    summary="The same search, with the point in the body",
    tags=["Free half-days"],
    response=answers(schemas.FoundList, body=True),
    openapi_extra=examples.FREE_BODY,
)
def free_private(request: HttpRequest, asked: Body[schemas.FreeSearch]) -> dict[str, Any]:
    """As GET, for whoever looks around a family's home: an address in a URL ends up in logs, a body doesn't."""
    return selectors.free(asked, localdate())


@api.get(
    "/desks",
    url_name="desks",
    summary="All desks",
    tags=["Desks"],
    response=answers(schemas.DeskList),
    openapi_extra=examples.DESKS,
)
def desks(request: HttpRequest) -> dict[str, Any]:
    """The desks of this installation with their contacts and the policy that holds today, in words and as data."""
    return {"items": selectors.desks(localdate())}


@api.get(
    "/desks/{slug}",
    url_name="desk",
    summary="One desk",
    tags=["Desks"],
    response=answers(schemas.DeskOut),
    openapi_extra=examples.DESK,
)
def desk(request: HttpRequest, slug: Path[schemas.Slug]) -> dict[str, Any]:
    """A desk with its contacts, languages and the policy that holds today, in words and as data."""
    found = selectors.desks(localdate(), slug)
    if not found:
        raise ProblemError(404)
    return found[0]


@api.get(
    "/areas",
    url_name="areas",
    summary="Outlines of municipalities",
    tags=["Areas"],
    response=answers(schemas.AreaList),
    openapi_extra=examples.AREAS,
)
def areas(request: HttpRequest, filters: Query[schemas.AreaFilter]) -> HttpResponse:
    """Municipalities as GeoJSON in WGS84, of all regions or of the region of one desk."""
    _only_known(request, schemas.AreaFilter)
    return geojson({"type": "FeatureCollection", "features": selectors.areas(desk=filters.desk)})


@api.get(
    "/areas/{nis}",
    url_name="area",
    summary="Outline of one municipality",
    tags=["Areas"],
    response=answers(schemas.Area),
    openapi_extra=examples.AREA,
)
def area(request: HttpRequest, nis: Path[schemas.NisCode]) -> HttpResponse:
    """One municipality as a GeoJSON feature in WGS84."""
    found = selectors.areas(nis=nis)
    if not found:
        raise ProblemError(404)
    return geojson(found[0])


@api.get(
    "/clubs",
    url_name="clubs",
    summary="Out-of-school care, page by page",
    tags=["Out-of-school care"],
    response=answers(clubs_.ClubList),
    openapi_extra=examples.CLUBS,
)
def clubs(request: HttpRequest, response: HttpResponse, filters: Query[clubs_.ClubFilter]) -> dict[str, Any]:
    """Clubs with their schools, what is free in the school year, and holiday weeks, ordered by slug."""
    _only_known(request, clubs_.ClubFilter)
    items, following = clubs_.clubs(filters, now())
    _link_next(request, response, following)
    return {"items": items, "next": following}


@api.get(
    "/clubs/{slug}",
    url_name="club",
    summary="One out-of-school location",
    tags=["Out-of-school care"],
    response=answers(clubs_.ClubOut),
    openapi_extra=examples.CLUB,
)
def club(request: HttpRequest, slug: Path[schemas.Slug]) -> dict[str, Any]:
    """A club with its schools, what is free in the school year, and its holiday weeks."""
    return clubs_.club(slug, now())


def geojson(body: dict[str, Any]) -> HttpResponse:
    """GeoJSON as it is; outlines are long, and were checked when they came in."""
    return HttpResponse(json.dumps(body, ensure_ascii=False, separators=(",", ":")), content_type=GEOJSON)


def _only_known(request: HttpRequest, model: type[schemas.Strict]) -> None:
    """ProblemError 422 on a parameter that doesn't exist: a filter that is misspelt must not give everything."""
    unknown = [name for name in request.GET if name not in model.model_fields]
    if unknown:
        raise ProblemError(422, [(f"query.{name}", "is no parameter of this address") for name in unknown])


def _link_next(request: HttpRequest, response: HttpResponse, cursor: str | None) -> None:
    if cursor is None:
        return
    query = request.GET.copy()
    query["cursor"] = cursor
    response["Link"] = f'<{settings.BASE_URL}{request.path}?{query.urlencode()}>; rel="next"'
