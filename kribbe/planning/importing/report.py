"""The faults of a list as a file."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from kribbe.planning.importing.faults import Fault


def as_table(faults: Iterable[Fault]) -> list[list[object]]:
    """A head and one row a fault: row of the file, column, what becomes of the row, what is wrong."""
    return [
        [_("row"), _("column"), _("state"), _("message")],
        *(
            [
                fault.line,
                fault.column,
                _("left out") if fault.refused else _("taken over, but look at it"),
                fault.message,
            ]
            for fault in faults
        ),
    ]
