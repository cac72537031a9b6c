"""Who did what for a household, and who looked, in plain words for the household itself."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kribbe.contact.words import moment
from kribbe.enrolment.deeds import deed, deed_icon
from kribbe.enrolment.selectors.trail import Listed, trail_of
from kribbe.people.access import own_household
from kribbe.people.actors import actors
from kribbe.region.middleware import use_desk
from kribbe.trust.models import AuditEntry
from kribbe.web.components import Event

AT_THE_DESK = ("desk.search", "desk.list")


@require_safe
@never_cache
def my_trail(request: Any) -> HttpResponse:
    """The reader's own household: what was done for it apart from who only looked."""
    household = own_household(request.principal)
    use_desk(request, household.desk)
    trail = trail_of(household, now=timezone.now())
    who = actors([*trail.entries, *(each.last for each in trail.listed)], household)
    looks = [(entry, _event(entry, who[entry.pk])) for entry in trail.entries if _is_look(entry)]
    looks += [(each.last, _listed(each, who[each.last.pk])) for each in trail.listed]
    looks.sort(key=lambda pair: (pair[0].at, pair[0].pk), reverse=True)
    context = {
        "done": [_event(entry, who[entry.pk]) for entry in trail.entries if not _is_look(entry)],
        "looked": [event for _entry, event in looks],
        "desk": household.desk,
    }
    return render(request, "enrolment/trail.html", context)


def _is_look(entry: AuditEntry) -> bool:
    return entry.action.endswith(".read")


def _event(entry: AuditEntry, who: str) -> Event:
    return Event(when=moment(entry.at), title=deed(entry.action), text=who, icon=deed_icon(entry.action))


def _listed(listed: Listed, who: str) -> Event:
    entry = listed.last
    is_desk = entry.action in AT_THE_DESK
    title = gettext("Your name stood in a search or on a list") if is_desk else deed(entry.action)
    place = ", ".join(filter(None, (who, listed.place)))
    often = ngettext(
        "%(count)d time in the last three months", "%(count)d times in the last three months", listed.times
    ) % {"count": listed.times}
    return Event(when=moment(entry.at), title=title, text=f"{place}. {often}", icon=deed_icon(entry.action))
