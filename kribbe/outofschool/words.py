"""Moments, school years, holidays and criteria in words."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kribbe.outofschool.models import Club
from kribbe.people.models import Child
from kribbe.rules.outofschool import Criterion, Rounding, moments_of
from kribbe.web.weeks import DAY_NAMES

WEDNESDAY_AFTERNOON = 5

CRITERIA: Mapping[Criterion, tuple[str | Promise, str | Promise]] = {
    Criterion.CARE_NEED: (
        gettext_lazy("The child needs special care"),
        gettext_lazy("As the family told the desk."),
    ),
    Criterion.SIBLING: (
        gettext_lazy("A brother or sister has a place here"),
        gettext_lazy("In the same school year."),
    ),
    Criterion.SCHOOL_HERE: (
        gettext_lazy("The school lies in the municipality"),
        gettext_lazy("Wherever the family lives."),
    ),
    Criterion.LIVES_HERE: (
        gettext_lazy("The family lives in the municipality"),
        gettext_lazy("By its address."),
    ),
    Criterion.WORK: (
        gettext_lazy("The parents work or study"),
        gettext_lazy("As the family told the desk."),
    ),
    Criterion.SINGLE: (gettext_lazy("One parent alone"), gettext_lazy("As the family told the desk.")),
    Criterion.LOW_INCOME: (gettext_lazy("A low income"), gettext_lazy("As the family told the desk.")),
}

ROUNDINGS: Mapping[Rounding, str | Promise] = {
    Rounding.BEGUN: gettext_lazy("every step that began counts"),
    Rounding.NEAREST: gettext_lazy("to the nearest step"),
    Rounding.WHOLE: gettext_lazy("only whole steps count"),
}


def moment_name(slot: int) -> str:
    """`Monday before school`; the one on Wednesday is the whole afternoon."""
    day = str(DAY_NAMES[slot // 2])
    if slot == WEDNESDAY_AFTERNOON:
        return _("%(day)s afternoon") % {"day": day}
    said = _("%(day)s after school") if slot % 2 else _("%(day)s before school")
    return said % {"day": day}


def moments(pattern: int) -> str:
    """A pattern as a list of moments."""
    return ", ".join(moment_name(slot) for slot in moments_of(pattern))


def school_year(year: int) -> str:
    """`2026–2027`."""
    return f"{year}–{year + 1}"


def ages(club: Club) -> str:
    """`2,5 to 12 years`, whole where they are."""
    low, high = (_years(months) for months in (club.from_months, club.to_months))
    return _("%(low)s to %(high)s years") % {"low": low, "high": high}


def because(criteria: Collection[Criterion]) -> str:
    """The criteria that hold, as a list."""
    return ", ".join(str(CRITERIA[each][0]) for each in criteria)


def hours(minutes: int) -> str:
    """`1 h 45`."""
    whole, rest = divmod(minutes, 60)
    return f"{whole} h {rest:02d}" if rest else f"{whole} h"


def names(children: Sequence[Child]) -> str:
    """First names in a row."""
    return ", ".join(child.first_name for child in children)


def _years(months: int) -> str:
    years = Decimal(months) / 12
    return f"{years.quantize(Decimal('0.1')).normalize():f}".replace(".", ",")
