from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kribbe.rules.priority import DateRule
from kribbe.trust.history import remembered
from kribbe.trust.models import StoredFile


class SameKey(Func):
    """A key as a range of one, so that a GiST exclusion can compare it without contrib modules."""

    function = "int8range"

    def __init__(self, name: str) -> None:
        super().__init__(F(name), F(name), Value("[]"))


def no_overlap(
    name: str, *keys: str, period: str = "during", condition: Q | None = None
) -> ExclusionConstraint:
    """Rows of one key, or of several together, never overlap in time."""
    same = [(SameKey(key), RangeOperators.OVERLAPS) for key in keys]
    return ExclusionConstraint(
        name=name, expressions=[*same, (period, RangeOperators.OVERLAPS)], condition=condition
    )


RESERVED = (
    "account", "api", "at", "demo", "households", "livez", "my", "office", "readyz", "start", "static",
)  # fmt: skip
"""First parts of addresses that are no desk's."""


class Region(models.Model):
    """The municipalities that share one installation and look over their borders."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(unique=True)

    def __str__(self) -> str:
        return self.name


@remembered(exclude=["outline"])
class Municipality(models.Model):
    """A territory with a NIS code. People read its `name`; files and the API call it by `name_nl`."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="municipalities", null=True)
    nis_code = models.CharField(max_length=5, unique=True)
    name_nl = models.CharField(max_length=100)
    name_fr = models.CharField(max_length=100, blank=True)
    name_de = models.CharField(max_length=100, blank=True)
    province = models.CharField(max_length=100, blank=True)
    postcodes = ArrayField(models.CharField(max_length=10), default=list)
    longitude = models.FloatField()
    latitude = models.FloatField()
    outline = models.JSONField(null=True)
    outline_source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="municipality_nis", condition=Q(nis_code__regex=r"^\d{5}$")),
            models.CheckConstraint(
                name="municipality_on_earth",
                condition=Q(longitude__range=(-180, 180)) & Q(latitude__range=(-90, 90)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its name in the language of the page or the mail: Leuven, Louvain, Löwen."""
        return self.name_in(get_language() or "")

    @property
    def names(self) -> tuple[str, ...]:
        """By all of which it is found, each once."""
        return tuple(dict.fromkeys(filter(None, (self.name_nl, self.name_fr, self.name_de))))

    def name_in(self, language: str) -> str:
        """Its name in that language; the Dutch where it has no other."""
        return getattr(self, f"name_{language[:2]}", "") or self.name_nl


ALT_LENGTH = 150
SUBTITLE = "Loket kinderopvang"
"""What a desk calls itself before it chose its own words; this is known in every language."""


@remembered()
class Desk(models.Model):
    """One municipality's desk: its name, branding and legal settings.

    Without a `logo` its icon is shown; `logo_before` is the picture that was there before, to put it back.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="desks")
    municipality = models.OneToOneField(Municipality, on_delete=models.PROTECT, related_name="desk")
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    subtitle = models.CharField(max_length=100, default=SUBTITLE)
    subtitle_fr = models.CharField(max_length=100, blank=True)
    subtitle_en = models.CharField(max_length=100, blank=True)
    subtitle_de = models.CharField(max_length=100, blank=True)
    tokens = models.JSONField(default=dict)
    logo_icon = models.CharField(max_length=40, default="leaf")
    logo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    logo_alt = models.CharField(max_length=ALT_LENGTH, blank=True)
    logo_before = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    logo_before_alt = models.CharField(max_length=ALT_LENGTH, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    complaints = models.TextField(blank=True)
    staff_names_shown = models.BooleanField(default=False)
    public_languages = ArrayField(models.CharField(max_length=2), default=list)
    letter_languages = ArrayField(models.CharField(max_length=2), default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="desk_slug_not_reserved", condition=~Q(slug__startswith="_") & ~Q(slug__in=RESERVED)
            ),
            models.CheckConstraint(
                name="desk_logo_described",
                condition=(Q(logo=None) | ~Q(logo_alt="")) & (Q(logo_before=None) | ~Q(logo_before_alt="")),
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """Its name as people read it: that of its municipality in their language, where the desk goes by that."""
        return self.municipality.name if self.name == self.municipality.name_nl else self.name

    @property
    def shown_subtitle(self) -> str:
        """The line under its name in the language of the page: its own words, or those with which desks begin."""
        language = (get_language() or "")[:2]
        own = str(getattr(self, f"subtitle_{language}", ""))
        if language and not own and self.subtitle == SUBTITLE:
            return gettext("Childcare desk")
        return own or self.subtitle


@remembered()
class DeskPolicy(models.Model):
    """What a desk decided, and from when. Never two policies on one day.

    `most_changes` counts what a family changes itself of start and locations, `change_days` are days before the
    start after which only the desk changes them; None is unlimited. `keep_years` are those after which a family is
    forgotten, once nothing needs it.
    """

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="policies")
    during = DateRangeField()
    max_wishes = models.PositiveSmallIntegerField(null=True)
    earliest_answer_months = models.PositiveSmallIntegerField(null=True)
    answer_days = models.PositiveSmallIntegerField()
    reaction_days = models.PositiveSmallIntegerField()
    signature_days = models.PositiveSmallIntegerField(default=14)
    urgent_days = models.PositiveSmallIntegerField()
    open_urgent = models.BooleanField(default=False)
    look_weeks = models.PositiveSmallIntegerField(default=4)
    tell_vacancies = models.BooleanField(default=True)
    list_weeks = models.PositiveSmallIntegerField(default=1)
    most_changes = models.PositiveSmallIntegerField(null=True)
    change_days = models.PositiveSmallIntegerField(null=True)
    confirm_months = models.PositiveSmallIntegerField(null=True, default=6)
    confirm_days = models.PositiveSmallIntegerField(default=21)
    confirm_reminder_days = models.PositiveSmallIntegerField(default=10)
    end_months = models.PositiveSmallIntegerField(null=True, default=6)
    complaint_days = models.PositiveSmallIntegerField(default=30)
    keep_years = models.PositiveSmallIntegerField(default=5)
    ranking_shown = models.BooleanField(default=False)
    date_rule = models.CharField(
        max_length=20,
        choices=[
            (DateRule.REGISTERED.value, _("date of registration")),
            (DateRule.WANTED_START.value, _("wanted start date")),
            (DateRule.LOTTERY.value, _("lottery")),
        ],
    )
    lottery_seed = models.BigIntegerField(default=1)
    rule_pack = models.CharField(max_length=40, default="flanders")
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            no_overlap("desk_policy_one_a_day", "desk_id"),
            models.CheckConstraint(
                name="desk_policy_terms",
                condition=Q(answer_days__gt=0, reaction_days__gt=0, signature_days__gt=0),
            ),
            models.CheckConstraint(
                name="desk_policy_confirm",
                condition=Q(
                    confirm_days__gt=F("confirm_reminder_days"),
                    confirm_reminder_days__gt=0,
                    complaint_days__gt=0,
                ),
            ),
            models.CheckConstraint(
                name="desk_policy_wishes", condition=Q(max_wishes=None) | Q(max_wishes__gt=0)
            ),
            models.CheckConstraint(name="desk_policy_look_weeks", condition=Q(look_weeks__gt=0)),
            models.CheckConstraint(name="desk_policy_list_weeks", condition=Q(list_weeks__range=(1, 8))),
            models.CheckConstraint(name="desk_policy_keep_years", condition=Q(keep_years__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.desk} {self.during}"


@remembered()
class PassOverReason(models.Model):
    """A reason on the desk's list for which a location may pass over the first in line, or refuse."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="pass_over_reasons")
    code = models.SlugField(max_length=40)
    text_nl = models.CharField(max_length=200)
    text_en = models.CharField(max_length=200)
    text_fr = models.CharField(max_length=200, blank=True)
    text_de = models.CharField(max_length=200, blank=True)
    refusal = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="pass_over_reason_code", fields=["desk", "code"])]

    def __str__(self) -> str:
        return self.text_nl

    def in_language(self, language: str) -> str:
        """The reason in that language; in Dutch where the desk has no words in it."""
        return getattr(self, f"text_{language[:2]}", "") or self.text_nl


class OfficialLicence(models.TextChoices):
    """The kinds of licence that the authority counts apart."""

    GROUP = "group", _("Day-care centres")
    FAMILY = "family", _("Family carers")


class OfficialPrice(models.TextChoices):
    """How the counted places are paid; `total` is counted by the authority itself, not added up here."""

    INCOME = "income", _("Price by income")
    FREE = "free", _("Free price")
    TOTAL = "total", _("All places")


class OfficialFigureRun(models.Model):
    """One import of official figures, kept so that it can be undone."""

    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    source = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    totals = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.file_name} {self.at:%Y-%m-%d}"


class OfficialFigure(models.Model):
    """What the authority counted in one municipality: places, and the locations that have them.

    `quarter` null is the figure of the whole year. `locations` null: the source doesn't count them.
    """

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="official_figures")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField(null=True)
    licence_kind = models.CharField(max_length=10, choices=OfficialLicence.choices)
    price_kind = models.CharField(max_length=10, choices=OfficialPrice.choices)
    places = models.PositiveIntegerField()
    locations = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=300)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="official_figure_once",
                fields=["municipality", "year", "quarter", "licence_kind", "price_kind"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="official_figure_period",
                condition=Q(year__range=(1990, 2100)) & (Q(quarter=None) | Q(quarter__range=(1, 4))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.year} {self.licence_kind} {self.price_kind}"


class OfficialFigureChange(models.Model):
    """What an import did to one figure: places and locations before (null where it was new) and after."""

    run = models.ForeignKey(OfficialFigureRun, on_delete=models.CASCADE, related_name="changes")
    figure_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField()

    def __str__(self) -> str:
        return f"{self.run_id} figure {self.figure_id}"
