"""A child's file: kept by a parent, said to be still right, and asked after."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.services import tell_household
from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import NEVER_CAME
from kribbe.people.models import Child
from kribbe.planning.models import ChildFile
from kribbe.planning.selectors.child_file import Allergy, Person, is_due, logs_in, shown_on
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal

ASKED_AGAIN = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All that a file says; see `ChildFile`."""

    health: str = ""
    medication: str = ""
    allergies: Sequence[Allergy] = ()
    sleep: str = ""
    food: str = ""
    comfort: str = ""
    settling_in: str = ""
    vaccinations: str = ""
    doctor: str = ""
    doctor_phone: str = ""
    fetchers: Sequence[Person] = ()
    contacts: Sequence[Person] = ()


def keep_file(
    *,
    principal: Principal,
    child_id: int,
    kept: Kept,
    seen_version: int,
    now: datetime,
    told_by: str = "",
) -> ChildFile:
    """Keep the file as it now is. `seen_version` is the version that was read before typing.

    `told_by` is who told it, where somebody else types.

    Raises RefusedError ("stale") where somebody kept another one meanwhile.
    """
    with transaction.atomic():
        file = _locked(child_id)
        if file.version != seen_version:
            raise RefusedError(
                _("Somebody changed this file meanwhile. Open it again, and add what is still missing."),
                code="stale",
            )
        values = _columns(kept)
        parts = sorted(name for name, value in values.items() if getattr(file, name) != value)
        for name, value in values.items():
            setattr(file, name, value)
        file.version, file.checked_at = file.version + 1, now
        file.save()
        _record(principal, "child_file.keep", file, now, parts, told_by)
    return file


def keep_told_file(
    *, principal: Principal, child_id: int, kept: Kept, told_by: str, seen_version: int, now: datetime
) -> ChildFile:
    """A location keeps the file of a child whose parents have no log-in, as `told_by` told it.

    Raises RefusedError where a parent has a log-in, without a name, and as `keep_file` does.
    """
    if not told_by.strip():
        raise RefusedError(_("Give the name of who told it, for the family."), field="told_by")
    with transaction.atomic():
        if logs_in(Child.objects.select_related("household").get(pk=child_id).household):
            raise RefusedError(
                _("The parents keep this file themselves. Ask them to look at it."), code="own"
            )
        return keep_file(
            principal=principal,
            child_id=child_id,
            kept=kept,
            seen_version=seen_version,
            now=now,
            told_by=told_by.strip(),
        )


def confirm_file(*, principal: Principal, child_id: int, seen_version: int, now: datetime) -> None:
    """A parent looked, and all of it is still right. Raises RefusedError where nothing was filled in, or not that."""
    with transaction.atomic():
        file = _locked(child_id)
        if not file.version or file.version != seen_version:
            raise RefusedError(_("Look at the newest version first."), code="stale")
        file.checked_at = now
        file.save(update_fields=["checked_at"])
        _record(principal, "child_file.confirm", file, now, [])


def ask_due(*, now: datetime) -> int:
    """Ask parents of children who have or soon get care to look at the file, once in a while. Returns how many."""
    today = localtime(now).date()
    open_ = Placement.objects.filter(shown_on(today)).exclude(NEVER_CAME)
    long_ago = Q(file=None) | Q(file__asked_at=None) | Q(file__asked_at__lte=now - ASKED_AGAIN)
    children = Child.objects.filter(long_ago, pk__in=open_.values("child")).select_related("file")
    due = [child.pk for child in children.order_by("pk") if is_due(getattr(child, "file", None), today)]
    return sum(_ask(key, now) for key in due)


def _ask(child_id: int, now: datetime) -> bool:
    today = localtime(now).date()
    with transaction.atomic():
        file = _locked(child_id)
        place = Placement.objects.filter(shown_on(today), child=child_id).exclude(NEVER_CAME).first()
        if place is None or not is_due(file, today):
            return False
        file.asked_at = now
        file.save(update_fields=["asked_at"])
        tell_household(
            household_id=file.child.household_id,
            kind="planning/file_look",
            context={"child": file.child, "is_new": not file.version},
            now=now,
            link=reverse("planning:my_file", args=[place.reference]),
            about=f"child_file:{file.pk}",
        )
        _record(SYSTEM, "child_file.ask", file, now, [])
    return True


def _locked(child_id: int) -> ChildFile:
    """The file of a child, made where there is none; the child is locked."""
    lock_rows((Child, child_id))
    file, _made = ChildFile.objects.select_related("child__household").get_or_create(child_id=child_id)
    return file


def _columns(kept: Kept) -> dict[str, object]:
    values = asdict(kept)
    values["allergies"] = [{**row, "severity": str(row["severity"])} for row in values["allergies"]]
    return {**values, "fetchers": list(values["fetchers"]), "contacts": list(values["contacts"])}


def _record(
    principal: Principal,
    action: str,
    file: ChildFile,
    now: datetime,
    parts: Sequence[str],
    told_by: str = "",
) -> None:
    record(
        principal=principal,
        action=action,
        subject=file,
        now=now,
        household_id=file.child.household_id,
        desk_id=file.child.household.desk_id,
        parts=list(parts),
        **({"told_by": told_by} if told_by else {}),
    )
