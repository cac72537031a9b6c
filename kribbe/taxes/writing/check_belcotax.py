"""Holds a Belcotax file of tax certificates beside what is known of the format; knows nothing of the writer."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _
from stdnum.be import bis, nn, vat

YEAR, DATE, CENTS, NUMBER = r"20\d\d", r"\d\d-\d\d-\d{4}", r"\d{1,9}", r"\d{1,8}"
COMPANY, PERSON, POSTCODE = r"[01]\d{9}", r"\d{11}", r"\d{4}"

HEAD = {
    "v0002": YEAR, "v0010": "BELCOTAX|BCTEST", "v0011": DATE, "v0014": ".{1,41}", "v0015": ".{1,32}",
    "v0016": POSTCODE, "v0017": ".{1,27}", "v0018?": r"\d{1,12}", "v0020?": ".{1,8}", "v0021": ".{1,34}",
    "v0022": "[123]", "v0023": r"[^@ ]+@[^@ ]+", "v0024": COMPANY, "v0025": "[01]", "v0026?": ".{1,6}",
    "v0028?": r"\d{1,5}", "r9002": YEAR, "r9010": "3", "r9011": NUMBER, "r9012": NUMBER, "r9013": r"\d+",
    "r9014?": r"\d+",
}  # fmt: skip
STATEMENT = {
    "a1002": YEAR, "a1005": COMPANY, "a1011": ".{1,41}", "a1013": ".{1,32}", "a1014": POSTCODE,
    "a1015": ".{1,27}", "a1016": r"\d{1,5}", "a1020": "[123]", "r8002": YEAR, "r8005": COMPANY,
    "r8010": NUMBER, "r8011": NUMBER, "r8012": r"\d+", "r8013?": r"\d+",
}  # fmt: skip
FICHE = {
    "f2002": YEAR, "f2005": COMPANY, "f2008": "28186", "f2009": NUMBER, "f2010": ".{1,20}", "f2011": PERSON,
    "f2013": ".{1,41}", "f2015": ".{1,32}", "f2016": POSTCODE, "f2017": ".{1,27}", "f2018": "150",
    "f2028": "[0123]", "f2029": "0", "f2114": ".{1,30}", "2031": "[01234]", "2055": DATE, "2056": DATE,
    "2059": CENTS, "2060": CENTS, "2061?": CENTS, "2062?": CENTS, "2063?": CENTS, "2064": CENTS,
    "2093?": DATE, "2144?": DATE, "2100": POSTCODE, "2101": r"\d{1,5}", "2102": ".{1,32}", "2106": ".{1,41}",
    "2107": ".{1,30}", "2109": COMPANY, "2110": r"\d{1,3}", "2111?": CENTS, "2113?": r"\d{1,3}", "2115?": CENTS,
    "2116?": r"\d{1,3}", "2117?": CENTS, "2119?": r"\d{1,3}", "2120?": CENTS, "2139": POSTCODE,
    "2140": ".{1,27}", "2153": PERSON, "2154": ".{1,27}", "2155": ".{1,41}", "2156": ".{1,32}",
    "2157?": DATE, "2158?": DATE, "2161?": DATE, "2162?": DATE, "2163": DATE,
}  # fmt: skip
"""By field number what it must be; a question mark says that it may be left out."""

PERIODS = (
    ("2055", "2056", "2060", "2110", "2111"),
    ("2093", "2144", "2061", "2113", "2115"),
    ("2157", "2158", "2062", "2116", "2117"),
    ("2161", "2162", "2063", "2119", "2120"),
)
"""Begin, end, amount, days and tariff of each period."""

Told = dict[str, str]


def faults(data: bytes) -> list[str]:
    """What is wrong, one line each with the place; none where all that is known holds."""
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        return [_("no XML: %(error)s") % {"error": error}]
    sending = root.find("Verzending")
    if root.tag != "Verzendingen" or sending is None or len(root) != 1:
        return [_("Verzendingen holds one Verzending")]
    statement = sending.find("Aangiften/Aangifte")
    slips = sending.findall("Aangiften/Aangifte/Opgaven/Opgave32586/Fiche28186")
    if statement is None or not slips:
        return [_("Verzending/Aangiften/Aangifte/Opgaven/Opgave32586: no Fiche28186")]
    return [*_all(sending, statement, slips)]


def _all(sending: Element, statement: Element, slips: list[Element]) -> Iterator[str]:
    head, sums = _told(sending), _told(statement)
    fiches = [_told(each) for each in slips]
    yield from _shape("Verzending", head, HEAD)
    yield from _shape("Aangifte", sums, STATEMENT)
    for place, fiche in enumerate(fiches, 1):
        where = f"Fiche28186[{place}]"
        yield from _shape(where, fiche, FICHE)
        yield from (f"{where}: {line}" for line in _of_fiche(fiche, head, place))
    yield from _numbers(head)
    yield from _recounted(head, sums, fiches)
    if (head.get("v0025") == "1") != bool(head.get("v0026")):
        yield _("v0026: a sending that replaces (v0025 is 1) names the one before, another doesn't")


def _told(element: Element) -> Told:
    """The fields of an element by their number: f86_2055_begindate1 is 2055."""
    found = {}
    for child in element:
        if not len(child):
            parts = child.tag.split("_")
            found[parts[1] if parts[0] == "f86" else parts[0]] = child.text or ""
    return found


def _shape(where: str, told: Told, wanted: dict[str, str]) -> Iterator[str]:
    known = {name.rstrip("?"): pattern for name, pattern in wanted.items()}
    needed = {name for name in wanted if not name.endswith("?")}
    for name in sorted(needed - told.keys()):
        yield f"{where}: " + _("%(name)s is missing") % {"name": name}
    for name, text in told.items():
        if name not in known:
            yield f"{where}: " + _("%(name)s isn't known") % {"name": name}
        elif not re.fullmatch(known[name], text):
            yield f"{where}: " + _("%(name)s hasn't its form") % {"name": name}
        elif known[name] == DATE and _day(text) is None:
            yield f"{where}: " + _("%(name)s is no day") % {"name": name}


def _of_fiche(fiche: Told, head: Told, place: int) -> Iterator[str]:
    if fiche.get("f2009") != str(place):
        yield _("%(name)s is %(told)s, and this is number %(place)s") % {
            "name": "f2009",
            "told": fiche.get("f2009"),
            "place": place,
        }
    if fiche.get("f2002") != head.get("v0002"):
        yield _("f2002 is another year than v0002")
    for name in ("f2011", "2153"):
        if name in fiche and not (nn.is_valid(fiche[name]) or bis.is_valid(fiche[name])):
            yield _("%(name)s: the check digits don't fit") % {"name": name}
    amounts = [_whole(fiche.get(names[2])) for names in PERIODS]
    if fiche.get("2064") != str(sum(amounts)):
        yield _("%(name)s is %(told)s, and the amounts sum to %(sum)s") % {
            "name": "2064",
            "told": fiche.get("2064"),
            "sum": sum(amounts),
        }
    if fiche.get("2059") != str(2 * sum(amounts)):
        yield _("%(name)s is %(told)s, and amounts and total sum to %(sum)s") % {
            "name": "2059",
            "told": fiche.get("2059"),
            "sum": 2 * sum(amounts),
        }
    for number, names in enumerate(PERIODS, 1):
        yield from (
            _("period %(number)s: %(fault)s") % {"number": number, "fault": line}
            for line in _of_period(fiche, names)
        )


def _of_period(fiche: Told, names: tuple[str, ...]) -> Iterator[str]:
    begin, end, amount, days, tariff = (fiche.get(name, "") for name in names)
    if not any((begin, end, amount, days, tariff)):
        return
    if not all((begin, end, amount, days)):
        yield _("has no begin, end, amount or days")
        return
    first, last = _day(begin), _day(end)
    if first and last:
        if first > last:
            yield _("ends before it begins")
        elif _whole(days) > (last - first).days + 1:
            yield _("has more days than it lasts")
        born = _day(fiche.get("2163", ""))
        if born and first < born:
            yield _("begins before the child was born")
    if tariff and _whole(tariff) * _whole(days) != _whole(amount):
        yield _("days times tariff isn't the amount")


def _numbers(head: Told) -> Iterator[str]:
    if "v0024" in head and not vat.is_valid(head["v0024"]):
        yield _("%(name)s: the check digits don't fit") % {"name": "v0024"}


def _recounted(head: Told, sums: Told, fiches: list[Told]) -> Iterator[str]:
    """Every control total, counted again from the fiches."""
    count = len(fiches)
    places = sum(_whole(each.get("f2009")) for each in fiches)
    controls = sum(_whole(each.get("2059")) for each in fiches)
    for told, name, counted in (
        (sums, "r8010", count + 2),
        (sums, "r8011", places),
        (sums, "r8012", controls),
        (head, "r9011", count + 4),
        (head, "r9012", places),
        (head, "r9013", controls),
    ):
        if told.get(name) != str(counted):
            yield _("%(name)s is %(told)s, and a recount gives %(sum)s") % {
                "name": name,
                "told": told.get(name),
                "sum": counted,
            }


def _whole(text: str | None) -> int:
    """A number as it counts in a sum: nought where it has no form of one, which is a fault of its own."""
    return int(text) if text and re.fullmatch(r"\d{1,15}", text) else 0


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        return None
