"""Who pays: a family, or an organisation for it, and for which share of whose place; and the fee certificates."""

from decimal import Decimal

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models.books import Books
from kribbe.enrolment.models import Placement
from kribbe.outofschool.models import Club
from kribbe.people.models import Adult, Child
from kribbe.places.models import Location
from kribbe.region.models import no_overlap
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered


class PayerKind(models.TextChoices):
    ADULT = "adult", _("A parent")
    ORGANISATION = "organisation", _("An organisation")


class Delivery(models.TextChoices):
    """How a payer wants its invoices."""

    MAIL = "mail", _("By e-mail")
    PAPER = "paper", _("On paper")
    PEPPOL = "peppol", _("As an electronic invoice")


@remembered()
class Payer(models.Model):
    """Somebody who gets the invoices of one organiser. What an invoice said stays on the invoice."""

    reference = reference_field()
    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="payers")
    kind = models.CharField(max_length=12, choices=PayerKind.choices)
    adult = models.ForeignKey(Adult, on_delete=models.SET_NULL, null=True, related_name="payers")
    """The parent whose account sees the invoices; None for an organisation, and once the parent's data are gone."""
    name = models.CharField(max_length=200)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2, default="BE")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, default="nl")
    enterprise_number = models.CharField(max_length=10, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    delivery = models.CharField(max_length=6, choices=Delivery.choices, default=Delivery.MAIL)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="payer_adult_once", fields=["books", "adult"], condition=Q(adult__isnull=False)
            ),
            models.CheckConstraint(
                name="payer_organisation", condition=~Q(kind=PayerKind.ORGANISATION) | Q(adult=None)
            ),
            models.CheckConstraint(
                name="payer_peppol", condition=~Q(delivery=Delivery.PEPPOL) | ~Q(enterprise_number="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


ONE_OF = Q(placement__isnull=False, care=None) | Q(placement=None, care__isnull=False)
"""What is charged is care of a placement or care without one, never both."""


@remembered()
class UnplacedCare(models.Model):
    """The care of a child without a placement, which a payer pays for as for one: its out-of-school care at a club,
    over all school years and holidays, or its places of one day at a location.
    """

    reference = reference_field()
    club = models.ForeignKey(Club, on_delete=models.PROTECT, null=True, related_name="cares")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="day_cares")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="unplaced_cares")
    during = DateRangeField()
    """At a club from the first day of the school year in which the child came first, at a location from the
    month of its first day there.
    """

    class Meta:
        constraints = [
            models.UniqueConstraint(name="club_care_once", fields=["club", "child"]),
            models.UniqueConstraint(name="day_care_once", fields=["location", "child"]),
            models.CheckConstraint(
                name="care_at_one",
                condition=Q(club__isnull=False, location=None) | Q(club=None, location__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.club_id or self.location_id} {self.child_id}"

    @property
    def site(self) -> Location | Club:
        """Where the child is cared for; both have a name and a desk."""
        site = self.club or self.location
        if site is None:
            raise ValueError(f"care {self.pk} is at no place")
        return site


Charged = Placement | UnplacedCare
"""What is invoiced and shared."""


def charged_by(charged: Charged) -> dict[str, Charged]:
    """What is charged, by the name of its column."""
    return {"care" if isinstance(charged, UnplacedCare) else "placement": charged}


def site_of(charged: Charged) -> Location | Club:
    """Where the child is cared for; both have a name and a desk."""
    return charged.site if isinstance(charged, UnplacedCare) else charged.group.location


@remembered()
class Share(models.Model):
    """The part of a place's price that a payer pays on some days, in percent. Those of a day make 100."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True, related_name="shares")
    care = models.ForeignKey(UnplacedCare, on_delete=models.PROTECT, null=True, related_name="shares")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="shares")
    during = DateRangeField()
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(100))

    class Meta:
        constraints = [
            no_overlap("share_one_a_day", "placement_id", "payer_id", condition=Q(placement__isnull=False)),
            no_overlap("share_of_club_one_a_day", "care_id", "payer_id", condition=Q(care__isnull=False)),
            models.CheckConstraint(name="share_of_one", condition=ONE_OF),
            models.CheckConstraint(name="share_percent", condition=Q(percent__gt=0, percent__lte=100)),
            models.CheckConstraint(name="share_not_empty", condition=Q(during__isempty=False)),
        ]

    def __str__(self) -> str:
        return f"{self.placement_id or self.care_id} {self.payer_id} {self.percent}"


class ShareChange(models.Model):
    """Shares of a place that were changed from a day on, with those of before, so that it can be undone.

    `before` is the rows as they were, in their order: payer (primary key), first day and the day after the last (ISO
    or None), percent as text.
    """

    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, related_name="share_changes"
    )
    care = models.ForeignKey(UnplacedCare, on_delete=models.PROTECT, null=True, related_name="share_changes")
    first = models.DateField()
    before = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["placement", "-id"], name="share_change_placement")]
        constraints = [models.CheckConstraint(name="share_change_of_one", condition=ONE_OF)]

    def __str__(self) -> str:
        return f"{self.placement_id or self.care_id} {self.first}"


class CertificateKind(models.TextChoices):
    """On what ground a certificate has its fee."""

    INCOME = "income", _("By income")
    REDUCED = "reduced", _("Individually reduced")
    MAXIMUM = "maximum", _("Maximum fee")


@remembered()
class FeeCertificate(models.Model):
    """The fee of a full day on some days, as the child's certificate says. Euros.

    One of a `placement` holds for it alone, as with parents who live apart; else it holds for all places of the child
    at the organiser.
    """

    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="certificates")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="fee_certificates")
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, related_name="fee_certificates"
    )
    during = DateRangeField()
    day_fee = models.DecimalField(max_digits=6, decimal_places=2)
    kind = models.CharField(max_length=8, choices=CertificateKind.choices, default=CertificateKind.INCOME)
    code = models.CharField(max_length=11, blank=True)
    """The child code of the certificate, eleven digits."""
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            no_overlap("fee_certificate_of_child", "books_id", "child_id", condition=Q(placement=None)),
            no_overlap("fee_certificate_of_place", "placement_id", condition=Q(placement__isnull=False)),
            models.CheckConstraint(name="fee_certificate_fee", condition=Q(day_fee__gte=0)),
            models.CheckConstraint(
                name="fee_certificate_code", condition=Q(code="") | Q(code__regex=r"^[0-9]{11}$")
            ),
            models.CheckConstraint(name="fee_certificate_not_empty", condition=Q(during__isempty=False)),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} {self.during}"


def charge_code(kind: str, more: str = "") -> str:
    """What the line of a listed charge says: its kind, and the location's own words."""
    return f"extra.{kind}: {more}" if more else f"extra.{kind}"


@remembered()
class OneCharge(models.Model):
    """A charge of one day, such as a late pick-up; below nought it is given back. Euros.

    At a price by income it has a `kind` that the pack lists. `name` is what its line says: free words, or
    `extra.KIND` that reads in the payer's language, with `: ` and words of the location behind it or not.
    """

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True, related_name="one_charges")
    care = models.ForeignKey(UnplacedCare, on_delete=models.PROTECT, null=True, related_name="one_charges")
    day = models.DateField()
    kind = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=80)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["placement", "day"], name="one_charge_placement_day")]
        constraints = [
            models.CheckConstraint(name="one_charge_amount", condition=~Q(amount=0)),
            models.CheckConstraint(name="one_charge_of_one", condition=ONE_OF),
        ]

    def __str__(self) -> str:
        return f"{self.placement_id or self.care_id} {self.day}"
