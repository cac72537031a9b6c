"""The certificates of a year issued by a worker, and how far it is."""

from django.db import models
from django.db.models import Q

from kribbe.billing.models import Books


class YearRun(models.Model):
    """One time that the certificates of a year were issued and corrected. `done` of `payers` were looked at so far.

    `new`, `changed` and `cancelled` count what was issued. What is left of one that was interrupted is resumed.
    """

    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="year_runs")
    year = models.PositiveSmallIntegerField()
    payers = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    started_by = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="year_run_one_going", fields=["books", "year"], condition=Q(done_at=None)
            ),
            models.CheckConstraint(name="year_run_done", condition=Q(done__lte=models.F("payers"))),
        ]

    def __str__(self) -> str:
        return f"{self.books_id} {self.year}"
