"""Half-days in words and as the small week. Slots: bit 0 Monday morning, bit 1 Monday afternoon, and so on."""

from collections.abc import Sequence
from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

WEEKDAYS = 5
ALL_DAYS = 7
WORKWEEK = (1 << 2 * WEEKDAYS) - 1

DAY_NAMES = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
DAY_SHORTS = (
    pgettext_lazy("short day", "Mon"),
    pgettext_lazy("short day", "Tue"),
    pgettext_lazy("short day", "Wed"),
    pgettext_lazy("short day", "Thu"),
    pgettext_lazy("short day", "Fri"),
    pgettext_lazy("short day", "Sat"),
    pgettext_lazy("short day", "Sun"),
)
PART_SHORTS = (pgettext_lazy("morning, short", "am"), pgettext_lazy("afternoon, short", "pm"))


def slot_name(slot: int) -> str:
    """`Monday morning` for 0, in the reader's language."""
    day = str(DAY_NAMES[slot // 2])
    return _("%(day)s afternoon") % {"day": day} if slot % 2 else _("%(day)s morning") % {"day": day}


def join_words(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def picker_words() -> dict[str, object]:
    """The words with which the script builds the same sentence as `week_words`."""
    return {
        "days": [str(name) for name in DAY_NAMES],
        "whole": _("%(days)s the whole day") % {"days": "%s"},
        "morning": _("%(days)s morning") % {"days": "%s"},
        "afternoon": _("%(days)s afternoon") % {"days": "%s"},
        "and": _("and"),
        "one": _("1 half-day:"),
        "many": _("%(count)d half-days:").replace("%(count)d", "%d"),
        "none": _("You haven't chosen any half-day yet."),
    }


def days_shown(pattern: int) -> int:
    """How many days of the week are shown for a pattern: the weekend only where something of it counts."""
    return ALL_DAYS if pattern >> 2 * WEEKDAYS else WEEKDAYS


def week_strip(free: Sequence[int], opened: int) -> list[int | None]:
    """Free places by half-day, None where closed and nothing is taken; the weekend only where it isn't all None."""
    taken = sum(1 << slot for slot, number in enumerate(free) if number)
    shown = range(2 * days_shown(opened | taken))
    return [free[slot] if (opened | taken) >> slot & 1 else None for slot in shown]


def week_words(pattern: int) -> str:
    """A pattern in words: `Monday and Tuesday the whole day, Thursday morning`."""
    groups: dict[int, list[str]] = {3: [], 1: [], 2: []}
    for day in range(ALL_DAYS):
        part = pattern >> 2 * day & 3
        if part:
            groups[part].append(str(DAY_NAMES[day]))
    texts = {3: _("%(days)s the whole day"), 1: _("%(days)s morning"), 2: _("%(days)s afternoon")}
    return ", ".join(texts[part] % {"days": join_words(days)} for part, days in groups.items() if days)


def half_days(count: int) -> str:
    """`5 half-days`."""
    return ngettext("%(count)d half-day", "%(count)d half-days", count) % {"count": count}


def icon_svg(name: str, classes: str = "") -> SafeString:
    """A decorative icon of the sprite."""
    return _drawn(sprite("icons"), name, classes)


@lru_cache(maxsize=2)
def sprite(name: str) -> str:
    """Address of a sprite; kept, because a page of results asks it fifty times."""
    return static(f"web/dist/{name}.svg")


@lru_cache(maxsize=512)
def _drawn(sprite: str, name: str, classes: str) -> SafeString:
    """Kept, because a waiting list draws hundreds of the same few."""
    extra = f" {classes}" if classes else ""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>', extra, sprite, name
    )


def _search_state(slot: int, free: int, asked: int, offered: int) -> tuple[str, str]:
    bit = 1 << slot
    if not offered & bit:
        return ("missed", "x") if asked & bit else ("shut", "")
    if free & bit:
        return "free week__cell--asked" if asked & bit else "free", "check"
    return ("missed", "x") if asked & bit else ("full", "minus")


def _fit_state(slot: int, free: int, asked: int, offered: int) -> tuple[str, str]:
    bit = 1 << slot
    if not asked & bit:
        return "none", "dot"
    return ("free week__cell--asked", "check") if free & offered & bit else ("missed", "x")


def cell(state: str, icon: str) -> str:
    """One half-day of a small week."""
    return f'<span class="week__cell week__cell--{state}">{icon_svg(icon) if icon else ""}</span>'


def describe(free: int, asked: int, offered: int) -> str:
    """The small week in words, for readers who do not see it."""
    lines = []
    if asked:
        lines.append((_("Asked and free: %(days)s."), asked & free & offered))
        lines.append((_("Asked but full: %(days)s."), asked & ~(free & offered)))
        lines.append((_("Also free: %(days)s."), free & offered & ~asked))
    else:
        lines.append((_("Free: %(days)s."), free & offered))
    said = [text % {"days": week_words(pattern)} for text, pattern in lines if pattern]
    return " ".join(said) or _("No half-day is free.")


@lru_cache(maxsize=4096)
def _draw(language: str, kind: str, masks: tuple[int, int, int], days: int, classes: str) -> SafeString:
    free, asked, offered = masks
    state_of = _fit_state if kind == "fit" else _search_state
    heads = "".join(f'<span class="week__head">{name}</span>' for name in DAY_SHORTS[:days])
    rows = []
    for part in (0, 1):
        cells = "".join(cell(*state_of(2 * day + part, free, asked, offered)) for day in range(days))
        rows.append(f'<span class="week__part">{PART_SHORTS[part]}</span>{cells}')
    inner = mark_safe(f"<span></span>{heads}{''.join(rows)}")  # noqa: S308 - fixed markup
    return format_html(
        '<div class="{}" role="img" aria-label="{}">{}</div>', classes, describe(*masks), inner
    )


def small_week(
    *, free: int, asked: int = 0, offered: int = WORKWEEK, kind: str = "search", wide: bool = False
) -> SafeString:
    """The small week. `kind` is `search` (what is free) or `fit` (only what is asked counts)."""
    days = days_shown(offered | asked)
    classes = "week" + (" week--wide" if wide else "") + (" week--7" if days == ALL_DAYS else "")
    return _draw(get_language() or "", kind, (free, asked, offered), days, classes)


@lru_cache(maxsize=4096)
def _fit_cells(language: str, free: int, asked: int, days: int) -> SafeString:
    words = {"free": _("asked and free"), "missed": _("asked but full"), "none": _("not asked")}
    cells = []
    for slot in range(2 * days):
        state, icon = _fit_state(slot, free, asked, -1)
        edge = "" if slot % 2 else " queue__cell--am"
        told = f'<span class="ams-visually-hidden">{words[state.split(" ")[0]]}</span>'
        cells.append(f'<td role="cell" class="queue__cell{edge}">{cell(state, icon)}{told}</td>')
    return mark_safe("".join(cells))  # noqa: S308 - fixed markup


def fit_cells(*, free: int, asked: int, days: int = WEEKDAYS) -> SafeString:
    """Two table cells a day of a waiting-list row: asked and free, asked but full, not asked."""
    return _fit_cells(get_language() or "", free, asked, days)
