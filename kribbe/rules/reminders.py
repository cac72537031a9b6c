"""What a late payment may cost a consumer, by Book XIX of the Belgian Code of Economic Law.

The first reminder is free. Its term begins some working days after it was sent; only when it is over may the lump
sum of what is still open be asked once, and interest for the days since.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from kribbe.rules.calendar import working_days_after
from kribbe.rules.money import CENT, NOUGHT
from kribbe.rules.packs import Pack
from kribbe.rules.reasons import Reason

DAY = timedelta(days=1)
YEAR = 365
LUMP = (
    "band1_bound", "band1_lump", "band2_bound", "band2_lump", "band2_share", "band3_lump", "band3_share", "most_lump",
)  # fmt: skip


@dataclass(frozen=True)
class Costs:
    """What may be asked beside what is open, in euros, and why; `doubts` where a figure of law is unverified."""

    interest: Decimal
    lump: Decimal
    why: tuple[Reason, ...]
    doubts: tuple[Reason, ...] = ()

    @property
    def total(self) -> Decimal:
        return self.interest + self.lump


def last_free_day(sent: date, pack: Pack) -> date:
    """The last day to pay without costs after a first reminder that was sent on this day."""
    begins = working_days_after(sent, pack.integer("reminder.starts_after", sent))
    return begins + pack.integer("reminder.free_days", sent) * DAY


def costs(owed: Decimal, *, free_until: date, on: date, pack: Pack) -> Costs:
    """What may be asked on a day for what is open, in euros; nothing while the free term runs.

    Amounts are rounded down to the cent, since the law says what they may be at most. ValueError below nought.
    """
    if owed < 0:
        raise ValueError(f"nobody owes {owed}")
    if on <= free_until or not owed:
        return Costs(NOUGHT, NOUGHT, ())
    interest, why = _interest(owed, free_until + DAY, on, pack)
    lump, because = _lump(owed, on, pack)
    doubts = () if _is_verified(on, pack) else (Reason.of("reminder.unverified"),)
    return Costs(interest, lump, (*why, because), doubts)


def _is_verified(on: date, pack: Pack) -> bool:
    """Whether every figure of that day was read in its source."""
    return all(
        pack.figure(f"reminder.{name}", on).verified
        for name in ("free_days", "starts_after", "interest", *LUMP)
    )


def _interest(owed: Decimal, first: date, last: date, pack: Pack) -> tuple[Decimal, tuple[Reason, ...]]:
    """Simple interest of each day from the first to the last, by the rate of that day."""
    by_rate: dict[Decimal, int] = {}
    for number in range((last - first).days + 1):
        rate = pack.decimal("reminder.interest", first + number * DAY)
        by_rate[rate] = by_rate.get(rate, 0) + 1
    exact = sum((owed * rate * days / YEAR for rate, days in by_rate.items()), NOUGHT)
    why = tuple(
        Reason.of("reminder.interest", days=days, percent=_percent(rate), amount=owed)
        for rate, days in by_rate.items()
    )
    return exact.quantize(CENT, ROUND_DOWN), why


def _lump(owed: Decimal, on: date, pack: Pack) -> tuple[Decimal, Reason]:
    figure = {name: pack.decimal(f"reminder.{name}", on) for name in LUMP}
    if owed <= figure["band1_bound"]:
        return figure["band1_lump"], Reason.of("reminder.lump", amount=figure["band1_lump"])
    band, bound = ("band2", "band1_bound") if owed <= figure["band2_bound"] else ("band3", "band2_bound")
    base, share = figure[f"{band}_lump"], figure[f"{band}_share"]
    lump = (base + share * (owed - figure[bound])).quantize(CENT, ROUND_DOWN)
    why = Reason.of("reminder.lump_and_share", amount=base, percent=_percent(share), bound=figure[bound])
    return min(lump, figure["most_lump"]), why


def _percent(share: Decimal) -> int | Decimal:
    """A share in percent, without decimals where it has none."""
    percent = share * 100
    return int(percent) if percent == percent.to_integral_value() else percent.normalize()
