from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models_asked import LookAgain, ProofRequest, ProofState
from kribbe.enrolment.models_chance import Chance, ChanceLesson, ChanceRun
from kribbe.enrolment.models_free import (
    DirectAnswer,
    DirectChild,
    DirectMatch,
    DirectQuestion,
    FreeThen,
    LastMinute,
    LookMail,
    LookStep,
    RegisterVisit,
    RequestSwitches,
    StartAnswer,
    UrgentReach,
    Vacancy,
    VacancyInterest,
    VacancyList,
    VacancyTold,
)
from kribbe.enrolment.models_hand_over import HandOver
from kribbe.people.models import Adult, Child, Household, User
from kribbe.places.models import Group, Location
from kribbe.region.models import Desk, PassOverReason, SameKey
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.turns import LENGTHS, ROUND
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered

__all__ = [
    "Chance",
    "ChanceLesson",
    "ChanceRun",
    "DirectAnswer",
    "DirectChild",
    "DirectMatch",
    "DirectQuestion",
    "FreeThen",
    "HandOver",
    "LastMinute",
    "LookAgain",
    "LookMail",
    "LookStep",
    "ProofRequest",
    "ProofState",
    "RegisterVisit",
    "RequestSwitches",
    "StartAnswer",
    "UrgentReach",
    "Vacancy",
    "VacancyInterest",
    "VacancyList",
    "VacancyTold",
]
"""The tables of `models_free`, `models_asked`, `models_chance` and `models_hand_over` are read from here."""

MASKS = (1, 2**SLOTS - 1)


class RequestState(models.TextChoices):
    OPEN = "open", _("Open")
    ENDED = "ended", _("Ended")


class Flexibility(models.TextChoices):
    """Whether other days than those asked would do."""

    EXACT = "exact", _("No, only these days")
    SAME_NUMBER = "same_number", _("Yes, as long as the number of half-days is the same")
    FEWER = "fewer", _("I could also begin with fewer days")


class Price(models.TextChoices):
    ANY = "any", _("No preference")
    INCOME = "income", _("Price by income")
    FREE = "free", _("Free price")


