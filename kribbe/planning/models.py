"""Agreements and their papers, the weeks that hold, house rules, carers by group, and absences."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement
from kribbe.places.models import Group, Location
from kribbe.planning.models_days import DayChange, DayRules, DayState, GettingUsedDay, ShortNotice
from kribbe.planning.models_ending import Ending, Ground, TellingSide
from kribbe.planning.models_file import ChildFile, Severity
from kribbe.planning.models_import import AgreementImport, ImportedPlace
from kribbe.planning.models_plan import DayBatch, ManyChange
from kribbe.region.models import no_overlap
from kribbe.rules.allowance import Rounding
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.turns import EVEN_MONDAY, ROUND
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered

__all__ = [
    "Absence",
    "AbsenceKind",
    "AgreedWeeks",
    "AgreementImport",
    "CareAgreement",
    "ChildFile",
    "DayBatch",
    "DayChange",
    "DayRules",
    "DayState",
    "Ending",
    "GettingUsedDay",
    "Ground",
    "GroupTeam",
    "HouseRules",
    "ImportedPlace",
    "Layout",
    "ManyChange",
    "Paper",
    "Severity",
    "ShortNotice",
    "TellingSide",
]
"""The tables of the other files of models in this room are read from here."""


class Layout(models.TextChoices):
    """As `rules.ratio.Layout`, in words."""

    BABIES = "babies", _("Babies only")
    TODDLERS = "toddlers", _("Toddlers only")
    MIXED = "mixed", _("Babies and toddlers together")


class HouseRules(models.Model):
    """One version of what a location's house rules say of notice and absence. Published, it never changes."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="house_rules")
    version = models.PositiveSmallIntegerField()
    from_day = models.DateField()
    notice_days = models.PositiveSmallIntegerField(default=60)
    allowance_days = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    allowance_half_days = models.BooleanField(default=False)
    allowance_rounding = models.CharField(
        max_length=4, choices=[(each.value, each.value) for each in Rounding], default=Rounding.UP
    )
    told_by = models.TimeField(null=True)
    """An absence told before this time is told in time; without it the allowance asks no term."""
    told_days_before = models.PositiveSmallIntegerField(default=0)
    """Calendar days before the absence on which `told_by` is judged; 0 is the day itself."""
    absence_full = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    absence_half = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    ill_days = models.PositiveSmallIntegerField(null=True, default=0)
    """Days of illness a calendar year that are free besides the allowance; none written: all of them."""
    ill_note = models.BooleanField(default=False)
    """A day of illness is free only once the location saw a doctor's note."""
    visits_charged = models.BooleanField(default=False)
    """Visits to get used cost the ordinary price of a stay; else nothing."""
    published_at = models.DateTimeField()
    published_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="house_rules_version_once", fields=["location", "version"]),
            models.CheckConstraint(
                name="house_rules_absence_both",
                condition=Q(absence_full=None, absence_half=None)
                | Q(absence_full__gte=0, absence_half__gte=0),
            ),
            models.CheckConstraint(
                name="house_rules_days_before", condition=Q(told_days_before=0) | Q(told_by__isnull=False)
            ),
        ]
        triggers = [pgtrigger.Protect(name="published_stays", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.location_id} {self.version}"


@remembered()
class CareAgreement(models.Model):
    """The agreement on one placement. What it says stands in its papers; what holds now, in its weeks."""

    reference = reference_field()
    placement = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="agreement")
    day_fee = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    """Euros for a full day, as its last signed paper says: of the fee certificate, or of the location's list."""
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="agreement_day_fee", condition=Q(day_fee=None) | Q(day_fee__gte=0))
        ]

    def __str__(self) -> str:
        return self.reference


