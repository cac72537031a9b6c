"""What becomes of a family's days in the register, and of names that were never found to be of a family."""

from datetime import datetime

from django.db.models import Q
from django.utils.timezone import localtime

from kribbe.attendance.models import TypedChild
from kribbe.contact.forgetting import told_of
from kribbe.enrolment.forgetting import CARE_YEARS, PACK
from kribbe.rules.calendar import add_months
from kribbe.rules.packs import load_pack
from kribbe.trust.forgetting import GONE, MONTHS_A_YEAR, erase, forget


def forget_families() -> None:
    """What was written and who confirmed, and photos; times and stays remain, without a name."""
    child = "placement__child__household"
    told_of("register", "enrolment.Placement", child.removeprefix("placement__"))
    told_of("day_invite", "attendance.DayInvite", "request__household")
    forget("attendance.Correction", child, reason="")
    forget("attendance.DayNote", child, words=GONE)
    forget("attendance.Dispute", child, words=GONE, answer="")
    forget("attendance.Confirmation", child, name=GONE)
    forget("attendance.TypedChild", child, name=GONE, not_ours="", reason="")
    erase("attendance.ChildPhoto", "child__household")


def forget_typed(now: datetime) -> int:
    """Typed names of no family known here go after the years for which care is kept. Returns how many.

    Those of whom nobody said in all that time who they were wait no longer.
    """
    today = localtime(now).date()
    years = load_pack(PACK).integer(CARE_YEARS, today)
    old = TypedChild.objects.filter(placement=None, day__lt=add_months(today, -years * MONTHS_A_YEAR))
    visitors = ~Q(not_ours="")
    old.filter(visitors).exclude(not_ours=GONE).update(not_ours=GONE)
    old.filter(settled_at=None).update(not_ours=GONE, settled_at=now)
    return old.exclude(name=GONE).update(name=GONE, reason="")
