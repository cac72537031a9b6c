"""What carers must know of a child: the file that its parents keep."""

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Child
from kribbe.trust.fields import EncryptedList, EncryptedText
from kribbe.trust.history import remembered


class Severity(models.TextChoices):
    """How bad an allergy is."""

    LIFE = "life", _("life-threatening")
    SERIOUS = "serious", _("serious")
    MILD = "mild", _("mild")


def _is_list(column: str) -> models.CheckConstraint:
    kind = Func(F(column), function="jsonb_typeof", output_field=models.TextField())
    return models.CheckConstraint(name=f"child_file_{column}_list", condition=Exact(kind, Value("array")))


@remembered()
class ChildFile(models.Model):
    """A child's file. It is read and kept as a whole, so that each version in its history is one too.

    `allergies` holds rows of `what`, `severity` and `to_do`; `fetchers` and `contacts` rows of `name`, `relation` and
    `phone`. `version` counts the times that it was kept; 0 and without `checked_at` nobody has filled it in yet.
    What it says of health and care is kept sealed, here and in its history.
    """

    child = models.OneToOneField(Child, on_delete=models.CASCADE, related_name="file")
    version = models.PositiveIntegerField(default=0)
    health = EncryptedText(max_length=2000, blank=True)
    medication = EncryptedText(max_length=2000, blank=True)
    allergies = EncryptedList(default=list, blank=True)
    sleep = EncryptedText(max_length=1000, blank=True)
    food = EncryptedText(max_length=1000, blank=True)
    comfort = EncryptedText(max_length=1000, blank=True)
    settling_in = EncryptedText(max_length=1000, blank=True)
    vaccinations = EncryptedText(max_length=1000, blank=True)
    doctor = models.CharField(max_length=200, blank=True)
    doctor_phone = models.CharField(max_length=40, blank=True)
    fetchers = models.JSONField(default=list)
    contacts = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)
    """When a parent last said that all of it is right."""
    asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *(_is_list(column) for column in ("fetchers", "contacts")),
            models.CheckConstraint(
                name="child_file_checked",
                condition=Q(version=0, checked_at=None) | Q(version__gt=0, checked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} {self.version}"
