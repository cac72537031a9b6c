"""What becomes of a family's days in the register."""

from kribbe.trust.forgetting import GONE, forget


def forget_families() -> None:
    """What was written and who confirmed; times and stays remain, without a name."""
    child = "placement__child__household"
    forget("attendance.Correction", child, reason="")
    forget("attendance.DayNote", child, words=GONE)
    forget("attendance.Dispute", child, words=GONE, answer="")
    forget("attendance.Confirmation", child, name=GONE)
