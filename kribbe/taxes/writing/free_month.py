"""The monthly report of places at a free price as JSON, for the childcare supplement of the family allowance."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

LONGEST_NAME, LONGEST_FIRST_NAME = 50, 25


@dataclass(frozen=True, slots=True)
class Child:
    """A child with its stays: day, arrival and departure by the clock on the wall (without zone)."""

    first_name: str
    last_name: str
    born: date
    sex: str
    school_from: date | None
    stays: Sequence[tuple[date, datetime, datetime]]


def written(*, month: date, file_number: str, children: Sequence[Child]) -> bytes:
    """The request in UTF-8; the same bytes for the same month."""
    told = {
        "locatieId": file_number,
        "periode": _midnight(month),
        "prestaties": [{"kind": _child(each)} for each in children],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def _child(child: Child) -> dict[str, Any]:
    days = sorted({day for day, _start, _end in child.stays})
    told: dict[str, Any] = {
        "kindNaam": child.last_name[:LONGEST_NAME],
        "kindVoornaam": child.first_name[:LONGEST_FIRST_NAME],
        "kindGeboortedatum": _midnight(child.born),
        "kindGeslacht": child.sex,
    }
    if child.school_from:
        told["datumSchoolgaand"] = _midnight(child.school_from)
    return told | {"kindPrestaties": [_day(day, child) for day in days]}


def _day(day: date, child: Child) -> dict[str, Any]:
    stays = sorted((start, end) for on, start, end in child.stays if on == day)
    return {
        "datumOpvang": _midnight(day),
        "kindPrestatiesDetails": [
            {"checkIn": _moment(start), "checkOut": _moment(end)} for start, end in stays
        ],
    }


def _midnight(day: date) -> str:
    return f"{day}T00:00:00"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}"
