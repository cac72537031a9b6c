"""What becomes of a family's agreements, days and files of children."""

from kribbe.contact.forgetting import told_of
from kribbe.trust.forgetting import GONE, erase, forget


def forget_families() -> None:
    """Who signed, what was noted and what it cost; the file of a child goes. Weeks and absences stay for figures."""
    child = "placement__child__household"
    told_of("day", "planning.DayChange", child)
    told_of("paper", "planning.Paper", f"agreement__{child}")
    told_of("ending", "planning.Ending", child)
    forget("planning.Paper", f"agreement__{child}", note="", signed_name="", holders=[], money={})
    forget("planning.DayChange", child, reason="")
    forget(
        "planning.Ending", child, name=GONE, other_name=lambda row: row.other_name and GONE,
        reason=lambda row: row.reason and GONE,
    )  # fmt: skip
    erase("planning.ChildFile", "child__household")
