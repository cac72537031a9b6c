"""What was said to and by a family goes altogether."""

from collections.abc import Collection, Iterator
from datetime import date

from django.apps import apps
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.models import Task, Thread, VisitBooking, VisitState
from kribbe.people.models import RoleGrant
from kribbe.trust.forgetting import Need, erase, need
from kribbe.trust.principal import PARENTS, Scope

_told: dict[str, tuple[str, str]] = {}


def told_of(word: str, label: str, path: str) -> None:
    """Have notices to locations go too of which `about` begins with this word and a key of a household's row."""
    _told[word] = (label, path)


def forget_families() -> None:
    """Mails, notices with their letters, conversations, visits, calendars, and what the desk noted."""
    need(_spoken)
    need(_to_do)
    erase("contact.Mail", _to_the_family)
    told_of("thread", "contact.Thread", "household")
    told_of("visit", "contact.VisitBooking", "household")
    erase("contact.Notice", _told_about)
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


def _told_about(household_id: int) -> Q:
    names = list(_names(household_id))
    found = Q(about__in=names)
    for name in names:
        found |= Q(about__startswith=f"{name}:")
    return Q(household=None) & found


def _names(household_id: int) -> Iterator[str]:
    for word, (label, path) in _told.items():
        rows = apps.get_model(label)._default_manager.filter(**{path: household_id})
        yield from (f"{word}:{key}" for key in rows.values_list("pk", flat=True))


def _spoken(household_ids: Collection[int], _today: date) -> Iterator[Need]:
    """Conversations by what was said last, visits by their day."""
    threads = Thread.objects.filter(household__in=household_ids)
    for key, at in threads.values_list("household", "last_at"):
        yield Need(key, localtime(at).date(), _("A conversation."))
    visits = VisitBooking.objects.filter(household__in=household_ids, state=VisitState.ON)
    for key, at in visits.values_list("household", "moment__starts_at"):
        yield Need(key, localtime(at).date(), _("A visit."))


def _to_do(household_ids: Collection[int], _today: date) -> Iterator[Need]:
    left = Task.objects.filter(household__in=household_ids, done_at=None)
    for key in left.values_list("household", flat=True):
        yield Need(key, None, _("The desk still has something to do for you."))
