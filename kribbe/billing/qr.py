"""The QR code that a bank's app pays (EPC069-12, version 002)."""

import io
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


def payment_svg(*, name: str, iban: str, bic: str, amount: Decimal, ogm: str) -> str:
    """An SVG of the code that pays this amount in euros; empty where nothing is to be paid.

    The Belgian reference stands in the text, since the code's own field takes an international one only.
    """
    if not 0 < amount <= MOST:
        return ""
    drawn = io.BytesIO()
    _code(name=name, iban=iban, bic=bic, amount=amount, ogm=ogm).save(
        drawn, kind="svg", border=QUIET, omitsize=True, xmldecl=False, light="#fff"
    )
    return drawn.getvalue().decode()


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
