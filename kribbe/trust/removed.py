"""What was taken away and may come back: a row's fields as its row on the audit trail keeps them."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models

from kribbe.trust.models import AuditEntry

LATELY = timedelta(days=31)
"""So long it can be given back."""


def kept_fields(row: models.Model) -> dict[str, Any]:
    """All fields of a row but its key, for the data of an audit row."""
    return {field.attname: _kept(field, row) for field in row._meta.concrete_fields if not field.primary_key}


def given_back(model: type[models.Model], kept: dict[str, Any]) -> dict[str, Any]:
    """These fields with their own types, by name."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in kept.items() if name in fields}


def last_away(subject: models.Model, action: str, now: datetime) -> AuditEntry | None:
    """The last time that something of the subject was taken away lately, by what the audit trail calls that."""
    label = subject._meta.label_lower
    found = AuditEntry.objects.filter(
        subject=label, subject_id=subject.pk, action=action, at__gte=now - LATELY
    )
    return found.order_by("-pk").first()


def _kept(field: Any, row: models.Model) -> Any:
    value = field.value_from_object(row)
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)
