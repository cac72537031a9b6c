"""Tables about free places: what a location says of itself, what came free, and who was told of it."""

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Group, Location
from kribbe.region.models import Municipality, Region
from kribbe.rules.halfdays import SLOTS
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered

PATTERN = Q(pattern__range=(1, 2**SLOTS - 1))


@remembered()
class DirectChild(models.Model):
    """A child that a location took outside the desk. Its half-days are held in the ledger as "direct:<id>".

    `name` is what the location calls it, no more than it needs to find the child again; `birth_month` is the
    first day of the month of birth.
    """

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="direct_children")
    name = models.CharField(max_length=40)
    birth_month = models.DateField()
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, related_name="+")
    during = DateRangeField()
    pattern = models.PositiveSmallIntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["group", "-recorded_at"], name="direct_child_group")]
        constraints = [
            models.CheckConstraint(name="direct_child_pattern", condition=PATTERN),
            models.CheckConstraint(name="direct_child_month", condition=Q(birth_month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.during}"


@remembered()
class DirectMatch(models.Model):
    """A clerk found that a child taken directly is the one of this request, which so ended as placed.

    `score` and `signs` are those of `rules.taken` at that moment. One that was undone stays: it isn't proposed again.
    """

    direct = models.ForeignKey(DirectChild, on_delete=models.CASCADE, related_name="matches")
    request = models.ForeignKey(
        "enrolment.CareRequest", on_delete=models.CASCADE, related_name="direct_matches"
    )
    score = models.PositiveSmallIntegerField()
    signs = ArrayField(models.CharField(max_length=30))
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="direct_match_one_standing", fields=["direct"], condition=Q(undone_at=None)
            ),
            models.UniqueConstraint(
                name="direct_match_request_once", fields=["request"], condition=Q(undone_at=None)
            ),
            models.CheckConstraint(name="direct_match_score", condition=Q(score__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.direct_id} is {self.request_id}"


class DirectAnswer(models.TextChoices):
    """What the desk of a request said when it was asked. "" is no answer yet."""

    CLOSED = "closed", _("Closed as placed")
    OTHER_CHILD = "other_child", _("It is another child")
    STILL_NEEDED = "still_needed", _("The family still needs the place that it asked for")
    NOT_REACHED = "not_reached", _("The family can't be reached; the request stays open")
    WITHDRAWN = "withdrawn", _("Taken back by the desk that asked")


@remembered()
class DirectQuestion(models.Model):
    """The desk of the location asks the desk of a request whether it is that of a child taken directly.

    `score` and `signs` are those of `rules.taken` when it was asked. The two desks say nothing else to each other.
    """

    reference = reference_field()
    direct = models.ForeignKey(DirectChild, on_delete=models.CASCADE, related_name="questions")
    request = models.ForeignKey(
        "enrolment.CareRequest", on_delete=models.CASCADE, related_name="direct_questions"
    )
    score = models.PositiveSmallIntegerField()
    signs = ArrayField(models.CharField(max_length=30))
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=12, choices=DirectAnswer.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="direct_question_once", fields=["direct", "request"]),
            models.CheckConstraint(name="direct_question_score", condition=Q(score__lte=100)),
            models.CheckConstraint(
                name="direct_question_answered",
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direct_id} is {self.request_id}?"


class RegisterVisit(models.Model):
    """One time that a location went through its register: what it changed, so that it can be undone.

    `changes` is a list of objects with a `kind` and what is needed to go back (see `services.register_visit`).
    """

    reference = reference_field()
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="register_visits")
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    changes = models.JSONField(default=list)
    looked_before = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["location", "-at"], name="register_visit_location")]

    def __str__(self) -> str:
        return f"{self.location_id} {self.at:%Y-%m-%d}"


class LookStep(models.TextChoices):
    ASKED = "asked"
    REMINDED = "reminded"


