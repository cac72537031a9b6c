"""The reference of the API as a page of our own, drawn from the OpenAPI document."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from kribbe.api.problems import KINDS
from kribbe.api.v1 import api


@dataclass(frozen=True, slots=True)
class Part:
    """A parameter, or a field of an answer."""

    name: str
    kind: str
    text: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One address and method, as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    parameters: tuple[Part, ...]
    body: tuple[Part, ...]
    fields: tuple[Part, ...]
    example: str


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation in the order of the code."""
    document = api.get_openapi_schema()
    return tuple(
        _operation(document, path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    answer = next(iter(operation["responses"][200]["content"].values()))
    taken = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        text=operation["description"],
        parameters=tuple(_parameter(each) for each in operation.get("parameters", [])),
        body=tuple(_fields(document, taken)) if taken else (),
        fields=tuple(_fields(document, answer["schema"])),
        example=json.dumps(answer["example"], ensure_ascii=False, indent=2),
    )


def _parameter(each: dict[str, Any]) -> Part:
    text = each.get("description") or each["schema"].get("description", "")
    return Part(each["name"], kind_in_words(each["schema"]), text, each["required"])


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[Part]:
    """The fields of an object, and of what lies in it (a dot between), depth first."""
    found = _resolved(document, schema)
    for name, field in found.get("properties", {}).items():
        yield Part(
            name, kind_in_words(field), field.get("description", ""), name in found.get("required", [])
        )
        for inner in _fields(document, _inside(field)):
            yield Part(f"{name}.{inner.name}", inner.kind, inner.text, inner.required)


def _inside(field: dict[str, Any]) -> dict[str, Any]:
    chosen = next((each for each in field.get("anyOf", []) if each.get("type") != "null"), field)
    return dict(chosen.get("items", chosen))


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return dict(document["components"]["schemas"][name]) if name else schema


def kind_in_words(schema: dict[str, Any]) -> str:
    """`list of text`, `whole number, 1 to 200`, `group or family`, and so on."""
    if "anyOf" in schema:
        return " or ".join(kind_in_words(each) for each in schema["anyOf"])
    if "$ref" in schema:
        return "object"
    if "enum" in schema or "const" in schema:
        return " or ".join(schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {kind_in_words(schema['items'])}"
    names = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "nothing"}
    name = names.get(schema.get("type", ""), str(schema.get("type", "anything")))
    if "minimum" in schema and "maximum" in schema:
        name = f"{name}, {schema['minimum']} to {schema['maximum']}"
    return name


@csrf_exempt
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Every address with its parameters, fields and an example; in English, as the names in it are."""
    context = {
        "operations": operations(),
        "problems": [(status, kind.slug, kind.text) for status, kind in KINDS.items()],
        "base": settings.BASE_URL,
        "document": reverse("api:openapi-json"),
        "limit": settings.API_LIMIT,
    }
    return render(request, "api/reference.html", context)
