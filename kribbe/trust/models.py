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


class StoredFile(models.Model):
    """A file that somebody sent, kept on disk under its key (see `files`).

    `space` ("location:12") is whose it is and whose quota it fills; `size` counts bytes as kept; `widths` are
    those of a picture. `held_until`: it came with a form that still had something wrong.
    """

    key = models.CharField(max_length=32, unique=True)
    space = models.CharField(max_length=40, db_index=True)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    widths = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField(null=True)
    held_until = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="file_key", condition=models.Q(key__regex=r"^[0-9a-f]{32}$"))
        ]

    def __str__(self) -> str:
        return f"{self.space} {self.name}"

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")
