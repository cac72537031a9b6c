"""Files of orders for the bank, held to the schema of their standard."""

from django.utils.translation import gettext_lazy as _
from sepaxml import SepaDD, SepaTransfer
from sepaxml.validation import ValidationError

from kribbe.trust.errors import RefusedError


def written(orders: SepaDD | SepaTransfer) -> bytes:
    """The file, valid by its schema. Raises RefusedError where the bank would refuse it."""
    try:
        return bytes(orders.export())
    except ValidationError as error:
        raise RefusedError(
            _(
                "Your bank would refuse this file. Check your own name, account and BIC in the details of your "
                "invoices, and the names and accounts of the payers in this file; then take the file again."
            ),
            code="schema",
        ) from error
