from datetime import time

import pgtrigger
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from kribbe.places.bits import BitField
from kribbe.places.indexes import LOCATION_SOUGHT
from kribbe.places.models_finding import Favourite, NameKey, Names, Rhythm, SavedSearch, SavedSearchFit
from kribbe.places.models_licence import STOPPED, LicenceCheck, LicenceState
from kribbe.places.models_page import (
    PAGE_TEXTS,
    Charter,
    CharterAgreement,
    Inspection,
    OpenDay,
    Photo,
    WeekdayHours,
)
from kribbe.region.models import Desk, Municipality, no_overlap
from kribbe.rules.halfdays import SLOTS, WORK_WEEK
from kribbe.rules.priority import PriceKind
from kribbe.trust.fields import km_point
from kribbe.trust.history import remembered

__all__ = [
    "PAGE_TEXTS",
    "STOPPED",
    "Charter",
    "CharterAgreement",
    "Favourite",
    "Inspection",
    "LicenceCheck",
    "LicenceState",
    "NameKey",
    "Names",
    "OpenDay",
    "Photo",
    "Rhythm",
    "SavedSearch",
    "SavedSearchFit",
    "WeekdayHours",
]

MONTHS_ASKED = 6
"""A half-day counts as free when it is free in so many months from the start on."""

MONTHS_SHOWN = 24
"""How many months ahead a group's free half-days are kept for search."""


class Kind(models.TextChoices):
    GROUP = "group", _("Day-care centre")
    FAMILY = "family", _("Family carer")


class PlanKind(models.TextChoices):
    FIXED = "fixed", _("Same days every week")
    VARIABLE = "variable", _("Days may vary")


class Street(models.Model):
    """A street known to the desk, so that an address can be found without asking outside."""

    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, db_index=True)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=100)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="streets")
    longitude = models.FloatField()
    latitude = models.FloatField()

    class Meta:
        indexes = [
            models.Index(fields=["postcode", "city"], name="street_postcode_city"),
            models.Index(Upper("city"), name="street_city"),
        ]
        constraints = [models.UniqueConstraint(name="street_once", fields=["key", "postcode"])]

    def __str__(self) -> str:
        return f"{self.name}, {self.postcode} {self.city}"


@remembered()
class Organiser(models.Model):
    """The legal person that runs one or more locations."""

    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, db_index=True)
    enterprise_number = models.CharField(max_length=10, blank=True)
    is_public = models.BooleanField(default=False)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    complaints = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name


