"""What a desk's staff keep for their own work: tasks, notes, questions that are counted, rows that are dealt with."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from kribbe.contact.models import ListMark, Note, Question, QuestionSubject, Task
from kribbe.people.models import Household
from kribbe.places.models import Location
from kribbe.region.models import Desk
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


@transaction.atomic
def add_task(
    *,
    desk: Desk,
    text: str,
    due: date,
    principal: Principal,
    now: datetime,
    assignee_id: int | None = None,
    household: Household | None = None,
    location: Location | None = None,
    request: str = "",
) -> Task:
    """Something to do by a day. Without an assignee it is for whoever of the desk is there."""
    task = Task.objects.create(
        desk=desk,
        text=text,
        due=due,
        assignee_id=assignee_id,
        household=household,
        location=location,
        request=request,
        made_at=now,
        made_by_id=principal.user_id,
    )
    _record("task.add", task, principal, now, household=household)
    return task


@transaction.atomic
def finish_task(*, task: Task, principal: Principal, now: datetime) -> None:
    """It is done; a second time changes nothing."""
    lock_rows((Task, task.pk))
    if Task.objects.filter(pk=task.pk, done_at=None).update(done_at=now, done_by=principal.user_id):
        _record("task.done", task, principal, now, household=task.household)


@transaction.atomic
def reopen_task(*, task: Task, principal: Principal, now: datetime) -> None:
    """It wasn't done after all."""
    lock_rows((Task, task.pk))
    if Task.objects.filter(pk=task.pk, done_at__isnull=False).update(done_at=None, done_by=None):
        _record("task.reopen", task, principal, now, household=task.household)


@transaction.atomic
def write_note(
    *,
    desk: Desk,
    text: str,
    principal: Principal,
    now: datetime,
    household: Household | None = None,
    location: Location | None = None,
) -> Note:
    """Tell colleagues something about a household or a location."""
    note = Note.objects.create(
        desk=desk,
        household=household,
        location=location,
        text=text,
        written_at=now,
        written_by_id=principal.user_id,
    )
    _record("note.write", note, principal, now, household=household)
    return note


@transaction.atomic
def remove_note(*, note: Note, principal: Principal, now: datetime) -> None:
    """Take a note away; it can be put back."""
    if Note.objects.filter(pk=note.pk, removed_at=None).update(removed_at=now):
        _record("note.remove", note, principal, now, household=note.household)


@transaction.atomic
def restore_note(*, note: Note, principal: Principal, now: datetime) -> None:
    """Put a removed note back."""
    if Note.objects.filter(pk=note.pk, removed_at__isnull=False).update(removed_at=None):
        _record("note.restore", note, principal, now, household=note.household)


@transaction.atomic
def count_question(
    *,
    desk: Desk,
    subject: QuestionSubject,
    channel: str,
    language: str,
    principal: Principal,
    now: datetime,
    referred_to: str = "",
) -> Question:
    """Count a question that was answered, or referred to somebody else. It holds nobody's name."""
    question = Question.objects.create(
        desk=desk,
        subject=subject,
        channel=channel,
        language=language,
        referred_to=referred_to,
        asked_at=now,
        noted_by=principal.user_id,
    )
    _record("question.count", question, principal, now)
    return question


@transaction.atomic
def drop_question(*, question: Question, principal: Principal, now: datetime) -> None:
    """It was counted by mistake."""
    _record("question.drop", question, principal, now)
    question.delete()


@transaction.atomic
def add_subjects(
    *, desk: Desk, names: Sequence[str], principal: Principal, now: datetime
) -> list[QuestionSubject]:
    """Put subjects at the end of the desk's list. Raises RefusedError for one that stands there already."""
    lock_rows((Desk, desk.pk))
    known = set(desk.question_subjects.filter(active=True).values_list("name", flat=True))
    if known & set(names):
        raise RefusedError(_("This subject stands on the list already."), field="name", code="known-subject")
    first = (desk.question_subjects.aggregate(last=models.Max("position"))["last"] or 0) + 1
    made = [
        QuestionSubject.objects.update_or_create(
            desk=desk, name=name, defaults={"position": place, "active": True}
        )[0]
        for place, name in enumerate(names, start=first)
    ]
    audit.record(
        principal=principal,
        action="question.subjects",
        subject=desk,
        now=now,
        desk_id=desk.pk,
        added=len(made),
    )
    return made


@transaction.atomic
def retire_subject(*, subject: QuestionSubject, principal: Principal, now: datetime) -> None:
    """The subject is no longer asked for; what was counted under it stays. Adding it again brings it back."""
    QuestionSubject.objects.filter(pk=subject.pk).update(active=False)
    _record("question.subjects", subject, principal, now)


@transaction.atomic
def mark_rows(*, desk: Desk, name: str, rows: Sequence[str], principal: Principal, now: datetime) -> int:
    """Rows of a work list were dealt with, those of before anew; returns how many weren't before."""
    before = ListMark.objects.filter(desk=desk, list=name, row__in=rows)
    before.update(marked_at=now, marked_by=principal.user_id)
    known = set(before.values_list("row", flat=True))
    fresh = [row for row in dict.fromkeys(rows) if row not in known]
    ListMark.objects.bulk_create(
        [
            ListMark(desk=desk, list=name, row=row, marked_at=now, marked_by_id=principal.user_id)
            for row in fresh
        ],
        ignore_conflicts=True,
    )
    if fresh:
        audit.record(
            principal=principal,
            action="list.mark",
            subject=desk,
            now=now,
            desk_id=desk.pk,
            list=name,
            rows=fresh,
        )
    return len(fresh)


@transaction.atomic
def unmark_rows(*, desk: Desk, name: str, rows: Sequence[str], principal: Principal, now: datetime) -> int:
    """They weren't dealt with after all; returns how many were."""
    gone, _models = ListMark.objects.filter(desk=desk, list=name, row__in=rows).delete()
    if gone:
        audit.record(
            principal=principal,
            action="list.unmark",
            subject=desk,
            now=now,
            desk_id=desk.pk,
            list=name,
            rows=list(rows),
        )
    return gone


def _record(
    action: str,
    subject: Task | Note | Question | QuestionSubject,
    principal: Principal,
    now: datetime,
    household: Household | None = None,
) -> None:
    audit.record(
        principal=principal,
        action=action,
        subject=subject,
        now=now,
        household_id=household.pk if household else None,
        desk_id=subject.desk_id,
    )
