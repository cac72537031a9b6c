"""The half-days of a child on the week plan, drawn as cells of a table: a week of a large location has a thousand."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kribbe.web.weeks import icon_svg

LOOKS = {
    "away": ("x", gettext_lazy("stays away")),
    "in": ("check", gettext_lazy("comes")),
    "shut": ("", gettext_lazy("closed")),
    "out": ("", ""),
}
"""The icon of a half-day and what is read out, by its tone."""


def draw_cells(
    tones: Sequence[str], name: str, *, moves: Mapping[int, SafeString], days: Sequence[str]
) -> SafeString:
    """A cell a half-day, Monday morning first; one on which the child comes links to its address in `moves`.

    `name` is the child's, `days` are the days of the week in words.
    """
    language = get_language() or ""
    text, known = escape(_("move %(name)s from %(day)s")), escape(name)
    told = {day: text % {"name": known, "day": escape(days[day])} for day in {slot // 2 for slot in moves}}
    cells = []
    for slot, tone in enumerate(tones):
        start, icon, said = _parts(language, tone, bool(slot % 2))
        if tone == "in" and slot in moves:
            inner = (
                f'<a class="plan__grip" href="{moves[slot]}" data-move-day>{icon}'
                f'<span class="ams-visually-hidden">{said}, {told[slot // 2]}</span></a>'
            )
        else:
            inner = icon + (f'<span class="ams-visually-hidden">{said}</span>' if said else "")
        cells.append(f"{start}{inner}</td>")
    return mark_safe("".join(cells))  # noqa: S308 - names and addresses are escaped


@lru_cache(maxsize=64)
def _parts(language: str, tone: str, is_afternoon: bool) -> tuple[str, str, str]:
    """How a cell begins, its icon, and what is read out."""
    icon, said = LOOKS[tone]
    edge = "" if is_afternoon else " plan__cell--am"
    start = f'<td class="plan__cell plan__cell--{tone}{edge}">'
    return start, icon_svg(icon) if icon else "", escape(str(said))


def draw_sums(counts: Sequence[tuple[str, int, int]]) -> SafeString:
    """A cell a half-day of a group: the tone, the children planned and the places with staff."""
    language = get_language() or ""
    cells = (_sum(language, *count, bool(slot % 2)) for slot, count in enumerate(counts))
    return mark_safe("".join(cells))  # noqa: S308 - numbers, and words of our own


@lru_cache(maxsize=4096)
def _sum(language: str, tone: str, planned: int, places: int, is_afternoon: bool) -> str:
    """Kept by language: a week has few kinds."""
    classes = (
        "plan__sum" + (f" plan__sum--{tone}" if tone else "") + ("" if is_afternoon else " plan__cell--am")
    )
    told = {
        "shut": f'<span class="ams-visually-hidden">{escape(_("closed"))}</span>',
        "bare": f"{planned}<small>{escape(_('no staff'))}</small>",
    }
    return f'<td class="{classes}">{told.get(tone, f"{planned}<small>/{places}</small>")}</td>'
