"""Schools, out-of-school locations, places by school year, holiday weeks, and who was there.

How many moments and holiday places are taken is counted by the database itself, and may never exceed the places.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Child
from kribbe.places.models import Location, Organiser
from kribbe.region.models import Desk, Municipality, no_overlap
from kribbe.rules.outofschool import MOMENTS
from kribbe.rules.outofschool import Rounding as ChargeRounding
from kribbe.trust.fields import reference_field
from kribbe.trust.history import change_of, remembered


class Community(models.TextChoices):
    """As `rules.school.Community`, in words."""

    DUTCH = "nl", _("Dutch-speaking (Flemish school year)")
    FRENCH = "fr", _("French-speaking (its own school year since 2022)")


@remembered()
class School(models.Model):
    """A school of the region, from which children are fetched."""

    reference = reference_field()
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="schools")
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200)
    community = models.CharField(max_length=2, choices=Community.choices, default=Community.DUTCH)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=100)
    longitude = models.FloatField()
    latitude = models.FloatField()
    begins_at = models.TimeField()
    ends_at = models.TimeField()
    wednesday_ends_at = models.TimeField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="school_once", fields=["municipality", "name_key", "postcode"]),
            models.CheckConstraint(
                name="school_hours",
                condition=Q(begins_at__lt=F("wednesday_ends_at")) & Q(begins_at__lt=F("ends_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@remembered()
class Club(models.Model):
    """An out-of-school location. It is no `Location`: it has another law, and is counted apart."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="clubs")
    organiser = models.ForeignKey(Organiser, on_delete=models.PROTECT, related_name="clubs", null=True)
    location = models.ForeignKey(Location, on_delete=models.SET_NULL, related_name="clubs", null=True)
    """The day-care location whose managers run it too, if any."""
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=100)
    longitude = models.FloatField()
    latitude = models.FloatField()
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    about = models.TextField(blank=True)
    from_months = models.PositiveSmallIntegerField(default=30)
    to_months = models.PositiveSmallIntegerField(default=150)
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["desk", "name_key"], name="club_desk_name")]
        constraints = [
            models.CheckConstraint(name="club_hours", condition=Q(opens_at__lt=F("closes_at"))),
            models.CheckConstraint(name="club_ages", condition=Q(from_months__lt=F("to_months"))),
        ]

    def __str__(self) -> str:
        return self.name


@remembered()
class Pickup(models.Model):
    """A club fetches children from a school, and brings them in the morning."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="pickups")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="pickups")
    how = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="pickup_once", fields=["club", "school"])]

    def __str__(self) -> str:
        return f"{self.club_id} {self.school_id}"


class ClubYear(models.Model):
    """Places and taken places of a club in one school year, by moment of the week (Monday before school first)."""

    club = models.ForeignKey(Club, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField()
    places = ArrayField(models.SmallIntegerField(), size=MOMENTS)
    taken = ArrayField(models.SmallIntegerField(), size=MOMENTS)
    """Counted by a trigger of `Registration`; nobody else writes it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(name="club_year_once", fields=["club", "year"]),
            models.CheckConstraint(
                name="club_year_moments", condition=Q(places__len=MOMENTS, taken__len=MOMENTS)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="never_oversold",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("slot", "integer")],
                func=f"""
                    FOR slot IN 1..{MOMENTS} LOOP
                        IF NEW.taken[slot] < 0 OR NEW.taken[slot] > OLD.taken[slot]
                           AND NEW.taken[slot] > NEW.places[slot] THEN
                            RAISE EXCEPTION 'moment % of club year % is oversold', slot, NEW.id
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'club_never_oversold';
                        END IF;
                    END LOOP;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.club_id} {self.year}"


class RegistrationState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    OFFERED = "offered", _("A place is offered")
    GRANTED = "granted", _("Place granted")
    LAPSED = "lapsed", _("Offer not answered in time")
    DECLINED = "declined", _("Offer declined")
    ENDED = "ended", _("Stopped")


LIVE = ("waiting", "offered", "granted")
HOLDING = ("offered", "granted")

COUNT_MOMENTS = """
    UPDATE outofschool_clubyear AS year SET taken = ARRAY(
        SELECT year.taken[slot]
             + CASE WHEN TG_OP <> 'DELETE' AND NEW.year_id = year.id THEN (NEW.held >> (slot - 1)) & 1 ELSE 0 END
             - CASE WHEN TG_OP <> 'INSERT' AND OLD.year_id = year.id THEN (OLD.held >> (slot - 1)) & 1 ELSE 0 END
        FROM generate_series(1, $moments) AS slot ORDER BY slot
    ) WHERE year.id IN (SELECT touched FROM unnest(ARRAY[
        CASE WHEN TG_OP <> 'DELETE' THEN NEW.year_id END,
        CASE WHEN TG_OP <> 'INSERT' THEN OLD.year_id END]) AS touched);
    RETURN NULL;
