"""Dates, numbers and amounts as a reader reads them: filters, and functions for views that format once."""

import datetime as dt
from decimal import Decimal

from django import template
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kribbe.web.dates import date_format

register = template.Library()

NBSP = "\u00a0"


@register.filter
def month_name(day: dt.date | None) -> str:
    """`March 2027`."""
    return formats.date_format(day, "F Y") if day else ""


@register.filter(expects_localtime=True)
def long_date(day: dt.date | None) -> str:
    """`1 March 2027`."""
    return date_format(day) if day else ""


@register.filter
def weekday_date(day: dt.date) -> str:
    """`Monday 1 March`, for days so near that nobody asks of which year."""
    return f"{formats.date_format(day, 'l')} {date_format(day, 'MONTH_DAY_FORMAT')}"


def day_of_month(day: dt.date) -> str:
    """`1 March`."""
    return formats.date_format(day, "MONTH_DAY_FORMAT")


@register.filter(expects_localtime=True)
def long_moment(moment: dt.datetime | None) -> str:
    """`1 March 2027, 10:30`."""
    return date_format(moment, "DATETIME_FORMAT") if moment else ""


@register.filter
def short_date(day: dt.date | None) -> str:
    """`01/03/2027`."""
    return formats.date_format(day, "SHORT_DATE_FORMAT") if day else ""


@register.filter
def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """A number with the reader's separators."""
    if value is None:
        return "–"
    return formats.number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)


def quantity(value: Decimal) -> str:
    """A number with as many decimals as it needs: `13`, `2.5`."""
    return number(value, max(0, -int(value.normalize().as_tuple().exponent)))


@register.filter
def percent(share: float | Decimal | None) -> str:
    """A share from 0 to 1 as a whole percentage."""
    return "–" if share is None else f"{number(round(float(share) * 100))}{NBSP}%"


@register.filter
def money(euros: int | Decimal | None) -> str:
    """An amount in euros, without cents when it has none. A float is no amount: TypeError."""
    if isinstance(euros, float):
        raise TypeError(f"{euros!r} is a float; amounts are whole or decimal")
    if euros is not None and euros == round(euros):
        return f"€{NBSP}{number(Decimal(euros))}"
    return amount(euros)


@register.filter
def amount(euros: int | Decimal | None) -> str:
    """An amount in euros with its cents, as books show it: `€ 12.00`."""
    return "–" if euros is None else f"€{NBSP}{number(euros, 2)}"


@register.filter
def cents(of_euros: int | None) -> str:
    """An amount in euro cents."""
    return money(None if of_euros is None else Decimal(of_euros) / 100)


@register.filter
def km(kilometres: float | None) -> str:
    """A distance in kilometres, with one decimal; under 100 m in metres."""
    if kilometres is None:
        return ""
    if kilometres < 0.1:
        return f"{max(10, round(kilometres * 100) * 10)}{NBSP}m"
    return f"{number(kilometres, 1 if kilometres < 20 else 0)}{NBSP}km"


@register.filter
def metres(distance: float | None) -> str:
    """A distance in metres, shown as `km` does."""
    return "" if distance is None else km(distance / 1000)


@register.filter
def months(count: int) -> str:
    """`5 months`."""
    return ngettext("%(count)d month", "%(count)d months", count) % {"count": count}


@register.simple_tag
def age(birth: dt.date, today: dt.date) -> str:
    """A child's age on a day: months under two years, else years; `unborn` before birth."""
    count = (today.year - birth.year) * 12 + today.month - birth.month - (today.day < birth.day)
    if count < 0:
        return _("not born yet")
    if count < 24:
        return months(count)
    return ngettext("%(count)d year", "%(count)d years", count // 12) % {"count": count // 12}
