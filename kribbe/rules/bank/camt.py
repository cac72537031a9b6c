"""A CAMT.053 file (ISO 20022, versions 02 and 08), read as strictly as a CODA file.

Faults name the entry within the file, counted from 1.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from kribbe.rules.bank.statement import (
    Movement,
    Statement,
    apart,
    belgian_iban,
    is_iban,
    is_ogm,
    refuse,
)
from kribbe.rules.money import CENT, NOUGHT

SPACE = re.compile(r"^\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(02|08)\}Document$")
OPENING = ("OPBD", "PRCD")
BELGIAN = 12
Place = tuple[Element, int]
"""An element, and the entry in which it stands (0: outside of them)."""


def read_camt(data: bytes) -> list[Statement]:
    """The statements of a file. Raises StatementError; XML with a document type, with entities or of an
    unknown encoding is refused."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        refuse("xml")
    if not SPACE.match(root.tag):
        refuse("version")
    found, entries = [], 0
    for each in root.iterfind("{*}BkToCstmrStmt/{*}Stmt"):
        found.append(_statement(each, entries))
        entries += len(each.findall("{*}Ntry"))
    if not found:
        refuse("missing", found="Stmt")
    return found


def _statement(stmt: Element, before: int) -> Statement:
    balances = {_text((each, 0), "Tp/CdOrPrtry/Cd"): (each, 0) for each in stmt.iterfind("{*}Bal")}
    opening = next((balances[code] for code in OPENING if code in balances), None)
    closing = balances.get("CLBD")
    if opening is None or closing is None:
        refuse("missing", found="Bal")
    totals, movements = [], []
    for place, entry in enumerate(stmt.iterfind("{*}Ntry"), before + 1):
        if _text((entry, place), "Sts/Cd", "Sts") == "BOOK":
            total, parts = _entry((entry, place))
            totals.append(total.amount)
            movements += parts
    old, new = _amount(opening), _amount(closing)
    if old + sum(totals, NOUGHT) != new:
        refuse("balance", before + len(totals), old=old, moved=sum(totals, NOUGHT), new=new)
    _check_summary((stmt, 0), totals)
    return Statement(
        iban=_account((stmt, 0)),
        number=_text((stmt, 0), "LglSeqNb", "ElctrncSeqNb", "Id").lstrip("0")[:35],
        old_balance=old,
        old_on=_day(opening, "Dt"),
        new_balance=new,
        new_on=_day(closing, "Dt"),
        movements=tuple(_numbered(movements)),
    )


def _numbered(movements: list[Movement]) -> Iterator[Movement]:
    for number, each in enumerate(movements, 1):
        yield replace(each, number=number)


def _account(stmt: Place) -> str:
    currency = _maybe(stmt, "Acct/Ccy") or "EUR"
    if currency != "EUR":
        refuse("currency", found=currency)
    iban = _maybe(stmt, "Acct/Id/IBAN")
    plain = re.sub(r"\D", "", _maybe(stmt, "Acct/Id/Othr/Id"))
    if not iban and len(plain) == BELGIAN:
        iban = belgian_iban(plain)
    if not is_iban(iban):
        refuse("account", found=iban)
    return iban


def _check_summary(stmt: Place, totals: list[Decimal]) -> None:
    """The counts and sums that a file may tell of its entries."""
    told = {
        "TxsSummry/TtlNtries/NbOfNtries": Decimal(len(totals)),
        "TxsSummry/TtlCdtNtries/Sum": sum((each for each in totals if each > 0), NOUGHT),
        "TxsSummry/TtlDbtNtries/Sum": -sum((each for each in totals if each < 0), NOUGHT),
    }
    for path, found in told.items():
        text = _maybe(stmt, path)
        if text and _number(text, 0) != found:
            refuse("count" if path.endswith("NbOfNtries") else "sums", told=text, found=found)


def _entry(entry: Place) -> tuple[Movement, list[Movement]]:
    amount = _amount(entry)
    details = [(each, entry[1]) for each in entry[0].iterfind("{*}NtryDtls/{*}TxDtls")]
    only = details[0] if len(details) == 1 else None
    total = _movement(entry, only, amount)
    if len(details) < 2:
        return total, [total]
    signed = [_movement(entry, each, _part(each, amount)) for each in details]
    return total, apart(total, signed)


def _part(detail: Place, whole: Decimal) -> Decimal:
    """The euros of a detail, with the sign of the whole unless it has its own; nought where it tells none."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        text = _maybe(detail, path)
        if text:
            side = _maybe(detail, "CdtDbtInd") or ("DBIT" if whole < 0 else "CRDT")
            return _number(text, detail[1]) * (-1 if side == "DBIT" else 1)
    return NOUGHT


def _movement(entry: Place, detail: Place | None, amount: Decimal) -> Movement:
    told = detail or entry
    other = "Dbtr" if amount > 0 else "Cdtr"
    text = " ".join(each.text or "" for each in told[0].iterfind("{*}RmtInf/{*}Ustrd"))
    structured = re.sub(r"\D", "", _maybe(told, "RmtInf/Strd/CdtrRefInf/Ref"))
    own = _maybe(told, "Refs/EndToEndId")
    return Movement(
        number=0,
        amount=amount,
        value_on=_day(entry, "ValDt") if entry[0].find("{*}ValDt") is not None else _day(entry, "BookgDt"),
        entered_on=_day(entry, "BookgDt"),
        bank_reference=_maybe(entry, "AcctSvcrRef"),
        ogm=structured if is_ogm(structured) else "",
        text=" ".join(text.split()),
        iban=_maybe(told, f"RltdPties/{other}Acct/Id/IBAN"),
        name=_maybe(told, f"RltdPties/{other}/Nm") or _maybe(told, f"RltdPties/{other}/Pty/Nm"),
        client_reference="" if own == "NOTPROVIDED" else own,
        code=_maybe(entry, "BkTxCd/Domn/Fmly/SubFmlyCd"),
        return_reason=_maybe(told, "RtrInf/Rsn/Cd"),
    )


def _amount(place: Place) -> Decimal:
    """The euros of an entry or balance, below nought where they went out."""
    found = place[0].find("{*}Amt")
    if found is None:
        refuse("missing", place[1], found="Amt")
    if found.get("Ccy") != "EUR":
        refuse("currency", place[1], found=found.get("Ccy"))
    amount = _number(found.text or "", place[1])
    side = _text(place, "CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        refuse("missing", place[1], found="CdtDbtInd")
    return -amount if side == "DBIT" else amount


def _number(text: str, entry: int) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        refuse("figure", entry, found=text)
    if not amount.is_finite() or amount < 0 or amount != round(amount, 2) or amount >= 10**12:
        refuse("figure", entry, found=text)
    return amount.quantize(CENT)


def _day(place: Place, path: str) -> date:
    text = _maybe(place, f"{path}/Dt") or _maybe(place, f"{path}/DtTm")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        refuse("day", place[1], found=text)


def _text(place: Place, *paths: str) -> str:
    found = next((text for path in paths if (text := _maybe(place, path))), "")
    return found or refuse("missing", place[1], found=paths[0])


def _maybe(place: Place, path: str) -> str:
    found = place[0].find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return (found.text or "").strip() if found is not None else ""
