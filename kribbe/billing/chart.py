"""The accounts of the ledger in the chart of an organiser's bookkeeping."""

from collections.abc import Mapping

from kribbe.billing.models import Account, Books

USUAL: Mapping[Account, str] = {
    Account.RECEIVABLE: "400000",
    Account.BANK: "550000",
    Account.CARE: "700000",
    Account.COSTS: "743000",
    Account.DEPOSITS: "488000",
    Account.PARKED: "499000",
    Account.TO_REFUND: "489000",
    Account.LOSS: "642000",
    Account.BANK_COSTS: "657000",
    Account.OTHER: "749000",
}
"""The numbers that most would give, by the Belgian minimum chart (Royal Decree of 21 October 2018, annex).

400 customers, 550 banks, 70 turnover, 743 to 749 other operating income, 488 guarantees received in cash (a family
may give notice at any time, so it is no debt of over a year), 499 suspense accounts, 489 other amounts payable, 642
losses on trade debtors, 657 other financial charges.
"""


def numbers_of(books: Books) -> dict[Account, str]:
    """The number of every account: the organiser's own, else the usual one."""
    return {account: books.account_numbers.get(account.value, usual) for account, usual in USUAL.items()}
