"""What becomes of a family's complaints, pairs and invitations, and how long they are needed."""

from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.rules.packs import load_pack
from kribbe.trust.forgetting import GONE, Need, erase, forget, need
from kribbe.upkeep.models import Complaint, ForgettingHold

PACK = "flanders"
COMPLAINT_YEARS = "forget.complaint_years"


def forget_families() -> None:
    """What was complained and answered; the rows of a merge, as they were, and what finds a double."""
    need(_complained)
    need(_held)
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
    for key, until in rows.values_list("household", "until"):
        yield Need(key, until, _("The desk asked to keep it longer."), 0)
