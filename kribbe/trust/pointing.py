"""Who points at a row: whether it can go without taking something of somebody else along."""

from collections.abc import Collection
from typing import Any

from django.db import models


def pointed_at(
    owner: type[models.Model], ids: Collection[int], *, but: Collection[type[models.Model]] = ()
) -> set[int]:
    """Those of the rows that a table points at; history doesn't count, nor do the tables `but`."""
    found: set[int] = set()
    for relation in owner._meta.related_objects:
        model: Any = relation.related_model
        pointing: Any = relation.field
        if model in but or not getattr(pointing, "db_constraint", True):
            continue
        name = pointing.name
        found.update(model._default_manager.filter(**{f"{name}__in": ids}).values_list(name, flat=True))
    return found
