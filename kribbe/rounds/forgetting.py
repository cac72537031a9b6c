"""What becomes of the places that rounds proposed for a family."""

from kribbe.trust.forgetting import forget


def forget_families() -> None:
    """What a location wrote with its answer."""
    forget("rounds.Proposal", "request__household", note="", trouble="")
