"""What a location shows of itself, and the rules of the desk that it agrees to."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.region.models import Desk
from kribbe.trust.history import remembered
from kribbe.trust.models import StoredFile

ALT_LENGTH = 200


@remembered()
class Charter(models.Model):
    """One version of the rules to which a desk's locations agree, from a day on.

    `texts` holds the text by language ("nl" always). Locations have `term_days` from the first day to agree;
    after that, where `needed_to_offer`, one that didn't can make no offers.
    """

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="charters")
    version = models.PositiveSmallIntegerField()
    texts = models.JSONField()
    from_day = models.DateField()
    term_days = models.PositiveSmallIntegerField(default=30)
    needed_to_offer = models.BooleanField(default=True)
    published_at = models.DateTimeField()
    published_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="charter_version_once", fields=["desk", "version"]),
            models.UniqueConstraint(name="charter_day_once", fields=["desk", "from_day"]),
            models.CheckConstraint(name="charter_has_dutch", condition=Q(texts__has_key="nl")),
            models.CheckConstraint(name="charter_term", condition=Q(term_days__range=(1, 366))),
        ]

    def __str__(self) -> str:
        return f"{self.desk_id} {self.version}"

    @property
    def agree_by(self) -> date:
        """The last day of the term."""
        return self.from_day + timedelta(days=self.term_days)


@remembered()
class CharterAgreement(models.Model):
    """Somebody agreed to a version for a location; the name is kept as it was given."""

    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="agreements")
    location = models.ForeignKey("places.Location", on_delete=models.CASCADE, related_name="agreements")
    agreed_at = models.DateTimeField()
    agreed_by = models.BigIntegerField(null=True)
    agreed_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="charter_agreed_once", fields=["charter", "location"]),
            models.CheckConstraint(name="charter_agreed_by_name", condition=~Q(agreed_name="")),
        ]

    def __str__(self) -> str:
        return f"{self.location_id} {self.charter_id}"


class Shown(models.Model):
    """Something on a location's page that can be taken away and, for a day, put back."""

    removed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


@remembered()
class Photo(Shown):
    """A photo on a location's page, with a description for who can't see it."""

    location = models.ForeignKey("places.Location", on_delete=models.CASCADE, related_name="photos")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    alt = models.CharField(max_length=ALT_LENGTH)
    position = models.PositiveSmallIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="photo_described", condition=~Q(alt=""))]

    def __str__(self) -> str:
        return self.alt


@remembered()
class Inspection(Shown):
    """A report of the inspectorate: a link, or the paper itself."""

    location = models.ForeignKey("places.Location", on_delete=models.CASCADE, related_name="inspections")
    day = models.DateField()
    title = models.CharField(max_length=150)
    url = models.URLField(blank=True)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="inspection_can_be_read", condition=~Q(url="") | Q(file__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.title


@remembered()
class OpenDay(Shown):
    """A day on which families may come and look without an appointment."""

    location = models.ForeignKey("places.Location", on_delete=models.CASCADE, related_name="open_days")
    day = models.DateField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    note = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="open_day_hours", condition=Q(starts_at__lt=F("ends_at"))),
            models.UniqueConstraint(
                name="open_day_once", fields=["location", "day"], condition=Q(removed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location_id} {self.day}"


@remembered()
class WeekdayHours(models.Model):
    """Opening hours of one weekday (0 Monday), where they differ from the location's usual ones."""

    location = models.ForeignKey("places.Location", on_delete=models.CASCADE, related_name="weekday_hours")
    weekday = models.PositiveSmallIntegerField()
    opens_at = models.TimeField(null=True)
    closes_at = models.TimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="weekday_hours_once", fields=["location", "weekday"]),
            models.CheckConstraint(name="weekday_hours_day", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="weekday_hours_order",
                condition=Q(opens_at=None, closes_at=None) | Q(opens_at__lt=F("closes_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location_id} {self.weekday}"


PAGE_TEXTS = {
    "approach": _("How we work"),
    "quality": _("What we do for quality"),
    "visit": _("What a visit is like"),
    "food": _("Food"),
    "accessibility": _("Getting in and around"),
}
"""The texts of a location's page, in order, with their headings."""
