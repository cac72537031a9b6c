from datetime import date
from typing import Any

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from kribbe.region.models import Desk, Municipality, no_overlap
from kribbe.trust.fields import reference_field
from kribbe.trust.history import change_of, remembered
from kribbe.trust.principal import Role, Scope

DUE = """
                INSERT INTO people_householddue (household_id, at) SELECT DISTINCT * FROM (VALUES $values) AS due
                    ON CONFLICT (household_id) DO UPDATE SET at = EXCLUDED.at;
                RETURN NULL;
            """
"""A row that is due already is touched, so that it is locked until the change is there to be read."""


def found_anew(household: str, *fields: str) -> list[pgtrigger.Trigger]:
    """Triggers that put a row's household (its column `household`) among those whose search keys are due.

    They do so whoever changes it; `fields` are the columns from which keys are made.
    """

    def trigger(name: str, operation: pgtrigger.Operation, *rows: str) -> pgtrigger.Trigger:
        values = ", ".join(f"({row}.{household}, now())" for row in rows)
        return pgtrigger.Trigger(
            name=name,
            when=pgtrigger.After,
            operation=operation,
            func=DUE.replace("$values", values),
        )

    return [
        trigger("keys_due_added", pgtrigger.Insert, "NEW"),
        trigger("keys_due_changed", change_of(*fields), "OLD", "NEW"),
        trigger("keys_due_removed", pgtrigger.Delete, "OLD"),
    ]


class UserManager(BaseUserManager["User"]):
    """Makes users by mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """An account: a parent's or a member of staff's."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, default="nl")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = UserManager()

    class Meta:
        constraints = [models.CheckConstraint(name="user_email_lower", condition=Q(email=Lower("email")))]

    def __str__(self) -> str:
        return self.name or self.email


@remembered()
class RoleGrant(models.Model):
    """A role that a user holds over a region, desk, organiser, location or household."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Role])
    scope = models.CharField(max_length=20, choices=[(s.value, s.value) for s in Scope])
    scope_id = models.BigIntegerField()
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="role_grant_once", fields=["user", "role", "scope", "scope_id"])
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.scope} {self.scope_id}"


@remembered()
class Household(models.Model):
    """Who asks: one or two adults and their children, maybe at two addresses."""

    reference = reference_field()
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="households")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+", null=True)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=100)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    language = models.CharField(max_length=2, default="nl")
    created_at = models.DateTimeField()

    class Meta:
        triggers = found_anew("id", "desk_id", "reference", "street", "postcode", "city")

    def __str__(self) -> str:
        return self.reference


@remembered()
class Adult(models.Model):
    """An adult of a household; the first one is the applicant, who signs."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="adults")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="adults")
    is_applicant = models.BooleanField(default=False)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=200, db_index=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    other_street = models.CharField(max_length=200, blank=True)
    other_postcode = models.CharField(max_length=10, blank=True)
    other_city = models.CharField(max_length=100, blank=True)
    work_municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+", null=True)
    national_number_hash = models.CharField(max_length=64, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="household_one_applicant", fields=["household"], condition=Q(is_applicant=True)
            ),
        ]
        triggers = found_anew(
            "household_id", "household_id", "is_applicant", "first_name", "last_name", "name_key", "email",
            "phone", "other_street", "other_postcode", "other_city", "national_number_hash",
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


@remembered()
class Child(models.Model):
    """A child, born or expected."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="children")
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=200, db_index=True)
    born = models.DateField(null=True)
    expected = models.DateField(null=True)
    birth_rank = models.PositiveSmallIntegerField(default=1)
    foster = models.BooleanField(default=False)
    care_need = models.BooleanField(default=False)
    school_from = models.DateField(null=True)
    """The day from which the child goes to school full-time, as family or location told it; None is not known."""
    national_number_hash = models.CharField(max_length=64, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="child_born_or_expected", condition=Q(born__isnull=False) | Q(expected__isnull=False)
            ),
        ]
        triggers = found_anew(
            "household_id",
            "household_id",
            "first_name",
            "last_name",
            "born",
            "expected",
            "national_number_hash",
        )

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def birth(self) -> date:
        """The day of birth, or the day on which the child is expected."""
        day = self.born or self.expected
        if day is None:
            raise ValueError(f"child {self.pk} has neither a day of birth nor an expected one")
        return day

    def at_school(self, on: date) -> bool:
        """Whether the child is known to go to school full-time on a day."""
        return self.school_from is not None and self.school_from <= on


class FactKind(models.TextChoices):
    """What a household may tell of itself that gives priority by law or at a location."""

    WORK = "work"
    WORK_4_5 = "work_4_5"
    SINGLE = "single"
    LOW_INCOME = "low_income"
    CARE_NEED = "care_need"
    NO_DIPLOMA = "no_diploma"
    DUTCH_SPEAKING = "dutch_speaking"


@remembered()
class HouseholdFact(models.Model):
    """One such fact and the days on which it holds. Read only by those who need it."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=20, choices=FactKind.choices)
    during = DateRangeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            *[
                no_overlap(f"household_fact_{kind.value}", "household_id", condition=Q(kind=kind.value))
                for kind in FactKind
            ],
            models.CheckConstraint(name="household_fact_kind", condition=Q(kind__in=FactKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.during}"


class HouseholdKeys(models.Model):
    """By what a household can be found, in one row: see `search_keys.py`. Made from the others, never edited."""

    household = models.OneToOneField(
        Household, on_delete=models.CASCADE, primary_key=True, related_name="keys"
    )
    region_id = models.BigIntegerField()
    desk_id = models.BigIntegerField()
    name_key = models.CharField(max_length=200)
    keys = SearchVectorField()

    class Meta:
        indexes = [
            GinIndex(fields=["keys"], name="household_keys", fastupdate=False),
            models.Index(fields=["region_id", "name_key", "household"], name="household_keys_order"),
        ]

    def __str__(self) -> str:
        return self.name_key


class HouseholdDue(models.Model):
    """A household whose keys must be made anew; triggers put it here."""

    household_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.household_id)


@remembered()
class ReferrerOrganisation(models.Model):
    """An organisation whose people act for families that agree to it, such as a social service."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="referrers")
    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="referrer_once", fields=["desk", "name"])]

    def __str__(self) -> str:
        return self.name


class Consented(models.TextChoices):
    """What a household may let a referrer do for it."""

    REGISTER = "request.make", _("Register and change our request")
    CHANGE = "household.change", _("Change our names, address, contacts and what gives priority")
    ANSWER = "request.answer_offer", _("Answer offers for us")


@remembered()
class Consent(models.Model):
    """A household lets an organisation act for it: what, and until when. Withdrawn, it ends at once."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="consents")
    organisation = models.ForeignKey(ReferrerOrganisation, on_delete=models.PROTECT, related_name="consents")
    what = ArrayField(models.CharField(max_length=40, choices=Consented.choices))
    during = DateRangeField()
    on_paper = models.BooleanField(default=False)
    given_at = models.DateTimeField()
    given_by = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="consent_ends", condition=Q(during__endswith__isnull=False)),
            models.CheckConstraint(
                name="consent_what", condition=Q(what__contained_by=Consented.values, what__len__gt=0)
            ),
            models.UniqueConstraint(
                name="consent_one_standing",
                fields=["household", "organisation"],
                condition=Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.organisation_id}"
