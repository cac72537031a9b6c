"""The OpenAPI document: what ninja makes of the code, with our errors, headers and media types."""

from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI, Schema
from ninja.openapi.schema import OpenAPISchema

from kribbe.api.problems import CONTENT_TYPE
from kribbe.api.schemas import Problem

JSON = "application/json"
GEOJSON = "application/geo+json"
GEO_SCHEMAS = ("#/components/schemas/Area", "#/components/schemas/AreaList")
READING = {404, 406, 422, 429, 500}

LIMIT_HEADERS: dict[str, Any] = {
    "RateLimit-Limit": ("Calls a minute.", "integer"),
    "RateLimit-Remaining": ("Calls that are left in this minute.", "integer"),
    "RateLimit-Reset": ("Seconds until it begins anew.", "integer"),
}
CACHE_HEADERS: dict[str, Any] = {
    "ETag": ("Mark of this answer; send it back as If-None-Match.", "string"),
    "Last-Modified": ("When anything changed last; send it back as If-Modified-Since.", "string"),
    "Cache-Control": ("For how long the answer may be used without asking.", "string"),
    "Content-Language": ("Language of the texts, by Accept-Language.", "string"),
}
WAIT_HEADERS: dict[str, Any] = {"Retry-After": ("Seconds to wait.", "integer")}


def answers(model: type[Schema], *, body: bool = False) -> dict[Any, Any]:
    """What an operation may answer: this, or a problem."""
    return {200: model, frozenset(READING | {400} if body else READING): Problem}


class DocumentedApi(NinjaAPI):
    """An API whose document tells the truth about errors, headers and media types."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The document, the same each time."""
        made = super().get_openapi_schema(**{"path_prefix": "/api/v1/", **options})
        for path in made["paths"].values():
            for method, operation in path.items():
                _finish(operation, is_get=method == "get")
        made["servers"] = [{"url": "/", "description": "This installation"}]
        made["info"]["license"] = {"name": "Data: as the desk decides; the program: EUPL-1.2"}
        return made

    def get_openapi_operation_id(self, operation: Any) -> str:
        """The function's own name."""
        return str(operation.view_func.__name__)


def _finish(operation: dict[str, Any], *, is_get: bool) -> None:
    example = operation.pop("x-example", None)
    for status, answer in operation["responses"].items():
        code = int(status)
        content = answer["content"].pop(JSON)
        media = CONTENT_TYPE if code >= 400 else _media(content)
        answer["content"][media] = content
        answer["description"] = HTTPStatus(code).phrase if code >= 400 else "What was asked."
        answer["headers"] = _headers(code, is_get=is_get)
        if code == 200 and example is not None:
            content["example"] = example


def _media(content: dict[str, Any]) -> str:
    return GEOJSON if content["schema"].get("$ref") in GEO_SCHEMAS else JSON


def _headers(code: int, *, is_get: bool) -> dict[str, Any]:
    told = dict(LIMIT_HEADERS)
    if code == 200 and is_get:
        told |= CACHE_HEADERS
    if code == 429:
        told |= WAIT_HEADERS
    return {name: {"description": text, "schema": {"type": kind}} for name, (text, kind) in told.items()}
