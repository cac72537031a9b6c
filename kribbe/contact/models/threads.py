import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Household
from kribbe.places.models import Location
from kribbe.region.models import Desk
from kribbe.trust.fields import reference_field


class Side(models.TextChoices):
    """Who speaks in a conversation."""

    HOUSEHOLD = "household", _("Family")
    LOCATION = "location", _("Location")
    DESK = "desk", _("Desk")


class Thread(models.Model):
    """A conversation of two or three sides: a household, a location, the desk.

    The desk reads along only where `with_desk` says so. `about` names what it is about ("request:12"), in the
    words `about_label`. A side has read what came up to its mark.
    """

    reference = reference_field()
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="threads")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, null=True, related_name="threads")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="threads")
    with_desk = models.BooleanField(default=False)
    subject = models.CharField(max_length=150)
    about = models.CharField(max_length=60, blank=True)
    about_label = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()
    household_read_at = models.DateTimeField(null=True)
    location_read_at = models.DateTimeField(null=True)
    desk_read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["household", "-last_at", "-id"], name="thread_household"),
            models.Index(fields=["location", "-last_at", "-id"], name="thread_location"),
            models.Index(fields=["desk", "-last_at", "-id"], name="thread_desk", condition=Q(with_desk=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="thread_two_sides",
                condition=Q(household__isnull=False, location__isnull=False)
                | Q(household__isnull=False, with_desk=True)
                | Q(location__isnull=False, with_desk=True),
            ),
            models.CheckConstraint(name="thread_in_order", condition=Q(last_at__gte=F("started_at"))),
        ]

    def __str__(self) -> str:
        return self.reference


class Post(models.Model):
    """What one side said. Never changed and never removed; it can be withdrawn, once."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    side = models.CharField(max_length=10, choices=Side.choices)
    author_id = models.BigIntegerField(null=True)
    author_name = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["thread", "at", "id"], name="post_thread"),
            models.Index(fields=["author_id", "-at"], name="post_author"),
        ]
        constraints = [
            models.CheckConstraint(name="post_side", condition=Q(side__in=Side.values)),
            models.CheckConstraint(name="post_says_something", condition=~Q(text="")),
        ]
        triggers = [
            pgtrigger.Protect(name="words_stay", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="words_never_change",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("thread", "side", "author_id", "author_name", "text", "at"),
            ),
            pgtrigger.Protect(
                name="withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.side} {self.at:%Y-%m-%d %H:%M}"
