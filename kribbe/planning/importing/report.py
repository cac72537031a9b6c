"""The faults of a list as a file, and a list to fill in."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from kribbe.planning.importing.faults import Fault

EXAMPLE = (
    "Voornaam;Naam;Geboortedatum;Voornaam ouder;Naam ouder;E-mail ouder;"
    "Groep;Startdatum;Einddatum;Dagen;Dagprijs\r\n"
    "Noor;Voorbeelds;12/03/2026;Sam;Voorbeelds;sam@voorbeeld.example;;01/02/2027;31/08/2028;ma-wo 8-17;24,50\r\n"
    "Lou;Proefman;05/11/2025;Kim;Proefman;kim@voorbeeld.example;;01/02/2027;;ma di 8:00-17:00 | do vm;\r\n"
)


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
