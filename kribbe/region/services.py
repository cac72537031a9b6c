"""Changes to a desk: its face, its policy from a day on, its reasons to pass over."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from kribbe.region.models import Desk, DeskPolicy, PassOverReason
from kribbe.rules.dates import DEFAULT_PACK
from kribbe.rules.priority import DateRule
from kribbe.trust import audit, files
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.models import StoredFile
from kribbe.trust.principal import Principal
from kribbe.web.branding import check_tokens


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """How a desk is called and reached."""

    name: str
    subtitle: str
    phone: str
    email: str
    address: str
    complaints: str
    staff_names_shown: bool = False
    subtitle_fr: str = ""
    subtitle_en: str = ""
    subtitle_de: str = ""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a desk decides for its families; counts in months, days and wishes, None is unlimited."""

    max_wishes: int | None
    earliest_answer_months: int | None
    answer_days: int
    reaction_days: int
    signature_days: int
    urgent_days: int
    confirm_months: int | None
    confirm_days: int
    confirm_reminder_days: int
    end_months: int | None
    complaint_days: int
    keep_years: int
    open_urgent: bool
    look_weeks: int
    tell_vacancies: bool
    list_weeks: int
    most_changes: int | None
    change_days: int | None
    ranking_shown: bool
    date_rule: DateRule

    @classmethod
    def of(cls, policy: Any) -> "Terms":
        """The terms of a policy or a preset."""
        values = {name: getattr(policy, name) for name in cls.__dataclass_fields__}
        return cls(**values | {"date_rule": DateRule(values["date_rule"])})


def change_contacts(*, principal: Principal, desk: Desk, contacts: Contacts, now: datetime) -> None:
    """Give the desk another name or other contacts."""
    with transaction.atomic():
        lock_rows((Desk, desk.pk))
        changed = _changed(desk, asdict(contacts))
        _write(desk, changed)
        _record(principal, "desk.contacts", desk, now, fields=sorted(changed))


def change_look(
    *, principal: Principal, desk: Desk, tokens: Mapping[str, str], logo_icon: str, now: datetime
) -> None:
    """Give the desk other colours, type and icon. RefusedError where text couldn't be read on them."""
    problems = check_tokens(tokens)
    if problems:
        raise RefusedError("; ".join(problems), field="tokens", code="contrast")
    with transaction.atomic():
        lock_rows((Desk, desk.pk))
        changed = _changed(desk, {"tokens": dict(tokens), "logo_icon": logo_icon})
        _write(desk, changed)
        _record(principal, "desk.look", desk, now, fields=sorted(changed))


def space_of(desk_id: int) -> str:
    """The space in which a desk's files stand."""
    return f"desk:{desk_id}"


def give_logo(*, principal: Principal, desk: Desk, file: StoredFile, alt: str, now: datetime) -> None:
    """Show this picture in place of what is shown, which can be put back; the one before that goes for good.

    RefusedError without a description.
    """
    if not alt.strip():
        raise RefusedError(_("Say what the logo shows, for who can't see it."), field="alt")
    with transaction.atomic():
        found = _locked(desk)
        if file.pk in (found.logo_id, found.logo_before_id):
            return
        oldest = found.logo_before
        _show_logo(found, (files.claim(file), alt.strip()))
        if oldest is not None:
            files.remove(oldest)
        _record(principal, "desk.logo", desk, now)


def drop_logo(*, principal: Principal, desk: Desk, now: datetime) -> None:
    """Show the icon again. RefusedError where there is no picture."""
    with transaction.atomic():
        found = _locked(desk)
        if found.logo is None:
            raise RefusedError(_("The desk shows its icon already."), code="gone")
        oldest = found.logo_before
        _show_logo(found, (None, ""))
        if oldest is not None:
            files.remove(oldest)
        _record(principal, "desk.logo", desk, now)


def put_logo_back(*, principal: Principal, desk: Desk, now: datetime) -> None:
    """Show what was shown before the last change; once more turns that round, but never to the icon.

    RefusedError where nothing was.
    """
    with transaction.atomic():
        found = _locked(desk)
        if found.logo_before is None:
            raise RefusedError(_("There is no earlier logo to put back."), code="gone")
        _show_logo(found, (found.logo_before, found.logo_before_alt))
        _record(principal, "desk.logo", desk, now)


def _locked(desk: Desk) -> Desk:
    lock_rows((Desk, desk.pk))
    return Desk.objects.select_related("logo", "logo_before").get(pk=desk.pk)


def _show_logo(desk: Desk, shown: tuple[StoredFile | None, str]) -> None:
    desk.logo_before, desk.logo_before_alt = desk.logo, desk.logo_alt
    desk.logo, desk.logo_alt = shown
    desk.save(update_fields=["logo", "logo_alt", "logo_before", "logo_before_alt"])


def change_policy(
    *, principal: Principal, desk: Desk, terms: Terms, since: date, source: str, today: date, now: datetime
) -> DeskPolicy:
    """Let these terms hold from `since` on, in place of what was planned from then; the past stays as it was.

    RefusedError on a day that is over.
    """
    if since < today:
        raise RefusedError(_("Choose today or a later day."), field="since", code="past")
    with transaction.atomic():
        lock_rows((Desk, desk.pk))
        last = desk.policies.order_by("-during").first()
        kept = {
            "rule_pack": last.rule_pack if last else DEFAULT_PACK,
            "lottery_seed": last.lottery_seed if last else 1,
        }
        desk.policies.filter(during__startswith__gte=since).delete()
        for policy in desk.policies.filter(during__contains=since):
            policy.during = (policy.during.lower, since)
            policy.save(update_fields=["during"])
        made = DeskPolicy.objects.create(
            desk=desk, during=(since, None), source=source, **kept, **asdict(terms)
        )
        _record(principal, "desk.policy", desk, now, policy=made.pk, since=since.isoformat())
        return made


def save_reason(
    *,
    principal: Principal,
    desk: Desk,
    reason_id: int | None,
    text_nl: str,
    text_en: str,
    text_fr: str = "",
    text_de: str = "",
    refusal: bool,
    active: bool,
    now: datetime,
) -> PassOverReason:
    """Add a reason to the desk's list, or change one; a reason that was used stays readable as it was then.

    RefusedError where the desk has a reason of the same words.
    """
    try:
        with transaction.atomic():
            reason = (
                PassOverReason.objects.select_for_update().get(pk=reason_id, desk=desk)
                if reason_id
                else PassOverReason(desk=desk, code=slugify(text_en)[:40].strip("-"))
            )
            reason.text_nl, reason.text_en = text_nl, text_en
            reason.text_fr, reason.text_de = text_fr, text_de
            reason.refusal, reason.active = refusal, active
            reason.save()
            _record(principal, "desk.reason", desk, now, reason=reason.pk, active=active)
            return reason
    except IntegrityError as error:
        message = _("The list already has this reason. Change that one, or use other words.")
        raise RefusedError(message, field="text_en", code="twice") from error


def _changed(desk: Desk, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(desk, name) != value}


def _write(desk: Desk, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(desk, name, value)
    if values:
        desk.save(update_fields=list(values))


def _record(principal: Principal, action: str, desk: Desk, now: datetime, **data: Any) -> None:
    audit.record(principal=principal, action=action, subject=desk, desk_id=desk.pk, now=now, **data)
