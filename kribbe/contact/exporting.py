"""What this room tells in a family's own file."""

from django.db.models import Q

from kribbe.people.models import User
from kribbe.trust.export import export


def tell_families() -> None:
    """What was written to the family and when it left, its conversations, its visits and its calendar."""
    export("contact.Notice", "household")
    export(
        "contact.Mail",
        "notice__household",
        but=("last_error",),
        personal=lambda account: Q(address__in=User.objects.filter(pk=account).values("email")),
    )
    export("contact.Thread", "household")
    export("contact.Post", lambda key: Q(thread__household=key, withdrawn_at=None), but=("author_id",))
    export("contact.VisitMoment", "for_household", but=("published_by",))
    export("contact.VisitBooking", "household")
    export("contact.CalendarFeed", "household", but=("nonce",))
