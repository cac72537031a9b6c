"""The desk of a location asks the desk of a request: is it that of a child taken directly? Its answer, and undo."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import (
    CareRequest,
    DirectAnswer,
    DirectChild,
    DirectMatch,
    DirectQuestion,
    RequestState,
)
from kribbe.enrolment.services.direct_match import close_as_taken, undo_taken
from kribbe.places.models import Group
from kribbe.rules.duplicates import Likeness
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

DECLINES = (DirectAnswer.OTHER_CHILD, DirectAnswer.STILL_NEEDED, DirectAnswer.NOT_REACHED)
"""The reasons for which the desk of a request leaves it open."""


def ask_desk(
    *, principal: Principal, child_id: int, request_id: int, likeness: Likeness, now: datetime
) -> DirectQuestion:
    """Ask the desk of that request; one that was taken back can be asked again, with the likeness of now.

    RefusedError where it was asked already, or there is nothing to decide any more.
    """
    with transaction.atomic():
        _lock(child_id, request_id)
        _check_open(child_id, request_id)
        found, made = DirectQuestion.objects.get_or_create(
            direct_id=child_id, request_id=request_id, defaults=_asked(principal, likeness, now)
        )
        if not made and found.answer != DirectAnswer.WITHDRAWN:
            raise RefusedError(_("That desk was asked already."), code="asked")
        if not made:
            for name, value in _asked(principal, likeness, now).items():
                setattr(found, name, value)
            found.save()
        _record(principal, "direct.ask", found, now, by_location=True)
    return found


def withdraw_question(*, principal: Principal, question_id: int, now: datetime) -> None:
    """The desk that asked takes it back. RefusedError where there is an answer."""
    with transaction.atomic():
        found = _locked(question_id)
        _check_unanswered(found)
        _answer(principal, found, DirectAnswer.WITHDRAWN, now)
        _record(principal, "direct.ask_undone", found, now, by_location=True)


def agree(*, principal: Principal, question_id: int, now: datetime) -> None:
    """It is that child: its request ends as placed, as `close_as_taken` does, and its family is told.

    RefusedError, and nothing changed, where it was answered, or the request or the child is no longer to decide.
    """
    with transaction.atomic():
        found = _locked(question_id)
        _check_unanswered(found)
        close_as_taken(
            principal=principal,
            child_id=found.direct_id,
            request_id=found.request_id,
            likeness=Likeness(found.score, tuple(found.signs)),
            now=now,
        )
        _record(principal, "direct.answer", found, now, answer=DirectAnswer.CLOSED.value)


def decline(*, principal: Principal, question_id: int, why: str, now: datetime) -> None:
    """The request stays open; the desk that asked has the child on its list again, with why.

    RefusedError on a reason that isn't one of `DECLINES`, and where it was answered.
    """
    if why not in DECLINES:
        raise RefusedError(_("Choose why the request stays open."), field="why")
    with transaction.atomic():
        found = _locked(question_id)
        _check_unanswered(found)
        _answer(principal, found, DirectAnswer(why), now)
        DirectChild.objects.filter(pk=found.direct_id).update(seen_at=None, seen_by=None)
        _record(principal, "direct.answer", found, now, answer=why)


def undo_answer(*, principal: Principal, question_id: int, now: datetime) -> None:
    """Take the answer back: a request that was closed stands again (`undo_taken`); after a no the question does.

    RefusedError where that can't be any more.
    """
    with transaction.atomic():
        found = _locked(question_id)
        if found.answer == DirectAnswer.CLOSED:
            _undo_closing(principal, found, now)
        elif found.answer in DECLINES:
            _check_open(found.direct_id, found.request_id)
            found.answer, found.answered_at, found.answered_by = "", None, None
            found.save(update_fields=["answer", "answered_at", "answered_by"])
        else:
            raise RefusedError(_("This was undone already."), code="undone")
        _record(principal, "direct.answer_undone", found, now)


def _undo_closing(principal: Principal, found: DirectQuestion, now: datetime) -> None:
    standing = DirectMatch.objects.filter(direct=found.direct_id, request=found.request_id, undone_at=None)
    if not standing.exists():
        raise RefusedError(_("This was undone already."), code="undone")
    undo_taken(principal=principal, child_id=found.direct_id, now=now)


def _asked(principal: Principal, likeness: Likeness, now: datetime) -> dict[str, Any]:
    return {
        "score": likeness.score,
        "signs": list(likeness.signs),
        "asked_at": now,
        "asked_by": principal.user_id,
        "answer": "",
        "answered_at": None,
        "answered_by": None,
    }


def _answer(principal: Principal, found: DirectQuestion, answer: DirectAnswer, now: datetime) -> None:
    found.answer, found.answered_at, found.answered_by = answer, now, principal.user_id
    found.save(update_fields=["answer", "answered_at", "answered_by"])


def _lock(child_id: int, request_id: int) -> None:
    group_id = DirectChild.objects.values_list("group_id", flat=True).get(pk=child_id)
    lock_rows((CareRequest, request_id), (Group, group_id), (DirectChild, child_id))


def _locked(question_id: int) -> DirectQuestion:
    known = DirectQuestion.objects.get(pk=question_id)
    _lock(known.direct_id, known.request_id)
    return DirectQuestion.objects.select_related("direct__group__location", "request__household").get(
        pk=question_id
    )


def _check_open(child_id: int, request_id: int) -> None:
    """Raises RefusedError where the child was decided or taken back, or the request has ended."""
    child = DirectChild.objects.get(pk=child_id)
    if child.undone_at is not None or child.matches.filter(undone_at=None).exists():
        raise RefusedError(_("This child was decided already. Load the page again."), code="decided")
    if not CareRequest.objects.filter(pk=request_id, state=RequestState.OPEN).exists():
        raise RefusedError(_("This request has ended. Load the page again."), code="ended")


def _check_unanswered(found: DirectQuestion) -> None:
    if found.answer:
        raise RefusedError(_("This was answered already. Load the page again."), code="answered")


def _record(
    principal: Principal,
    action: str,
    found: DirectQuestion,
    now: datetime,
    *,
    by_location: bool = False,
    **data: Any,
) -> None:
    """In the trail of the desk that did it: that of the location asks, that of the request answers."""
    location, home = found.direct.group.location, found.request.household
    record(
        principal=principal,
        action=action,
        subject=found,
        now=now,
        desk_id=location.desk_id if by_location else home.desk_id,
        household_id=None if by_location else home.pk,
        location=location.pk,
        request=found.request_id,
        **data,
    )
