"""What the search's page says above and around the results."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kribbe.places.pages.asked import EVERYWHERE, RADII, Asked
from kribbe.places.selectors.almost import Alternative, Change
from kribbe.places.selectors.search import Results, Search, Sort
from kribbe.region.models import Desk
from kribbe.rules.priority import PriceKind
from kribbe.web.components import Chip
from kribbe.web.templatetags.telling import number
from kribbe.web.weeks import DAY_NAMES


@dataclass(frozen=True, slots=True)
class Empty:
    """What to tell and do where nothing is shown."""

    heading: str
    text: str
    url: str
    label: str


def heading(asked: Asked, sought: Search, results: Results) -> str:
    """How many places are shown on all pages, and how far was looked."""
    count = results.whole if sought.whole_only else results.total
    if sought.kilometres is None:
        text = ngettext("%(count)d place in the region", "%(count)d places in the region", count)
    elif sought.work:
        text = ngettext(
            "%(count)d place with at most %(km)s km of detour",
            "%(count)d places with at most %(km)s km of detour",
            count,
        )
    else:
        text = ngettext("%(count)d place within %(km)s km", "%(count)d places within %(km)s km", count)
    return text % {"count": count, "km": _kilometres(asked.kilometres)}


def _kilometres(km: float) -> str:
    return number(km, 0 if km == int(km) else 1)


def detail(asked: Asked, results: Results) -> str:
    """How many of them fit wholly."""
    if not results.total:
        return ""
    if not asked.pattern:
        return _("Choose your days, and you see where they are free.")
    if asked.whole_only:
        return _("Only places that are free on all your days are shown.")
    if not results.whole:
        return _("None of them is free on all your days for half a year.")
    text = ngettext(
        "%(count)d of them is free on all your days.",
        "%(count)d of them are free on all your days.",
        results.whole,
    )
    return text % {"count": results.whole}


def neighbours_note(asked: Asked, results: Results, desk: Desk) -> str:
    """What to do where the own town is full and a neighbour is not; "" otherwise."""
    if not asked.pattern or results.own_whole or not results.whole:
        return ""
    text = ngettext(
        "In %(town)s nothing near is free on all your days; %(count)d place in another municipality is. You ask for "
        "it in the same request: your choices may lie in any municipality of the region.",
        "In %(town)s nothing near is free on all your days; %(count)d places in other municipalities are. You ask "
        "for them in the same request: your choices may lie in any municipality of the region.",
        results.whole,
    )
    return text % {"town": desk.municipality.name, "count": results.whole}


def chips(asked: Asked) -> list[Chip]:
    """The filters as links."""
    income = asked.price == PriceKind.INCOME
    found = [
        Chip(
            _("Price by income"), asked.query(price="" if income else PriceKind.INCOME.value) or "?", income
        ),
        Chip(_("Open before 7:00"), asked.query(early="" if asked.early else "1") or "?", asked.early),
        Chip(_("Extra needs"), asked.query(inclusive="" if asked.inclusive else "1") or "?", asked.inclusive),
    ]
    if asked.pattern:
        whole = asked.query(free="" if asked.whole_only else "all")
        found.insert(0, Chip(_("Free on all my days"), whole, asked.whole_only))
    return found


def sorts(asked: Asked) -> list[tuple[str, str, bool]]:
    """The orders to choose from: value, name, chosen."""
    labels = {Sort.DAYS: _("My days first"), Sort.NEAR: _("Nearest first")}
    if asked.work:
        labels |= {Sort.NEAR: _("Nearest to home first"), Sort.DETOUR: _("Smallest detour first")}
    return [(sort.value, label, sort is asked.order) for sort, label in labels.items()]


def further(asked: Asked) -> tuple[str, str] | None:
    """Address and name of the link that looks further away."""
    if asked.kilometres == EVERYWHERE:
        return None
    wider = next((radius for radius in RADII if radius > asked.kilometres), int(EVERYWHERE))
    label = _("Look up to %(km)d km") % {"km": wider} if wider else _("Look in the whole region")
    return asked.query(km=wider), label


def empty(asked: Asked, results: Results) -> Empty:
    """What to tell where nothing is shown."""
    if results.total:
        return Empty(
            _("No place is free on all your days"),
            _("Some may be free on a part of them, or later. You can also ask for a place and wait in line."),
            asked.query(free=""),
            _("Show places that are free on some days"),
        )
    if asked.kind or asked.price or asked.early or asked.inclusive:
        return Empty(
            _("Nothing found with these wishes"),
            _("Leave out one or more of them, and look again."),
            asked.query(kind="", price="", early="", inclusive="") or "?",
            _("Look without them"),
        )
    text = _("There is no childcare here that takes part in this desk.")
    return Empty(_("No childcare near here"), text, *(further(asked) or ("?", _("Look around the centre"))))


def almost_links(asked: Asked, found: list[Alternative]) -> list[tuple[str, str, str]]:
    """For each alternative its address (the rest of the search is kept), what is else, and how many places."""
    return [
        (
            asked.query(**_changed(each), free="all"),
            _else(each),
            ngettext("%(count)d place", "%(count)d places", each.count) % {"count": each.count},
        )
        for each in found
    ]


def _changed(other: Alternative) -> dict[str, object]:
    search = other.search
    changes: dict[Change, dict[str, object]] = {
        Change.LATER: {"start": f"{search.start:%Y-%m}"},
        Change.SWAP: {"days": search.pattern.mask},
        Change.DAY: {"days": search.pattern.mask},
        Change.FURTHER: {"km": f"{search.kilometres or 0:g}"},
        Change.PRICE: {"price": search.price},
        Change.KIND: {"kind": ""},
        Change.EARLY: {"early": ""},
        Change.INCLUSIVE: {"inclusive": ""},
    }
    return changes[other.change]


def _else(other: Alternative) -> str:
    if other.change is Change.LATER:
        text = ngettext("%(count)d month later", "%(count)d months later", other.size)
        return text % {"count": other.size}
    if other.change is Change.SWAP:
        days = {"other": DAY_NAMES[other.instead], "day": DAY_NAMES[other.size]}
        return capfirst(_("%(other)s in the place of %(day)s") % days)
    if other.change is Change.DAY:
        return _("Without %(day)s") % {"day": DAY_NAMES[other.size]}
    if other.change is Change.FURTHER:
        text = _("%(distance)s more detour") if other.search.work else _("%(distance)s further")
        return text % {"distance": _distance(other.size)}
    free = other.search.price == PriceKind.FREE
    words = {
        Change.PRICE: _("With a free price") if free else _("With a price by income"),
        Change.KIND: _("Any kind of care"),
        Change.EARLY: _("Also opening later"),
        Change.INCLUSIVE: _("Without your wish for extra needs"),
    }
    return words[other.change]


def _distance(metres: int) -> str:
    return f"{metres}\u00a0m" if metres < 1000 else f"{number(metres / 1000, 1)}\u00a0km"
