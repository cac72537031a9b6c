"""Conversations: begun, answered, a post withdrawn, the desk asked to join."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kribbe.contact.access import READ_MARKS, Seat
from kribbe.contact.links import Topic, are_linked
from kribbe.contact.models import Notice, Post, Side, Thread
from kribbe.contact.selectors.policy import policy_of
from kribbe.contact.services import tell_household, tell_location
from kribbe.people.models import Adult, Household
from kribbe.people.selectors import location_addresses
from kribbe.places.models import Location
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

MOST_AN_HOUR = 20
"""Posts that one person can write in an hour: enough for talk, too few for a nuisance."""


def start_thread(
    *,
    seat: Seat,
    principal: Principal,
    subject: str,
    text: str,
    now: datetime,
    household: Household | None = None,
    location: Location | None = None,
    topic: Topic | None = None,
) -> Thread:
    """Begin a conversation from a seat: with a household, a location, or (with neither) the desk.

    RefusedError where household and location have nothing to do with each other, or somebody writes too much.
    """
    household = seat.household or household
    location = seat.location or location
    with_desk = seat.side is Side.DESK or household is None or location is None
    with transaction.atomic():
        thread = Thread(
            desk=seat.desk,
            household=household,
            location=location,
            with_desk=with_desk,
            subject=subject,
            about=topic.key if topic else "",
            about_label=topic.label if topic else "",
            started_at=now,
            last_at=now,
        )
        _require_link(thread)
        thread.save()
        _record(principal, "thread.start", thread, now)
        _post(seat, thread, principal, text, now)
        return thread


def answer(*, seat: Seat, thread: Thread, principal: Principal, text: str, now: datetime) -> Post:
    """Add a post; the other sides are told. RefusedError where they may no longer write, or one writes too much."""
    with transaction.atomic():
        lock_rows((Thread, thread.pk))
        _require_link(thread)
        return _post(seat, thread, principal, text, now)


def withdraw(*, post: Post, principal: Principal, now: datetime) -> None:
    """Withdraw a post: that it was there stays to be seen, its words do not. A second time changes nothing."""
    with transaction.atomic():
        if Post.objects.filter(pk=post.pk, withdrawn_at=None).update(withdrawn_at=now):
            _record(principal, "post.withdraw", post.thread, now, post=post.pk)


def ask_desk(*, thread: Thread, principal: Principal, now: datetime) -> None:
    """Ask the desk to join a conversation between a household and a location. It then reads all of it."""
    with transaction.atomic():
        if Thread.objects.filter(pk=thread.pk, with_desk=False).update(with_desk=True):
            _record(principal, "thread.ask_desk", thread, now)


def mark_thread_read(*, seat: Seat, thread: Thread, now: datetime) -> None:
    """This side has read the conversation up to now, and with it the notices that told of it."""
    Thread.objects.filter(pk=thread.pk).update(**{READ_MARKS[seat.side]: now})
    told = Notice.objects.filter(about=_about(thread), read_at=None)
    if seat.side is Side.HOUSEHOLD:
        told.filter(household=seat.household).update(read_at=now)
    elif seat.side is Side.LOCATION and seat.location:
        told.filter(location_id=seat.location.pk).update(read_at=now)


def _post(seat: Seat, thread: Thread, principal: Principal, text: str, now: datetime) -> Post:
    _require_measure(principal, now)
    post = Post.objects.create(
        thread=thread,
        side=seat.side,
        author_id=principal.user_id,
        author_name=_name_of(seat, principal),
        text=text,
        at=now,
    )
    thread.last_at = now
    setattr(thread, READ_MARKS[seat.side], now)
    thread.save(update_fields=["last_at", READ_MARKS[seat.side]])
    _record(principal, "thread.post", thread, now, post=post.pk)
    _tell_others(seat, thread, post, now)
    return post


def _tell_others(seat: Seat, thread: Thread, post: Post, now: datetime) -> None:
    if thread.household is not None and seat.side is not Side.HOUSEHOLD:
        _tell_household(thread, post, now)
    if thread.location is not None and seat.side is not Side.LOCATION:
        _tell_location(thread, post, now)


def _tell_household(thread: Thread, post: Post, now: datetime) -> None:
    on_paper = not Adult.objects.filter(household=thread.household_id).exclude(email="").exists()
    tell_household(
        household_id=thread.household_id or 0,
        kind="contact/post_household",
        context=_said(thread, post, with_text=on_paper),
        now=now,
        link=reverse("contact:thread", args=[thread.reference]),
        about=_about(thread),
        location_id=thread.location_id,
    )


def _tell_location(thread: Thread, post: Post, now: datetime) -> None:
    location = thread.location
    if location is None:
        return
    tell_location(
        location_id=location.pk,
        desk=thread.desk,
        kind="contact/post_location",
        context=_said(thread, post, with_text=False),
        now=now,
        link=reverse("contact:location_thread", args=[location.slug, thread.reference]),
        about=_about(thread),
        addresses=location_addresses(location_id=location.pk, organiser_id=location.organiser_id),
    )


def _said(thread: Thread, post: Post, *, with_text: bool) -> dict[str, str]:
    shown = with_text or policy_of(thread.desk).post_text_in_mail
    return {"sender": post.author_name, "subject": thread.subject, "text": post.text if shown else ""}


def _name_of(seat: Seat, principal: Principal) -> str:
    """A location and the desk speak under their own name, with that of the person; a parent under theirs."""
    if seat.side is Side.HOUSEHOLD:
        return principal.name
    place = seat.location.name if seat.location else seat.desk.shown_name
    return f"{place} ({principal.name})" if principal.name else place


def _require_link(thread: Thread) -> None:
    if thread.household_id is None or thread.location_id is None:
        return
    if not are_linked(household_id=thread.household_id, location_id=thread.location_id):
        message = _("This family no longer asks for a place at this location. Write to the desk instead.")
        raise RefusedError(message, code="not_linked")


def _require_measure(principal: Principal, now: datetime) -> None:
    if principal.user_id is None:
        return
    lately = Post.objects.filter(author_id=principal.user_id, at__gt=now - timedelta(hours=1)).count()
    if lately >= MOST_AN_HOUR:
        raise RefusedError(
            _("You wrote a lot in a short time. Try again in an hour."), field="text", code="often"
        )


def _about(thread: Thread) -> str:
    return f"thread:{thread.pk}"


def _record(principal: Principal, action: str, thread: Thread, now: datetime, **data: Any) -> None:
    audit.record(
        principal=principal,
        action=action,
        subject=thread,
        now=now,
        household_id=thread.household_id,
        desk_id=thread.desk_id,
        **data,
    )
