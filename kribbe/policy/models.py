from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import User
from kribbe.places.models import Location, Organiser
from kribbe.region.models import Desk, Municipality, Region
from kribbe.trust.fields import reference_field
from kribbe.trust.history import remembered
from kribbe.trust.models import append_only


class Snapshot(models.Model):
    """What the figures of a desk, or of the whole region (`desk` null), were told to be in a month. Never changed."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="snapshots")
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="snapshots", null=True)
    month = models.DateField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="snapshot_once_a_month", fields=["region", "desk", "month"], nulls_distinct=False
            ),
            models.CheckConstraint(name="snapshot_first_of_month", condition=Q(month__day=1)),
        ]
        triggers = append_only("policy_snapshot")

    def __str__(self) -> str:
        return f"{self.desk_id or self.region_id} {self.month:%Y-%m}"


class SnapshotValue(models.Model):
    """One number of a snapshot: of a part of a figure (see `services.snapshots`), by a measure."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="values")
    figure = models.CharField(max_length=20)
    part = models.CharField(max_length=60, blank=True)
    measure = models.CharField(max_length=20)
    value = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="snapshot_value_once", fields=["snapshot", "figure", "part", "measure"]
            )
        ]
        triggers = append_only("policy_snapshotvalue")

    def __str__(self) -> str:
        return f"{self.figure} {self.part} {self.measure} {self.value}"


class RegionCount(models.Model):
    """The figures of a region and its desks as they were last counted, made anew by the hour (`selectors.people`)."""

    region = models.OneToOneField(
        Region, on_delete=models.CASCADE, primary_key=True, related_name="count_kept"
    )
    counted_at = models.DateTimeField()
    content = models.JSONField()

    def __str__(self) -> str:
        return f"{self.region_id} {self.counted_at:%Y-%m-%d %H:%M}"


class YearlyReport(models.Model):
    """A report on a year as it was fixed: its content and documents never change; a newer version is a new row.

    `content` is what `services.reports.content` made. `pdf_exact` is for who may see the families; `pdf` hides
    small numbers. `desk` null is the report of the whole region.
    """

    reference = reference_field()
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="yearly_reports")
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="yearly_reports", null=True)
    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    fixed_at = models.DateTimeField()
    fixed_by = models.BigIntegerField(null=True)
    fixed_by_name = models.CharField(max_length=200)
    content = models.JSONField()
    pdf = models.BinaryField()
    pdf_exact = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="yearly_report_version_once",
                fields=["region", "desk", "year", "version"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="yearly_report_version", condition=Q(version__gte=1)),
        ]
        triggers = append_only("policy_yearlyreport")

    def __str__(self) -> str:
        return f"{self.desk_id or self.region_id} {self.year} v{self.version}"


class FileKind(models.TextChoices):
    NEW_BUILDING = "new_building", _("New building")
    EMPLOYER = "employer", _("Employer that invests or buys places")
    RENOVATION = "renovation", _("Renovation")
    REHOUSING = "rehousing", _("Rehousing")
    START_UP = "start_up", _("Start-up")
    COOPERATIVE = "cooperative", _("Cooperative")
    THREATENED = "threatened", _("Places under threat")


class FileState(models.TextChoices):
    IDEA = "idea", _("Idea")
    PLANNED = "planned", _("Planned")
    ADVICE = "advice", _("Advice asked of the municipality")
    LICENCE = "licence", _("Licence asked")
    WORKS = "works", _("Works or recruiting under way")
    OPEN = "open", _("Places open")
    STOPPED = "stopped", _("Stopped")


RUNNING = [state.value for state in FileState if state not in {FileState.OPEN, FileState.STOPPED}]


