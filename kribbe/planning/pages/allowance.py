"""The free absences of a year as the pages of families and locations tell them."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kribbe.planning.selectors.allowance import Standing, Year
from kribbe.web.templatetags.telling import number
from kribbe.web.words import say


def allowance_told(year: Year) -> dict[str, Any]:
    """The year for `planning/allowance.html`."""
    return {
        "year": str(year.year),
        **_standing(year.now),
        "later": [_standing(each) for each in year.later],
        "ill": _ill_days(year),
    }


def _standing(each: Standing) -> dict[str, Any]:
    """What house rules give, and what is left of it, in the words of the page."""
    entitled, used = each.balance.entitled, each.balance.used
    return {
        "first": each.first,
        "entitled": number(entitled),
        "used": number(used),
        "left": number(each.balance.left),
        "share": min(used / entitled, Decimal(1)) if entitled else Decimal(0),
        "half_days": each.half_days,
        "reasons": [say(reason) for reason in each.reasons],
    }


def _ill_days(year: Year) -> str:
    """How many free days of illness were used; nothing where the house rules give none."""
    if not year.illness.gives and not year.ill:
        return ""
    if year.illness.free is None:
        return ngettext(
            "%(count)d day of illness so far: free.", "%(count)d days of illness so far: free.", year.ill
        ) % {"count": year.ill}
    return _("Free days of illness used: %(used)d of %(free)d.") % {
        "used": year.ill,
        "free": year.illness.free,
    }
