"""For how long a week somebody works, when they can, and when they are away."""

from datetime import date, timedelta

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Group
from kribbe.region.models import no_overlap
from kribbe.rules.at_work import Role
from kribbe.rules.roster.plan import HALVES
from kribbe.staff.models.carers import Carer
from kribbe.trust.history import remembered

MOST_A_WEEK, MOST_A_DAY = 100, 22
"""Half-hours of work: fifty hours a week, eleven hours a day."""


class RoleKind(models.TextChoices):
    """What somebody does, as `rules.at_work.Role` has it."""

    CARER = Role.CARER.value, _("Carer")
    LOGISTIC = Role.LOGISTIC.value, _("Logistic help")
    INTERN = Role.INTERN.value, _("Intern")
    VOLUNTEER = Role.VOLUNTEER.value, _("Volunteer")
    COACH = Role.COACH.value, _("Pedagogic coach")


@remembered()
class Contract(models.Model):
    """Work of a carer in a period: half-hours a week, and a day at most. `group` is where they usually stand.

    `role` says whether they count among the carers that the law asks for (`rules.at_work`).
    """

    carer = models.ForeignKey(Carer, on_delete=models.PROTECT, related_name="contracts")
    during = DateRangeField()
    role = models.CharField(max_length=10, choices=RoleKind.choices, default=RoleKind.CARER)
    week = models.PositiveSmallIntegerField()
    day = models.PositiveSmallIntegerField(default=18)
    group = models.ForeignKey(Group, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["during"]
        constraints = [
            no_overlap("contract_one_a_day", "carer_id"),
            models.CheckConstraint(name="contract_role", condition=Q(role__in=RoleKind.values)),
            models.CheckConstraint(name="contract_some_day", condition=Q(during__isempty=False)),
            models.CheckConstraint(
                name="contract_hours", condition=Q(week__range=(1, MOST_A_WEEK), day__range=(1, MOST_A_DAY))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carer_id} {self.during}"

    @property
    def last(self) -> date:
        """The last day, of one that ends."""
        upper: date = self.during.upper
        return upper - timedelta(days=1)


@remembered()
class Available(models.Model):
    """From when to when somebody can work on a weekday (0 is Monday), in half-hours; without any, not then."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="available")
    weekday = models.PositiveSmallIntegerField()
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday"]
        constraints = [
            models.UniqueConstraint(name="available_once_a_weekday", fields=["contract", "weekday"]),
            models.CheckConstraint(name="available_weekday", condition=Q(weekday__lt=7)),
            models.CheckConstraint(
                name="available_times", condition=Q(start__lt=F("end")) & Q(end__lte=HALVES)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.weekday}"


class LeaveKind(models.TextChoices):
    """Why somebody is away; of an illness nothing more is kept."""

    LEAVE = "leave", _("Leave")
    ILLNESS = "illness", _("Ill")
    TRAINING = "training", _("Training")


@remembered()
class Leave(models.Model):
    """Days on which a carer doesn't work."""

    carer = models.ForeignKey(Carer, on_delete=models.PROTECT, related_name="leaves")
    during = DateRangeField()
    kind = models.CharField(max_length=10, choices=LeaveKind.choices)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["during"]
        constraints = [
            no_overlap("leave_one_a_day", "carer_id"),
            models.CheckConstraint(
                name="leave_days",
                condition=Q(during__isempty=False, during__upper_inf=False, during__lower_inf=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carer_id} {self.during}"

    @property
    def last(self) -> date:
        """The last day away."""
        upper: date = self.during.upper
        return upper - timedelta(days=1)
