from django.db import models
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Household, User
from kribbe.region.models import Desk
from kribbe.trust.fields import reference_field


class Notice(models.Model):
    """What was told to whom and when: shown in the desk, and sent by mail or on paper."""

    reference = reference_field()
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="notices")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, null=True, related_name="notices")
    location_id = models.BigIntegerField(null=True, db_index=True)
    """The location that was told; of a notice to a household, the location that it is about."""
    kind = models.CharField(max_length=60)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    link = models.CharField(max_length=300, blank=True)
    about = models.CharField(max_length=60, blank=True, db_index=True)
    once = models.CharField(max_length=100, null=True, unique=True)
    """What is told but once (a reminder of an offer): the second telling finds it here."""
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["household", "-created_at"], name="notice_household"),
            models.Index(fields=["desk", "-created_at"], name="notice_desk"),
            models.Index(fields=["location_id", "-created_at"], name="notice_location"),
        ]

    def __str__(self) -> str:
        return self.subject


class MailState(models.TextChoices):
    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be delivered")
    DOUBTFUL = "doubtful", _("Perhaps sent")
    BOUNCED = "bounced", _("Came back")


class Mail(models.Model):
    """One mail to one address. It leaves after commit, is tried again, and never leaves twice."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, null=True, related_name="mails")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    address = models.EmailField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    is_secret = models.BooleanField(default=False)
    stop_url = models.CharField(max_length=400, blank=True)
    calendar = models.TextField(blank=True)
    """An invitation (iCalendar) that goes along."""
    calendar_method = models.CharField(max_length=10, blank=True)
    message_id = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    """When a clerk dealt with a mail that didn't arrive."""
    handled_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="mail_state", condition=models.Q(state__in=MailState.values)),
            models.CheckConstraint(
                name="mail_claimed", condition=models.Q(claimed_at__isnull=False) | ~models.Q(state="sending")
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="mail_unfinished",
                condition=models.Q(state__in=["queued", "sending"]),
            ),
            models.Index(fields=["-created_at"], name="mail_recent"),
            models.Index(
                fields=["created_at"],
                name="mail_undelivered",
                condition=models.Q(state__in=["failed", "bounced"], handled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.state}"


class Letter(models.Model):
    """A notice for a household without mail: a clerk prints and posts it."""

    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, related_name="letter")
    posted_at = models.DateTimeField(null=True)
    posted_by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.notice_id} {self.posted_at or 'to post'}"
