"""What a paper says of money, in words: the same on paper and on the page on which it is signed."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kribbe.planning import words
from kribbe.planning.models import HouseRules, Paper
from kribbe.planning.selectors.paper_money import Money, charge_name
from kribbe.rules.priority import PriceKind
from kribbe.web.templatetags.telling import long_date, money, number

Row = list[str]
PRICES: Mapping[str, str | Promise] = {
    "full": gettext_lazy("Full day"),
    "half": gettext_lazy("Half a day"),
    "short": gettext_lazy("Less than three hours, of a school child"),
    "long": gettext_lazy("Eleven hours and more"),
    "hour": gettext_lazy("An hour"),
    "month": gettext_lazy("A month"),
}


def money_rows(paper: Paper) -> list[Row]:
    """What a paper says of money, a label and a text each; empty where it says nothing of it."""
    told = paper.money
    if not told:
        return []
    rows = _by_income(told) if told["kind"] == PriceKind.INCOME else _free(told)
    return [
        *rows,
        [_("Besides, for each stay"), _extras(told)],
        [_("Deposit"), _deposit(Decimal(told["deposit"]))],
        [_("Paying"), _("By an invoice each month. Nobody has to pay by direct debit or standing order.")],
    ]


def beyond(paper: Paper) -> str:
    """What an absence beyond the free ones costs, by the house rules and prices that a paper was sent with."""
    rules: HouseRules | None = paper.house_rules
    said = words.beyond(rules)
    if rules is not None and rules.absence_full is not None and paper.money.get("own_fee"):
        said = _("the family's own price, at least %(amounts)s") % {"amounts": said}
    if paper.money.get("kind") == PriceKind.INCOME:
        said = _("%(said)s; never more than the highest fee of the law") % {"said": said}
    return said


def full_day(paper: Paper) -> list[Row]:
    """The price of a full day that was typed on a paper, where what it says of money doesn't hold one."""
    told: Money = paper.money
    if paper.day_fee is None or told.get("certificate") or told.get("prices", {}).get("full"):
        return []
    return [[_("Price of a full day"), money(paper.day_fee)]]


def _by_income(told: Money) -> Iterator[Row]:
    yield [_("Kind of price"), _("by income")]
    meaning = _(
        "A full day costs the day fee of the child's fee certificate. What is reserved is paid, also when the child "
        "doesn't come; closing days and free absences cost nothing. Meals are in the price."
    )
    if stay := told.get("stay"):
        meaning = f"{meaning} {_shares(stay)}"
    yield [_("What that means"), meaning]
    if "certificate" in told:
        yield [_("Fee certificate"), _certificate(told["certificate"])]


def _shares(stay: Mapping[str, Any]) -> str:
    half = _("Under %(hours)s hours it is %(percent)s%% of the day fee.") % {
        "hours": stay["half_under"],
        "percent": stay["half"],
    }
    if stay["long"] is None:
        return half
    long = _("From %(hours)s hours on it is %(percent)s%%.") % {
        "hours": stay["long_from"],
        "percent": stay["long"],
    }
    return f"{half} {long}"


def _certificate(told: Mapping[str, str | None] | None) -> str:
    if told is None:
        return _("not there yet: days are invoiced once it is, for the days that it holds")
    fee = money(Decimal(told["day_fee"] or 0))
    if told["until"] is None:
        return _("%(fee)s for a full day") % {"fee": fee}
    until = long_date(date.fromisoformat(told["until"]))
    return _("%(fee)s for a full day, until %(day)s") % {"fee": fee, "day": until}


def _free(told: Money) -> Iterator[Row]:
    yield [_("Kind of price"), _("the location's own prices")]
    prices: Mapping[str, str] = told.get("prices", {})
    for name, label in PRICES.items():
        if name in prices:
            yield [str(label), money(Decimal(prices[name]))]
    if package := told.get("package"):
        yield [package["name"], _package(package)]
    if not prices and not package:
        yield [_("Prices"), _("The location has written none down here. Ask it for them before you sign.")]
    if percent := told.get("sibling_percent"):
        yield [_("Brothers and sisters"), _("%(percent)s%% less") % {"percent": number(Decimal(percent))}]


def _package(package: Mapping[str, Any]) -> str:
    size = package["size"]
    days = (
        ngettext("%(count)d half-day", "%(count)d half-days", size)
        if package["half_days"]
        else ngettext("%(count)d day", "%(count)d days", size)
    )
    return f"{days % {'count': size}}: {money(Decimal(package['price']))}"


def _extras(told: Money) -> str:
    if "extras" not in told:
        return _("The location has written no charges down here. Ask it which there are before you sign.")
    return "; ".join(map(_extra, told["extras"])) or _("Nothing.")


def _extra(each: Mapping[str, str]) -> str:
    return _("%(name)s: %(full)s for a full day, %(half)s for half a day") % {
        "name": charge_name(each["name"]),
        "full": money(Decimal(each["full"])),
        "half": money(Decimal(each["half"])),
    }


def _deposit(asked: Decimal) -> str:
    if not asked:
        return _("No deposit is asked.")
    return _(
        "%(amount)s, only as a guarantee for the reservation, the invoices and the notice; what isn't needed for "
        "them comes back"
    ) % {"amount": money(asked)}