class LookMail(models.Model):
    """A location was asked whether its free places are still right."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="look_mails")
    step = models.CharField(max_length=10, choices=LookStep.choices)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["location", "-at"], name="look_mail_location")]

    def __str__(self) -> str:
        return f"{self.location_id} {self.step}"


class VacancyList(models.Model):
    """The places that came free in a region in a week, as they were told on that day."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="vacancy_lists")
    day = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="vacancy_list_once", fields=["region", "day"])]

    def __str__(self) -> str:
        return f"{self.region_id} {self.day}"


class Vacancy(models.Model):
    """Half-days of a group that came free from a month on. `until` is the first month in which they aren't
    free any more, None where they stay free as far as was looked."""

    list = models.ForeignKey(VacancyList, on_delete=models.CASCADE, related_name="vacancies")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="vacancies")
    month = models.DateField()
    until = models.DateField(null=True)
    pattern = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="vacancy_once", fields=["list", "group", "month", "until"], nulls_distinct=False
            ),
            models.CheckConstraint(name="vacancy_pattern", condition=PATTERN),
            models.CheckConstraint(name="vacancy_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.month}"


class FreeThen(models.Model):
    """A group's free half-days when the last list was made: bit 0 is the first half-day of `first_month`."""

    group = models.OneToOneField(Group, on_delete=models.CASCADE, primary_key=True, related_name="free_then")
    first_month = models.DateField()
    free = models.CharField(max_length=24 * SLOTS)
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.group_id} {self.first_month}"


class VacancyTold(models.Model):
    """What a request was told of a list: the vacancies in their order, and the notice that told it."""

    list = models.ForeignKey(VacancyList, on_delete=models.CASCADE, related_name="told")
    request = models.ForeignKey(
        "enrolment.CareRequest", on_delete=models.CASCADE, related_name="vacancies_told"
    )
    vacancies = ArrayField(models.BigIntegerField())
    notice = models.ForeignKey("contact.Notice", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="vacancy_told_once", fields=["list", "request"])]

    def __str__(self) -> str:
        return f"{self.list_id} {self.request_id}"


class VacancyInterest(models.Model):
    """A family let a location know that it would like these half-days. It changes nothing in the order."""

    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="interests")
    request = models.ForeignKey("enrolment.CareRequest", on_delete=models.CASCADE, related_name="interests")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="vacancy_interest_once", fields=["vacancy", "request"])]

    def __str__(self) -> str:
        return f"{self.request_id} in {self.vacancy_id}"


class LastMinute(models.Model):
    """Half-days that a location gives away in the coming days or weeks, from `first` to `last` inclusive."""

    reference = reference_field()
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="last_minutes")
    first = models.DateField()
    last = models.DateField()
    pattern = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField()
    published_by = models.BigIntegerField(null=True)
    told = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["group", "last"], name="last_minute_group")]
        constraints = [
            models.CheckConstraint(name="last_minute_pattern", condition=PATTERN),
            models.CheckConstraint(name="last_minute_days", condition=Q(first__lte=models.F("last"))),
        ]

    def __str__(self) -> str:
        return self.reference


@remembered()
class RequestSwitches(models.Model):
    """What a household said yes or no to for a request; None leaves it to what the desk decided."""

    request = models.OneToOneField("enrolment.CareRequest", on_delete=models.CASCADE, related_name="switches")
    weekly_list = models.BooleanField(null=True)
    open_when_urgent = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"{self.request_id}"


class UrgentReach(models.Model):
    """A wish that came of a location's own offer to an urgent request. It falls away with that offer."""

    preference = models.OneToOneField(
        "enrolment.Preference", on_delete=models.CASCADE, related_name="urgent_reach"
    )
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.preference_id}"


class StartAnswer(models.Model):
    """What a location said when a child was born on another day than was expected: the start stays or moved."""

    placement = models.OneToOneField(
        "enrolment.Placement", on_delete=models.CASCADE, related_name="start_answer"
    )
    birth = models.DateField()
    moved_to = models.DateField(null=True)
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.placement_id}"
