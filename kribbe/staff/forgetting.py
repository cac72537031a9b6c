"""What becomes of what was told about a family's days with another carer."""

from kribbe.contact.forgetting import told_of


def forget_families() -> None:
    """What carers were told goes; the days stay, without a name."""
    told_of("stand_in", "staff.StandIn", "placement__child__household")
