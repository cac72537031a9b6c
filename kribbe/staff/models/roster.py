"""The roster: shifts of carers, each change with what it was before, and proposals."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Group, Location
from kribbe.region.models import SameKey
from kribbe.rules.at_work import Role
from kribbe.rules.roster.plan import HALVES, Turn
from kribbe.staff.models.carers import Carer
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered

STRETCH = 12
"""Half-hours of work in one go at most: six hours."""

INSIDE = """
IF NOT EXISTS (
    SELECT FROM staff_carer c WHERE c.id = NEW.carer_id AND c.during @> NEW.day AND (
        c.location_id = NEW.location_id OR EXISTS (
            SELECT FROM staff_carer_locations s WHERE s.carer_id = c.id AND s.location_id = NEW.location_id))
) OR NOT EXISTS (SELECT FROM places_group g WHERE g.id = NEW.group_id AND g.location_id = NEW.location_id) THEN
    RAISE EXCEPTION 'a shift of somebody who does not work here then, or in a group of another location'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


def _times() -> Func:
    return Func(F("start"), F("end"), Value("[)"), function="int4range", output_field=IntegerRangeField())


def _on_the_day() -> Func:
    return Func(F("day"), F("day"), Value("[]"), function="daterange", output_field=DateRangeField())


@remembered()
class Shift(models.Model):
    """Somebody works with a group on a day, in half-hours since midnight; `pause` is the half-hour of their pause."""

    carer = models.ForeignKey(Carer, on_delete=models.PROTECT, related_name="shifts")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="shifts")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="shifts")
    day = models.DateField()
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()
    pause = models.PositiveSmallIntegerField(null=True)
    known_role: str = ""
    """Of a shift that isn't kept yet; others have theirs from the contract of the day (`role`)."""

    class Meta:
        ordering = ["day", "start", "pk"]
        indexes = [models.Index(fields=["location", "day"], name="shift_location_day")]
        constraints = [
            models.UniqueConstraint(
                name="shift_once_a_day_at_a_location", fields=["carer", "location", "day"]
            ),
            ExclusionConstraint(
                name="shift_one_at_a_time",
                expressions=[
                    (SameKey("carer_id"), RangeOperators.OVERLAPS),
                    (_on_the_day(), RangeOperators.OVERLAPS),
                    (_times(), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="shift_times", condition=Q(start__lt=F("end")) & Q(end__lte=HALVES)),
            models.CheckConstraint(
                name="shift_pause",
                condition=Q(pause=None, end__lte=F("start") + STRETCH)
                | Q(
                    pause__isnull=False,
                    pause__gt=F("start"),
                    pause__lt=F("end") - 1,
                    pause__lte=F("start") + STRETCH,
                    end__lte=F("pause") + 1 + STRETCH,
                ),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="shift_inside",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=INSIDE,
            )
        ]

    def __str__(self) -> str:
        return f"{self.carer_id} {self.day} {self.start}-{self.end}"

    @property
    def is_away(self) -> bool:
        """Whether the carer is away on the day, where `selectors.needs.with_standing` read it."""
        return bool(getattr(self, "on_leave", False))

    @property
    def role(self) -> Role:
        """What the carer does on the day by their contract, where `with_standing` read it; a carer without one."""
        return Role(getattr(self, "on_role", None) or self.known_role or Role.CARER)

    @property
    def turn(self) -> Turn:
        """As the rules have it."""
        return Turn(self.day, self.carer_id, self.start, self.end, self.pause)


class ChangeKind(models.TextChoices):
    """What was done to a roster."""

    SHIFT = "shift", _("a shift changed")
    COPY = "copy", _("a week copied")
    CLEAR = "clear", _("a week emptied")
    PROPOSAL = "proposal", _("a proposal taken over")


class RosterChange(models.Model):
    """One change of a location's roster: the shifts of its days before and after, so that it can be undone."""

    reference = reference_field()
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="roster_changes")
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    days = ArrayField(models.DateField())
    before = models.JSONField()
    after = models.JSONField()
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["location", "-at"], name="roster_change_last")]

    def __str__(self) -> str:
        return f"{self.location_id} {self.kind} {self.at}"


class ProposalState(models.TextChoices):
    """How far a proposal is."""

    ASKED = "asked", _("waits")
    RUNNING = "running", _("is being calculated")
    READY = "ready", _("is ready")
    FAILED = "failed", _("failed")
    DROPPED = "dropped", _("was put away")


class RosterProposal(models.Model):
    """A roster proposed for whole weeks from a Monday. `turns` and `lacks` are told as `rules.roster` has them."""

    reference = reference_field()
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="roster_proposals")
    first = models.DateField()
    weeks = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.ASKED)
    done_weeks = models.PositiveSmallIntegerField(default=0)
    turns = models.JSONField(default=list)
    lacks = models.JSONField(default=list)
    least_weeks = models.PositiveSmallIntegerField(default=0)
    """Weeks of which it is certain that no roster has a smaller shortage."""
    taken_days = ArrayField(models.DateField(), default=list)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(name="proposal_monday", condition=Q(first__iso_week_day=1)),
            models.CheckConstraint(name="proposal_weeks", condition=Q(weeks__range=(1, 8))),
            models.UniqueConstraint(
                name="proposal_one_under_way",
                fields=["location"],
                condition=Q(state__in=["asked", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location_id} {self.first}"


class ShiftFeed(models.Model):
    """A secret address at which a carer's own calendar finds their shifts."""

    carer = models.ForeignKey(Carer, on_delete=models.CASCADE, related_name="feeds")
    nonce = models.CharField(max_length=24, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="shift_feed_one", fields=["carer"], condition=Q(revoked_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.carer_id} {self.made_at}"
