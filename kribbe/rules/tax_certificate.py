"""What a certificate 281.86 says: the days of care of one child that one payer paid in a calendar year.

Only care that took place, and whose price came in whole in that year. The invoice of a month and its corrections are
one account: a credit note is no money, it lowers what is to be paid. A payment in part is shared out over an account
in proportion to what it asks for care and for the rest; its share of care then pays the days in their order, and
never more of them than money came in.
A day counts, with its whole price, in the year in which its last cent came; a day of a package that was paid ahead
counts in the year in which the child came. Amounts are euros.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from itertools import groupby, pairwise

from kribbe.rules.money import CENT, NOUGHT, cents
from kribbe.rules.packs import Figure, Pack

CARE = ("stay.", "extra_day.", "getting_used.", "club.")
MONTH = ("month", "month.absence")
PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Charge:
    """What an account asks for care on a day; below nought what it gives back.

    `counts_from` is the first day of which it can be said that it was paid and that the child came; None where no
    care came of it: then it only takes its share of what is paid.
    """

    account: Hashable
    day: date
    amount: Decimal
    counts_from: date | None = date.min


@dataclass(frozen=True, slots=True)
class Asked:
    """An account: what is to be paid for it after its corrections, and what came in for it on which day, less what
    its credit notes gave away.

    `care` is what it asks for care of all its children together, where they are several.
    """

    key: Hashable
    total: Decimal
    paid: Sequence[tuple[date, Decimal]] = ()
    care: Decimal = NOUGHT

    @property
    def came(self) -> Decimal:
        """What came in, less what was given away."""
        return self.came_by(date.max)

    def came_by(self, last: date) -> Decimal:
        """What came in until and on a day, less what was given away by then."""
        return sum((amount for day, amount in self.paid if day <= last), NOUGHT)


@dataclass(frozen=True, slots=True)
class PaidDay:
    """A day of care, its price after all corrections, and the day on which it was wholly paid; the day itself where
    it was paid ahead, from a package.
    """

    day: date
    price: Decimal
    paid_on: date


@dataclass(frozen=True, slots=True)
class Period:
    """One line of a certificate. `price` is that of each of its days; None where the model asks for none."""

    first: date
    last: date
    days: int
    price: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Draft:
    """One certificate: at most as many periods as the model has."""

    periods: tuple[Period, ...]

    @property
    def days(self) -> int:
        return sum(each.days for each in self.periods)

    @property
    def total(self) -> Decimal:
        return sum((each.amount for each in self.periods), NOUGHT)


def is_care(what: str) -> bool:
    """Whether a line of an invoice is the price of a stay: no meals, absences, sanctions, deposits or costs."""
    return what.startswith(CARE)


def is_month(what: str) -> bool:
    """Whether a line is part of the price of a month, which `spread` shares out over its days."""
    return what in MONTH


def is_package(what: str) -> bool:
    """Whether a line is a package of days, whose price is that of the days that it pays for."""
    return what == PACKAGE


def spread(amount: Decimal, days: Sequence[date]) -> dict[date, Decimal]:
    """An amount shared out over days in equal parts, in whole cents that sum to it."""
    bounds = [cents(amount * place / len(days)) for place in range(len(days) + 1)] if days else []
    return {day: after - before for day, (before, after) in zip(days, pairwise(bounds), strict=True)}


def paid_days(charges: Iterable[Charge], asked: Iterable[Asked]) -> list[PaidDay]:
    """The days that are wholly paid, each once, in their order. A day that was given back isn't among them."""
    amounts: dict[Hashable, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    prices: dict[date, Decimal] = defaultdict(Decimal)
    since: dict[date, date] = defaultdict(lambda: date.min)
    for charge in charges:
        amounts[charge.account][charge.day] += charge.amount
        if charge.counts_from is not None:
            prices[charge.day] += charge.amount
            since[charge.day] = max(since[charge.day], charge.counts_from)
    covered = {each.key: _covered(each, amounts[each.key]) for each in asked if each.key in amounts}
    found = []
    for day, price in sorted(prices.items()):
        asking = [key for key, own in amounts.items() if own.get(day, NOUGHT) > 0]
        paid = [covered.get(key, {}).get(day) for key in asking]
        if price > 0 and None not in paid:
            found.append(PaidDay(day, price, max(since[day], *(on for on in paid if on))))
    return found


def funded(accounts: Sequence[Asked]) -> list[Asked]:
    """All accounts of one payer, in the order of their months, of which none gives what never came in for it.

    Where a payment comes back once its credit note went off other months, these were paid with nothing: what the one
    account lacks is taken off the last others that were paid by then, as long as it does.
    """
    found = list(accounts)
    for each in accounts:
        lack = min(each.total, NOUGHT) - each.came
        if lack <= 0:
            continue
        since = max(day for day, amount in each.paid if amount < 0)
        for place in reversed(range(len(found))):
            other = found[place]
            part = min(lack, other.came_by(since), other.came)
            if part > 0:
                found[place] = replace(other, paid=(*other.paid, (since, -part)))
                lack -= part
    return found


def counted(days: Iterable[PaidDay], *, year: int, born: date, disabled: bool, pack: Pack) -> list[PaidDay]:
    """The days that count in a year: paid in it, and the child young enough on the day of care."""
    limit = "under_age_disabled" if disabled else "under_age"
    return [
        each
        for each in days
        if each.paid_on.year == year
        and age_on(born, each.day) < pack.integer(f"tax_certificate.{limit}", date(year, 12, 31))
    ]


def age_on(born: date, day: date) -> int:
    """Whole years. Who was born on 29 February is a year older on 1 March of an ordinary year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def most_a_day(pack: Pack, year: int) -> Figure:
    """The most that is deducted for a day of this year; the latest earlier figure where it has none."""
    return pack.latest("tax_certificate.most_a_day", date(year, 12, 31))


def certificates(days: Iterable[PaidDay], *, year: int, pack: Pack) -> list[Draft]:
    """The certificates of these days. No amount is capped.

    Where a price is above the most a day, each price stands on a line of its own; else the days of a calendar year
    make one line without price. More lines than the model has go on further certificates.
    """
    found = sorted(days, key=lambda each: each.day)
    limit = Decimal(most_a_day(pack, year).value)
    priced = any(each.price > limit for each in found)
    periods = sorted(_periods(found, priced=priced), key=lambda each: (each.first, each.last, each.amount))
    most = pack.integer("tax_certificate.most_periods", date(year, 12, 31))
    return [Draft(tuple(periods[start : start + most])) for start in range(0, len(periods), most)]


def _periods(days: Sequence[PaidDay], *, priced: bool) -> list[Period]:
    def line(each: PaidDay) -> tuple[int, Decimal]:
        return each.day.year, each.price if priced else NOUGHT

    return [
        _period(list(own), key[1] if priced else None)
        for key, own in groupby(sorted(days, key=lambda each: (line(each), each.day)), key=line)
    ]


def _period(days: Sequence[PaidDay], price: Decimal | None) -> Period:
    amount = sum((each.price for each in days), NOUGHT)
    return Period(days[0].day, days[-1].day, len(days), price, amount)


def _covered(asked: Asked, amounts: Mapping[date, Decimal]) -> dict[date, date]:
    """The days of an account that are wholly paid, with the day on which they became so and stayed."""
    charged = [(day, amount) for day, amount in sorted(amounts.items()) if amount > 0]
    care = asked_for_care(amounts)
    whole = max(asked.total, asked.care, care)
    came, found = NOUGHT, dict[date, date]()
    for on, payments in groupby(sorted(asked.paid), key=lambda each: each[0]):
        came += sum((amount for _on, amount in payments), NOUGHT)
        reached = _reached(charged, _share(care, came, whole))
        found = {day: found.get(day, on) for day in reached}
    return found


def asked_for_care(amounts: Mapping[date, Decimal]) -> Decimal:
    """What an account asks for a child's care, by what it asks for each day: what it gives back is of other days."""
    return sum((amount for amount in amounts.values() if amount > 0), NOUGHT)


def _share(care: Decimal, came: Decimal, whole: Decimal) -> Decimal:
    """What of a child's care is paid, in whole cents; `whole` is what stands against what came in.

    That is all that is asked, or the care of all children where reductions make that less: no more is paid than came.
    """
    if came <= 0 or care <= 0:
        return NOUGHT
    return min(care, (care * came / whole).quantize(CENT, ROUND_FLOOR))


def _reached(charged: Sequence[tuple[date, Decimal]], share: Decimal) -> list[date]:
    found, needed = [], NOUGHT
    for day, amount in charged:
        needed += amount
        if needed <= share:
            found.append(day)
    return found
