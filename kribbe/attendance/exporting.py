"""What this room tells in a family's own file."""

from kribbe.trust.export import export


def tell_families() -> None:
    """Taps, stays, corrections, notes, photos and what the family said; nothing of others, no name of staff."""
    child = "placement__child__household"
    export("attendance.Tap", child, but=("key", "cancels", "device", "carer", "noted_by"))
    export("attendance.Correction", child, but=("made_by", "made_name"))
    export("attendance.Presence", child)
    export("attendance.DayNote", child, but=("key", "device", "carer", "noted_by"))
    export("attendance.Dispute", child, but=("raised_by", "answered_by"))
    export("attendance.Confirmation", child, but=("made_by",))
    export("attendance.TypedChild", child, but=("key", "settled_by"))
    export("attendance.TypedTap", f"child__{child}", but=("key", "cancels", "device", "carer", "noted_by"))
    export("attendance.DayListener", "request__household")
    export("attendance.DayInvite", "request__household", but=("direct",))
    export("attendance.ChildPhoto", "child__household", but=("kept_by",))
