"""A desk's own words for a kind of notice: saved as a new version, and given up for the standard ones."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kribbe.contact.kinds import Kind
from kribbe.contact.models import DeskText
from kribbe.region.models import Desk
from kribbe.rules.placeholders import absent, stray, unknown
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def save_text(
    *, desk: Desk, kind: Kind, language: str, subject: str, body: str, principal: Principal, now: datetime
) -> DeskText:
    """Use these words from now on; the earlier version keeps its period. RefusedError at the field with a mistake."""
    for field, text in (("subject", subject), ("body", body)):
        _require_fillable(kind, field, text)
    _require_needed(kind, body)
    with transaction.atomic():
        lock_rows((Desk, desk.pk))
        _end(desk, kind, language, now)
        made = DeskText.objects.create(
            desk=desk,
            kind=kind.name,
            language=language,
            subject=subject,
            body=body,
            made_by=principal.user_id,
            made_by_name=principal.name,
            since=now,
        )
        _record(principal, "desk.text", desk, made, now)
    return made


def reset_text(*, desk: Desk, kind: Kind, language: str, principal: Principal, now: datetime) -> None:
    """Go back to the standard words; where these are used already nothing changes."""
    with transaction.atomic():
        lock_rows((Desk, desk.pk))
        last = DeskText.objects.filter(desk=desk, kind=kind.name, language=language, until=None).first()
        if last is not None:
            _end(desk, kind, language, now)
            _record(principal, "desk.text_reset", desk, last, now)


def _end(desk: Desk, kind: Kind, language: str, now: datetime) -> None:
    DeskText.objects.filter(desk=desk, kind=kind.name, language=language, until=None).update(until=now)


def _require_fillable(kind: Kind, field: str, text: str) -> None:
    strange = unknown(text, kind.places)
    if strange:
        message = _("Nobody can fill in %s. Use the places of the list.") % _listed(strange)
        raise RefusedError(message, field=field, code="unknown")
    loose = stray(text)
    if loose:
        message = _("A curly bracket stands alone near “%s”. A place looks like {name}.") % loose
        raise RefusedError(message, field=field, code="stray")


def _require_needed(kind: Kind, body: str) -> None:
    missing = absent(body, kind.needed)
    if missing:
        message = _("Keep %s in the text: whoever reads it must know that.") % _listed(missing)
        raise RefusedError(message, field="body", code="needed")


def _listed(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def _record(principal: Principal, action: str, desk: Desk, text: DeskText, now: datetime) -> None:
    audit.record(
        principal=principal,
        action=action,
        subject=desk,
        now=now,
        desk_id=desk.pk,
        text=text.pk,
        kind=text.kind,
        language=text.language,
    )