@remembered()
class Paper(models.Model):
    """The agreement itself or an addendum: weeks from a day on, or for a time. Signed, it never changes.

    One that was taken over from a list can go again with that list, as long as nothing hangs on it.

    The location signs by sending it, the family on screen. `last` is None where it holds until the place ends.
    """

    reference = reference_field()
    agreement = models.ForeignKey(CareAgreement, on_delete=models.PROTECT, related_name="papers")
    number = models.PositiveSmallIntegerField()
    is_addendum = models.BooleanField(default=False)
    first = models.DateField()
    last = models.DateField(null=True)
    weeks = models.JSONField()
    pattern = models.PositiveSmallIntegerField()
    notice_days = models.PositiveSmallIntegerField()
    house_rules = models.ForeignKey(HouseRules, on_delete=models.PROTECT, null=True, related_name="papers")
    schedule = models.JSONField(null=True)
    """The days of a holiday schedule on which the weeks hold (`written.schedule_of`); None for ordinary weeks."""
    note = models.CharField(max_length=500, blank=True)
    day_fee = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    """Euros for a full day once it is signed. None: not known yet."""
    money = models.JSONField(default=dict)
    """Kind of price, prices, charges and deposit as they were when it was sent (`selectors.paper_money`).

    Empty on one of before, on one that was taken over, and on an addendum that changes none of them.
    """
    holders = models.JSONField(default=list)
    """With whom of the family it is made, each with address, as it was when it was sent; empty on one of before."""
    receipt = models.BooleanField(default=False)
    """Whether the family signs for receipt of its house rules too, which it hasn't yet."""
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    location_name = models.CharField(max_length=200)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.BigIntegerField(null=True)
    signed_name = models.CharField(max_length=200, blank=True)
    on_paper = models.BooleanField(default=False)
    """Whether the family signed on paper on the day of `signed_at`, as the location noted (`signed_by`)."""
    withdrawn_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    taken_over = models.ForeignKey(
        AgreementImport, on_delete=models.PROTECT, null=True, related_name="papers"
    )
    """The list from which it was taken over: both signed it elsewhere, on paper."""

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="paper_number_once", fields=["agreement", "number"]),
            models.UniqueConstraint(
                name="paper_one_open",
                fields=["agreement"],
                condition=Q(signed_at=None, withdrawn_at=None),
            ),
            models.CheckConstraint(name="paper_days", condition=Q(last=None) | Q(first__lte=F("last"))),
            models.CheckConstraint(name="paper_pattern", condition=Q(pattern__range=(1, 2**SLOTS - 1))),
            models.CheckConstraint(name="paper_day_fee", condition=Q(day_fee=None) | Q(day_fee__gte=0)),
            models.CheckConstraint(
                name="paper_schedule_on_agreement",
                condition=Q(schedule=None) | Q(is_addendum=True, last=None),
            ),
            models.CheckConstraint(name="paper_location_signed", condition=~Q(location_name="")),
            models.CheckConstraint(
                name="paper_signed_by_name",
                condition=Q(signed_at=None, signed_name="")
                | (Q(signed_at__isnull=False) & ~Q(signed_name="")),
            ),
            models.CheckConstraint(
                name="paper_signed_or_withdrawn", condition=Q(signed_at=None) | Q(withdrawn_at=None)
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="signed_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False, old__taken_over__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for the family."""
        return self.signed_at is None and self.withdrawn_at is None


@remembered()
class AgreedWeeks(models.Model):
    """Weeks of an agreement that hold on days of a placement: those of `during` that lie within the placement's.

    A side of `during` that is open ends where the placement does, so that a stay that ends earlier or begins on
    another day needs no second truth. `masks` has the half-days of each week in turn, from that of `turns_from`.
    `by_calendar` are days of a holiday schedule, laid over the ordinary weeks.
    """

    agreement = models.ForeignKey(CareAgreement, on_delete=models.PROTECT, related_name="weeks")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="agreed_weeks")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="+")
    during = DateRangeField()
    weeks = models.JSONField()
    masks = ArrayField(models.PositiveSmallIntegerField())
    turns_from = models.DateField()
    by_calendar = models.BooleanField(default=False)

    class Meta:
        constraints = [
            no_overlap("agreed_weeks_one_a_day", "placement_id"),
            models.CheckConstraint(name="agreed_weeks_not_empty", condition=Q(during__isempty=False)),
            models.CheckConstraint(name="agreed_weeks_some", condition=Q(masks__len__gt=0)),
            models.CheckConstraint(name="agreed_weeks_monday", condition=Q(turns_from__iso_week_day=1)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="keeps_its_turn",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[
                    ("own", "smallint[]"),
                    ("length", "integer"),
                    ("even", f"date := '{EVEN_MONDAY}'"),
                    ("final", f"integer := {ROUND - 1}"),
                ],
                func="""
                    SELECT in_turn INTO own FROM enrolment_placement WHERE id = NEW.placement_id;
                    length := cardinality(NEW.masks);
                    IF own IS NOT NULL THEN
                        FOR week IN 0..final LOOP
                            IF NEW.masks[1 + week % length]
                               & ~own[1 + ((NEW.turns_from - even) / 7 + week) % cardinality(own)] <> 0 THEN
                                RAISE EXCEPTION 'week % has half-days outside the turn of place %',
                                    week, NEW.placement_id
                                    USING ERRCODE = 'check_violation', CONSTRAINT = 'agreed_weeks_in_turn';
                            END IF;
                        END LOOP;
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.during}"


@remembered()
class GroupTeam(models.Model):
    """The layout that a location chose for a group, and its carers by half-day, from a day on."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="teams")
    during = DateRangeField()
    layout = models.CharField(max_length=10, choices=Layout.choices)
    carers = ArrayField(models.PositiveSmallIntegerField(), size=SLOTS)

    class Meta:
        constraints = [
            no_overlap("group_team_one_a_day", "group_id"),
            models.CheckConstraint(name="group_team_week", condition=Q(carers__len=SLOTS)),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.during}"


class AbsenceKind(models.TextChoices):
    """As `rules.billing.case.Absent`, in words; what an illness counts as, the house rules say (`counting`)."""

    TOLD = "told", _("Told in time")
    UNTOLD = "untold", _("Not told in time")
    LOCATION = "location", _("The location couldn't take the child")
    FORCE_MAJEURE = "force_majeure", _("Force majeure")
    ILLNESS = "illness", _("Ill")


@remembered()
class Absence(models.Model):
    """A day on which a child who was planned doesn't come."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="absences")
    day = models.DateField()
    kind = models.CharField(max_length=14, choices=AbsenceKind.choices)
    side = models.CharField(max_length=8, choices=TellingSide.choices)
    told_at = models.DateTimeField()
    told_by = models.BigIntegerField(null=True)
    late = models.BooleanField(default=False)
    """An illness that wasn't told in time; what it then counts as where it isn't free."""
    note_seen_at = models.DateTimeField(null=True)
    """When the location saw the doctor's note of an illness."""
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["placement", "day"], name="absence_placement_day")]
        constraints = [
            models.UniqueConstraint(
                name="absence_once_a_day", fields=["placement", "day"], condition=Q(taken_back_at=None)
            ),
            models.CheckConstraint(
                name="absence_of_illness",
                condition=Q(kind=AbsenceKind.ILLNESS) | Q(late=False, note_seen_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.day}"
