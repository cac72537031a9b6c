"""The tables of banking, by what they are about."""

from kribbe.banking.models.debits import (
    Collection,
    Creditor,
    DebitFile,
    Dropped,
    Mandate,
    Refund,
    RefundFile,
    Sequence,
)
from kribbe.banking.models.statements import (
    Aside,
    BankFile,
    FileForm,
    FileState,
    Match,
    Movement,
    Statement,
)

__all__ = [
    "Aside",
    "BankFile",
    "Collection",
    "Creditor",
    "DebitFile",
    "Dropped",
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
