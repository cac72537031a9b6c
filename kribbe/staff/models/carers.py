"""Who cares for children, and the PIN by which a tablet knows them."""

from datetime import date

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from kribbe.people.models import User
from kribbe.places.models import Location, Organiser
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered

INITIALS = 4
"""Letters of initials at most."""


@remembered(exclude=["pin_hash"])
class Carer(models.Model):
    """Somebody who cares for children: of one location, or of an organiser at some of its locations.

    `user` is their own account, where they have one. `pin_hash` is of Django's password hasher, empty without a PIN.
    """

    reference = reference_field()
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="carers")
    organiser = models.ForeignKey(Organiser, on_delete=models.PROTECT, null=True, related_name="carers")
    locations = models.ManyToManyField(Location, related_name="shared_carers")
    """Where an organiser's carer works; empty for one of a location."""
    name = models.CharField(max_length=200)
    initials = models.CharField(max_length=INITIALS)
    during = DateRangeField()
    """The days on which they work here; an open end where none is known."""
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="carers")
    pin_hash = models.CharField(max_length=128, blank=True)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="carer_of_one",
                condition=Q(location=None, organiser__isnull=False)
                | Q(location__isnull=False, organiser=None),
            ),
            models.CheckConstraint(name="carer_named", condition=~Q(name="") & ~Q(initials="")),
            models.CheckConstraint(
                name="carer_some_day", condition=Q(during__isempty=False, during__startswith__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def has_pin(self) -> bool:
        """Whether a tablet can know them."""
        return bool(self.pin_hash)

    def works_on(self, day: date) -> bool:
        """Whether they work here on a day."""
        return day in self.during


class PinGuard(models.Model):
    """The wrong tries of one carer's PIN, apart from the carer so that guessing fills no history."""

    carer = models.OneToOneField(Carer, on_delete=models.CASCADE, related_name="guard")
    wrong = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.carer_id} {self.wrong}"
