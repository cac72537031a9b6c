"""A priced month: its lines, what is held back, and the sums."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kribbe.rules.billing.form import RESULT_FORMAT
from kribbe.rules.billing.stays import plain
from kribbe.rules.money import cents
from kribbe.rules.reasons import Reason

Say = Callable[[Reason], str]


@dataclass(frozen=True)
class Line:
    """One charge of one day. `unit_price` is in whole cents; `amount` is their product, rounded half up."""

    on: date
    what: str
    quantity: Decimal
    unit_price: Decimal
    why: tuple[Reason, ...]

    @property
    def amount(self) -> Decimal:
        return cents(self.quantity * self.unit_price)


@dataclass(frozen=True)
class Held:
    """A day that isn't charged yet."""

    on: date
    why: tuple[Reason, ...]


@dataclass(frozen=True)
class Result:
    """A priced month."""

    lines: tuple[Line, ...]
    held: tuple[Held, ...]
    allowance_left: Decimal

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    def as_json(self, say: Say) -> dict[str, Any]:
        """The result in its published form; `say` words a reason in the language asked."""
        return {
            "format": RESULT_FORMAT,
            "lines": [
                {
                    "date": line.on.isoformat(),
                    "what": line.what,
                    "quantity": plain(line.quantity),
                    "unit_price": f"{line.unit_price:.2f}",
                    "amount": f"{line.amount:.2f}",
                    "why": " ".join(map(say, line.why)),
                }
                for line in self.lines
            ],
            "held": [
                {"date": held.on.isoformat(), "why": " ".join(map(say, held.why))} for held in self.held
            ],
            "total": f"{self.total:.2f}",
            "allowance_left": plain(self.allowance_left),
        }

    def as_bytes(self, say: Say) -> bytes:
        """The published form as JSON in UTF-8, the same bytes each time."""
        return json.dumps(self.as_json(say), ensure_ascii=False, indent=1).encode() + b"\n"