@remembered()
class CareRequest(models.Model):
    """One child, one need: start, pattern and ranked locations. Changing days or start keeps the date."""

    reference = reference_field()
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="requests")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="requests")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="requests")
    registered_at = models.DateTimeField()
    registered_by = models.BigIntegerField(null=True)
    wanted_start = models.DateField()
    latest_start = models.DateField()
    pattern = models.PositiveSmallIntegerField()
    hours = models.JSONField(default=dict)
    flexibility = models.CharField(max_length=12, choices=Flexibility.choices, default=Flexibility.EXACT)
    price = models.CharField(max_length=10, choices=Price.choices, default=Price.ANY)
    remarks = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=30, choices=[(e.value, e.value) for e in RequestEnd], blank=True)

    class Meta:
        indexes = [models.Index(fields=["desk", "state", "wanted_start"], name="request_desk_state")]
        constraints = [
            models.UniqueConstraint(
                name="request_one_open_a_child", fields=["child"], condition=Q(state="open")
            ),
            models.CheckConstraint(
                name="request_start_window", condition=Q(wanted_start__lte=F("latest_start"))
            ),
            models.CheckConstraint(name="request_pattern", condition=Q(pattern__range=MASKS)),
            models.CheckConstraint(
                name="request_end_recorded",
                condition=Q(state="open", ended_at=None, end="")
                | (Q(state="ended", ended_at__isnull=False) & ~Q(end="")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


@remembered()
class RequestAlternative(models.Model):
    """Another week pattern that would do as well."""

    request = models.ForeignKey(CareRequest, on_delete=models.CASCADE, related_name="alternatives")
    position = models.PositiveSmallIntegerField()
    pattern = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="alternative_once", fields=["request", "pattern"]),
            models.CheckConstraint(name="alternative_pattern", condition=Q(pattern__range=MASKS)),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.pattern}"


class PreferenceState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    PLACED = "placed", _("Place accepted")
    REPLACED = "replaced", _("Set aside: a place was accepted elsewhere")
    REFUSED = "refused", _("No place here")
    WITHDRAWN = "withdrawn", _("Withdrawn")


@remembered()
class Preference(models.Model):
    """One ranked location of a request, with its own date and status."""

    request = models.ForeignKey(CareRequest, on_delete=models.CASCADE, related_name="preferences")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="preferences")
    rank = models.PositiveSmallIntegerField(null=True)
    registered_at = models.DateTimeField()
    open_pattern = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=PreferenceState.choices, default=PreferenceState.WAITING)
    state_at = models.DateTimeField()
    refusal_reason = models.ForeignKey(PassOverReason, on_delete=models.PROTECT, null=True, related_name="+")
    refusal_note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["location", "state"], name="preference_location_state")]
        constraints = [
            models.UniqueConstraint(name="preference_location_once", fields=["request", "location"]),
            models.UniqueConstraint(
                name="preference_rank_once", fields=["request", "rank"], deferrable=Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                name="preference_open_pattern", condition=Q(open_pattern__range=(0, MASKS[1]))
            ),
            models.CheckConstraint(name="preference_ranked", condition=Q(state="withdrawn") | Q(rank__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.rank}"


class OfferState(models.TextChoices):
    OPEN = "open", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Ran out")
    TAKEN_BACK = "taken_back", _("Taken back")


class OfferKind(models.TextChoices):
    SAME = "same", _("As asked")
    OTHER_DATE = "other_date", _("Another start date")
    OTHER_PATTERN = "other_pattern", _("Other days")
    OTHER_BOTH = "other_both", _("Another start date and other days")


@remembered()
class Offer(models.Model):
    """A place offered until a deadline. While it is open its half-days are held.

    From `onward_from` on, once too old for the first group, the child goes on in `onward`. Where the household itself
    said no, `declined_rank` keeps the rank of the wish, so that the no can be taken back.
    """

    reference = reference_field()
    preference = models.ForeignKey(Preference, on_delete=models.PROTECT, related_name="offers")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="offers")
    kind = models.CharField(max_length=20, choices=OfferKind.choices)
    during = DateRangeField()
    pattern = models.PositiveSmallIntegerField()
    onward = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    onward_from = models.DateField(null=True)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    deadline = models.DateTimeField()
    message = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=OfferState.choices, default=OfferState.OPEN)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    declined_rank = models.PositiveSmallIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "deadline"], name="offer_state_deadline")]
        constraints = [
            models.UniqueConstraint(name="offer_one_open", fields=["preference"], condition=Q(state="open")),
            models.CheckConstraint(name="offer_pattern", condition=Q(pattern__range=MASKS)),
            models.CheckConstraint(
                name="offer_onward",
                condition=Q(onward=None, onward_from=None)
                | Q(onward__isnull=False, during__contains=F("onward_from")),
            ),
            models.CheckConstraint(
                name="offer_answered",
                condition=Q(state="open", answered_at=None)
                | (~Q(state="open") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="offer_declined_rank",
                condition=Q(declined_rank=None) | Q(state="declined", declined_rank__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def stays(self) -> list[tuple[int, date, date | None]]:
        """The groups in which the child would be, one after the other: from which day, until before which."""
        start, end = self.during.lower, self.during.upper
        if self.onward_id is None or self.onward_from is None:
            return [(self.group_id, start, end)]
        return [(self.group_id, start, self.onward_from), (self.onward_id, self.onward_from, end)]


@remembered()
class PassOver(models.Model):
    """A child that stood ahead when an offer went to another, and why."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="passed_over")
    preference = models.ForeignKey(Preference, on_delete=models.PROTECT, related_name="passed_over")
    reason = models.ForeignKey(PassOverReason, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="pass_over_once", fields=["offer", "preference"])]

    def __str__(self) -> str:
        return f"{self.offer_id} over {self.preference_id}"


class PlacementState(models.TextChoices):
    TO_SIGN = "to_sign", _("To be signed")
    FINAL = "final", _("Final")
    LAPSED = "lapsed", _("Not signed in time")
    ENDED = "ended", _("Ended")


class MaskSlots(Func):
    """A week pattern, and what it has in turn, as a multirange of half-days, so that overlaps can be excluded."""

    function = "kribbe_slots"


class OfAllWeeks(Func):
    """The half-days of all weeks in turn together."""

    function = "kribbe_of_all_weeks"
    output_field = models.IntegerField()


@remembered()
class Placement(models.Model):
    """A child's agreed place: group, dates and week pattern. Signed (and paid for, where asked) it is final.

    A child of parents who live apart can have two, each with its own weeks: `in_turn` has the half-days of each week
    in turn (`rules.turns`), None where every week is the same. Such places hold their half-days in the
    ledger together, under the child's name (`services.turns`). `parent` is the one with whom it is agreed, where that
    matters.
    """

    reference = reference_field()
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="placements")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="placements")
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, null=True, related_name="placement")
    during = DateRangeField()
    pattern = models.PositiveSmallIntegerField()
    in_turn = ArrayField(models.PositiveSmallIntegerField(), size=ROUND, null=True)
    parent = models.ForeignKey(Adult, on_delete=models.SET_NULL, null=True, related_name="placements")
    state = models.CharField(max_length=10, choices=PlacementState.choices, default=PlacementState.TO_SIGN)
    reserved_at = models.DateTimeField()
    sign_by = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_name = models.CharField(max_length=200, blank=True)
    deposit_asked = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    deposit_paid_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    replaced_end = models.DateField(null=True)
    replaced_state = models.CharField(max_length=10, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "sign_by"], name="placement_state_sign_by")]
        constraints = [
            ExclusionConstraint(
                name="placement_child_once_a_half_day",
                expressions=[
                    (SameKey("child_id"), RangeOperators.OVERLAPS),
                    (MaskSlots("pattern", "in_turn"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=["to_sign", "final"]),
            ),
            models.CheckConstraint(name="placement_pattern", condition=Q(pattern__range=MASKS)),
            models.CheckConstraint(
                name="placement_in_turn",
                condition=Q(in_turn=None) | Q(in_turn__len__in=LENGTHS, pattern=OfAllWeeks("in_turn")),
            ),
            models.CheckConstraint(
                name="placement_final_is_signed",
                condition=~Q(state="final")
                | Q(offer=None)
                | Q(signed_at__isnull=False, final_at__isnull=False),
            ),
            models.CheckConstraint(
                name="placement_to_sign_has_term", condition=~Q(state="to_sign") | Q(sign_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class PositionChange(models.Model):
    """A household's position at a location changed, and why, in words that tell nothing of one other family."""

    preference = models.ForeignKey(Preference, on_delete=models.CASCADE, related_name="position_changes")
    at = models.DateTimeField()
    before = models.PositiveIntegerField(null=True)
    after = models.PositiveIntegerField(null=True)
    cause = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["preference", "-at"], name="position_change_preference")]

    def __str__(self) -> str:
        return f"{self.preference_id} {self.before} → {self.after}"


class RequestDraft(models.Model):
    """A request in the making. Nothing typed is lost; it can be left and found again by its reference."""

    reference = reference_field()
    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="drafts")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, blank=True)
    reminded_at = models.DateTimeField(null=True)
    no_reminder = models.BooleanField(default=False)
    on_behalf = models.BooleanField(default=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, null=True, related_name="drafts")
    answers = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    request = models.OneToOneField(CareRequest, on_delete=models.SET_NULL, null=True, related_name="draft")

    def __str__(self) -> str:
        return self.reference
