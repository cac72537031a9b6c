"""Who did what for a household, and who looked, in plain words for the household itself."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kribbe.contact.words import moment
from kribbe.enrolment.deeds import deed, deed_icon
from kribbe.enrolment.selectors.trail import LISTS, trail_of
from kribbe.people.access import own_household
from kribbe.people.actors import actors
from kribbe.region.middleware import use_desk
from kribbe.trust.models import AuditEntry
from kribbe.web.components import Event


@require_safe
@never_cache
def my_trail(request: Any) -> HttpResponse:
    """The reader's own household: what was done for it apart from who only looked."""
    household = own_household(request.principal)
    use_desk(request, household.desk)
    trail = trail_of(household, now=timezone.now())
    entries = sorted([*trail.entries, *trail.listed], key=lambda entry: (entry.at, entry.pk), reverse=True)
    who = actors(entries, household)
    looks = [entry for entry in entries if _is_look(entry)]
    context = {
        "done": [_event(entry, who[entry.pk]) for entry in entries if not _is_look(entry)],
        "looked": [_event(entry, who[entry.pk]) for entry in looks],
        "desk": household.desk,
    }
    return render(request, "enrolment/trail.html", context)


def _is_look(entry: AuditEntry) -> bool:
    return entry.action in LISTS or entry.action.endswith(".read")


def _event(entry: AuditEntry, who: str) -> Event:
    title = (
        gettext("Your name stood in a search or on a list") if entry.action in LISTS else deed(entry.action)
    )
    return Event(when=moment(entry.at), title=title, text=who, icon=deed_icon(entry.action))
