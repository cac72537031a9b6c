"""Tables of finding care: names spelled otherwise, favourites, and searches that are kept."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import User
from kribbe.region.models import Desk
from kribbe.rules.halfdays import SLOTS
from kribbe.trust.fields import reference_field


class Names(models.TextChoices):
    """What bears a name."""

    STREET = "street", _("Street")
    TOWN = "town", _("Town")
    LOCATION = "location", _("Location")


class NameKey(models.Model):
    """How a name can be found though it is typed otherwise: its sound, and three letters by three.

    One row a name, whatever bears it; `key` is the folded name. A row follows from its key alone, so it never
    goes stale: a name that nothing bears any more finds nothing.
    """

    kind = models.CharField(max_length=10, choices=Names.choices)
    key = models.CharField(max_length=200)
    sound = models.CharField(max_length=200, db_index=True)
    trigrams = ArrayField(models.CharField(max_length=3))

    class Meta:
        indexes = [GinIndex(fields=["trigrams"], name="name_key_trigrams", fastupdate=False)]
        constraints = [models.UniqueConstraint(name="name_key_once", fields=["kind", "key"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Favourite(models.Model):
    """A location that a logged-in parent keeps to come back to."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="favourites")
    location = models.ForeignKey("places.Location", on_delete=models.CASCADE, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="favourite_once", fields=["user", "location"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.location_id}"


class Rhythm(models.TextChoices):
    DAILY = "daily", _("At most once a day")
    WEEKLY = "weekly", _("At most once a week")


class SavedSearch(models.Model):
    """A search of which somebody wants news by mail. Nothing is mailed before the address is confirmed.

    The point is in degrees, `kilometres` None looks in the whole region; `query` is the end of the search's
    address. It is deleted when the mails are stopped.
    """

    reference = reference_field()
    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="saved_searches")
    email = models.EmailField()
    language = models.CharField(max_length=2)
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices)
    label = models.CharField(max_length=300)
    query = models.CharField(max_length=600, blank=True)
    longitude = models.FloatField()
    latitude = models.FloatField()
    work_longitude = models.FloatField(null=True)
    work_latitude = models.FloatField(null=True)
    kilometres = models.FloatField(null=True)
    start = models.DateField()
    pattern = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, blank=True)
    price = models.CharField(max_length=10, blank=True)
    opens_before = models.TimeField(null=True)
    inclusive = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["email"], name="saved_search_email"),
            models.Index(
                fields=["looked_at"], name="saved_search_to_look", condition=Q(confirmed_at__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="saved_search_pattern", condition=Q(pattern__range=(0, 2**SLOTS - 1))
            ),
            models.CheckConstraint(
                name="saved_search_kilometres", condition=Q(kilometres=None) | Q(kilometres__gt=0)
            ),
            models.CheckConstraint(
                name="saved_search_work_whole",
                condition=Q(work_longitude=None, work_latitude=None)
                | Q(work_longitude__isnull=False, work_latitude__isnull=False),
            ),
            models.CheckConstraint(
                name="saved_search_told_after_confirming",
                condition=Q(told_at=None) | Q(confirmed_at__isnull=False, told_at__gte=F("confirmed_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class SavedSearchFit(models.Model):
    """A location that fitted a saved search when it was last looked: known, so not told again."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="fits")
    location = models.ForeignKey("places.Location", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="saved_search_fit_once", fields=["search", "location"])]

    def __str__(self) -> str:
        return f"{self.search_id} {self.location_id}"
