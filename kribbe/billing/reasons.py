"""Reasons as an invoice's line keeps them: a code with its values, so that they can be said in any language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from kribbe.rules.reasons import Reason, Value


def to_json(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons as JSON holds them; dates and decimals say which they are."""
    return [
        {"code": reason.code, "params": {name: _kept(value) for name, value in reason.params}}
        for reason in reasons
    ]


def from_json(raw: Sequence[Mapping[str, Any]]) -> list[Reason]:
    """The reasons that JSON holds."""
    return [
        Reason(each["code"], tuple((name, _read(value)) for name, value in sorted(each["params"].items())))
        for each in raw
    ]


def _kept(value: Value) -> Any:
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return {"number": str(value)} if isinstance(value, Decimal) else value


def _read(value: str | int | Mapping[str, str]) -> Value:
    if not isinstance(value, Mapping):
        return value
    return date.fromisoformat(value["date"]) if "date" in value else Decimal(value["number"])
