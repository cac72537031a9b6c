"""The audit trail: one row for every change, and one for every look by staff at a household."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models

from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Principal


def record(
    *,
    principal: Principal,
    action: str,
    subject: models.Model,
    now: datetime,
    household_id: int | None = None,
    desk_id: int | None = None,
    reason: str = "",
    **data: Any,
) -> AuditEntry:
    """Write who did what to which row. `data` holds ids, codes and dates, never names or health."""
    entry = _entry(
        principal, action, subject, now, household_id=household_id, desk_id=desk_id, reason=reason, data=data
    )
    entry.save(force_insert=True)
    return entry


def record_all(
    *,
    principal: Principal,
    action: str,
    subjects: Iterable[tuple[models.Model, int | None]],
    now: datetime,
    desk_id: int | None = None,
    **data: Any,
) -> None:
    """As `record`, a row for each of many subjects with its household; few queries."""
    told = ((subject, household_id, data) for subject, household_id in subjects)
    record_each(principal=principal, action=action, subjects=told, now=now, desk_id=desk_id)


def record_each(
    *,
    principal: Principal,
    action: str,
    subjects: Iterable[tuple[models.Model, int | None, Mapping[str, Any]]],
    now: datetime,
    desk_id: int | None = None,
) -> None:
    """As `record_all`, where each row has data of its own."""
    AuditEntry.objects.bulk_create(
        (
            _entry(principal, action, subject, now, household_id=household_id, desk_id=desk_id, data=data)
            for subject, household_id, data in subjects
        ),
        batch_size=2000,
    )


def _entry(
    principal: Principal, action: str, subject: models.Model, now: datetime, **columns: Any
) -> AuditEntry:
    return AuditEntry(
        at=now,
        actor_id=principal.user_id,
        actor_name=principal.name,
        action=action,
        subject=subject._meta.label_lower,
        subject_id=subject.pk,
        **columns,
    )


def note_list(
    *,
    principal: Principal,
    action: str,
    subject: models.Model,
    desk_id: int,
    households: Iterable[int | None],
    now: datetime,
    **data: Any,
) -> None:
    """Write down whose names stood on a list that was opened: one row; nothing where nobody's did."""
    shown = sorted({key for key in households if key is not None})
    if shown:
        record(
            principal=principal,
            action=action,
            subject=subject,
            now=now,
            desk_id=desk_id,
            households=shown,
            **data,
        )
