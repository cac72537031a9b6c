"""Rounds: what the desk planned, what was calculated and kept, and what each location said of it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import CareRequest, Offer, Preference
from kribbe.places.models import Group, Location
from kribbe.region.models import Desk, PassOverReason
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered


class Rhythm(models.TextChoices):
    """When a desk gives places in rounds."""

    NONE = "none", _("Only when the desk begins one")
    WEEKLY = "weekly", _("Every Thursday")
    MONTHLY = "monthly", _("On the first Thursday of the month")
    YEARLY = "yearly", _("Once a year, on the first Thursday of March, for September")


@remembered()
class RoundPlan(models.Model):
    """A desk's rhythm, and how many months of first days a round gives places for."""

    desk = models.OneToOneField(Desk, on_delete=models.CASCADE, related_name="round_plan")
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.NONE)
    months = models.PositiveSmallIntegerField(default=6)

    class Meta:
        constraints = [models.CheckConstraint(name="round_plan_months", condition=Q(months__range=(1, 24)))]

    def __str__(self) -> str:
        return f"{self.desk} {self.rhythm}"


@remembered()
class TakesPart(models.Model):
    """A location that takes part in its desk's rounds; the others keep their own hand."""

    location = models.OneToOneField(Location, on_delete=models.CASCADE, related_name="takes_part")
    since = models.DateTimeField()
    by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.location_id}"


class RoundState(models.TextChoices):
    PLANNED = "planned", _("To be calculated")
    PREVIEW = "preview", _("Locations look at the proposals")
    DONE = "done", _("Offers have gone out")
    CALLED_OFF = "called_off", _("Called off")


@remembered()
class Round(models.Model):
    """One round of a desk: places for children who would begin in `months` months from `first` on."""

    reference = reference_field()
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="rounds")
    first = models.DateField()
    months = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=RoundState.choices, default=RoundState.PLANNED)
    planned_at = models.DateTimeField()
    planned_by = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    locations = models.ManyToManyField(Location, related_name="rounds")

    class Meta:
        indexes = [models.Index(fields=["desk", "-planned_at"], name="round_desk")]
        constraints = [
            models.UniqueConstraint(
                name="round_one_running_a_desk",
                fields=["desk"],
                condition=Q(state__in=["planned", "preview"]),
            ),
            models.CheckConstraint(name="round_months", condition=Q(months__range=(1, 24))),
            models.CheckConstraint(name="round_first_of_month", condition=Q(first__day=1)),
            models.CheckConstraint(
                name="round_closed",
                condition=Q(state__in=["planned", "preview"], closed_at=None)
                | Q(state__in=["done", "called_off"], closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Calculation(models.Model):
    """What was given to the solver and what it answered, byte for byte, so that it can be replayed years later.

    The first of a round holds all of it; a later one only the locations that a change touched.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="calculations")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    why = models.CharField(max_length=20)
    instance = models.BinaryField()
    instance_hash = models.CharField(max_length=64)
    result = models.BinaryField()
    result_hash = models.CharField(max_length=64)
    solver = models.CharField(max_length=20)
    seed = models.BigIntegerField()
    changes = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(name="calculation_number", fields=["round", "number"])]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.number}"


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("To be confirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused by the location")
    OFFERED = "offered", _("Offered")
    DROPPED = "dropped", _("No longer proposed")


LIVE = (ProposalState.PROPOSED, ProposalState.CONFIRMED, ProposalState.OFFERED)


@remembered()
class Proposal(models.Model):
    """A place that a round proposes to a child. The location confirms or refuses it; confirmed it becomes an offer.

    `onward` is the group in which the child would go on from `onward_from`, once too old for the first.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="proposals")
    request = models.ForeignKey(CareRequest, on_delete=models.PROTECT, related_name="+")
    preference = models.ForeignKey(Preference, on_delete=models.PROTECT, related_name="proposals")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    start = models.DateField()
    end = models.DateField()
    pattern = models.PositiveSmallIntegerField()
    onward = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    onward_from = models.DateField(null=True)
    on = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    reason = models.ForeignKey(PassOverReason, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, null=True, related_name="proposal")
    trouble = models.CharField(max_length=300, blank=True)
    """Why a confirmed one could not be offered yet."""

    class Meta:
        indexes = [models.Index(fields=["round", "state"], name="proposal_round_state")]
        constraints = [
            models.UniqueConstraint(
                name="proposal_one_a_child",
                fields=["round", "request"],
                condition=Q(state__in=["proposed", "confirmed", "offered"]),
            ),
            models.CheckConstraint(name="proposal_stay", condition=Q(start__lt=F("end"))),
            models.CheckConstraint(name="proposal_pattern", condition=Q(pattern__range=(1, 2**14 - 1))),
            models.CheckConstraint(
                name="proposal_refused_says_why", condition=~Q(state="refused") | Q(reason__isnull=False)
            ),
            models.CheckConstraint(
                name="proposal_offered",
                condition=Q(state="offered", offer__isnull=False) | (~Q(state="offered") & Q(offer=None)),
            ),
            models.CheckConstraint(
                name="proposal_onward",
                condition=Q(onward=None, onward_from=None)
                | Q(onward__isnull=False, onward_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.preference_id} {self.state}"
