import pgtrigger
from django.db import models


def append_only(table: str) -> list[pgtrigger.Trigger]:
    """Triggers under which rows can be added and never changed, removed or swept away."""
    refuse = f"RAISE EXCEPTION '{table} can only be added to';"
    return [
        pgtrigger.Protect(name="never_change", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="never_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=refuse,
        ),
    ]


class AuditEntry(models.Model):
    """Who did or read what, when and why. Written by services, never changed."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    household_id = models.BigIntegerField(null=True)
    desk_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["household_id", "-at"], name="audit_household"),
            models.Index(fields=["desk_id", "-at"], name="audit_desk"),
            models.Index(fields=["subject", "subject_id"], name="audit_subject"),
        ]
        triggers = append_only("trust_auditentry")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action}"


class OnceToken(models.Model):
    """A form that was sent; the second sending of the same form finds the first one's outcome."""

    token = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.token
