"""What this room tells in a family's own file."""

from kribbe.trust.export import export


def tell_families() -> None:
    """Agreements with their papers, the weeks that hold, absences and the child's file; nothing of other children."""
    child = "placement__child__household"
    export("planning.CareAgreement", child, but=("made_by",))
    export("planning.Paper", f"agreement__{child}", but=("made_by", "signed_by"))
    export("planning.AgreedWeeks", f"agreement__{child}")
    export("planning.Absence", child, but=("told_by",))
    export("planning.DayChange", child, but=("asked_by", "answered_by"))
    export("planning.ShortNotice", child)
    export("planning.Ending", child, but=("told_by",))
    export("planning.GettingUsedDay", child, but=("made_by",))
    export("planning.ImportedPlace", child)
    export("planning.ChildFile", "child__household")
