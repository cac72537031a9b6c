"""What becomes of a family's complaints, pairs and invitations, and how long they are needed."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime

from django.db.models import F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.rules.packs import load_pack
from kribbe.trust.forgetting import GONE, Need, erase, forget, need, needs
from kribbe.upkeep.models import Complaint, ForgettingHold, Merge

PACK = "flanders"
COMPLAINT_YEARS = "forget.complaint_years"


def forget_families() -> None:
    """What was complained and answered; the rows of a merge, as they were, and what finds a double."""
    need(_complained)
    need(_held)
    need(_undoable)
    forget("upkeep.Complaint", "household", text=GONE, answer=lambda row: row.answer and GONE)
    forget("upkeep.ForgettingHold", "household", reason=GONE)
    erase("upkeep.MergeChange", _merged)
    erase("upkeep.ChildKey", "child__household")
    erase("upkeep.Invitation", "household")


def _merged(household_id: int) -> Q:
    return Q(merge__kept_household=household_id) | Q(merge__gone_household=household_id)


def _complained(household_ids: Collection[int], today: date) -> Iterator[Need]:
    years = load_pack(PACK).integer(COMPLAINT_YEARS, today)
    rows = Complaint.objects.filter(household__in=household_ids).values_list("household", "closed_at")
    for key, at in rows:
        ended = localtime(at).date() if at else None
        yield Need(key, ended, _("A complaint."), years)


def _held(household_ids: Collection[int], today: date) -> Iterator[Need]:
    rows = ForgettingHold.objects.filter(household__in=household_ids, ended_at=None, until__gt=today)
    for key, until, reason in rows.values_list("household", "until", "reason"):
        yield Need(key, until, _("The desk keeps it longer: “%(reason)s”") % {"reason": reason}, 0)


def _undoable(household_ids: Collection[int], today: date) -> Iterator[Need]:
    """Both households of a merge, as its undo needs them; the one that is gone as long as the one that is kept."""
    asked = set(household_ids)
    rows = _standing(asked)
    kept_of = {key: _kept_through(key, rows) for key in asked}
    why = _("Two registrations of your child were brought together.")
    told = needs({kept for found in kept_of.values() for kept in found}, today, but=_undoable)
    for key, found in kept_of.items():
        for gone, kept, at in rows:
            if {gone, kept} & {key, *found}:
                yield Need(key, localtime(at).date(), why)
        for kept in found:
            for each in told.get(kept, ()):
                yield replace(each, household_id=key)


def _standing(household_ids: Collection[int]) -> list[tuple[int, int, datetime]]:
    """Merges of two households that weren't undone: gone, kept and when; with those of the kept ones in turn."""
    found, left = dict[int, tuple[int, int, datetime]](), set(household_ids)
    apart = Merge.objects.filter(undone_at=None).exclude(kept_household=F("gone_household"))
    while left:
        rows = apart.filter(Q(kept_household__in=left) | Q(gone_household__in=left))
        new = {
            pk: (gone, kept, at)
            for pk, gone, kept, at in rows.values_list("pk", "gone_household", "kept_household", "merged_at")
            if pk not in found
        }
        found |= new
        left = {kept for _gone, kept, _at in new.values()}
    return list(found.values())


def _kept_through(key: int, rows: Collection[tuple[int, int, datetime]]) -> set[int]:
    """The households under which this one came, of one merge after another."""
    reached = {key}
    while more := {kept for gone, kept, _at in rows if gone in reached} - reached:
        reached |= more
    return reached - {key}
