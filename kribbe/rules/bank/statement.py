"""A statement of a bank account, whatever the form of its file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NoReturn

from kribbe.rules.money import NOUGHT


class StatementError(ValueError):
    """A file that isn't taken. `code` says what is wrong, `record` where (counted from 1; 0: the whole file)."""

    def __init__(self, code: str, record: int = 0, **values: object) -> None:
        super().__init__(f"{code} at {record} {values or ''}".strip())
        self.code, self.record, self.values = code, record, values


def refuse(code: str, record: int = 0, **values: object) -> NoReturn:
    """Raise StatementError."""
    raise StatementError(code, record, **values)


@dataclass(frozen=True, slots=True)
class Movement:
    """Money in or out. `amount` in euros is above nought where it came in.

    `ogm` is a structured reference of twelve digits, or ""; `client_reference` what the account's holder gave an
    order of its own (end-to-end), `return_reason` a code of four characters of a payment that came back.
    """

    number: int
    amount: Decimal
    value_on: date
    entered_on: date
    bank_reference: str = ""
    ogm: str = ""
    text: str = ""
    iban: str = ""
    name: str = ""
    client_reference: str = ""
    code: str = ""
    return_reason: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """An account from one balance to the next, in euros. `movements` are the smallest told: a total that the file
    takes apart isn't among them."""

    iban: str
    number: str
    old_balance: Decimal
    old_on: date
    new_balance: Decimal
    new_on: date
    movements: tuple[Movement, ...]

    @property
    def year(self) -> int:
        """The year within which the number counts."""
        return self.new_on.year

    @property
    def came_in(self) -> Decimal:
        """Euros that came in."""
        return sum((each.amount for each in self.movements if each.amount > 0), NOUGHT)

    @property
    def went_out(self) -> Decimal:
        """Euros that went out, not below nought."""
        return -sum((each.amount for each in self.movements if each.amount < 0), NOUGHT)


def apart(total: Movement, details: Iterable[Movement]) -> list[Movement]:
    """The details of a total where they make it up to the cent, else the total alone."""
    parts = list(details)
    if parts and sum((each.amount for each in parts), NOUGHT) == total.amount:
        return parts
    return [total]


def is_ogm(digits: str) -> bool:
    """Whether these are twelve digits of a structured reference, with the remainder by 97 that they should have."""
    if len(digits) != 12 or not (digits.isascii() and digits.isdecimal()):
        return False
    return (int(digits[:10]) % 97 or 97) == int(digits[10:])


def is_iban(text: str) -> bool:
    """Whether the check digits of an IBAN, without spaces, are right."""
    plain = text.isascii() and text.isalnum() and 15 <= len(text) <= 34 and text[:2].isalpha()
    return plain and int("".join(str(int(each, 36)) for each in text[4:] + text[:4])) % 97 == 1


def belgian_iban(account: str) -> str:
    """The IBAN of a Belgian account number of twelve digits."""
    return f"BE{98 - int(account + '111400') % 97:02d}{account}"
