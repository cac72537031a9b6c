"""The QR code that a bank's app pays (EPC069-12, version 002)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

import segno

from kribbe.billing.words import printed_reference

QUIET = 4
"""Empty modules around it, as the standard of QR codes asks."""
UTF_8 = 1
"""How the standard names this encoding."""
MASK = 0
MOST = Decimal("999999999.99")
NAME_LENGTH = 70
PIECE = 12
"""Modules of a row that are drawn at once."""
_RUN = re.compile("1+|0+")
_DIGIT = re.compile("[0-9]")


def payment_svg(*, name: str, iban: str, bic: str, amount: Decimal, ogm: str) -> str:
    """An SVG of the code that pays this amount in euros; empty where nothing is to be paid.

    The Belgian reference stands in the text, since the code's own field takes an international one only.
    """
    if not 0 < amount <= MOST:
        return ""
    size, dark = _modules(_text(name=name, iban=iban, bic=bic, amount=amount, ogm=ogm))
    side = size + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>'
        f'<path stroke="#000" d="{"".join(_lines(size, dark))}"/></svg>'
    )


def _modules(text: str) -> tuple[int, int]:
    """The side of the code, and its modules row by row as the bits of a number, dark ones 1; as segno draws them.

    A code of one size and mask is linear in the bits of its text, correction included: what a digit changes, it
    changes whatever the others are. So a code is the one of noughts with each digit's change, and those are kept;
    drawing every code anew costs ten times as much.
    """
    noughts = _DIGIT.sub("0", text)
    size, dark = _drawn(noughts)
    for place, letter in enumerate(text):
        if letter != noughts[place]:
            dark ^= _change(noughts, place, letter)
    return size, dark


@lru_cache(maxsize=4096)
def _change(noughts: str, place: int, letter: str) -> int:
    return _drawn(noughts[:place] + letter + noughts[place + 1 :])[1] ^ _drawn(noughts)[1]


@lru_cache(maxsize=64)
def _drawn(text: str) -> tuple[int, int]:
    matrix = _code(text).matrix
    return len(matrix), int("".join(str(module) for row in matrix for module in row), 2)


def _lines(size: int, dark: int) -> Iterator[str]:
    """A line through the middle of each row, drawn where modules are dark; segno's own writer takes longer."""
    bits = f"{dark:0{size * size}b}"
    for y in range(size):
        row = bits[y * size : (y + 1) * size]
        pieces = (_piece(row[x : x + PIECE]) for x in range(0, size, PIECE))
        yield f"M{QUIET} {y + QUIET}.5{''.join(pieces)}"


@lru_cache(maxsize=8192)
def _piece(modules: str) -> str:
    """The part of a line over these modules, drawn or passed over; kept, since a row has few of many thousands."""
    return _RUN.sub(lambda run: f"h{len(run[0])}" if run[0][0] == "1" else f"m{len(run[0])} 0", modules)


def payment_data_uri(*, name: str, iban: str, bic: str, amount: Decimal, ogm: str) -> str:
    """The same for a page, as a data URI; empty where nothing is to be paid."""
    if not 0 < amount <= MOST:
        return ""
    made: str = _code(_text(name=name, iban=iban, bic=bic, amount=amount, ogm=ogm)).svg_data_uri(
        scale=5, border=QUIET, light="#fff"
    )
    return made


def _text(*, name: str, iban: str, bic: str, amount: Decimal, ogm: str) -> str:
    reference = printed_reference(ogm)
    lines = ("BCD", "002", UTF_8, "SCT", bic, name[:NAME_LENGTH], iban, f"EUR{amount:.2f}", "", "", reference)
    return "\n".join(map(str, lines))


def _code(text: str) -> segno.QRCode:
    """With the same mask of eight always: a reader undoes any, and trying them all costs many times the rest."""
    return segno.make_qr(text, error="m", boost_error=False, mask=MASK, encoding="utf-8")
