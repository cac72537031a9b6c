"""What becomes of a family's rows in this room, and what of it is needed how long."""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Adult, Household, HouseholdDue, HouseholdKeys, RoleGrant, User
from kribbe.trust import files
from kribbe.trust.export import space_of
from kribbe.trust.forgetting import GONE, Need, afterwards, forget, hollow, need
from kribbe.trust.models import AuditEntry, StoredFile
from kribbe.trust.principal import PARENTS, Scope

NAMED = {"told_by", "name", "born", "before"}
"""Keys of the trail under which a name or a birthday may stand."""


def forget_families() -> None:
    """Names, birthdays but for the month, addresses but for the municipality, and contacts; then the log-ins."""
    need(_registered)
    need(_logged_in)
    forget("people.Household", "id", street="", postcode="", city="", longitude=None, latitude=None)
    forget(
        "people.Adult", "household", first_name="", last_name=GONE, name_key="", email="", phone="",
        other_street="", other_postcode="", other_city="", national_number_hash="",
    )  # fmt: skip
    forget(
        "people.Child", "household", first_name="", last_name=GONE, name_key="", national_number_hash="",
        born=lambda row: _month(row.born), expected=lambda row: _month(row.expected),
    )  # fmt: skip
    forget("trust.AuditEntry", "household_id", reason="", data=_without_names)
    forget("trust.AuditEntry", _done_by_the_family, actor_name="")
    afterwards(drop_keys)
    afterwards(drop_files)
    afterwards(close_accounts)


def drop_keys(household_id: int, _now: datetime) -> None:
    """Nobody finds the household by what it was called."""
    HouseholdDue.objects.filter(household_id=household_id).delete()
    HouseholdKeys.objects.filter(household=household_id).delete()


def drop_files(household_id: int, _now: datetime) -> None:
    """What the family sent leaves the disk."""
    for row in StoredFile.objects.filter(space=space_of(household_id)):
        files.remove(row)


def close_accounts(household_id: int, _now: datetime) -> None:
    """Log-ins that open nothing else go; of the others this household's door is closed."""
    own = RoleGrant.objects.filter(scope=Scope.HOUSEHOLD, scope_id=household_id)
    users = set(own.values_list("user", flat=True)) | set(
        User.objects.filter(adults__household=household_id).values_list("pk", flat=True)
    )
    own.delete()
    closed = User.objects.filter(pk__in=users, role_grants=None)
    closed.exclude(adults__in=Adult.objects.exclude(household=household_id)).delete()
    Adult.objects.filter(household=household_id, user__isnull=False).update(user=None)


def _without_names(row: AuditEntry) -> dict[str, object]:
    return {key: hollow(value) if key in NAMED else value for key, value in row.data.items()}


def _month(day: date | None) -> date | None:
    return day and day.replace(day=1)


def _done_by_the_family(household_id: int) -> Q:
    own = RoleGrant.objects.filter(scope=Scope.HOUSEHOLD, scope_id=household_id, role__in=PARENTS)
    return Q(household_id=household_id, actor_id__in=own.values("user"))


def _registered(household_ids: Collection[int], _today: date) -> Iterator[Need]:
    rows = Household.objects.filter(pk__in=household_ids).values_list("pk", "created_at")
    for key, at in rows:
        yield Need(key, localtime(at).date(), _("You registered at the desk."))


def _logged_in(household_ids: Collection[int], _today: date) -> Iterator[Need]:
    rows = RoleGrant.objects.filter(
        scope=Scope.HOUSEHOLD, scope_id__in=household_ids, role__in=PARENTS, user__last_login__isnull=False
    )
    for key, at in rows.values_list("scope_id", "user__last_login"):
        yield Need(key, localtime(at).date(), _("You logged in."))
