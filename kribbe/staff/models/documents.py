"""Papers with a last day, of a carer or of the location itself, and which warnings of a paper were given."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Location
from kribbe.staff.models.carers import Carer
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered


class DocumentKind(models.TextChoices):
    """What a paper says; of its contents nothing is kept."""

    FIRST_AID = "first_aid", _("Life-saving first aid")
    MEDICAL = "medical", _("Medical fitness")
    EXTRACT = "extract", _("Extract from the criminal record (model 2)")
    LICENCE = "licence", _("Licence")
    FIRE = "fire", _("Fire safety")
    INSURANCE = "insurance", _("Insurance")
    OTHER = "other", _("Another paper")


@remembered()
class Document(models.Model):
    """A paper that holds to its last day. `gone_at` is when it was removed, or replaced by the one `after` it."""

    reference = reference_field()
    carer = models.ForeignKey(Carer, on_delete=models.PROTECT, null=True, related_name="documents")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="documents")
    kind = models.CharField(max_length=10, choices=DocumentKind.choices)
    name = models.CharField(max_length=80, blank=True)
    given = models.DateField(null=True)
    last = models.DateField()
    before = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="after")
    """The paper that this one renewed."""
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["last", "pk"]
        constraints = [
            models.CheckConstraint(
                name="document_of_one",
                condition=Q(carer=None, location__isnull=False) | Q(carer__isnull=False, location=None),
            ),
            models.CheckConstraint(name="document_days", condition=Q(given=None) | Q(given__lte=F("last"))),
            models.CheckConstraint(name="document_other_named", condition=~Q(kind="other") | ~Q(name="")),
            models.UniqueConstraint(
                name="document_of_carer_once",
                fields=["carer", "kind", "name"],
                condition=Q(gone_at=None, carer__isnull=False),
            ),
            models.UniqueConstraint(
                name="document_of_location_once",
                fields=["location", "kind", "name"],
                condition=Q(gone_at=None, location__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def title(self) -> str:
        """What it is called."""
        return self.name or self.get_kind_display()


class Warned(models.Model):
    """A warning of a paper of any room, given to a location so many days before this last day; once."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    last = models.DateField()
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="warned_once", fields=["location", "key", "last", "days"])
        ]

    def __str__(self) -> str:
        return f"{self.location_id} {self.key} {self.days}"
