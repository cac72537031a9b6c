"""The books of an organiser: who asks for money, and the last number it gave out."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from kribbe.places.models import Organiser
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered

DAY = timedelta(days=1)


@remembered()
class Books(models.Model):
    """What an organiser's invoices say of itself, and how it wants to be paid. One for all of its locations."""

    reference = reference_field()
    organiser = models.OneToOneField(Organiser, on_delete=models.PROTECT, related_name="books")
    name = models.CharField(max_length=70)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=100)
    enterprise_number = models.CharField(max_length=10, blank=True)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    term_days = models.PositiveSmallIntegerField(default=14)
    """Days between an invoice and the day on which it is due."""
    started_on = models.DateField()
    account_numbers = models.JSONField(default=dict)
    """By `Account` the number in the organiser's own chart, where it isn't the usual one (see `chart`)."""
    closed_until = models.DateField(null=True)
    """The last day of the last month that was closed: the ledger takes no entry of that day or before."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="books_iban", condition=Q(iban__regex=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")
            ),
            models.CheckConstraint(name="books_term", condition=Q(term_days__range=(1, 90))),
        ]

    def __str__(self) -> str:
        return self.name

    def open_day(self, on: date) -> date:
        """The day on which something of this day is entered: the first open one after a closed month."""
        return max(on, self.closed_until + DAY) if self.closed_until else on


class Counter(models.Model):
    """The last number of a year. Locked while a document takes the next one, so that none is left out."""

    books = models.ForeignKey(Books, on_delete=models.PROTECT, related_name="counters")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="counter_once", fields=["books", "year"])]

    def __str__(self) -> str:
        return f"{self.books_id} {self.year} {self.last}"


@remembered()
class PriceList(models.Model):
    """What a location asks beside, or in place of, the fee of a certificate, from a day on. Euros.

    The free prices hold for places at a free price. `extras` are charges for each stay and have the form
    {"name", "full", "half", "short", "long"} of a billing case, the last two not always; at a price by income also a
    "kind" that the pack lists. The name is as that of `OneCharge`.
    """

    location = models.ForeignKey("places.Location", on_delete=models.PROTECT, related_name="price_lists")
    from_day = models.DateField()
    full = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    half = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    long = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    short = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    hour = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    month = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    package_name = models.CharField(max_length=80, blank=True)
    """Days or half-days that families buy together, `package_size` of them for `package_price`; empty is none."""
    package_half_days = models.BooleanField(default=False)
    package_size = models.PositiveSmallIntegerField(null=True)
    package_price = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    sibling_discount = models.DecimalField(max_digits=4, decimal_places=3, default=0)
    """A share, 0.100 for ten percent, off the price of every child but the one with the most to pay."""
    flex = models.BooleanField(default=False)
    """Whether the location may ask more for a stay of eleven hours and over."""
    own_fee = models.BooleanField(default=False)
    """Whether an absence beyond the allowance costs the family's own price, at least the house rules' amounts."""
    extras = models.JSONField(default=list)
    deposit = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="price_list_once", fields=["location", "from_day"]),
            models.CheckConstraint(
                name="price_list_discount",
                condition=Q(sibling_discount__gte=0, sibling_discount__lt=1),
            ),
            *[
                models.CheckConstraint(
                    name=f"price_list_{name}", condition=Q(**{name: None}) | Q(**{f"{name}__gte": 0})
                )
                for name in ("full", "half", "long", "short", "hour", "month")
            ],
            models.CheckConstraint(
                name="price_list_package",
                condition=Q(package_name="", package_size=None, package_price=None)
                | Q(~Q(package_name=""), package_size__gt=0, package_price__gte=0),
            ),
            models.CheckConstraint(
                name="price_list_package_or_month", condition=Q(month=None) | Q(package_size=None)
            ),
            models.CheckConstraint(
                name="price_list_half_least", condition=Q(half=None) | Q(full=None) | Q(half__lte=F("full"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location_id} {self.from_day}"

    @property
    def charges(self) -> list[tuple[str, Decimal]]:
        """What is charged for each stay, and how much for a full day."""
        return [(each["name"], Decimal(each["full"])) for each in self.extras]
