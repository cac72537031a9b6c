"""What the reading of a file says, in the words of a page."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kribbe.rules.bank.statement import StatementError

AGAIN = gettext_lazy("Download the file from your bank again, and give it here as it is.")
SUPPORT = gettext_lazy("Ask your bank for CODA 2.6 or CAMT.053 of this account.")
FAULTS: dict[str, tuple[str | Promise, str | Promise]] = {
    "length": (gettext_lazy("The line doesn't have 128 characters."), AGAIN),
    "order": (gettext_lazy("A line of another kind is due here."), AGAIN),
    "continued": (gettext_lazy("The line before says that it goes on here, and it doesn't."), AGAIN),
    "cut": (gettext_lazy("The file stops before its end."), AGAIN),
    "version": (gettext_lazy("This isn't a statement of a version that we read."), SUPPORT),
    "duplicate": (
        gettext_lazy("The bank marked this file as a copy."),
        gettext_lazy("Give the first file of these statements."),
    ),
    "account": (gettext_lazy("The account number isn't right."), SUPPORT),
    "currency": (gettext_lazy("The account isn't in euros."), SUPPORT),
    "sequence": (gettext_lazy("The lines don't follow each other: one is missing or stands twice."), AGAIN),
    "balance": (gettext_lazy("Old balance and movements don't make the new balance."), AGAIN),
    "count": (gettext_lazy("The file has another number of lines than it says."), AGAIN),
    "sums": (gettext_lazy("The sums at the end aren't those of the movements."), AGAIN),
    "figure": (gettext_lazy("A number is due here."), AGAIN),
    "day": (gettext_lazy("This isn't a day."), AGAIN),
    "xml": (gettext_lazy("This isn't XML as a bank sends it."), AGAIN),
    "missing": (gettext_lazy("Something that a statement must have is missing."), AGAIN),
}


def fault_words(error: StatementError) -> str:
    """What is wrong, where, and what to do."""
    what, todo = FAULTS[error.code]
    if not error.record:
        return f"{what} {todo}"
    return _("Record %(record)s: %(what)s %(todo)s") % {"record": error.record, "what": what, "todo": todo}
