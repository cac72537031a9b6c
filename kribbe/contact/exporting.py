"""What this room tells in a family's own file."""

from kribbe.trust.export import export


def tell_families() -> None:
    """What was written to the family, and when it left."""
    export("contact.Notice", "household")
    export("contact.Mail", "notice__household", but=("last_error",))
