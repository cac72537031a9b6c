import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import CareRequest, PassOver, Placement, Preference
from kribbe.people.models import Child, Household
from kribbe.region.models import Desk
from kribbe.rules.upkeep import Ask
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered
from kribbe.trust.models import append_only


class ChildKey(models.Model):
    """A hash of something by which a registered child could be found again (see `rules.duplicates.keys`)."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="+")
    key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="child_key_once", fields=["key", "child"])]

    def __str__(self) -> str:
        return f"{self.child_id} {self.key}"


class PairState(models.TextChoices):
    OPEN = "open", _("To be looked at")
    PROPOSED = "proposed", _("Proposed to the other desk")
    MERGED = "merged", _("Merged")
    DIFFERENT = "different", _("Two children")


@remembered()
class Pair(models.Model):
    """Two registered children that are perhaps one, why, and what a clerk decided. What was decided is kept."""

    reference = reference_field()
    first = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    signs = ArrayField(models.CharField(max_length=30), default=list)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PairState.choices, default=PairState.OPEN)
    proposed_by = models.ForeignKey(Desk, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_keep = models.ForeignKey(Child, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-score"], name="pair_state_score")]
        constraints = [
            models.UniqueConstraint(name="pair_once", fields=["first", "second"]),
            models.CheckConstraint(name="pair_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(name="pair_score", condition=Q(score__lte=100)),
            models.CheckConstraint(
                name="pair_proposed", condition=~Q(state="proposed") | Q(proposed_by__isnull=False)
            ),
            models.CheckConstraint(
                name="pair_decided",
                condition=Q(state__in=["open", "proposed"], decided_at=None)
                | Q(state__in=["merged", "different"], decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.score}"


@remembered()
class Merge(models.Model):
    """Two registrations of one child, brought together; all that changed is kept, so that it can be undone."""

    reference = reference_field()
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="merges")
    kept = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    gone = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    kept_household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    gone_household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    merged_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="merge_gone_once", fields=["gone"], condition=Q(undone_at=None)),
            models.CheckConstraint(name="merge_two", condition=~Q(kept=F("gone"))),
        ]

    def __str__(self) -> str:
        return self.reference


class MergeChange(models.Model):
    """One row that a merge changed, made (`before` None) or removed (`after` None), with its values as text."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="changes")
    position = models.PositiveIntegerField()
    model = models.CharField(max_length=60)
    row = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="merge_change_position", fields=["merge", "position"]),
            models.CheckConstraint(
                name="merge_change_says", condition=Q(before__isnull=False) | Q(after__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.row}"


class ConfirmationState(models.TextChoices):
    OPEN = "open", _("Waiting for an answer")
    KEPT = "kept", _("Still needed")
    ENDED = "ended", _("No longer needed")
    LAPSED = "lapsed", _("No answer")


@remembered()
class Confirmation(models.Model):
    """The question whether a request is still needed, and its answer."""

    request = models.ForeignKey(CareRequest, on_delete=models.CASCADE, related_name="confirmations")
    ask = models.CharField(max_length=20, choices=[(each.value, each.value) for each in Ask])
    asked_at = models.DateTimeField()
    answer_by = models.DateField()
    by_letter = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=ConfirmationState.choices, default=ConfirmationState.OPEN)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["answer_by"], name="confirmation_waiting", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(
                name="confirmation_one_open", fields=["request"], condition=Q(state="open")
            ),
            models.CheckConstraint(
                name="confirmation_answered",
                condition=Q(state="open", answered_at=None)
                | (~Q(state="open") & Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.state}"


class FirstDayState(models.TextChoices):
    ASKED = "asked", _("Asked to the location")
    CAME = "came", _("Came")
    ABSENT = "absent", _("Did not come")
    LATER = "later", _("Comes later")
    FREED = "freed", _("No longer needed")


@remembered()
class FirstDay(models.Model):
    """Whether a placed child turned up on its first day, and what its family says if it didn't."""

    placement = models.OneToOneField(Placement, on_delete=models.CASCADE, related_name="first_day")
    day = models.DateField()
    state = models.CharField(max_length=10, choices=FirstDayState.choices, default=FirstDayState.ASKED)
    asked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    told_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "day"], name="first_day_state")]
        constraints = [
            models.CheckConstraint(
                name="first_day_told", condition=Q(state="asked", told_at=None) | Q(told_at__isnull=False)
            ),
            models.CheckConstraint(
                name="first_day_answered",
                condition=~Q(state__in=["later", "freed"]) | Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.state}"


class ComplaintKind(models.TextChoices):
    REFUSAL = "refusal", _("A location refused a place")
    PASS_OVER = "pass_over", _("A place went to a child behind mine")
    POSITION = "position", _("The place in line isn't right")
    OTHER = "other", _("Something else")


class ComplaintState(models.TextChoices):
    RECEIVED = "received", _("Received")
    TAKEN = "taken", _("Being looked into")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Outcome(models.TextChoices):
    RIGHT = "right", _("The complaint is right")
    PARTLY = "partly", _("The complaint is partly right")
    WRONG = "wrong", _("The decision stands")


@remembered()
class Complaint(models.Model):
    """A household's complaint about a decision, the desk's term, and its answer."""

    reference = reference_field()
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="complaints_made")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="complaints")
    request = models.ForeignKey(CareRequest, on_delete=models.PROTECT, related_name="complaints")
    preference = models.ForeignKey(Preference, on_delete=models.PROTECT, null=True, related_name="+")
    pass_over = models.ForeignKey(PassOver, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=ComplaintKind.choices)
    text = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    answer_by = models.DateField()
    state = models.CharField(max_length=10, choices=ComplaintState.choices, default=ComplaintState.RECEIVED)
    taken_by = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    answer = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["desk", "state", "answer_by"], name="complaint_desk_state")]
        constraints = [
            models.CheckConstraint(name="complaint_says", condition=~Q(text="")),
            models.CheckConstraint(
                name="complaint_answered",
                condition=(Q(state="answered", closed_at__isnull=False) & ~Q(answer="") & ~Q(outcome=""))
                | Q(state="withdrawn", closed_at__isnull=False, answer="", outcome="")
                | Q(state__in=["received", "taken"], closed_at=None, answer="", outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


@remembered()
class Invitation(models.Model):
    """A link by which one person, with one mail address, comes to act for a household; used once."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    good_until = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="invitation_one_open", fields=["household", "email"], condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="invitation_used_is_ended", condition=Q(accepted_at=None) | Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.email


@remembered()
class ForgettingHold(models.Model):
    """The desk keeps a household longer than its term: until which day, and why."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="forgetting_holds")
    reason = models.CharField(max_length=300)
    until = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="forgetting_hold_one", fields=["household"], condition=Q(ended_at=None)
            ),
            models.CheckConstraint(name="forgetting_hold_says", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} until {self.until}"


STILL_NEEDED = """
    NEW.transaction = pg_current_xact_id()::text;
    IF EXISTS (
        SELECT FROM enrolment_carerequest WHERE household_id = NEW.household_id AND state = 'open'
    ) OR EXISTS (
        SELECT FROM enrolment_placement p JOIN people_child c ON c.id = p.child_id
        WHERE c.household_id = NEW.household_id AND p.state IN ('to_sign', 'final')
            AND (upper_inf(p.during) OR upper(p.during) > NEW.at::date)
    ) OR EXISTS (
        SELECT FROM upkeep_forgettinghold
        WHERE household_id = NEW.household_id AND ended_at IS NULL AND until > NEW.at::date
    ) THEN
        RAISE EXCEPTION 'household % is still needed', NEW.household_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Forgotten(models.Model):
    """A household that was forgotten, and when. In the transaction that adds it, `kribbe_forget` may change rows.

    The database refuses one that has an open request, a place that runs or a hold.
    """

    household_id = models.BigIntegerField(unique=True)
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    transaction = models.CharField(max_length=20, default="")

    class Meta:
        indexes = [models.Index(fields=["desk", "-at"], name="forgotten_desk")]
        triggers = [
            *append_only("upkeep_forgotten"),
            pgtrigger.Trigger(
                name="not_needed", when=pgtrigger.Before, operation=pgtrigger.Insert, func=STILL_NEEDED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.at:%Y-%m-%d}"