"""


@remembered()
class Registration(models.Model):
    """A family asks moments of a school year. `held` is the pattern of moments that it holds, 0 while it waits."""

    reference = reference_field()
    year = models.ForeignKey(ClubYear, on_delete=models.PROTECT, related_name="registrations")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="club_registrations")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    pattern = models.PositiveSmallIntegerField()
    held = models.PositiveSmallIntegerField(default=0)
    first = models.DateField()
    last = models.DateField(null=True)
    """The last day on which it was used, of a place that was stopped after it began; None of any other."""
    state = models.CharField(max_length=10, choices=RegistrationState.choices)
    state_at = models.DateTimeField()
    answer_by = models.DateField(null=True)
    registered_at = models.DateTimeField()
    registered_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["year", "state"], name="registration_year_state")]
        constraints = [
            models.UniqueConstraint(
                name="registration_once", fields=["year", "child"], condition=Q(state__in=LIVE)
            ),
            models.CheckConstraint(
                name="registration_pattern", condition=Q(pattern__range=(1, 2**MOMENTS - 1))
            ),
            models.CheckConstraint(
                name="registration_holds",
                condition=Q(state__in=HOLDING, held=F("pattern")) | (~Q(state__in=HOLDING) & Q(held=0)),
            ),
            models.CheckConstraint(
                name="registration_term", condition=~Q(state="offered") | Q(answer_by__isnull=False)
            ),
            models.CheckConstraint(
                name="registration_last", condition=Q(last=None) | Q(state="ended", last__gte=F("first"))
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="moments_counted",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Delete | change_of("held", "year_id"),
                func=COUNT_MOMENTS.replace("$moments", str(MOMENTS)),
            )
        ]

    def __str__(self) -> str:
        return self.reference


@remembered()
class ClubRules(models.Model):
    """The order in which a desk gives out-of-school places, published, and its terms, from a day on."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="club_rules")
    during = DateRangeField()
    criteria = ArrayField(models.CharField(max_length=20), default=list)
    answer_days = models.PositiveSmallIntegerField(default=7)
    step_minutes = models.PositiveSmallIntegerField(default=15)
    rounding = models.CharField(
        max_length=8, choices=[(each.value, each.value) for each in ChargeRounding], default="begun"
    )
    least_minutes = models.PositiveSmallIntegerField(default=0)
    cancel_days = models.PositiveSmallIntegerField(default=7)
    """Days before a holiday week until which a place is given up for nothing."""
    unused_percent = models.PositiveSmallIntegerField(default=0)
    """What of the price of a day is asked for one that was given up later, or not used."""
    why = models.TextField(blank=True)

    class Meta:
        constraints = [
            no_overlap("club_rules_one_a_day", "desk_id"),
            models.CheckConstraint(name="club_rules_days", condition=Q(answer_days__range=(1, 60))),
            models.CheckConstraint(name="club_rules_step", condition=Q(step_minutes__range=(1, 120))),
            models.CheckConstraint(name="club_rules_unused", condition=Q(unused_percent__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.desk_id} {self.during}"


@remembered(exclude=["taken"])
class HolidayWeek(models.Model):
    """Days of a holiday that are taken as one, with a moment at which registration opens."""

    reference = reference_field()
    club = models.ForeignKey(Club, on_delete=models.PROTECT, related_name="holiday_weeks")
    name = models.CharField(max_length=100)
    first = models.DateField()
    last = models.DateField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    places = models.PositiveSmallIntegerField()
    taken = models.SmallIntegerField(default=0)
    """Counted by a trigger of `HolidayPlace`; nobody else writes it."""
    per_household = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="holiday_week_once", fields=["club", "first"]),
            models.CheckConstraint(name="holiday_week_days", condition=Q(first__lte=F("last"))),
            models.CheckConstraint(name="holiday_week_opens", condition=Q(opens_at__lt=F("closes_at"))),
            models.CheckConstraint(
                name="holiday_never_oversold", condition=Q(taken__gte=0) & Q(taken__lte=F("places"))
            ),
            models.CheckConstraint(name="holiday_week_limit", condition=Q(per_household__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.club_id} {self.first}"

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return self.places - self.taken


class HolidayState(models.TextChoices):
    TAKEN = "taken", _("Place taken")
    WAITING = "waiting", _("On the waiting list")
    CANCELLED = "cancelled", _("Cancelled")


COUNT_PLACES = """
    UPDATE outofschool_holidayweek AS week SET taken = week.taken
        + CASE WHEN TG_OP <> 'DELETE' AND NEW.state = 'taken' THEN 1 ELSE 0 END
        - CASE WHEN TG_OP <> 'INSERT' AND OLD.state = 'taken' THEN 1 ELSE 0 END
    WHERE week.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.week_id ELSE NEW.week_id END;
    RETURN NULL;
"""


@remembered()
class HolidayPlace(models.Model):
    """A child in a holiday week, or on its waiting list. Keys come under the week's lock: the order of asking."""

    reference = reference_field()
    week = models.ForeignKey(HolidayWeek, on_delete=models.PROTECT, related_name="holiday_places")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="holiday_places")
    state = models.CharField(max_length=10, choices=HolidayState.choices)
    state_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    given_up_on = models.DateField(null=True)
    """The day on which the family cancelled a place that it had; None again once it has one."""

    class Meta:
        indexes = [models.Index(fields=["week", "state"], name="holiday_place_week_state")]
        constraints = [
            models.UniqueConstraint(name="holiday_place_once", fields=["week", "child"]),
            models.CheckConstraint(
                name="holiday_place_given_up", condition=~Q(state="taken") | Q(given_up_on=None)
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="week_stays", operation=change_of("week_id")),
            pgtrigger.Trigger(
                name="places_counted",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Delete | change_of("state"),
                func=COUNT_PLACES,
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Part(models.TextChoices):
    """The part of a day that a stay is of."""

    BEFORE = "before", _("Before school")
    AFTER = "after", _("After school")
    HOLIDAY = "holiday", _("Holiday day")


@remembered()
class Stay(models.Model):
    """One child on one part of a day: when it came and left. A correction keeps what stood before."""

    club = models.ForeignKey(Club, on_delete=models.PROTECT, related_name="stays")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="club_stays")
    day = models.DateField()
    part = models.CharField(max_length=8, choices=Part.choices)
    came_at = models.TimeField()
    left_at = models.TimeField(null=True)
    noted_at = models.DateTimeField()
    noted_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["club", "day"], name="stay_club_day")]
        constraints = [
            models.UniqueConstraint(name="stay_once", fields=["club", "child", "day", "part"]),
            models.CheckConstraint(
                name="stay_times", condition=Q(left_at=None) | Q(left_at__gte=F("came_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} {self.day} {self.part}"
