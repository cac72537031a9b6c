from django.db import models


class CallWindow(models.Model):
    """How often one caller asked within one minute. The caller is a keyed hash that changes every day."""

    caller = models.CharField(max_length=64)
    minute = models.BigIntegerField()
    calls = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="call_window_once", fields=["caller", "minute"])]
        indexes = [models.Index(fields=["minute"], name="call_window_minute")]

    def __str__(self) -> str:
        return f"{self.minute} {self.calls}"
