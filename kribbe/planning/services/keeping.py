"""How long a child's file is kept after the care: the family is told a month before, then all of it goes."""

from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.timezone import localtime

from kribbe.contact.models import Notice
from kribbe.contact.services import tell_household
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import NEVER_CAME
from kribbe.people.models import Child
from kribbe.planning.models import ChildFile
from kribbe.rules.calendar import add_months
from kribbe.rules.packs import load_pack
from kribbe.trust.audit import record
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM

PACK = "flanders"
TOLD_BEFORE = timedelta(days=30)


def tell_due(*, now: datetime) -> int:
    """Tell families of whose child the care is long over that its file will go; once. Returns how many."""
    today = localtime(now).date()
    due = _over_since(add_months(today + TOLD_BEFORE, -_months(today)))
    return sum(_tell(file, now) for file in due.select_related("child__household"))


def forget_due(*, now: datetime) -> int:
    """Remove files whose term is over, with every version of them, a month after the family was told."""
    today = localtime(now).date()
    due = _over_since(add_months(today, -_months(today)))
    return sum(_forget(file, now) for file in due.select_related("child__household"))


def _over_since(day: date) -> "QuerySet[Any]":
    """Files of children whose last certain place was over by a day, with `ended`, the first day without care."""
    of_child = Placement.objects.filter(child=OuterRef("child")).exclude(NEVER_CAME)
    cared = of_child.filter(state__in=[PlacementState.FINAL, PlacementState.ENDED])
    last = cared.order_by().values("child").annotate(last=Max(Upper("during"))).values("last")
    goes_on = Q(during__endswith=None) | Q(during__endswith__gt=day)
    open_ = Placement.objects.exclude(state=PlacementState.LAPSED).exclude(NEVER_CAME).filter(goes_on)
    return (
        ChildFile.objects.annotate(ended=Subquery(last))
        .filter(ended__lte=day)
        .exclude(child__in=open_.values("child"))
        .order_by("pk")
    )


def _tell(file: Any, now: datetime) -> bool:
    today = localtime(now).date()
    goes = max(add_months(file.ended, _months(today)), today + TOLD_BEFORE)
    child = file.child
    with transaction.atomic():
        lock_rows((Child, child.pk))
        told = tell_household(
            household_id=child.household_id,
            kind="planning/file_goes",
            context={"child": child, "day": goes},
            now=now,
            link=reverse("people:household_data", args=[child.household.reference]),
            about=f"child_file:{file.pk}",
            once=_once(file),
        )
        if told is not None:
            _record("child_file.tell", file, now)
    return told is not None


def _forget(file: Any, now: datetime) -> bool:
    with transaction.atomic():
        lock_rows((Child, file.child_id))
        told = Notice.objects.filter(once=_once(file), created_at__lte=now - TOLD_BEFORE)
        is_due = _over_since(add_months(localtime(now).date(), -_months(localtime(now).date())))
        if not told.exists() or not is_due.filter(pk=file.pk).exists():
            return False
        _record("child_file.forget", file, now)
        key = file.pk
        file.delete()
        apps.get_model("planning", "ChildFileEvent").objects.filter(pgh_obj_id=key).delete()
    return True


def _once(file: Any) -> str:
    """A family is told anew after care that began again."""
    return f"file_goes:{file.pk}:{file.ended}"


def _months(today: date) -> int:
    return load_pack(PACK).integer("child_file.keep_months", today)


def _record(action: str, file: ChildFile, now: datetime) -> None:
    record(
        principal=SYSTEM,
        action=action,
        subject=file,
        now=now,
        household_id=file.child.household_id,
        desk_id=file.child.household.desk_id,
        child=file.child_id,
    )
