"""Writing CAMT.053 files, for tests and for the demo."""

from collections.abc import Iterable
from decimal import Decimal
from xml.sax.saxutils import escape

from kribbe.rules.bank.statement import Movement, Statement


def write_camt(statements: Iterable[Statement], *, version: str = "02") -> bytes:
    """A file of version "02" or "08" with these statements."""
    body = "".join(_statement(each, version) for each in statements)
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    head = "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-04-01T06:00:00</CreDtTm></GrpHdr>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{space}"><BkToCstmrStmt>'
        f"{head}{body}</BkToCstmrStmt></Document>"
    ).encode()


def _statement(each: Statement, version: str) -> str:
    return (
        f"<Stmt><Id>{each.year}-{each.number}</Id><LglSeqNb>{each.number}</LglSeqNb>"
        f"<CreDtTm>{each.new_on}T06:00:00</CreDtTm><Acct><Id><IBAN>{each.iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_balance('OPBD', each.old_balance, each.old_on)}{_balance('CLBD', each.new_balance, each.new_on)}"
        f"<TxsSummry><TtlNtries><NbOfNtries>{len(each.movements)}</NbOfNtries></TtlNtries>"
        f"<TtlCdtNtries><Sum>{each.came_in}</Sum></TtlCdtNtries>"
        f"<TtlDbtNtries><Sum>{each.went_out}</Sum></TtlDbtNtries></TxsSummry>"
        + "".join(_entry(one, version) for one in each.movements)
        + "</Stmt>"
    )


def _balance(code: str, amount: Decimal, on: object) -> str:
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f"<Bal>{kind}{_signed(amount)}<Dt><Dt>{on}</Dt></Dt></Bal>"


def _signed(amount: Decimal) -> str:
    side = "DBIT" if amount < 0 else "CRDT"
    return f'<Amt Ccy="EUR">{abs(amount)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _entry(each: Movement, version: str) -> str:
    status = "BOOK" if version == "02" else "<Cd>BOOK</Cd>"
    family = "<Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
    return (
        f"<Ntry>{_signed(each.amount)}<Sts>{status}</Sts><BookgDt><Dt>{each.entered_on}</Dt></BookgDt>"
        f"<ValDt><Dt>{each.value_on}</Dt></ValDt><AcctSvcrRef>{escape(each.bank_reference)}</AcctSvcrRef>"
        f"<BkTxCd>{family}</BkTxCd><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{escape(each.client_reference) or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"{_parties(each, version)}{_remittance(each)}{_return(each)}</TxDtls></NtryDtls></Ntry>"
    )


def _parties(each: Movement, version: str) -> str:
    if not (each.name or each.iban):
        return ""
    side = "Dbtr" if each.amount > 0 else "Cdtr"
    name = f"<Nm>{escape(each.name)}</Nm>" if each.name else ""
    who = f"<{side}>{name if version == '02' else f'<Pty>{name}</Pty>'}</{side}>" if name else ""
    account = f"<{side}Acct><Id><IBAN>{each.iban}</IBAN></Id></{side}Acct>" if each.iban else ""
    return f"<RltdPties>{who}{account}</RltdPties>"


def _remittance(each: Movement) -> str:
    if each.ogm:
        kind = "<Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>BBA</Issr></Tp>"
        return f"<RmtInf><Strd><CdtrRefInf>{kind}<Ref>{each.ogm}</Ref></CdtrRefInf></Strd></RmtInf>"
    return f"<RmtInf><Ustrd>{escape(each.text)}</Ustrd></RmtInf>" if each.text else ""


def _return(each: Movement) -> str:
    return f"<RtrInf><Rsn><Cd>{each.return_reason}</Cd></Rsn></RtrInf>" if each.return_reason else ""
