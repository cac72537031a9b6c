"""The ranked list of locations and the search beside it, for a new request and for changing one."""

from collections.abc import Collection, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from kribbe.allocation.simulation import kept
from kribbe.enrolment.selectors.choices import Asked, Choice, choices
from kribbe.places.models import Location
from kribbe.trust.text import row_key
from kribbe.web.components import Ranked
from kribbe.web.templatetags.telling import km, number
from kribbe.web.weeks import half_days


def listing(
    asked: Asked,
    order: Sequence[int],
    *,
    query: str,
    most: int | None,
    favourites: Sequence[int],
    taken: Collection[int] = (),
) -> dict[str, Any]:
    """The wishes in order, and locations to add: favourites, by name, or the nearest. `taken` can't be added."""
    offered = [] if query else [key for key in favourites if key not in {*order, *taken}]
    chosen = {choice.location.pk: choice for choice in choices(asked, only=order)}
    names = dict(Location.objects.filter(pk__in=order).values_list("pk", "name"))
    return {
        "wishes": [
            Ranked(str(key), names[key], line(chosen[key]) if key in chosen else "")
            for key in order
            if key in names
        ],
        "favourites": [(choice, line(choice)) for choice in _in_order(asked, offered)],
        "found": [
            (choice, line(choice))
            for choice in choices(asked, query=query, without={*order, *taken, *offered})
        ],
        "query": query,
        "is_full": bool(most and len(order) >= most),
        "max_wishes": most,
        "has_home": asked.home is not None,
        "is_asked": not asked.pattern.is_empty,
        "true_list": true_list_told(),
    }


def true_list_told() -> str:
    """What the kept report says of giving another list than the true one."""
    tried = kept.misreport()["half_days"]
    ways = tried["ways"].values()
    return gettext(
        "Your true list is your best list. We tried %(lists)s other lists in rounds with invented families:"
        " %(better)s gave a better place, and %(worse)s a worse one or none."
    ) % {
        "lists": number(tried["lists"]),
        "better": number(sum(way["better"] for way in ways)),
        "worse": number(sum(way["worse"] for way in ways)),
    }


def _in_order(asked: Asked, keys: Sequence[int]) -> list[Choice]:
    known = {choice.location.pk: choice for choice in choices(asked, only=keys)} if keys else {}
    return [known[key] for key in keys if key in known]


def line(choice: Choice) -> str:
    """Town, distance and room of a location, in one line."""
    parts = [choice.location.town]
    if choice.km is not None:
        parts.append(km(choice.km))
    if not choice.has_group:
        parts.append(gettext("no group for this age or price"))
    elif not choice.asked.is_empty:
        asked = half_days(len(choice.asked))
        parts.append(gettext("%(count)d of %(asked)s free") % {"count": len(choice.found), "asked": asked})
    return " · ".join(parts)


def keys(texts: Sequence[str]) -> list[int]:
    """The keys of rows among these texts."""
    return [key for text in texts if (key := row_key(text))]


def moved(order: Sequence[int], data: QueryDict) -> list[int]:
    """The order after the button that was pressed: `move` is "up:KEY" or "down:KEY"."""
    way, _, text = data.get("move", "").partition(":")
    result = list(order)
    if row_key(text) not in result:
        return result
    place = result.index(row_key(text))
    other = place - 1 if way == "up" else place + 1
    if 0 <= other < len(result):
        result[place], result[other] = result[other], result[place]
    return result
