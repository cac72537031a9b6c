"""Money that is under way: entered before the bank told of it, or on its way back to payers."""

from collections.abc import Collection
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from kribbe.banking.models import Aside, Movement, Refund
from kribbe.billing.models import Account, Books, JournalLine
from kribbe.rules.money import NOUGHT


def entered_before(books: Books) -> Decimal:
    """Euros that were entered as paid (online, or a deposit received by hand) and whose transfer isn't known yet."""
    entered = JournalLine.objects.filter(
        Q(entry__online__isnull=False) | Q(entry__deposit_move__isnull=False),
        entry__books=books,
        entry__match=None,
        account=Account.PARKED,
        amount__gt=0,
    ).aggregate(sum=Coalesce(Sum("amount"), NOUGHT))
    came = Movement.objects.filter(statement__books=books, aside_as=Aside.ENTERED).aggregate(
        sum=Coalesce(Sum("amount"), NOUGHT)
    )
    return Decimal(entered["sum"] - came["sum"])


def leaving(payers: Collection[int]) -> dict[int, Decimal]:
    """What is on its way back to each of these payers, in euros."""
    rows = Refund.objects.filter(payer__in=payers, paid_by=None, withdrawn_at=None).values("payer")
    return {row["payer"]: row["sum"] for row in rows.annotate(sum=Sum("amount")).order_by()}
