"""A request in the making. It is kept as it was typed, step by step, so that nothing is lost."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kribbe.contact import outbox
from kribbe.contact.addressing import message_id
from kribbe.contact.selectors.policy import policy_of, quiet_hours
from kribbe.contact.writing import allowed_language, compose
from kribbe.enrolment.models import RequestDraft
from kribbe.people.models import Household
from kribbe.region.models import Desk
from kribbe.rules.quiet import leaves_at
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.references import new_reference

STEPS = ("child", "days", "choices", "review")
KEPT = timedelta(days=60)
"""How long an unfinished request is kept after it was last saved."""

_SALT = "enrolment.draft"

Typed = Mapping[str, Sequence[str]]
"""A form as it was sent: each field's values, right or wrong."""


class StaleStepError(Exception):
    """The step was saved elsewhere (another tab) after this form was opened. `saved` is what was typed there."""

    def __init__(self, saved: Typed) -> None:
        self.saved = saved
        super().__init__("saved elsewhere")


def new_draft(
    *,
    principal: Principal,
    desk: Desk,
    now: datetime,
    location_ids: Sequence[int] = (),
    days: Typed | None = None,
    household_id: int | None = None,
    on_behalf: bool = False,
    reference: str = "",
) -> RequestDraft:
    """A request in which nothing was typed yet; it isn't saved. `days`: what was chosen of step 2 in the search."""
    answers: dict[str, Any] = {}
    if days:
        answers["days"] = _step(days, version=0)
    if location_ids:
        answers["choices"] = _step({"order": [str(key) for key in location_ids]}, version=0)
    return RequestDraft(
        reference=reference or new_reference(),
        desk=desk,
        user_id=principal.user_id,
        household_id=household_id,
        on_behalf=on_behalf,
        answers=answers,
        created_at=now,
        saved_at=now,
    )


def start_draft(
    *,
    principal: Principal,
    desk: Desk,
    now: datetime,
    household_id: int | None = None,
    on_behalf: bool = False,
) -> RequestDraft:
    """Begin a request and save it."""
    draft = new_draft(principal=principal, desk=desk, now=now, household_id=household_id, on_behalf=on_behalf)
    draft.save(force_insert=True)
    return draft


def keep_draft(draft: RequestDraft) -> RequestDraft:
    """Save a new request the first time something is typed; of two tabs that do so at once one makes the row."""
    if draft.pk is not None:
        return draft
    fields = ("desk_id", "user_id", "household_id", "on_behalf", "answers", "created_at", "saved_at")
    defaults = {name: getattr(draft, name) for name in fields}
    return RequestDraft.objects.get_or_create(reference=draft.reference, defaults=defaults)[0]


def save_step(*, draft_id: int, step: str, typed: Typed, version: int, now: datetime) -> RequestDraft:
    """Keep what was typed in a step, right or wrong.

    Raises StaleStepError if the step was saved with other words after `version`; nothing is kept then.
    Raises RefusedError if the request was sent already.
    """
    with transaction.atomic():
        lock_rows((RequestDraft, draft_id))
        draft = RequestDraft.objects.select_related("desk").get(pk=draft_id)
        if draft.request_id is not None:
            raise RefusedError(_("This request was sent already."), code="sent")
        kept = draft.answers.get(step, {"typed": {}, "version": 0})
        wanted = _step(typed, version=draft.version + 1)
        if kept["typed"] == wanted["typed"]:
            return draft
        if kept["version"] > version:
            raise StaleStepError(kept["typed"])
        draft.answers[step] = wanted
        draft.version += 1
        draft.saved_at = now
        draft.save(update_fields=["answers", "version", "saved_at"])
        return draft


def typed_in(draft: RequestDraft, step: str) -> Typed | None:
    """What was typed in a step, or None if it was never opened."""
    kept = draft.answers.get(step)
    return kept["typed"] if kept else None


