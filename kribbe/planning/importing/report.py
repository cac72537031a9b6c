"""The faults of a list as a file, and a list to fill in."""

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from kribbe.places.importing.report import harmless
from kribbe.planning.importing.faults import Fault

EXAMPLE = (
    "Voornaam;Naam;Geboortedatum;Voornaam ouder;Naam ouder;E-mail ouder;"
    "Groep;Startdatum;Einddatum;Dagen;Dagprijs\r\n"
    "Noor;Voorbeelds;12/03/2026;Sam;Voorbeelds;sam@voorbeeld.example;;01/02/2027;31/08/2028;ma-wo 8-17;24,50\r\n"
    "Lou;Proefman;05/11/2025;Kim;Proefman;kim@voorbeeld.example;;01/02/2027;;ma di 8:00-17:00 | do vm;\r\n"
)


def as_csv(faults: Iterable[Fault]) -> str:
    """One line a fault: row of the file, column, what becomes of the row, what is wrong."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("row"), _("column"), _("state"), _("message")])
    for fault in faults:
        state = _("left out") if fault.refused else _("taken over, but look at it")
        writer.writerow([fault.line, harmless(fault.column), state, harmless(fault.message)])
    return out.getvalue()
