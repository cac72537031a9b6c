from datetime import time

from django.db import models
from django.db.models import Q

from kribbe.region.models import Desk
from kribbe.trust.history import remembered


@remembered()
class ContactPolicy(models.Model):
    """How a desk wants to talk: what a mail may hold, and when mails stay behind. No row: the standard."""

    desk = models.OneToOneField(Desk, on_delete=models.CASCADE, related_name="contact_policy")
    post_text_in_mail = models.BooleanField(default=False)
    quiet_from = models.TimeField(default=time(21))
    quiet_until = models.TimeField(default=time(7))
    quiet_sundays = models.BooleanField(default=True)
    draft_reminder_days = models.PositiveSmallIntegerField(null=True, default=5)
    """After how many days somebody is reminded of a request that was left halfway; None: never."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contact_policy_draft_days",
                condition=Q(draft_reminder_days=None) | Q(draft_reminder_days__range=(1, 50)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.desk_id} {self.quiet_from:%H:%M}–{self.quiet_until:%H:%M}"


class DeskText(models.Model):
    """A desk's own words for one kind of notice in one language, and the period in which they were used."""

    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="texts")
    kind = models.CharField(max_length=60)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    made_by = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=200)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="desk_text_one_now", fields=["desk", "kind", "language"], condition=Q(until=None)
            ),
            models.CheckConstraint(
                name="desk_text_period", condition=Q(until=None) | Q(until__gte=models.F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} {self.since:%Y-%m-%d}"