def claim(*, draft: RequestDraft, principal: Principal, household: Household | None) -> None:
    """A visitor who logged in on the way takes the request along: for the own household, where its desk is the same.

    Without that a second child would be registered in a household of its own, and be nobody's brother or sister.
    """
    fits = household is not None and household.desk_id == draft.desk_id
    RequestDraft.objects.filter(pk=draft.pk, user=None).update(
        user_id=principal.user_id, household=household if fits else draft.household
    )
    draft.refresh_from_db(fields=["user", "household"])


def mail_link(*, draft: RequestDraft, email: str, language: str, now: datetime) -> None:
    """Mail the link with which the request can be found again."""
    with transaction.atomic():
        draft.email, draft.language = email, language[:2]
        draft.save(update_fields=["email", "language"])
        _mail(draft, "draft_link", email, due_at=now, now=now)


def remind_of_drafts(*, now: datetime) -> int:
    """Remind whoever left a request halfway, once, as many days later as the desk chose. Returns how many.

    Only an address to which the link was mailed on request, or that somebody logged in with, is written to: one that
    was merely typed may be anybody's.
    """
    waiting = RequestDraft.objects.filter(
        ~Q(email="") | Q(user__isnull=False),
        request=None,
        on_behalf=False,
        no_reminder=False,
        reminded_at=None,
        saved_at__lte=now - timedelta(days=1),
    )
    return sum(_remind(key, now) for key in waiting.order_by("saved_at", "pk").values_list("pk", flat=True))


def stop_reminder(*, draft: RequestDraft) -> None:
    """No reminder of this request; a second time changes nothing."""
    RequestDraft.objects.filter(pk=draft.pk).update(no_reminder=True)


def _remind(draft_id: int, now: datetime) -> bool:
    with transaction.atomic():
        lock_rows((RequestDraft, draft_id))
        draft = RequestDraft.objects.select_related("desk", "user", "household").get(pk=draft_id)
        days = policy_of(draft.desk).draft_reminder_days
        done = draft.reminded_at or draft.no_reminder or draft.request_id
        if done or days is None or draft.saved_at > now - timedelta(days=days):
            return False
        draft.reminded_at = now
        draft.save(update_fields=["reminded_at"])
        address = draft.email or (draft.user.email if draft.user else "")
        _mail(draft, "draft_reminder", address, due_at=leaves_at(now, quiet_hours(draft.desk)), now=now)
    return True


def _mail(draft: RequestDraft, kind: str, address: str, *, due_at: datetime, now: datetime) -> None:
    token = sign_link(draft)
    stop = settings.BASE_URL + reverse("enrolment:stop_reminder", args=[draft.desk.slug, token])
    language = draft.language or (draft.household.language if draft.household else "")
    text = compose(
        f"enrolment/{kind}",
        {"draft": draft, "days": KEPT.days, "stop_url": stop},
        desk=draft.desk,
        language=allowed_language(draft.desk, language),
        names="",
        link=reverse("enrolment:continue_request", args=[draft.desk.slug, token]),
        reader=language,
    )
    outbox.put(
        address=address,
        subject=text.subject,
        body=text.body,
        message_id=message_id(f"{draft.reference}.{now:%Y%m%d%H%M%S}", address),
        now=now,
        is_secret=True,
        stop_url=stop,
        due_at=due_at,
    )


def sign_link(draft: RequestDraft) -> str:
    """The part of an address that opens this draft for whoever holds it."""
    return signing.dumps(draft.reference, salt=_SALT)


def read_link(token: str) -> RequestDraft | None:
    """The draft behind a signed link, or None if the link is wrong, too old, or the draft is gone."""
    try:
        reference = signing.loads(token, salt=_SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    return RequestDraft.objects.select_related("desk").filter(reference=reference).first()


def forget_drafts(*, now: datetime) -> int:
    """Delete unfinished requests that nobody went on with. Returns how many."""
    old = RequestDraft.objects.filter(request=None, saved_at__lt=now - KEPT)
    return old.delete()[1].get(RequestDraft._meta.label, 0)


def _step(typed: Typed, *, version: int) -> dict[str, Any]:
    return {"typed": {name: list(values) for name, values in typed.items()}, "version": version}
