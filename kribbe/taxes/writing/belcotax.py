"""Tax certificates as Belcotax XML. Amounts are whole cents, dates DD-MM-YYYY. Field numbers: docs/reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from xml.etree import ElementTree as Xml

CHILDCARE = "28186"
BELGIUM = "150"
LONGEST = {"name": 41, "first_name": 30, "street": 32, "city": 27, "phone": 12, "email": 44, "contact": 34}
LANGUAGES = {"nl": "1", "fr": "2", "de": "3"}
BEGINS = ("f86_2055_begindate1", "f86_2093_begindate2", "f86_2157_begindate3", "f86_2161_begindate4")
ENDS = ("f86_2056_enddate1", "f86_2144_enddate2", "f86_2158_enddate3", "f86_2162_enddate4")
AMOUNTS = ("f86_2060_amount1", "f86_2061_amount2", "f86_2062_amount3", "f86_2063_amount4")
DAYS = ("f86_2110_numberofday1", "f86_2113_numberofday2", "f86_2116_numberofday3", "f86_2119_numberofday4")
TARIFFS = ("f86_2111_dailytariff1", "f86_2115_dailytariff2", "f86_2117_dailytariff3", "f86_2120_dailytariff4")
Fields = dict[str, str]


class Treatment(StrEnum):
    """What is to be done with a certificate."""

    NORMAL = "0"
    CHANGE = "1"
    ADDITION = "2"
    CANCEL = "3"


@dataclass(frozen=True, slots=True)
class Party:
    """A person or body with its address; `number` is its national or enterprise number."""

    name: str
    street: str
    postcode: str
    city: str
    number: str
    first_name: str = ""
    born: date | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One period; `price` and `amount` in cents."""

    first: date
    last: date
    days: int
    price: int | None
    amount: int


@dataclass(frozen=True, slots=True)
class Fiche:
    """One certificate."""

    reference: str
    treatment: Treatment
    payer: Party
    child: Party
    certifier: Party
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Sending:
    """A whole file. With `replaces`, the number that the tax office gave to the one before, it takes its place."""

    year: int
    made_on: date
    reference: str
    sender: Party
    phone: str
    email: str
    fiches: Sequence[Fiche]
    is_test: bool = False
    language: str = "nl"
    replaces: str = ""


