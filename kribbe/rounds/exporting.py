"""What this room tells in a family's own file."""

from kribbe.trust.export import export


def tell_families() -> None:
    """Places that rounds proposed for a child, and what became of them."""
    export("rounds.Proposal", "request__household", but=("answered_by",))
