"""The photo of a child: kept with a parent's consent, and gone with it or with the child."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.attendance.models import ChildPhoto
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import NEVER_CAME
from kribbe.people.models import Child
from kribbe.trust import files
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.models import StoredFile
from kribbe.trust.principal import SYSTEM, Principal
from kribbe.trust.typed import is_seen


def keep_photo(
    *,
    principal: Principal,
    child_id: int,
    file: StoredFile,
    agreed_name: str,
    is_noted: bool,
    now: datetime,
) -> ChildPhoto:
    """Keep a photo in place of the one before, which goes. `agreed_name` is the parent who agreed.

    Raises RefusedError without a name, and where no place of the child runs or is to come.
    """
    if not is_seen(agreed_name):
        raise RefusedError(_("Give the name of the parent who agreed."), field="agreed_name")
    with transaction.atomic():
        lock_rows((Child, child_id))
        if not _cared(localtime(now).date()).filter(child=child_id).exists():
            raise RefusedError(_("The care is over, so no photo is kept any more."), code="over")
        _remove(child_id)
        photo = ChildPhoto.objects.create(
            child_id=child_id,
            file=files.claim(file),
            agreed_name=agreed_name.strip(),
            agreed_at=now,
            is_noted=is_noted,
            kept_by=principal.user_id,
        )
        _record(principal, "child_photo.keep", photo.child, now)
    return photo


def take_back_photo(*, principal: Principal, child_id: int, now: datetime) -> bool:
    """The consent is taken back: the photo goes at once. Whether there was one."""
    return _forget(principal, "child_photo.take_back", child_id, now)


def forget_left(*, now: datetime) -> int:
    """Remove the photos of children for whom no location cares any more. Returns how many."""
    cared = _cared(localtime(now).date()).values("child")
    left = list(ChildPhoto.objects.exclude(child__in=cared).order_by("pk").values_list("child", flat=True))
    return sum(_forget(SYSTEM, "child_photo.forget", child_id, now) for child_id in left)


def _cared(today: date) -> "QuerySet[Placement]":
    """Places that run or are to come."""
    goes_on = Q(during__endswith=None) | Q(during__endswith__gt=today)
    return Placement.objects.filter(goes_on).exclude(state=PlacementState.LAPSED).exclude(NEVER_CAME)


def _forget(principal: Principal, action: str, child_id: int, now: datetime) -> bool:
    with transaction.atomic():
        lock_rows((Child, child_id))
        if not _remove(child_id):
            return False
        _record(principal, action, Child.objects.select_related("household").get(pk=child_id), now)
    return True


def _remove(child_id: int) -> bool:
    photo = ChildPhoto.objects.select_related("file").filter(child=child_id).first()
    if photo is None:
        return False
    photo.delete()
    files.remove(photo.file)
    return True


def _record(principal: Principal, action: str, child: Child, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=child,
        now=now,
        household_id=child.household_id,
        desk_id=child.household.desk_id,
    )
