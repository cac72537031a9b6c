"""How many places a location lets agreements add up to on a half-day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kribbe.rules.packs import Pack
from kribbe.rules.reasons import Reason

NO_OVERBOOKING = Decimal(1)


@dataclass(frozen=True)
class Bookable:
    """Bookable places of a half-day, and why so many."""

    places: int
    reasons: tuple[Reason, ...]


def bookable_places(*, licensed: int, staffed: int, overbooking: Decimal, pack: Pack, on: date) -> Bookable:
    """The staffed places, at most the licensed ones, times the overbooking that is allowed, rounded down.

    `overbooking` is what the location asks: 1 for none, 1.2 for a fifth more; the pack says how much is
    allowed. Presence stays within licence and staff whatever is booked. ValueError on negative places or an
    overbooking below 1.
    """
    if licensed < 0 or staffed < 0:
        raise ValueError(f"places can't be negative: licensed {licensed}, staffed {staffed}")
    if overbooking < NO_OVERBOOKING:
        raise ValueError(f"overbooking is 1 or more, not {overbooking}")
    allowed = pack.decimal("capacity.overbooking", on)
    factor = min(overbooking, allowed)
    reasons = [_staff_reason(licensed, staffed)]
    if overbooking > allowed:
        reasons.append(
            Reason.of("capacity.overbooking_refused", asked=_percent(overbooking), allowed=_percent(allowed))
        )
    if factor > NO_OVERBOOKING:
        reasons.append(Reason.of("capacity.overbooked", percent=_percent(factor)))
    return Bookable(int(min(licensed, staffed) * factor), tuple(reasons))


def _staff_reason(licensed: int, staffed: int) -> Reason:
    code = "capacity.above_licence" if staffed > licensed else "capacity.staffed"
    return Reason.of(code, licensed=licensed, staffed=staffed)


def _percent(factor: Decimal) -> int:
    return int(factor * 100)
