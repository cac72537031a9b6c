"""A desk's service for sick children: its carers on call, their days, and who is asked to come."""

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Child
from kribbe.region.models import Desk
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered


@remembered()
class SickService(models.Model):
    """The service of a desk; its lock guards every choice of a carer."""

    desk = models.OneToOneField(Desk, on_delete=models.PROTECT, related_name="sick_service")
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=40, blank=True)
    about = models.TextField(blank=True)
    answer_minutes = models.PositiveSmallIntegerField(default=20)
    asks_from = models.TimeField(default=time(6, 30))
    asks_until = models.TimeField(default=time(22))
    """Between these hours carers are asked; outside them the family hears that asking goes on in the morning."""
    hour_price = models.DecimalField(max_digits=5, decimal_places=2)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="sick_service_minutes", condition=Q(answer_minutes__range=(5, 240))),
            models.CheckConstraint(name="sick_service_hours", condition=Q(asks_from__lt=F("asks_until"))),
        ]

    def __str__(self) -> str:
        return self.name


@remembered()
class SickCarer(models.Model):
    """Somebody who comes to a sick child at home, within so many kilometres of their own."""

    reference = reference_field()
    service = models.ForeignKey(SickService, on_delete=models.PROTECT, related_name="carers")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=100)
    longitude = models.FloatField()
    latitude = models.FloatField()
    radius_km = models.PositiveSmallIntegerField(default=10)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="sick_carer_once", fields=["service", "email"]),
            models.CheckConstraint(name="sick_carer_radius", condition=Q(radius_km__range=(1, 100))),
        ]

    def __str__(self) -> str:
        return self.name


@remembered()
class CarerDay(models.Model):
    """A day on which a carer is on call, and between which hours."""

    carer = models.ForeignKey(SickCarer, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="carer_day_once", fields=["carer", "day"]),
            models.CheckConstraint(name="carer_day_hours", condition=Q(begins__lt=F("ends"))),
        ]

    def __str__(self) -> str:
        return f"{self.carer_id} {self.day}"


class CallState(models.TextChoices):
    SEARCHING = "searching", _("We look for a carer")
    CONFIRMED = "confirmed", _("A carer comes")
    NOBODY = "nobody", _("Nobody was found")
    CALLED_OFF = "called_off", _("Called off")


LIVE = ("searching", "confirmed", "nobody")


@remembered()
class SickCall(models.Model):
    """A family asks somebody to come to a sick child on a day. What the child has isn't kept."""

    reference = reference_field()
    service = models.ForeignKey(SickService, on_delete=models.PROTECT, related_name="calls")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="sick_calls")
    day = models.DateField()
    begins = models.TimeField()
    ends = models.TimeField()
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=100)
    longitude = models.FloatField()
    latitude = models.FloatField()
    state = models.CharField(max_length=10, choices=CallState.choices, default=CallState.SEARCHING)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["service", "day"], name="sick_call_day")]
        constraints = [
            models.UniqueConstraint(
                name="sick_call_once", fields=["child", "day"], condition=~Q(state="called_off")
            ),
            models.CheckConstraint(name="sick_call_hours", condition=Q(begins__lt=F("ends"))),
        ]

    def __str__(self) -> str:
        return self.reference


class ProposalState(models.TextChoices):
    OPEN = "open", _("Asked")
    YES = "yes", _("Comes")
    NO = "no", _("Can't come")
    LAPSED = "lapsed", _("Didn't answer")
    DROPPED = "dropped", _("No longer needed")


BINDING = ("open", "yes")


@remembered()
class Proposal(models.Model):
    """A carer is asked for a call. Never two open or answered yes for one call, nor for one carer on a day."""

    call = models.ForeignKey(SickCall, on_delete=models.CASCADE, related_name="proposals")
    carer = models.ForeignKey(SickCarer, on_delete=models.PROTECT, related_name="proposals")
    day = models.DateField()
    km = models.FloatField()
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ProposalState.choices, default=ProposalState.OPEN)
    state_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "answer_by"], name="proposal_due")]
        constraints = [
            models.UniqueConstraint(name="proposal_once", fields=["call", "carer"]),
            models.UniqueConstraint(
                name="proposal_one_a_call", fields=["call"], condition=Q(state__in=BINDING)
            ),
            models.UniqueConstraint(
                name="proposal_one_a_day", fields=["carer", "day"], condition=Q(state__in=BINDING)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.carer_id}"
