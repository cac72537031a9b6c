"""A chance in plain words: a range, month by month, and what it rests on. Never a promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext

from kribbe.allocation.chance.judge import Chance as Judged
from kribbe.allocation.chance.judge import Sample
from kribbe.enrolment.models import Chance
from kribbe.enrolment.selectors.chance.kept import has_changed
from kribbe.rules.calendar import add_months
from kribbe.rules.small_numbers import hide
from kribbe.web.templatetags.telling import month_name

TENTHS = 10
STEP, RADIUS = 14, 5


@dataclass(frozen=True, slots=True)
class ByMonth:
    """The chance of a place that begins by a month: in words, and as ten dots."""

    month: str
    words: str
    dots: SafeString


@dataclass(frozen=True, slots=True)
class ChanceView:
    """A chance, ready to show. `is_known` False: it can't be told, and `lead` says why; `short` in a few words."""

    is_known: bool
    lead: str
    short: str
    rests_on: str
    months: Sequence[ByMonth]
    counted: str


def chance_view(chance: Chance | None, *, asked: date) -> ChanceView | None:
    """A kept chance in words; None where none was counted. `asked` is the day on which the child would begin."""
    if chance is None:
        return None
    sample = Sample(chance.requests, chance.offers, chance.months)
    counted = date_format(localtime(chance.run.at), "DATE_FORMAT")
    if has_changed(chance):
        lead = gettext(
            "This request changed after its chance was counted. It is counted anew within a quarter of an hour."
        )
        return ChanceView(False, lead, gettext("is being counted anew"), "", (), counted)
    if sample.is_thin:
        lead = gettext("We don't know yet how likely an offer is: too little happened here so far.")
        return ChanceView(False, lead, gettext("not known yet"), "", (), counted)
    months = [_by_month(chance, number) for number in range(len(chance.value))]
    lead = _lead(months[0], chance, asked)
    return ChanceView(True, lead, months[0].words, _rests_on(sample), months, counted)


def _lead(first: ByMonth, chance: Chance, asked: date) -> str:
    if asked.replace(day=1) < chance.first_month:
        return gettext("Chance of a place from %(month)s: %(range)s.") % {
            "month": first.month,
            "range": first.words,
        }
    return gettext("Chance of a place by %(month)s: %(range)s.") % {
        "month": first.month,
        "range": first.words,
    }


def _rests_on(sample: Sample) -> str:
    requests, offers = hide(sample.requests), hide(sample.offers)
    return gettext(
        "We looked at %(requests)s requests and %(offers)s offers of the past %(months)s months, and at how families"
        " answered. A chance is no promise: it can go up and down."
    ) % {"requests": requests, "offers": offers, "months": sample.months}


def _by_month(chance: Chance, number: int) -> ByMonth:
    low, high = Judged(*(row[number] / 1000 for row in (chance.value, chance.low, chance.high))).tenths()
    return ByMonth(
        month_name(add_months(chance.first_month, number)), range_words(low, high), _dots(low, high)
    )


def range_words(low: int, high: int) -> str:
    """A range of tenths in words: "about 3 to 5 in 10"."""
    if low == 0:
        return gettext("less than %(high)s in 10") % {"high": high}
    if high == TENTHS:
        return gettext("more than %(low)s in 10") % {"low": low}
    return gettext("about %(low)s to %(high)s in 10") % {"low": low, "high": high}


def _dots(low: int, high: int) -> SafeString:
    """Ten dots: full up to the lower bound, half up to the upper one. The words beside them say the same."""
    drawn = format_html_join(
        "",
        '<circle cx="{}" cy="7" r="{}" fill="currentColor" fill-opacity="{}" stroke="currentColor"/>',
        (
            (7 + STEP * place, RADIUS, 1 if place < low else 0.4 if place < high else 0)
            for place in range(TENTHS)
        ),
    )
    return format_html(
        '<svg class="chance__dots" viewBox="0 0 {} 14" width="{}" height="14" aria-hidden="true">{}</svg>',
        STEP * TENTHS,
        STEP * TENTHS,
        drawn,
    )