def written(sending: Sending) -> bytes:
    """The file in UTF-8; the same bytes for the same sending."""
    root = Xml.Element("Verzendingen")
    outer = Xml.SubElement(root, "Verzending")
    _add(outer, _head(sending))
    statement = Xml.SubElement(Xml.SubElement(outer, "Aangiften"), "Aangifte")
    _add(statement, _declarant(sending))
    slips = Xml.SubElement(Xml.SubElement(statement, "Opgaven"), "Opgave32586")
    for place, fiche in enumerate(sending.fiches, 1):
        _add(Xml.SubElement(slips, "Fiche28186"), _fiche(sending, fiche, place))
    count = len(sending.fiches)
    places = str(count * (count + 1) // 2)
    control = str(sum(_control(each) for each in sending.fiches))
    _add(statement, _statement_end(sending, count, places, control))
    _add(outer, _sending_end(sending, count, places, control))
    Xml.indent(root)
    text: bytes = Xml.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text + b"\n"


def _head(sending: Sending) -> Fields:
    sender = sending.sender
    return {
        "v0002_inkomstenjaar": str(sending.year),
        "v0010_bestandtype": "BCTEST" if sending.is_test else "BELCOTAX",
        "v0011_aanmaakdatum": _day(sending.made_on),
        "v0014_naam": _cut(sender.name, "name"),
        "v0015_adres": _cut(sender.street, "street"),
        "v0016_postcode": sender.postcode,
        "v0017_gemeente": _cut(sender.city, "city"),
        "v0018_telefoonnummer": _cut("".join(filter(str.isdigit, sending.phone)), "phone"),
        "v0020_identificatie": sending.reference,
        "v0021_contactpersoon": _cut(sender.name, "contact"),
        "v0022_taalcode": LANGUAGES.get(sending.language, "1"),
        "v0023_emailadres": _cut(sending.email, "email"),
        "v0024_nationaalnr": sender.number,
        "v0025_typeenvoi": "1" if sending.replaces else "0",
        "v0026_referte": sending.replaces,
        "v0028_landwoonplaats": "0",
    }


def _declarant(sending: Sending) -> Fields:
    sender = sending.sender
    return {
        "a1002_inkomstenjaar": str(sending.year),
        "a1005_registratienummer": sender.number,
        "a1011_naamnl1": _cut(sender.name, "name"),
        "a1013_adresnl": _cut(sender.street, "street"),
        "a1014_postcodebelgisch": sender.postcode,
        "a1015_gemeente": _cut(sender.city, "city"),
        "a1016_landwoonplaats": BELGIUM,
        "a1020_taalcode": LANGUAGES.get(sending.language, "1"),
    }


def _fiche(sending: Sending, fiche: Fiche, place: int) -> Fields:
    payer = fiche.payer
    fields = {
        "f2002_inkomstenjaar": str(sending.year),
        "f2005_registratienummer": sending.sender.number,
        "f2008_typefiche": CHILDCARE,
        "f2009_volgnummer": str(place),
        "f2010_referentie": fiche.reference,
        "f2011_nationaalnr": payer.number,
        "f2013_naam": _cut(payer.name, "name"),
        "f2015_adres": _cut(payer.street, "street"),
        "f2016_postcodebelgisch": payer.postcode,
        "f2017_gemeente": _cut(payer.city, "city"),
        "f2018_landwoonplaats": BELGIUM,
        "f2028_typetraitement": str(fiche.treatment),
        "f2029_enkelopgave325": "0",
        "f2114_voornamen": _cut(payer.first_name, "first_name"),
    }
    return fields | dict(sorted({**_care(fiche), **_child(fiche.child), **_certifier(fiche)}.items()))


def _care(fiche: Fiche) -> Fields:
    """The periods, in the fields that each of the four has, and their sums."""
    fields: Fields = {}
    for place, line in enumerate(fiche.lines):
        fields |= {
            BEGINS[place]: _day(line.first),
            ENDS[place]: _day(line.last),
            AMOUNTS[place]: str(line.amount),
            DAYS[place]: str(line.days),
        }
        if line.price is not None:
            fields[TARIFFS[place]] = str(line.price)
    return fields | {
        "f86_2059_totaalcontrole": str(_control(fiche)),
        "f86_2064_totalamount": str(_control(fiche) // 2),
    }


def _child(child: Party) -> Fields:
    return {
        "f86_2101_childcountry": BELGIUM,
        "f86_2102_childaddress": _cut(child.street, "street"),
        "f86_2106_childname": _cut(child.name, "name"),
        "f86_2107_childfirstname": _cut(child.first_name, "first_name"),
        "f86_2139_childpostnr": child.postcode,
        "f86_2140_childmunicipality": _cut(child.city, "city"),
        "f86_2153_nnchild": child.number,
        "f86_2163_childbirthdate": _day(child.born) if child.born else "",
    }


def _certifier(fiche: Fiche) -> Fields:
    certifier = fiche.certifier
    return {
        "f86_2031_certificationautorisation": certifier.code,
        "f86_2100_certifierpostnr": certifier.postcode,
        "f86_2109_certifiercbenumber": certifier.number,
        "f86_2154_certifiermunicipality": _cut(certifier.city, "city"),
        "f86_2155_certifiername": _cut(certifier.name, "name"),
        "f86_2156_certifieradres": _cut(certifier.street, "street"),
    }


def _statement_end(sending: Sending, count: int, places: str, control: str) -> Fields:
    return {
        "r8002_inkomstenjaar": str(sending.year),
        "r8005_registratienummer": sending.sender.number,
        "r8010_aantalrecords": str(count + 2),
        "r8011_controletotaal": places,
        "r8012_controletotaal": control,
        "r8013_totaalvoorheffingen": "0",
    }


def _sending_end(sending: Sending, count: int, places: str, control: str) -> Fields:
    return {
        "r9002_inkomstenjaar": str(sending.year),
        "r9010_aantallogbestanden": "3",
        "r9011_totaalaantalrecords": str(count + 4),
        "r9012_controletotaal": places,
        "r9013_controletotaal": control,
        "r9014_controletotaal": "0",
    }


def _control(fiche: Fiche) -> int:
    """Every amount and their total: twice the total."""
    return 2 * sum(line.amount for line in fiche.lines)


def _add(parent: Xml.Element, fields: Fields) -> None:
    """The fields that hold something, in their order."""
    for name, text in fields.items():
        if text:
            Xml.SubElement(parent, name).text = text


def _cut(text: str, kind: str) -> str:
    return " ".join(text.split())[: LONGEST[kind]].rstrip()


def _day(day: date) -> str:
    return f"{day:%d-%m-%Y}"
