"""What the columns are called in lists of children, in Dutch, French, English and German."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kribbe.trust.text import fold

ALIKE = 0.88
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


HEADERS: Mapping[str, tuple[str, ...]] = {
    "first_name": _words(
        "voornaam, voornaam kind, roepnaam, prenom, prenom de l enfant, first name, vorname, "
        "vorname des kindes"
    ),
    "last_name": _words(
        "naam, achternaam, familienaam, naam kind, nom, nom de famille, nom de l enfant, last name, surname, name, "
        "nachname"
    ),
    "born": _words(
        "geboortedatum, geboren, geboren op, geboorte, date de naissance, ne le, naissance, birth date, "
        "date of birth, born, geburtsdatum, geboren am"
    ),
    "parent_first": _words(
        "voornaam ouder, voornaam ouder 1, voornaam moeder, prenom parent, prenom du parent, parent first name, "
        "vorname elternteil"
    ),
    "parent_last": _words(
        "naam ouder, naam ouder 1, achternaam ouder, familienaam ouder, naam moeder, nom parent, nom du parent, "
        "parent last name, parent name, parent, ouder, nachname elternteil, elternteil"
    ),
    "email": _words(
        "e mail, email, mail, mailadres, e mailadres, e mail ouder, mail ouder, e mail ouder 1, courriel, "
        "adresse mail, parent email, e mail adresse"
    ),
    "other_first": _words(
        "voornaam ouder 2, voornaam vader, prenom parent 2, parent 2 first name, vorname elternteil 2"
    ),
    "other_last": _words(
        "naam ouder 2, achternaam ouder 2, naam vader, nom parent 2, parent 2 last name, parent 2, "
        "nachname elternteil 2"
    ),
    "other_email": _words(
        "e mail ouder 2, mail ouder 2, e mail 2, courriel 2, parent 2 email, e mail elternteil 2"
    ),
    "group": _words("groep, leefgroep, naam groep, groupe, section, group, gruppe"),
    "start": _words(
        "start, startdatum, begin, begindatum, vanaf, eerste dag, debut, date de debut, a partir du, "
        "start date, from, beginn, startdatum betreuung, ab"
    ),
    "end": _words(
        "einde, einddatum, tot, tot en met, laatste dag, fin, date de fin, jusqu au, end, end date, until, last day, "
        "ende, bis"
    ),
    "weeks": _words(
        "dagen, week, weekpatroon, opvangplan, weekschema, uren, jours, horaire, semaine, days, week pattern, weeks, "
        "hours, tage, wochenplan"
    ),
    "mon": _words("maandag, ma, lundi, lun, monday, mon, montag"),
    "tue": _words("dinsdag, di, mardi, tuesday, tue, dienstag"),
    "wed": _words("woensdag, wo, mercredi, mer, wednesday, wed, mittwoch"),
    "thu": _words("donderdag, do, jeudi, jeu, thursday, thu, donnerstag"),
    "fri": _words("vrijdag, vr, vendredi, ven, friday, fri, freitag"),
    "sat": _words("zaterdag, za, samedi, saturday, sat, samstag"),
    "sun": _words("zondag, zo, dimanche, sunday, sun, sonntag"),
    "fee": _words(
        "dagprijs, prijs, tarief, prix, prix par jour, tarif, day fee, fee, price, day price, tagespreis, preis"
    ),
}
"""Folded names of columns, the usual ones first."""

FIELD_NAMES: Mapping[str, Promise] = {
    "first_name": _("First name of the child"),
    "last_name": _("Last name of the child"),
    "born": _("Date of birth"),
    "parent_first": _("First name of the parent"),
    "parent_last": _("Last name of the parent"),
    "email": _("Mail address of the parent"),
    "other_first": _("First name of the second parent"),
    "other_last": _("Last name of the second parent"),
    "other_email": _("Mail address of the second parent"),
    "group": _("Group"),
    "start": _("First day"),
    "end": _("Last day"),
    "weeks": _("Days and hours"),
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
    "fee": _("Price of a full day"),
}
NEEDED = ("first_name", "last_name", "born", "parent_last", "start")
"""Without these columns a file can't be read; nor without days, in one column or one for each day."""


def known_words(cells: Sequence[str]) -> int:
    """How many of these cells look like names of columns."""
    return sum(1 for cell in cells if any(fold(cell) in words for words in HEADERS.values()))


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Which column is what: each field at most once, the surest first; places in the header."""
    scores = sorted(
        ((_score(name, field), place, field) for place, name in enumerate(header) for field in HEADERS),
        key=lambda found: (-found[0], found[1], list(HEADERS).index(found[2])),
    )
    columns: dict[str, int] = {}
    for score, place, field in scores:
        if score and field not in columns and place not in columns.values():
            columns[field] = place
    return columns


def missing_of(columns: Mapping[str, int]) -> list[str]:
    """The fields that no column holds though they are needed."""
    found = [field for field in NEEDED if field not in columns]
    return found if "weeks" in columns or any(day in columns for day in DAYS) else [*found, "weeks"]


def lacks(header: Sequence[str]) -> list[Promise]:
    """The names of the needed fields that no column of this header holds."""
    return [FIELD_NAMES[field] for field in missing_of(columns_of(header))]


@lru_cache(maxsize=4096)
def _score(column: str, field: str) -> float:
    name, words = fold(column), HEADERS[field]
    if name in words:
        return 2 - 0.01 * words.index(name)
    alike = max(SequenceMatcher(None, name, word).ratio() for word in words)
    return alike if alike >= ALIKE and len(name) > 3 else 0
