"""Writing CODA files, for tests and for the demo."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from kribbe.rules.bank.statement import Movement, Statement

LATEST = "2"


def write_coda(statements: Iterable[Statement], *, holder: str = "KRIBBE") -> bytes:
    """A file of version 2.6 with these statements, of less than ten thousand movements each."""
    written = list(statements)
    lines: list[str] = []
    for place, statement in enumerate(written, 1):
        lines += _statement(statement, holder, is_last=place == len(written))
    return ("\r\n".join(lines) + "\r\n").encode("latin-1", "replace")


def _statement(statement: Statement, holder: str, *, is_last: bool) -> list[str]:
    number = int(statement.number)
    account = f"{statement.iban:<34}EUR"
    head = f"0{'0' * 4}{_day(statement.new_on)}00005 {'':7}{'':10}{holder:<26.26}{'':11}00000000000 {'':5}"
    old = f"12{number:03d}{account}{_signed(statement.old_balance)}{_day(statement.old_on)}{holder:<26.26}{'':35}"
    body = [
        line for place, each in enumerate(statement.movements, 1) for line in _movement(place, each, number)
    ]
    new = f"8{number:03d}{account}{_signed(statement.new_balance)}{_day(statement.new_on)}"
    count = len(body) + 2
    trailer = f"9{'':15}{count:06d}{_amount(statement.went_out)}{_amount(statement.came_in)}"
    return [
        f"{head:<127}{LATEST}",
        f"{old:<125}{number:03d}",
        *body,
        f"{new:<127}0",
        f"{trailer:<127}{2 if is_last else 1}",
    ]


def _movement(place: int, each: Movement, number: int) -> list[str]:
    key = f"{place:04d}0000"
    text = f"101{each.ogm}" if each.ogm else each.text
    first = (
        f"21{key}{each.bank_reference:<21.21}{_signed(each.amount)}{_day(each.value_on)}{each.code or '00150000'}"
        f"{1 if each.ogm else 0}{text[:53]:<53}{_day(each.entered_on)}{number:03d}0"
    )
    second = f"22{key}{text[53:106]:<53}{each.client_reference:<35.35}{'':14}{'':1}{each.return_reason:<4.4}"
    third = f"23{key}{each.iban:<34}{'EUR' if each.iban else '':3}{each.name:<35.35}{text[106:149]:<43}"
    return [f"{first:<125}1 0", f"{second:<125}1 0", f"{third:<125}0 0"]


def _signed(amount: Decimal) -> str:
    return f"{1 if amount < 0 else 0}{_amount(abs(amount))}"


def _amount(amount: Decimal) -> str:
    return f"{int(amount * 1000):015d}"


def _day(day: date) -> str:
    return f"{day:%d%m%y}"
