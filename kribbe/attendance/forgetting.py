"""What becomes of a family's days in the register."""

from kribbe.contact.forgetting import told_of
from kribbe.trust.forgetting import GONE, erase, forget


def forget_families() -> None:
    """What was written and who confirmed, and photos; times and stays remain, without a name."""
    child = "placement__child__household"
    told_of("register", "enrolment.Placement", child.removeprefix("placement__"))
    told_of("day_invite", "attendance.DayInvite", "request__household")
    forget("attendance.Correction", child, reason="")
    forget("attendance.DayNote", child, words=GONE)
    forget("attendance.Dispute", child, words=GONE, answer="")
    forget("attendance.Confirmation", child, name=GONE)
    erase("attendance.ChildPhoto", "child__household")
