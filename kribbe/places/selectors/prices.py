"""What a place costs, in words: by income within the pack's bounds, or the location's own price."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from kribbe.region.models import Desk, DeskPolicy
from kribbe.rules.dates import DEFAULT_PACK
from kribbe.rules.packs import load_pack
from kribbe.web.templatetags.telling import money


@dataclass(frozen=True, slots=True)
class IncomeFee:
    """The least and the most that a full day costs by income, in euros, and how sure that is.

    `year` is the year of the amounts: where the pack has none for the day asked, its latest. `verified` says that
    both were read in an official source.
    """

    lowest: Decimal
    highest: Decimal
    year: int
    verified: bool


@lru_cache(maxsize=64)
def income_fee(pack_name: str, on: date) -> IncomeFee | None:
    """The bounds of the income fee by this pack, None where it has none."""
    pack = load_pack(pack_name)
    low, high = pack.known("fee.day.minimum", on), pack.known("fee.day.maximum", on)
    if low is None or high is None:
        return None
    return IncomeFee(
        lowest=Decimal(low.value),
        highest=Decimal(high.value),
        year=min(low.valid_from.year, high.valid_from.year),
        verified=low.verified and high.verified,
    )


def fee_at(desk: Desk, today: date) -> IncomeFee | None:
    """The bounds by the pack of this desk's policy."""
    packs = DeskPolicy.objects.filter(desk=desk, during__contains=today).values_list("rule_pack", flat=True)
    return income_fee(next(iter(packs), DEFAULT_PACK), today)


def price_line(*, income: bool, free: bool, day_price: Decimal | None, fee: IncomeFee | None) -> str:
    """One line on what a day costs here."""
    own = _own_price(day_price) if free else ""
    if not income:
        return own or _("Price not known: ask the location")
    by_income = _("by your income")
    if fee is not None:
        bounds = {"low": money(fee.lowest), "high": money(fee.highest)}
        by_income = _("%(low)s to %(high)s a day, by your income") % bounds
    return _("%(income)s; or %(own)s") % {"income": by_income, "own": own} if own else by_income


def _own_price(day_price: Decimal | None) -> str:
    if day_price is None:
        return _("a price of their own: ask the location")
    return _("%(amount)s a day, fixed price") % {"amount": money(day_price)}
