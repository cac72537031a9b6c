"""Rows as they stand, or as they stood at a moment, read from the history that triggers keep."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models

Row = dict[str, Any]


def rows(
    model: type[models.Model],
    *fields: str,
    as_of: datetime | None,
    without: models.Q | None = None,
    **filters: Any,
) -> list[Row]:
    """The values of `fields` (and `id`) of the rows that match; at `as_of`, or now where it is None.

    `filters` on columns that change are applied to the state of that moment, as is `without`, which leaves rows out.
    """
    if as_of is None:
        return list(
            model._default_manager.filter(**filters).exclude(without or models.Q()).values("id", *fields)
        )
    event = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    last = (
        event._default_manager.filter(pgh_created_at__lte=as_of)
        .order_by("pgh_obj_id", "-pgh_id")
        .distinct("pgh_obj_id")
        .values("pgh_id")
    )
    then = event._default_manager.filter(pgh_id__in=last, **filters).exclude(pgh_label="delete")
    then = then.exclude(without or models.Q())
    return list(then.values("id", *fields))


def over_time(
    model: type[models.Model], *fields: str, **filters: Any
) -> dict[int, list[tuple[datetime, Row]]]:
    """What `fields` held from which moment on, by row, the first moment first.

    Only of rows with an event that `filters` choose: `pgh_label="update"` chooses those that ever changed.
    """
    event = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    chosen = event._default_manager.filter(**filters).values("pgh_obj_id")
    told = event._default_manager.filter(pgh_obj_id__in=chosen).exclude(pgh_label="delete").order_by("pgh_id")
    found: dict[int, list[tuple[datetime, Row]]] = {}
    for row in told.values("pgh_obj_id", "pgh_created_at", *fields):
        found.setdefault(row.pop("pgh_obj_id"), []).append((row.pop("pgh_created_at"), row))
    return found


def held_at(moments: Sequence[tuple[datetime, Row]], at: datetime) -> Row:
    """What a row held at a moment; what it holds now, where it is younger than that."""
    return next((row for since, row in reversed(moments) if since <= at), moments[-1][1])


def by(key: str, found: Iterable[Mapping[str, Any]]) -> dict[Any, Row]:
    """The rows by the value of one unique column."""
    return {row[key]: dict(row) for row in found}


def grouped(key: str, found: Iterable[Row]) -> dict[Any, list[Row]]:
    """The rows in lists by the value of one column."""
    result: dict[Any, list[Row]] = {}
    for row in found:
        result.setdefault(row[key], []).append(row)
    return result
