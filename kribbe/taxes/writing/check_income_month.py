"""Holds a file of form FO-SU-05 beside its rules; knows nothing of the writer."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from kribbe.rules.packs import FigureMissing, load_pack

BLOCKS = ("aanwezigheden", "gerechtvaardigde_afwezigheden", "niet_gerechtvaardigde_afwezigheden")
CODE = r"[0-9]{6}([ -])?[0-9]{3}([ -])?([0-9]*)?"
PLACE = {
    "naam_locatie": r".{1,50}",
    "dossiernummer": r"[0-9]{9}[0-9, ]?",
    "naam_organisator": r".{1,50}",
    "periode": r"(0[1-9]|1[0-2])/20[0-9]{2}",
    "aantal_openingsdagen": r"[0-9]{1,2}",
    "bo": r"[JNjn]",
    "flex": r"[JNjn]?",
}
PACK, OUT_OF_SCHOOL_ABOVE = "flanders", "income_month.out_of_school_above"
"""Older than so many months, or at school full-time, a child is in out-of-school care."""


def faults(data: bytes) -> list[str]:
    """What is wrong, one line each with the place; none where all that is known holds."""
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        return [_("no XML: %(error)s") % {"error": error}]
    if root.tag != "IKG":
        return [_("the file begins with IKG, not %(tag)s") % {"tag": root.tag}]
    return [*_whole(root), *_place(root), *_lines(root)]


def _whole(root: Element) -> Iterator[str]:
    if root.findtext("Header/DocumentIndicator") != "FO-SU-05":
        yield _("Header/DocumentIndicator isn't FO-SU-05")
    if not root.findtext("Header/UsedViewer"):
        yield _("%(name)s is empty") % {"name": "Header/UsedViewer"}
    if (root.findtext("FormulierGecontroleerd") or "").upper() != "J":
        yield _("FormulierGecontroleerd isn't J: the form wouldn't be processed")
    if not root.findtext("closing/verantwoordelijke"):
        yield _("%(name)s is empty") % {"name": "closing/verantwoordelijke"}
    if not root.findall("prestaties/prestatie"):
        yield _("prestaties: at least one line")


def _place(root: Element) -> Iterator[str]:
    for name, form in PLACE.items():
        text = root.findtext(f"locatiegegevens/{name}")
        if text is None:
            yield _("%(name)s is missing") % {"name": f"locatiegegevens/{name}"}
        elif not re.fullmatch(form, text):
            yield _("%(name)s hasn't its form") % {"name": f"locatiegegevens/{name}"}
    if _open_days(root) > 31:
        yield _("locatiegegevens/aantal_openingsdagen is more than a month has")


def _lines(root: Element) -> Iterator[str]:
    by_code: dict[str, list[Element]] = defaultdict(list)
    for place, line in enumerate(root.findall("prestaties/prestatie"), 1):
        code = re.sub("[ -]", "", line.findtext("kindInfo/kind/code") or "")
        by_code[code].append(line)
        yield from (f"prestatie[{place}]: {fault}" for fault in _line(root, line, code))
    for code, lines in by_code.items():
        yield from (f"code {code}: {fault}" for fault in _together(root, lines))


def _line(root: Element, line: Element, code: str) -> Iterator[str]:
    if not re.fullmatch(CODE, line.findtext("kindInfo/kind/code") or ""):
        yield _("%(name)s hasn't its form") % {"name": "code"}
    for name in ("voornaam", "naam"):
        if not 1 <= len(line.findtext(f"kindInfo/kind/{name}") or "") <= 50:
            yield _("%(name)s has 1 to 50 letters") % {"name": name}
    is_out = _is_yes(line, "kindInfo/kind/bo")
    if is_out and not _is_yes(root, "locatiegegevens/bo"):
        yield _("out-of-school care at a location that has none")
    born, month = _born(code), _month(root)
    above = _above(month) if month else None
    if is_out and born and month and above is not None and _months(born, month) <= above:
        yield _(
            "out-of-school care of a child of %(months)s months or younger: only if it goes to school full-time"
        ) % {"months": above}
    for block in BLOCKS:
        yield from (f"{block}: {fault}" for fault in _block(root, line.find(block), is_out))


def _block(root: Element, block: Element | None, is_out: bool) -> Iterator[str]:
    if block is None:
        yield _("is missing")
        return
    for name in ("min5u", "min11u"):
        if block.find(name) is None:
            yield _("%(name)s is missing") % {"name": name}
    if any(not re.fullmatch("[0-9]*", each.text or "") for each in block):
        yield _("a count is a whole number from 0")
        return
    if _count(block, "min3u") and not is_out:
        yield _("min3u is for out-of-school care only")
    if _count(block, "min11uFlex") and not _is_yes(root, "locatiegegevens/flex"):
        yield _("min11uFlex is for flexible care only")
    if _sum(block) > _open_days(root):
        yield _("%(stays)s stays in %(days)s open days") % {"stays": _sum(block), "days": _open_days(root)}


def _together(root: Element, lines: list[Element]) -> Iterator[str]:
    if len(lines) == 1:
        return
    kinds = sorted(_is_yes(line, "kindInfo/kind/bo") for line in lines)
    if kinds != [False, True]:
        yield _("two lines only where one is out-of-school care and the other isn't")
    for block in BLOCKS:
        found = [each for line in lines if (each := line.find(block)) is not None]
        total = sum(_sum(each) for each in found)
        if total > _open_days(root):
            yield f"{block}: " + _("%(stays)s stays of both lines in %(days)s open days") % {
                "stays": total,
                "days": _open_days(root),
            }


def _count(block: Element, name: str) -> int:
    text = block.findtext(name) or ""
    return int(text) if text.isdecimal() else 0


def _sum(block: Element) -> int:
    return sum(_count(block, each.tag) for each in block)


def _open_days(root: Element) -> int:
    text = root.findtext("locatiegegevens/aantal_openingsdagen") or ""
    return int(text) if text.isdecimal() else 0


def _is_yes(element: Element, path: str) -> bool:
    return (element.findtext(path) or "").upper() == "J"


def _born(code: str) -> date | None:
    """The day with which a code begins (YYMMDD); children are of this century."""
    try:
        return date(2000 + int(code[:2]), int(code[2:4]), int(code[4:6]))
    except ValueError:
        return None


def _month(root: Element) -> date | None:
    """The first day of the month of the file; None where it has none."""
    month, _slash, year = (root.findtext("locatiegegevens/periode") or "").partition("/")
    try:
        return date(int(year), int(month), 1)
    except ValueError:
        return None


def _above(month: date) -> int | None:
    """The age in months above which care is out of school; None for a month of which the rules don't tell."""
    try:
        return load_pack(PACK).integer(OUT_OF_SCHOOL_ABOVE, month)
    except FigureMissing:
        return None


def _months(born: date, month: date) -> int:
    """The age at the end of the month."""
    return 12 * (month.year - born.year) + month.month - born.month
