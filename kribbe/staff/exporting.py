"""What this room tells in a family's own file."""

from kribbe.trust.export import export


def tell_families() -> None:
    """The days of a child with another carer; nothing of other children, nor of staff."""
    export("staff.StandIn", "placement__child__household", but=("replacement",))