@remembered()
class ExpansionFile(models.Model):
    """A project for new, kept or rehoused places. `places_kept` would be lost without it, and aren't new."""

    reference = reference_field()
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="expansion_files")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="expansion_files")
    kind = models.CharField(max_length=20, choices=FileKind.choices)
    title = models.CharField(max_length=200)
    places_new = models.PositiveSmallIntegerField(default=0)
    places_kept = models.PositiveSmallIntegerField(default=0)
    expected_on = models.DateField()
    probability = models.PositiveSmallIntegerField(default=50)
    state = models.CharField(max_length=10, choices=FileState.choices, default=FileState.IDEA)
    state_on = models.DateField()
    followed_by = models.CharField(max_length=200, blank=True)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="expansion_files", null=True
    )
    organiser = models.ForeignKey(
        Organiser, on_delete=models.PROTECT, related_name="expansion_files", null=True
    )
    keeps = models.CharField(max_length=500, blank=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["desk", "expected_on"], name="expansion_desk_expected")]
        constraints = [
            models.CheckConstraint(name="expansion_probability", condition=Q(probability__range=(0, 100))),
            models.CheckConstraint(
                name="expansion_some_places", condition=Q(places_new__gt=0) | Q(places_kept__gt=0)
            ),
            models.CheckConstraint(
                name="expansion_threat_says_what_keeps",
                condition=~Q(kind="threatened") | (Q(places_kept__gt=0) & ~Q(keeps="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ExpansionStep(models.Model):
    """A state that a file came to, on a day."""

    file = models.ForeignKey(ExpansionFile, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=FileState.choices)
    on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.file_id} {self.state} {self.on}"


@remembered()
class PlaceGrant(models.Model):
    """Money for places: an amount a place, expected on a day, and what was paid and when, if it was."""

    reference = reference_field()
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="place_grants")
    file = models.ForeignKey(ExpansionFile, on_delete=models.PROTECT, related_name="grants", null=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="place_grants", null=True)
    purpose = models.CharField(max_length=200)
    places = models.PositiveSmallIntegerField()
    amount_a_place = models.DecimalField(max_digits=9, decimal_places=2)
    expected_on = models.DateField()
    paid = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    paid_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="place_grant_one_receiver",
                condition=Q(file__isnull=False, location=None) | Q(file=None, location__isnull=False),
            ),
            models.CheckConstraint(
                name="place_grant_amounts", condition=Q(places__gt=0, amount_a_place__gt=0)
            ),
            models.CheckConstraint(
                name="place_grant_paid",
                condition=Q(paid=None, paid_on=None) | Q(paid__gte=0, paid_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.reference}"


class LicenceCheck(models.Model):
    """A list of licences that was held beside the register. The newest one of a desk is the one to work through."""

    reference = reference_field()
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="licence_checks")
    file_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField()
    agreeing = models.PositiveIntegerField()
    unread = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["desk", "-at"], name="licence_check_desk")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.at:%Y-%m-%d}"


class DifferenceKind(models.TextChoices):
    MISSING_HERE = "missing_here", _("On the list, not in the register")
    UNKNOWN_THERE = "unknown_there", _("In the register, not on the list")
    PLACES = "places", _("The places differ")
    STATE = "state", _("The state of the licence differs")


class Settled(models.TextChoices):
    CORRECTED = "corrected", _("Corrected in the register")
    LIST_WRONG = "list_wrong", _("The list is wrong; the authority was told")
    LATER = "later", _("Right, it changes on a later day")
    NOT_HERE = "not_here", _("No day care of this desk")
    OTHER = "other", _("Something else, see the note")


@remembered()
class LicenceDifference(models.Model):
    """Something that the list and the register say differently, until somebody settles it with a reason."""

    check_run = models.ForeignKey(LicenceCheck, on_delete=models.CASCADE, related_name="differences")
    kind = models.CharField(max_length=15, choices=DifferenceKind.choices)
    location = models.ForeignKey(
        Location, on_delete=models.CASCADE, related_name="licence_differences", null=True
    )
    line = models.PositiveIntegerField(null=True)
    licence_number = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200)
    here = models.CharField(max_length=40, blank=True)
    there = models.CharField(max_length=40, blank=True)
    settled = models.CharField(max_length=12, choices=Settled.choices, blank=True)
    settled_note = models.CharField(max_length=500, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    settled_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="licence_difference_settled",
                condition=Q(settled="", settled_at=None) | (~Q(settled="") & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="licence_difference_other_says_why",
                condition=~Q(settled="other") | ~Q(settled_note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