@remembered(exclude=["point"])
class Location(models.Model):
    """A place of care with a licence."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="locations")
    organiser = models.ForeignKey(Organiser, on_delete=models.PROTECT, related_name="locations", null=True)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="locations")
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, db_index=True)
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    licence_number = models.CharField(max_length=40, blank=True)
    licence_state = models.CharField(
        max_length=10, choices=LicenceState.choices, default=LicenceState.UNKNOWN
    )
    licence_checked_on = models.DateField(null=True)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=100)
    longitude = models.FloatField()
    latitude = models.FloatField()
    point = km_point()
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    website = models.URLField(blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list)
    approach = models.TextField(blank=True)
    quality = models.TextField(blank=True)
    visit = models.TextField(blank=True)
    food = models.TextField(blank=True)
    accessibility = models.TextField(blank=True)
    inclusive = models.BooleanField(default=False)
    plus_subsidy = models.BooleanField(default=False)
    opens_at = models.TimeField(default=time(7))
    closes_at = models.TimeField(default=time(18))
    morning_ends_at = models.TimeField(default=time(13))
    min_half_days = models.PositiveSmallIntegerField(default=1)
    plan_kind = models.CharField(max_length=10, choices=PlanKind.choices, default=PlanKind.FIXED)
    day_price = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    deposit = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    active = models.BooleanField(default=True)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            GistIndex(fields=["point"], name="location_point"),
            models.Index(fields=["desk", "name_key"]),
            LOCATION_SOUGHT,
        ]
        constraints = [
            models.UniqueConstraint(
                name="location_licence_once", fields=["licence_number"], condition=~Q(licence_number="")
            ),
            models.CheckConstraint(name="location_hours", condition=Q(opens_at__lt=models.F("closes_at"))),
            models.CheckConstraint(name="location_price", condition=Q(day_price=None) | Q(day_price__gt=0)),
            models.CheckConstraint(name="location_deposit", condition=Q(deposit__gte=0)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_stopped(self) -> bool:
        """Whether its licence is suspended or has ended, so that it may take no new child."""
        return self.licence_state in STOPPED

    @property
    def takes_children(self) -> bool:
        """Whether it may be chosen and may tell what it has free: in use, and not stopped."""
        return self.active and not self.is_stopped

    @property
    def town(self) -> str:
        """Where it lies; in the language of the page where that is the municipality. An address has `city`."""
        return self.municipality.name if self.city == self.municipality.name_nl else self.city


@remembered()
class LocationCriteria(models.Model):
    """The order that a location published, after the law, and the days on which it holds."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="criteria")
    during = DateRangeField()
    names = ArrayField(models.CharField(max_length=40), default=list)
    motive = models.TextField(blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [no_overlap("location_criteria_one_a_day", "location_id")]

    def __str__(self) -> str:
        return f"{self.location_id} {self.names}"


@remembered()
class Group(models.Model):
    """Children cared for together, with an age band; its lock guards its half-days."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=100)
    from_months = models.PositiveSmallIntegerField(default=0)
    to_months = models.PositiveSmallIntegerField(default=36)
    price_kind = models.CharField(max_length=10, choices=[(p.value, p.value) for p in PriceKind])
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="group_name_once", fields=["location", "name"]),
            models.UniqueConstraint(
                name="group_as_sought", fields=["id", "location", "active", "price_kind"]
            ),
            models.UniqueConstraint(name="group_of_location", fields=["id", "location"]),
            models.CheckConstraint(name="group_age_band", condition=Q(from_months__lt=models.F("to_months"))),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def takes_children(self) -> bool:
        """Whether a place of it may be told and offered: in use, at a location that takes children."""
        return self.active and self.location.takes_children


@remembered()
class GroupCapacity(models.Model):
    """A group's places from a day on: licensed, staffed, and the half-days on which it is open."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="capacities")
    during = DateRangeField()
    licensed_places = models.PositiveSmallIntegerField()
    staffed_places = models.PositiveSmallIntegerField()
    bookable_places = models.PositiveSmallIntegerField()
    open_pattern = models.PositiveSmallIntegerField(default=WORK_WEEK)

    class Meta:
        constraints = [
            no_overlap("group_capacity_one_a_day", "group_id"),
            models.CheckConstraint(
                name="group_staffed_within_licence",
                condition=Q(staffed_places__lte=models.F("licensed_places")),
            ),
            models.CheckConstraint(
                name="group_open_pattern", condition=Q(open_pattern__range=(0, 2**SLOTS - 1))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.during} {self.bookable_places}"


@remembered()
class ClosingDay(models.Model):
    """Days on which a location or one group of it is closed; agreements stand, nobody comes, nobody pays.

    A closing of the whole location (`group` None) overlaps no other: its group is a range of keys without bounds.
    Those of different groups may. The database also keeps that the group is one of the location.
    """

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="closing_days")
    group = models.ForeignKey(Group, null=True, on_delete=models.CASCADE, related_name="closing_days")
    during = DateRangeField()
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [no_overlap("closing_days_once", "location_id", "group_id")]

    def __str__(self) -> str:
        return f"{self.location_id} {self.during}"


class LedgerTake(models.Model):
    """Half-days of a group held by an offer or a placement. Changed only by `ledger.take` and `ledger.release`."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="takes")
    during = DateRangeField()
    pattern = models.PositiveSmallIntegerField()
    holder = models.CharField(max_length=80)

    class Meta:
        indexes = [GistIndex(fields=["during"], name="ledger_take_during")]
        constraints = [
            models.UniqueConstraint(name="ledger_take_once", fields=["holder"]),
            models.CheckConstraint(name="ledger_take_pattern", condition=Q(pattern__range=(1, 2**SLOTS - 1))),
            models.CheckConstraint(name="ledger_take_not_empty", condition=Q(during__isempty=False)),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.group_id} {self.during}"


class LedgerWeek(models.Model):
    """Bookable and taken places of one group in one week, one number a half-day (Monday morning first)."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="weeks")
    monday = models.DateField()
    bookable = ArrayField(models.SmallIntegerField(), size=SLOTS)
    taken = ArrayField(models.SmallIntegerField(), size=SLOTS)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ledger_week_once", fields=["group", "monday"]),
            models.CheckConstraint(name="ledger_week_monday", condition=Q(monday__iso_week_day=1)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="never_promised_twice",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("slot", "integer")],
                func=f"""
                    FOR slot IN 1..{SLOTS} LOOP
                        IF NEW.taken[slot] < 0 THEN
                            RAISE EXCEPTION 'half-day % of group % has fewer than none taken', slot, NEW.group_id
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_never_negative';
                        END IF;
                        IF NEW.taken[slot] > OLD.taken[slot] AND NEW.taken[slot] > NEW.bookable[slot] THEN
                            RAISE EXCEPTION 'half-day % of group % is promised twice', slot, NEW.group_id
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_never_promised_twice';
                        END IF;
                    END LOOP;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.monday}"


class Steady(models.Func):
    """Bits of `GroupAvailability.free` that stay set for `MONTHS_ASKED` months; those past the end count as set."""

    arity = 1
    template = " & ".join(
        f"((%(expressions)s << {ahead}) | B'{'1' * ahead:0>{MONTHS_SHOWN * SLOTS}}')"
        for ahead in range(0, MONTHS_ASKED * SLOTS, SLOTS)
    )


class GroupAvailability(models.Model):
    """What search reads: one bit a month and half-day, set where the group has at least one place free.

    Derived from the ledger in the transaction that changes it; bit 0 is the first half-day of `first_month`.
    `location`, `active` and `price_kind` are the group's own: one reference over all of them (migration 0007) has
    the database carry each change of the group here, so that the search needn't join what it judges.
    """

    group = models.OneToOneField(
        Group, on_delete=models.CASCADE, primary_key=True, related_name="availability"
    )
    location = models.ForeignKey(Location, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    active = models.BooleanField()
    price_kind = models.CharField(max_length=10)
    first_month = models.DateField()
    free = BitField(length=MONTHS_SHOWN * SLOTS)
    steady = models.GeneratedField(
        expression=Steady("free"), output_field=BitField(length=MONTHS_SHOWN * SLOTS), db_persist=True
    )
    """Set where the half-day stays free for `MONTHS_ASKED` months from that one on."""
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.group_id} {self.first_month}"


class ImportRun(models.Model):
    """One import of locations, kept so that it can be undone."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    mapping = models.JSONField()
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    totals = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.file_name} {self.at:%Y-%m-%d}"


class ImportChange(models.Model):
    """What an import did to one location: the values before and after."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    line = models.PositiveIntegerField()
    location_id = models.BigIntegerField()
    created = models.BooleanField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.run_id} line {self.line}"
