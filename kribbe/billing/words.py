"""Billing in words, in the active language: what a line charges, references and amounts."""

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import InvoiceLine, charge_code
from kribbe.people.models import Child
from kribbe.rules.billing.supplement import Supplement
from kribbe.web.templatetags.telling import amount

KINDS: Mapping[str, str | Promise] = {
    "nappies": _("Nappies"),
    "care_products": _("Care products"),
    "nappy_waste": _("Waste of nappies"),
    "exceptional": _("Exceptional costs that are needed"),
    "administration": _("Administration"),
    "late_pick_up": _("Late pick-up"),
}
"""Charges beside the fee, by the kinds that packs list."""

WHAT: Mapping[str, str | Promise] = {
    "stay.short": _("Short stay"),
    "stay.half": _("Half a day"),
    "stay.full": _("Full day"),
    "stay.long": _("Long day"),
    "stay.hours": _("Care by the hour"),
    "extra_day.short": _("Extra day, short stay"),
    "extra_day.half": _("Extra day, half a day"),
    "extra_day.full": _("Extra day, full day"),
    "extra_day.long": _("Extra day, long day"),
    "extra_day.hours": _("Extra day, by the hour"),
    "getting_used.short": _("Getting used, short visit"),
    "getting_used.half": _("Getting used, half a day"),
    "getting_used.full": _("Getting used, full day"),
    "getting_used.long": _("Getting used, long day"),
    "getting_used.hours": _("Getting used, by the hour"),
    "absence.short": _("Absence, short stay"),
    "absence.half": _("Absence, half a day"),
    "absence.full": _("Absence, full day"),
    "absence.long": _("Absence, long day"),
    "absence.hours": _("Absence, by the hour"),
    "club.before": _("Before school"),
    "club.after": _("After school"),
    "club.holiday": _("Holiday day"),
    "absence.club": _("Holiday day, not used"),
    "month": _("Price of the month"),
    "month.absence": _("Taken off for an absence"),
    "package": _("Package of days"),
    **{charge_code(kind): said for kind, said in KINDS.items()},
}


def what(line: InvoiceLine) -> str:
    """What a line charges."""
    return charge_words(line.what)


def charge_words(name: str) -> str:
    """A code of `WHAT`, with the words behind it where there are any; another name as it is."""
    code, _colon, more = name.partition(": ")
    said = WHAT.get(code)
    if said is None:
        return name
    return f"{said}: {more}" if more else str(said)


def supplement_words(child: Child, found: Supplement) -> str:
    """What of a month counts for the childcare supplement, and what of that isn't sure."""
    told = gettext(
        "Childcare supplement for %(child)s: %(full)d × a whole day and %(half)d × half a day at %(day)s count, "
        "%(total)s in all. The fund that pays your child benefit pays it; it isn't part of what you pay here."
    ) % {
        "child": child.first_name,
        "full": found.full,
        "half": found.half,
        "day": amount(found.day),
        "total": amount(found.amount),
    }
    return " ".join([told, *_unsure(found)])


def _unsure(found: Supplement) -> Iterator[str]:
    if found.provisional:
        yield ngettext(
            "Provisional: %(days)d of these days counts as agreed; the fund counts the hours in the register.",
            "Provisional: %(days)d of these days count as agreed; the fund counts the hours in the register.",
            found.provisional,
        ) % {"days": found.provisional}
    if found.at_school:
        yield ngettext(
            "%(days)d day after the start of school isn't counted: ask your fund whether it gives a right to it.",
            "%(days)d days after the start of school aren't counted: ask your fund whether they give a right to it.",
            found.at_school,
        ) % {"days": found.at_school}
    if not found.verified:
        yield gettext("The amount of a day is unverified: ask your fund.")


def printed_reference(ogm: str) -> str:
    """`+++090/9337/55493+++`: twelve digits as they stand on a transfer."""
    return f"+++{ogm[:3]}/{ogm[3:7]}/{ogm[7:]}+++"


def printed_iban(iban: str) -> str:
    """An account number in groups of four."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def printed_enterprise(number: str) -> str:
    """`0403.019.261`; nothing of none."""
    return f"{number[:4]}.{number[4:7]}.{number[7:]}" if number else ""
