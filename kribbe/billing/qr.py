"""The QR code that a bank's app pays (EPC069-12, version 002)."""

import re
from collections.abc import Iterator
from decimal import Decimal

import segno

from kribbe.billing.words import printed_reference

QUIET = 4
"""Empty modules around it, as the standard of QR codes asks."""
UTF_8 = 1
"""How the standard names this encoding."""
MASK = 0
MOST = Decimal("999999999.99")
NAME_LENGTH = 70
_DARK = re.compile(rb"\x01+")


def payment_svg(*, name: str, iban: str, bic: str, amount: Decimal, ogm: str) -> str:
    """An SVG of the code that pays this amount in euros; empty where nothing is to be paid.

    The Belgian reference stands in the text, since the code's own field takes an international one only.
    """
    if not 0 < amount <= MOST:
        return ""
    code = _code(name=name, iban=iban, bic=bic, amount=amount, ogm=ogm)
    side = len(code.matrix) + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path stroke="#000" d="{"".join(_dark(code))}"/></svg>'
    )


def _dark(code: segno.QRCode) -> Iterator[str]:
    """A line through the middle of dark modules that stand side by side; segno's own writer takes longer."""
    for y, row in enumerate(code.matrix, QUIET):
        for run in _DARK.finditer(row):
            yield f"M{run.start() + QUIET} {y}.5h{run.end() - run.start()}"


def payment_data_uri(*, name: str, iban: str, bic: str, amount: Decimal, ogm: str) -> str:
    """The same for a page, as a data URI; empty where nothing is to be paid."""
    if not 0 < amount <= MOST:
        return ""
    made: str = _code(name=name, iban=iban, bic=bic, amount=amount, ogm=ogm).svg_data_uri(
        scale=5, border=QUIET, light="#fff"
    )
    return made


def _code(*, name: str, iban: str, bic: str, amount: Decimal, ogm: str) -> segno.QRCode:
    """With the same mask of eight always: a reader undoes any, and trying them all costs many times the rest."""
    text = printed_reference(ogm)
    lines = ("BCD", "002", UTF_8, "SCT", bic, name[:NAME_LENGTH], iban, f"EUR{amount:.2f}", "", "", text)
    return segno.make_qr(
        "\n".join(map(str, lines)), error="m", boost_error=False, mask=MASK, encoding="utf-8"
    )
