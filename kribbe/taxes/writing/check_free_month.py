"""Holds a report of places at a free price beside its schema and its rules; knows nothing of the writer."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

DAY_FORM = r"^\d{4}-\d{2}-\d{2}T00:00:00$"
MOMENT_FORM = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"


def _object(needed: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": sorted(needed),
        "properties": {**needed, **more},
        "additionalProperties": False,
    }


def _text(**limits: Any) -> dict[str, Any]:
    return {"type": "string", **limits}


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": dict(items)}


STAY = _object({"checkIn": _text(pattern=MOMENT_FORM), "checkOut": _text(pattern=MOMENT_FORM)})
DAY = _object({"datumOpvang": _text(pattern=DAY_FORM), "kindPrestatiesDetails": _list(STAY)})
CHILD = _object(
    {
        "kindNaam": _text(minLength=1, maxLength=50),
        "kindVoornaam": _text(minLength=1, maxLength=25),
        "kindGeboortedatum": _text(pattern=DAY_FORM),
        "kindGeslacht": {"type": "string", "enum": ["M", "V"]},
        "kindPrestaties": _list(DAY),
    },
    datumSchoolgaand=_text(pattern=DAY_FORM),
)
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Attendance of a month at a place with a free price",
    **_object(
        {
            "locatieId": _text(pattern=r"^91\d{7,8}$"),
            "periode": _text(pattern=r"^\d{4}-\d{2}-01T00:00:00$"),
            "prestaties": _list(_object({"kind": CHILD})),
        }
    ),
}
"""What is known of the request, as JSON Schema."""


def faults(data: bytes) -> list[str]:
    """What is wrong, one line each with the place; none where all that is known holds."""
    try:
        told = json.loads(data)
    except ValueError as error:
        return [_("no JSON: %(error)s") % {"error": error}]
    shape = list(_shape(told, SCHEMA, "request"))
    return shape or list(_rules(told))


def _shape(value: Any, schema: Mapping[str, Any], place: str) -> Iterator[str]:
    if schema["type"] == "object":
        yield from _object_shape(value, schema, place)
    elif schema["type"] == "array":
        if not isinstance(value, list) or len(value) < schema["minItems"]:
            yield f"{place}: " + _("a list with at least one item")
        else:
            for number, item in enumerate(value):
                yield from _shape(item, schema["items"], f"{place}[{number}]")
    else:
        yield from _text_shape(value, schema, place)


def _object_shape(value: Any, schema: Mapping[str, Any], place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place}: " + _("an object")
        return
    yield from (
        _("%(name)s is missing") % {"name": f"{place}.{name}"}
        for name in schema["required"]
        if name not in value
    )
    for name, item in value.items():
        if name in schema["properties"]:
            yield from _shape(item, schema["properties"][name], f"{place}.{name}")
        else:
            yield _("%(name)s isn't known") % {"name": f"{place}.{name}"}


def _text_shape(value: Any, schema: Mapping[str, Any], place: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{place}: " + _("a text")
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{place}: " + _("one of %(choices)s") % {"choices": ", ".join(schema["enum"])}
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        yield _("%(name)s hasn't its form") % {"name": place}
    elif not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{place}: " + _("%(least)s to %(most)s letters") % {
            "least": schema["minLength"],
            "most": schema["maxLength"],
        }


def _rules(told: Mapping[str, Any]) -> Iterator[str]:
    month = told["periode"][:7]
    seen = set()
    for number, row in enumerate(told["prestaties"]):
        child, place = row["kind"], f"prestaties[{number}].kind"
        who = tuple(child[name] for name in ("kindNaam", "kindVoornaam", "kindGeboortedatum"))
        if who in seen:
            yield f"{place}: " + _("this child has a line already")
        seen.add(who)
        days = [day["datumOpvang"] for day in child["kindPrestaties"]]
        if len(set(days)) < len(days):
            yield f"{place}: " + _("a day stands twice")
        for day in child["kindPrestaties"]:
            yield from (f"{place}, {day['datumOpvang'][:10]}: {line}" for line in _day(day, month, child))


def _day(told: Mapping[str, Any], month: str, child: Mapping[str, Any]) -> Iterator[str]:
    day, born = _date(told["datumOpvang"]), _date(child["kindGeboortedatum"])
    if day is None or born is None:
        yield _("no such day")
        return
    if told["datumOpvang"][:7] != month:
        yield _("isn't in the month of the report")
    if day < born:
        yield _("is before the child was born")
    ends = None
    for stay in sorted(told["kindPrestatiesDetails"], key=lambda each: each["checkIn"]):
        start, end = _moment(stay["checkIn"]), _moment(stay["checkOut"])
        if start is None or end is None or start.date() != day or end <= start:
            yield _("a stay begins on its day and ends later")
        elif ends and start < ends:
            yield _("two stays overlap")
        else:
            ends = end


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _date(text: str) -> date | None:
    found = _moment(text)
    return found.date() if found else None
