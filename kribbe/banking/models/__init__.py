"""The tables of banking, by what they are about."""

from kribbe.banking.models.debits import (
    Collection,
    Creditor,
    DebitFile,
    Mandate,
    Refund,
    RefundFile,
    Sequence,
)
from kribbe.banking.models.statements import BankFile, FileForm, FileState, Match, Movement, Statement

__all__ = [
    "BankFile",
    "Collection",
    "Creditor",
    "DebitFile",
    "FileForm",
    "FileState",
    "Mandate",
    "Match",
    "Movement",
    "Refund",
    "RefundFile",
    "Sequence",
    "Statement",
]
