"""What this room tells in a family's own file."""

from django.db.models import Q

from kribbe.trust.export import export


def tell_families() -> None:
    """Questions, first days and complaints; of a possible double nothing that is of another family."""
    export("upkeep.Confirmation", "request__household")
    export("upkeep.FirstDay", "placement__child__household")
    export("upkeep.Complaint", "household")
    export("upkeep.Pair", "first__household", but=("first", "second", "proposed_keep"))
    export("upkeep.Merge", "kept_household")
    export("upkeep.Invitation", "household", personal=lambda account: Q(accepted_by=account))
    export("upkeep.ForgettingHold", "household", but=("made_by",))
