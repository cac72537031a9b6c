from django.db import models
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Household, User
from kribbe.places.models import Location
from kribbe.region.models import Desk
from kribbe.trust.history import remembered


@remembered()
class Task(models.Model):
    """Something to do by a day, for one clerk or for whoever of the desk is there."""

    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="tasks")
    text = models.CharField(max_length=500)
    due = models.DateField()
    assignee = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="tasks")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, null=True, related_name="tasks")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, null=True, related_name="tasks")
    request = models.CharField(max_length=20, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["desk", "due"], name="task_open", condition=models.Q(done_at=None))]

    def __str__(self) -> str:
        return self.text


@remembered()
class Note(models.Model):
    """What the desk's staff tell each other about a household or a location. Removed ones are kept to be undone."""

    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="notes")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, null=True, related_name="notes")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, null=True, related_name="notes")
    text = models.TextField(max_length=2000)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="note_about_one",
                condition=models.Q(household=None, location__isnull=False)
                | models.Q(household__isnull=False, location=None),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class QuestionSubject(models.Model):
    """What questions at a desk are about; the desk keeps the list itself."""

    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="question_subjects")
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="question_subject_once", fields=["desk", "name"])]

    def __str__(self) -> str:
        return self.name


class Channel(models.TextChoices):
    COUNTER = "counter", _("At the counter")
    PHONE = "phone", _("By telephone")
    MAIL = "mail", _("By mail")


class QuestionLanguage(models.TextChoices):
    DUTCH = "nl", _("Dutch")
    FRENCH = "fr", _("French")
    ENGLISH = "en", _("English")
    GERMAN = "de", _("German")
    OTHER = "xx", _("Another language")


class Question(models.Model):
    """A question that somebody asked the desk. Nobody's name is kept: it is only counted."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="questions")
    subject = models.ForeignKey(QuestionSubject, on_delete=models.PROTECT, related_name="questions")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    language = models.CharField(max_length=2, choices=QuestionLanguage.choices)
    referred_to = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField()
    noted_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["desk", "asked_at"], name="question_desk")]
        constraints = [
            models.CheckConstraint(name="question_channel", condition=models.Q(channel__in=Channel.values)),
            models.CheckConstraint(
                name="question_language", condition=models.Q(language__in=QuestionLanguage.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.asked_at:%Y-%m-%d}"


class ListMark(models.Model):
    """A row of a work list that a clerk has dealt with, such as a family that was called."""

    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="list_marks")
    list = models.CharField(max_length=40)
    row = models.CharField(max_length=60)
    marked_at = models.DateTimeField()
    marked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="list_mark_once", fields=["desk", "list", "row"])]

    def __str__(self) -> str:
        return f"{self.list} {self.row}"
