"""A charge shared over payers, and what it differs from what they were asked before. Euros."""

from collections.abc import Hashable, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import TypeVar

from kribbe.rules.money import CENT

HUNDRED = Decimal(100)
Key = TypeVar("Key", bound=Hashable)
Asked = tuple[Decimal, Decimal]
"""A quantity and an amount."""
NOTHING: Asked = (Decimal(0), Decimal(0))


def shared(amount: Decimal, percents: Sequence[Decimal]) -> list[Decimal]:
    """The parts of an amount in whole cents by these percents, which sum to 100; they always sum to the amount.

    Every part is cut off below the cent, and what is left over goes to the first. Raises ValueError on another sum.
    """
    if sum(percents) != HUNDRED:
        raise ValueError(f"percents sum to {sum(percents)}")
    others = [(amount * each / HUNDRED).quantize(CENT, ROUND_DOWN) for each in percents[1:]]
    return [amount - sum(others, Decimal(0)), *others]


def differences(asked: Mapping[Key, Asked], due: Mapping[Key, Asked]) -> dict[Key, Asked]:
    """What is to be asked beside what was `asked`, so that together it is what is `due`."""
    found = {}
    for key in (*asked, *(each for each in due if each not in asked)):
        before, now = asked.get(key, NOTHING), due.get(key, NOTHING)
        if before != now:
            found[key] = (now[0] - before[0], now[1] - before[1])
    return found
