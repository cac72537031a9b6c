"""Statements for tests, drawn from a seed."""

import random
from datetime import date, timedelta
from decimal import Decimal

from kribbe.rules.bank.statement import Movement, Statement, belgian_iban

IBAN = "BE68539007547034"
FIRST = date(2026, 4, 1)
DAY = timedelta(days=1)


def ogm_of(key: int) -> str:
    return f"{key:010d}{key % 97 or 97:02d}"


def movement(number: int, amount: str, **fields) -> Movement:
    days = {"value_on": FIRST, "entered_on": FIRST}
    return Movement(number, Decimal(amount), **(days | {"bank_reference": f"REF{number:08d}"} | fields))


def statement(*movements: Movement, number: int = 1, old: str = "1000.00", on: date = FIRST) -> Statement:
    moved = sum((each.amount for each in movements), Decimal(0))
    return Statement(IBAN, str(number), Decimal(old), on - DAY, Decimal(old) + moved, on, movements)


def drawn_statements(seed: int, *, movements: int, most: int = 2000) -> list[Statement]:
    """Statements that go on from each other, with so many movements together."""
    draw = random.Random(seed)  # noqa: S311  the same file each time
    found: list[Statement] = []
    old = "500.00"
    for start in range(0, movements, most):
        rows = [_drawn(draw, number) for number in range(1, min(most, movements - start) + 1)]
        found.append(statement(*rows, number=len(found) + 1, old=old, on=FIRST + len(found) * DAY))
        old = str(found[-1].new_balance)
    return found


def _drawn(draw: random.Random, number: int) -> Movement:
    cents = draw.randrange(1, 90_000) * draw.choice((1, 1, 1, -1))
    fields = {
        "iban": belgian_iban(f"{draw.randrange(10**10):010d}".zfill(10) + "00")
        if draw.random() < 0.9
        else "",
        "name": draw.choice(("JANSEN LOTTE", "Gezin De Smet", "OCMW Leuven", "")),
        "client_reference": draw.choice(("", f"E2E{draw.randrange(10**6)}")),
    }
    told = {"ogm": ogm_of(draw.randrange(10**9))} if draw.random() < 0.6 else {"text": f"opvang {number}"}
    return movement(number, str(Decimal(cents).scaleb(-2)), **fields, **told)
