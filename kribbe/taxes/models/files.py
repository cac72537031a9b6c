"""Files for an authority: which was made, and which was sent. What stood in it is made anew from the books."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import Books
from kribbe.people.models import Child, Household
from kribbe.places.models import Location
from kribbe.trust.fields import reference_field


class FileKind(models.TextChoices):
    BELCOTAX = "belcotax", _("Tax certificates (Belcotax)")
    INCOME_MONTH = "income", _("Month of places at an income price (FO-SU-05)")
    FREE_MONTH = "free", _("Month of places at a free price (childcare supplement)")


class AuthorityFile(models.Model):
    """A file that somebody took to send to an authority, and whether it was sent.

    `digest` is the SHA-256 of what was taken: another one now says that something changed since. The file itself
    isn't kept, as it can hold national numbers. `contents` lists, for tax certificates, their keys.
    """

    reference = reference_field()
    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="authority_files")
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, related_name="authority_files"
    )
    kind = models.CharField(max_length=8, choices=FileKind.choices)
    period = models.DateField()
    """The first day of the year or month."""
    rows = models.PositiveIntegerField()
    contents = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=6, blank=True)
    """The number that the tax office gave to what was sent; one that replaces it names it."""

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["books", "kind", "period"], name="authority_file_period")]
        constraints = [
            models.CheckConstraint(
                name="authority_file_location",
                condition=Q(kind=FileKind.BELCOTAX, location=None)
                | (~Q(kind=FileKind.BELCOTAX) & Q(location__isnull=False)),
            ),
            models.CheckConstraint(name="authority_file_day", condition=Q(period__day=1)),
        ]

    def __str__(self) -> str:
        return self.reference


class Sex(models.TextChoices):
    """As the authority writes it."""

    MALE = "M", _("Boy")
    FEMALE = "V", _("Girl")


class ChildReported(models.Model):
    """What only the report of places at a free price asks of a child."""

    child = models.OneToOneField(Child, on_delete=models.CASCADE, related_name="reported")
    sex = models.CharField(max_length=1, choices=Sex.choices)
    noted_at = models.DateTimeField()
    noted_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="child_reported_sex", condition=Q(sex__in=Sex.values))]

    def __str__(self) -> str:
        return f"{self.child_id}"


class Ground(models.TextChoices):
    """The grounds that the yearly form asks apart, of a family in which somebody needs care."""

    DISABILITY = "disability", _("A family member has a disability")
    SELF_CARE = "self_care", _("A family member can take less care of itself")
    SOCIAL = "social", _("Child care for a social or pedagogical reason")


class GroundsReported(models.Model):
    """Which of them hold for a household, as only the yearly form asks. One or more."""

    household = models.OneToOneField(Household, on_delete=models.CASCADE, related_name="grounds_reported")
    grounds = ArrayField(models.CharField(max_length=10, choices=Ground.choices))
    noted_at = models.DateTimeField()
    noted_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grounds_reported_some",
                condition=Q(grounds__len__gt=0, grounds__contained_by=Ground.values),
            )
        ]

    def __str__(self) -> str:
        return f"{self.household_id}"
