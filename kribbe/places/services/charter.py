"""The desk's rules: published by its administrator from a day on, agreed to by its locations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Charter, CharterAgreement, Location
from kribbe.region.models import Desk
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.typed import is_seen

BINDING = "nl"
LONGEST_TERM_DAYS = 366


@dataclass(frozen=True, kw_only=True)
class CharterText:
    """A version in the making: its text by language, and the days that locations have to agree."""

    texts: Mapping[str, str]
    term_days: int
    needed_to_offer: bool


def publish_charter(
    *, principal: Principal, desk: Desk, text: CharterText, from_day: date, now: datetime
) -> Charter:
    """Publish the next version from a day on, in place of one that was planned for a later day.

    Raises RefusedError without Dutch, on a past day, or on the day of a version that holds already.
    """
    texts = {language: words.strip() for language, words in text.texts.items() if words.strip()}
    today = localtime(now).date()
    if BINDING not in texts:
        raise RefusedError(_("Write the rules in Dutch: that text binds."), field=f"text_{BINDING}")
    if from_day < today:
        raise RefusedError(_("The day is in the past. Choose today or later."), field="from_day")
    if not 1 <= text.term_days <= LONGEST_TERM_DAYS:
        raise RefusedError(_("Give between 1 and 366 days."), field="term_days")
    with transaction.atomic():
        lock_rows((Desk, desk.pk))
        desk.charters.filter(from_day__gt=today).delete()
        last = desk.charters.order_by("-version").first()
        if last is not None and last.from_day >= from_day:
            raise RefusedError(_("A version began that day already. Choose a later day."), field="from_day")
        made = Charter.objects.create(
            desk=desk,
            version=last.version + 1 if last else 1,
            texts=texts,
            from_day=from_day,
            term_days=text.term_days,
            needed_to_offer=text.needed_to_offer,
            published_at=now,
            published_by=principal.user_id,
        )
        _record(principal, "charter.publish", made, desk.pk, now, from_day=f"{from_day}")
    return made


def drop_planned(*, principal: Principal, desk: Desk, now: datetime) -> None:
    """Take back the version that was planned for a later day. Raises RefusedError where there is none."""
    with transaction.atomic():
        lock_rows((Desk, desk.pk))
        planned = desk.charters.filter(from_day__gt=localtime(now).date()).first()
        if planned is None:
            raise RefusedError(_("No version is planned any more."), code="gone")
        _record(principal, "charter.drop", planned, desk.pk, now, version=planned.version)
        planned.delete()


def agree(
    *, principal: Principal, charter_id: int, location_ids: Sequence[int], name: str, now: datetime
) -> int:
    """Agree to a version for these locations; returns for how many it was new. Raises RefusedError without a name,
    or where another version holds by now or is planned."""
    name = name.strip()
    if not is_seen(name):
        raise RefusedError(_("Write your first and last name."), field="name")
    with transaction.atomic():
        lock_rows(*((Location, key) for key in location_ids))
        charter = Charter.objects.get(pk=charter_id)
        later = Charter.objects.filter(
            desk=charter.desk_id, version__gt=charter.version, from_day__lte=localtime(now).date()
        )
        if later.exists():
            raise RefusedError(_("The rules changed meanwhile. Read the new version."), code="newer")
        known = set(charter.agreements.values_list("location", flat=True))
        new = [key for key in location_ids if key not in known]
        rows = Location.objects.filter(pk__in=new, desk=charter.desk_id, active=True)
        made = [
            CharterAgreement.objects.create(
                charter=charter, location=row, agreed_at=now, agreed_by=principal.user_id, agreed_name=name
            )
            for row in rows
        ]
        for each in made:
            _record(principal, "charter.agree", charter, charter.desk_id, now, location=each.location_id)
    return len(made)


def _record(
    principal: Principal, action: str, charter: Charter, desk_id: int, now: datetime, **data: Any
) -> None:
    record(principal=principal, action=action, subject=charter, now=now, desk_id=desk_id, **data)
