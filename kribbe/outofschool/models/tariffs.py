"""What out-of-school care costs, from a day on, and the families who pay less for it. Euros."""

from decimal import Decimal

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q

from kribbe.outofschool.models.clubs import Club
from kribbe.people.models import Household
from kribbe.region.models import no_overlap
from kribbe.trust.history import remembered


@remembered()
class ClubTariff(models.Model):
    """The prices of a club from a day on. Earlier days keep theirs: what was invoiced stays explained."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="tariffs")
    from_day = models.DateField()
    hour_price = models.DecimalField(max_digits=5, decimal_places=2)
    day_price = models.DecimalField(max_digits=6, decimal_places=2)
    """Of a holiday day; a day never costs more."""
    half_day_price = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    """Of a shorter holiday day. None: holidays are charged by the hour, up to the price of a day."""
    half_day_minutes = models.PositiveSmallIntegerField(default=300)
    """A holiday day that is shorter than this is half a day."""
    sibling_discount = models.DecimalField(max_digits=4, decimal_places=3, default=Decimal(0))
    """A share, 0.250 for a quarter, off a day on which a brother or sister is there too."""
    every_sibling = models.BooleanField(default=False)
    """Whether all of them have the discount, or all but the one with the most to pay."""
    social_discount = models.DecimalField(max_digits=4, decimal_places=3, default=Decimal(0))
    """A share off the price of families with the social tariff."""

    class Meta:
        ordering = ["from_day"]
        constraints = [
            models.UniqueConstraint(name="club_tariff_once", fields=["club", "from_day"]),
            models.CheckConstraint(
                name="club_tariff_prices",
                condition=Q(hour_price__gte=0, day_price__gte=0)
                & (Q(half_day_price=None) | Q(half_day_price__gte=0, half_day_price__lte=F("day_price"))),
            ),
            models.CheckConstraint(name="club_tariff_half", condition=Q(half_day_minutes__range=(1, 1440))),
            models.CheckConstraint(
                name="club_tariff_discounts",
                condition=Q(sibling_discount__range=(0, 1), social_discount__range=(0, 1)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.club_id} {self.from_day}"


@remembered()
class SocialTariff(models.Model):
    """A family that pays a club's social tariff on some days, as its staff decided on what the family showed."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="social_tariffs")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="social_tariffs")
    during = DateRangeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            no_overlap("social_tariff_one_a_day", "club_id", "household_id"),
            models.CheckConstraint(name="social_tariff_not_empty", condition=Q(during__isempty=False)),
        ]

    def __str__(self) -> str:
        return f"{self.club_id} {self.household_id} {self.during}"
