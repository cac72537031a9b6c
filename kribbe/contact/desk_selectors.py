"""Reading what a desk's staff keep for their own work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from kribbe.contact.models import ListMark, Note, Question, QuestionSubject, Task
from kribbe.people.models import Household, RoleGrant, User
from kribbe.places.models import Location
from kribbe.region.models import Desk
from kribbe.trust.principal import Role, Scope


def open_tasks(desk: Desk) -> "QuerySet[Task]":
    """Tasks of the desk that aren't done."""
    return Task.objects.filter(desk=desk, done_at=None).select_related("assignee", "household", "location")


def tasks_for(desk: Desk, user_id: int | None) -> "QuerySet[Task]":
    """Open tasks for this clerk, or for whoever of the desk is there."""
    return open_tasks(desk).filter(Q(assignee=user_id) | Q(assignee=None))


def done_tasks(desk: Desk) -> "QuerySet[Task]":
    """Tasks that were done."""
    return Task.objects.filter(desk=desk, done_at__isnull=False).select_related(
        "assignee", "household", "location"
    )


def tasks_about(desk: Desk, about: Household | Location) -> list[Task]:
    """Open tasks about a household or a location, the first due first."""
    kind = "household" if isinstance(about, Household) else "location"
    return list(open_tasks(desk).filter(**{kind: about}).order_by("due", "pk"))


def notes_about(desk: Desk, about: Household | Location) -> list[Note]:
    """Notes about a household or a location, the newest first."""
    kind = "household" if isinstance(about, Household) else "location"
    found = Note.objects.filter(desk=desk, removed_at=None, **{kind: about}).select_related("written_by")
    return list(found.order_by("-written_at", "-pk"))


def clerks_of(desk: Desk) -> "QuerySet[User]":
    """Accounts that are clerk of the desk or of its region."""
    held = RoleGrant.objects.filter(role=Role.CLERK).filter(
        Q(scope=Scope.DESK, scope_id=desk.pk) | Q(scope=Scope.REGION, scope_id=desk.region_id)
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")


def subjects_of(desk: Desk) -> "QuerySet[QuestionSubject]":
    """What questions can be about, in the desk's order."""
    return desk.question_subjects.filter(active=True).order_by("position", "pk")


@dataclass(frozen=True, slots=True)
class QuestionCount:
    """How many questions of one kind came in a month; `month` is its first day."""

    month: date
    subject: str
    channel: str
    language: str
    answered: int
    referred: int


def questions_by_month(desk_ids: Sequence[int], *, since: datetime, until: datetime) -> list[QuestionCount]:
    """Questions asked from `since` up to `until`, by month, subject, channel and language."""
    rows = (
        Question.objects.filter(desk__in=desk_ids, asked_at__gte=since, asked_at__lt=until)
        .annotate(month=TruncMonth("asked_at"))
        .values("month", "subject__name", "channel", "language")
        .annotate(
            answered=Count("pk", filter=Q(referred_to="")), referred=Count("pk", filter=~Q(referred_to=""))
        )
        .order_by("-month", "subject__name", "channel", "language")
    )
    return [
        QuestionCount(
            row["month"].date(), row["subject__name"], row["channel"], row["language"],
            row["answered"], row["referred"],
        )
        for row in rows
    ]  # fmt: skip


def marked(desk_id: int, name: str) -> "QuerySet[ListMark]":
    """Rows of a work list that were dealt with."""
    return ListMark.objects.filter(desk=desk_id, list=name)
