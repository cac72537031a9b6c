"""A CODA file of version 2.6 (Febelfin), read strictly: all of it ties out, or none of it is taken.

Records have 128 characters; positions are counted from 1, as in the description of the format. Amounts have fifteen
digits, three of them decimals.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from kribbe.rules.bank.statement import (
    Movement,
    Statement,
    apart,
    belgian_iban,
    is_iban,
    is_ogm,
    refuse,
)
from kribbe.rules.money import NOUGHT

LENGTH = 128
LAST_SEQUENCE = 9999
FOLLOWS = {
    "": {"0"},
    "0": {"1"},
    "1": {"21", "4", "8"},
    "21": {"21", "22", "23", "31", "4", "8"},
    "22": {"21", "23", "31", "4", "8"},
    "23": {"21", "31", "4", "8"},
    "31": {"21", "31", "32", "4", "8"},
    "32": {"21", "31", "33", "4", "8"},
    "33": {"21", "31", "4", "8"},
    "4": {"4", "8", "9"},
    "8": {"4", "9"},
    "9": {"0"},
}
"""Which records may come after each."""
DETAILS = "56789"
"""Types of a movement that only takes another apart."""
OGM_TYPES = ("101", "102")


@dataclass(slots=True)
class _Reading:
    """What was read of the statement under way."""

    kind: str = ""
    record: int = 0
    iban: str = ""
    number: str = ""
    old_balance: Decimal = NOUGHT
    old_on: date = date.min
    new_balance: Decimal = NOUGHT
    new_on: date = date.min
    closed: bool = False
    """Whether the new balance was read."""
    must_continue: bool = False
    sequence: int = 0
    detail: int = 0
    records: int = 0
    """Records that the trailer counts."""
    free_texts: int = 0
    total: list[str] = field(default_factory=list)
    """The records 21, 22 and 23 of the movement under way."""
    details: list[list[str]] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    came_in: Decimal = NOUGHT
    went_out: Decimal = NOUGHT
    last_file: bool = True


def read_coda(data: bytes) -> list[Statement]:
    """The statements of a file. Raises StatementError with the record that is wrong; nothing is read in part."""
    found: list[Statement] = []
    state = _Reading()
    for number, line in _records(data):
        kind = line[0] if line[0] not in "23" else line[:2]
        state.record = number
        if kind not in FOLLOWS[state.kind]:
            refuse("order", number, found=kind)
        if state.must_continue and kind not in ("22", "23"):
            refuse("continued", number)
        if kind == "0":
            state = _Reading(record=number)
        state.kind = kind
        state.must_continue = kind in ("21", "22") and _at(line, 126, 126) == "1"
        HANDLERS[kind[0]](state, line)
        if kind == "9":
            found.append(_statement(state))
    if state.kind != "9" or not state.last_file:
        refuse("cut", state.record)
    return found


def _records(data: bytes) -> Iterator[tuple[int, str]]:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    lines = text.replace("\r\n", "\n").rstrip("\n\x1a").split("\n")
    for number, line in enumerate(lines, 1):
        if len(line) != LENGTH:
            refuse("length", number, found=len(line), last=number == len(lines))
        if not (line[0] in "0123489" and line[0].isascii()):
            refuse("order", number, found=line[0])
        yield number, line


def _at(line: str, first: int, last: int) -> str:
    return line[first - 1 : last]


def _header(state: _Reading, line: str) -> None:
    if _at(line, 15, 16) != "05" or _at(line, 128, 128) != "2":
        refuse("version", state.record)
    if _at(line, 17, 17) == "D":
        refuse("duplicate", state.record)


def _old(state: _Reading, line: str) -> None:
    state.iban = _account(state, _at(line, 2, 2), _at(line, 6, 42))
    state.number = str(_digits(state, _at(line, 126, 128).replace("   ", _at(line, 3, 5))))
    state.old_balance = _signed(state, _at(line, 43, 43), _at(line, 44, 58))
    state.old_on = _day(state, _at(line, 59, 64))
    state.records += 1


def _account(state: _Reading, structure: str, text: str) -> str:
    if structure == "0":
        iban, currency = belgian_iban(f"{_digits(state, text[:12]):012d}"), text[13:16]
    elif structure in "23":
        iban, currency = text[:34].strip(), text[34:37]
    else:
        refuse("account", state.record, found=text.strip())
    if currency != "EUR":
        refuse("currency", state.record, found=currency.strip())
    if not is_iban(iban):
        refuse("account", state.record, found=iban)
    return iban


def _moved(state: _Reading, line: str) -> None:
    state.records += 1
    kind = line[:2]
    sequence, detail = _digits(state, _at(line, 3, 6)), _digits(state, _at(line, 7, 10))
    if kind == "21":
        _next_movement(state, sequence, detail, line)
    else:
        if (sequence, detail) != (state.sequence, state.detail):
            refuse("sequence", state.record, expected=f"{state.sequence:04d}{state.detail:04d}")
        state.current.append(line)


def _next_movement(state: _Reading, sequence: int, detail: int, line: str) -> None:
    is_detail = _at(line, 54, 54) in DETAILS
    if is_detail:
        if not state.total or sequence != state.sequence or detail <= state.detail:
            refuse("sequence", state.record, expected=f"{state.sequence:04d}{state.detail + 1:04d}")
    else:
        expected = state.sequence % LAST_SEQUENCE + 1
        if (sequence, detail) != (expected, 0):
            refuse("sequence", state.record, expected=f"{expected:04d}0000")
        _close_movement(state)
    state.sequence, state.detail = sequence, detail
    state.current = [line]
    _days(state, line)
    amount = _signed(state, _at(line, 32, 32), _at(line, 33, 47))
    if is_detail:
        state.details.append(state.current)
        return
    state.total = state.current
    if amount < 0:
        state.went_out -= amount
    else:
        state.came_in += amount


def _close_movement(state: _Reading) -> None:
    if state.total:
        total = _movement(state, state.total)
        details = [_movement(state, lines) for lines in state.details]
        state.movements.extend(apart(total, details))
    state.total, state.details = [], []


def _movement(state: _Reading, lines: list[str]) -> Movement:
    first = lines[0]
    value_on, entered_on = _days(state, first)
    second = next((line for line in lines if line[:2] == "22"), " " * LENGTH)
    third = next((line for line in lines if line[:2] == "23"), " " * LENGTH)
    text = _at(first, 63, 115) + _at(second, 11, 63) + _at(third, 83, 125)
    ogm = ""
    if _at(first, 62, 62) == "1":
        told = text[3:15]
        ogm = told if text[:3] in OGM_TYPES and is_ogm(told) else ""
        text = "" if ogm else text[3:]
    return Movement(
        number=0,
        amount=_signed(state, _at(first, 32, 32), _at(first, 33, 47)),
        value_on=value_on,
        entered_on=entered_on,
        bank_reference=_at(first, 11, 31).strip(),
        ogm=ogm,
        text=" ".join(text.split()),
        iban=_at(third, 11, 44).strip(),
        name=_at(third, 48, 82).strip(),
        client_reference=_at(second, 64, 98).strip(),
        code=_at(first, 54, 61),
        return_reason=_at(second, 114, 117).strip(),
    )


def _days(state: _Reading, line: str) -> tuple[date, date]:
    """Value date and entry date of a movement."""
    entered = _at(line, 116, 121)
    return _day(state, _at(line, 48, 53), entered), _day(state, entered)


def _told(state: _Reading, line: str) -> None:
    state.records += 1
    if _digits(state, _at(line, 3, 6)) != state.sequence:
        refuse("sequence", state.record, expected=f"{state.sequence:04d}")


def _free_text(state: _Reading, line: str) -> None:
    state.free_texts += 1


def _new(state: _Reading, line: str) -> None:
    _close_movement(state)
    state.records += 1
    state.new_balance = _signed(state, _at(line, 42, 42), _at(line, 43, 57))
    state.new_on = _day(state, _at(line, 58, 63))
    state.closed = True
    moved = state.came_in - state.went_out
    if state.old_balance + moved != state.new_balance:
        refuse("balance", state.record, old=state.old_balance, moved=moved, new=state.new_balance)


def _trailer(state: _Reading, line: str) -> None:
    if not state.closed:
        refuse("order", state.record, found="9")
    told = _digits(state, _at(line, 17, 22))
    if told not in (state.records, state.records + state.free_texts):
        refuse("count", state.record, told=told, found=state.records)
    sums = _amount(state, _at(line, 23, 37)), _amount(state, _at(line, 38, 52))
    if sums != (state.went_out, state.came_in):
        refuse("sums", state.record, told=sums, found=(state.went_out, state.came_in))
    state.last_file = _at(line, 128, 128) != "1"


def _statement(state: _Reading) -> Statement:
    return Statement(
        iban=state.iban,
        number=state.number,
        old_balance=state.old_balance,
        old_on=state.old_on,
        new_balance=state.new_balance,
        new_on=state.new_on,
        movements=tuple(replace(each, number=number) for number, each in enumerate(state.movements, 1)),
    )


def _signed(state: _Reading, sign: str, digits: str) -> Decimal:
    if sign not in ("0", "1"):
        refuse("figure", state.record, found=sign)
    amount = _amount(state, digits)
    return -amount if sign == "1" else amount


def _amount(state: _Reading, digits: str) -> Decimal:
    thousandths = _digits(state, digits)
    if thousandths % 10:
        refuse("figure", state.record, found=digits)
    return Decimal(thousandths // 10).scaleb(-2)


def _digits(state: _Reading, text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        refuse("figure", state.record, found=text)
    return int(text)


def _day(state: _Reading, text: str, otherwise: str = "") -> date:
    """DDMMYY; a value date that isn't known is written 000000."""
    if text == "000000" and otherwise:
        text = otherwise
    _digits(state, text)
    try:
        return date(2000 + int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        refuse("day", state.record, found=text)


HANDLERS = {
    "0": _header,
    "1": _old,
    "2": _moved,
    "3": _told,
    "4": _free_text,
    "8": _new,
    "9": _trailer,
}
