"""What was said to and by a family goes altogether."""

from django.db.models import Q

from kribbe.people.models import RoleGrant
from kribbe.trust.forgetting import erase
from kribbe.trust.principal import PARENTS, Scope


def forget_families() -> None:
    """Mails, notices with their letters, conversations, visits, calendars, and what the desk noted."""
    erase("contact.Mail", _to_the_family)
    erase("contact.Notice", "household")
    erase("contact.Post", "thread__household", is_guarded=True)
    erase("contact.Thread", "household")
    erase("contact.VisitBooking", "household")
    erase("contact.VisitMoment", "for_household")
    erase("contact.CalendarFeed", "household")
    erase("contact.Task", "household")
    erase("contact.Note", "household")


def _to_the_family(household_id: int) -> Q:
    """Those of its notices, and those of its log-ins, such as a code."""
    own = RoleGrant.objects.filter(scope=Scope.HOUSEHOLD, scope_id=household_id, role__in=PARENTS)
    return Q(notice__household=household_id) | Q(notice=None, user__in=own.values("user"))
