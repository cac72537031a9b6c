"""The state of a location's licence: what the desk found, when, and where."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LicenceState(models.TextChoices):
    LICENSED = "licensed", pgettext_lazy("a location", "Licensed")
    SUSPENDED = "suspended", _("Licence suspended")
    ENDED = "ended", _("Licence ended")
    UNKNOWN = "unknown", _("Licence not checked")


STOPPED = frozenset({LicenceState.SUSPENDED, LicenceState.ENDED})
"""States in which a location may take no new child."""


class LicenceCheck(models.Model):
    """One look at a location's licence: its state on a day, and the source that says so. The last one holds."""

    location = models.ForeignKey("places.Location", on_delete=models.CASCADE, related_name="licence_checks")
    state = models.CharField(max_length=10, choices=LicenceState.choices)
    checked_on = models.DateField()
    source = models.CharField(max_length=200)
    noted_at = models.DateTimeField()
    noted_by = models.BigIntegerField(null=True)
    noted_name = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["location", "-noted_at"], name="licence_check_latest")]
        constraints = [
            models.CheckConstraint(name="licence_check_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="licence_check_state", condition=Q(state__in=("licensed", "suspended", "ended"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location_id} {self.state} {self.checked_on}"
