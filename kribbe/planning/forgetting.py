"""What becomes of a family's agreements, days and files of children."""

from kribbe.contact.forgetting import told_of
from kribbe.trust.forgetting import erase, forget


def forget_families() -> None:
    """Who signed and what was noted; the file of a child goes. Weeks and absences stay: figures count them."""
    child = "placement__child__household"
    told_of("day", "planning.DayChange", child)
    told_of("paper", "planning.Paper", f"agreement__{child}")
    forget("planning.Paper", f"agreement__{child}", note="", signed_name="")
    forget("planning.DayChange", child, reason="")
    erase("planning.ChildFile", "child__household")
