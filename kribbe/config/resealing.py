"""Sealing anew what was sealed under a key used before; see `kribbe.trust.sealing`."""

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from kribbe.trust.fields import EncryptedText
from kribbe.trust.sealing import is_newest, unseal

BATCH = 500
Sealed = EncryptedText[Any, Any]
Column = tuple[type[models.Model], Sealed]


def sealed_columns() -> Iterator[Column]:
    """Every column that is kept sealed, those of the history too."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedText):
                yield model, field


def reseal(column: Column) -> int:
    """Seal under the newest key what a column has under another one, batch by batch. Returns how many texts.

    What it says doesn't change, so that no history is written. Raises WrongKeyError where a key is missing; batches
    before that one are done.
    """
    model, field = column
    done, after = 0, None
    while True:
        with transaction.atomic(), pgtrigger.ignore():
            rows = _rows(model, field, after)
            done += sum(_reseal_row(model, field, key, sealed) for key, sealed in rows)
        if len(rows) < BATCH:
            return done
        after = rows[-1][0]


def _rows(model: type[models.Model], field: Sealed, after: object) -> list[tuple[object, str]]:
    """The next rows with their sealed text, locked."""
    found = model._default_manager.annotate(sealed=Cast(field.name, models.TextField())).filter(sealed__gt="")
    if after is not None:
        found = found.filter(pk__gt=after)
    return list(found.select_for_update().order_by("pk").values_list("pk", "sealed")[:BATCH])


def _reseal_row(model: type[models.Model], field: Sealed, key: object, sealed: str) -> bool:
    if is_newest(sealed):
        return False
    model._default_manager.filter(pk=key).update(**{field.name: unseal(sealed)})
    return True
