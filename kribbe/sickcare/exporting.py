"""What this room tells in a family's own file."""

from kribbe.trust.export import export


def tell_families() -> None:
    """The calls of a family and who was asked for them."""
    export("sickcare.SickCall", "child__household", but=("asked_by",))
    export("sickcare.Proposal", "call__child__household")
