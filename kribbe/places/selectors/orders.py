"""How places are given at a location, in words: the law, its published criteria, the date."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kribbe.places.models import Group, Location, LocationCriteria
from kribbe.region.models import DeskPolicy
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import DateRule, PriceKind
from kribbe.web.templatetags.telling import percent

REGIMES: Mapping[str, tuple[str | Promise, ...]] = {
    "before-2024": (
        gettext_lazy("By law first: families who need care to work, to find work or to train for it."),
        gettext_lazy(
            "By law next: single parents, low incomes from work, foster children, and brothers and sisters of a "
            "child here."
        ),
    ),
    "work-4/5-first": (
        gettext_lazy(
            "By law first: families who work or train four fifths or more, brothers and sisters at the same time, "
            "and foster children."
        ),
    ),
}
"""The law's order by the name that a pack gives it."""

CRITERIA: Mapping[str, str | Promise] = {
    "sibling": gettext_lazy("Children with a brother or sister at this location."),
    "staff_child": gettext_lazy("Children of people who work here."),
    "continuity": gettext_lazy("Children who already go to another location of this organiser."),
    "work": gettext_lazy("Families who need care for work or training."),
    "single": gettext_lazy("Single parents."),
    "care_need": gettext_lazy("Children or families who need extra care."),
    "full_week": gettext_lazy("Children who come at least eight half-days a week."),
    "works_here": gettext_lazy("Families with a parent who works in the municipality."),
    "resident": gettext_lazy("Families who live in the municipality."),
    "neighbourhood": gettext_lazy("Families who live in the neighbourhood."),
}
"""What a location may publish, by name."""

DATES: Mapping[str, str | Promise] = {
    DateRule.REGISTERED: gettext_lazy("Who is then still equal: who registered first."),
    DateRule.WANTED_START: gettext_lazy("Who is then still equal: who wants to start first."),
    DateRule.LOTTERY: gettext_lazy(
        "Who is then still equal: by lot, with one and the same draw for all locations."
    ),
}
"""How the desk orders what is equal."""


def order_in_words(
    location: Location, groups: Sequence[Group], policy: DeskPolicy | None, today: date
) -> list[str]:
    """The steps by which this location orders its waiting list, the first step first."""
    current = LocationCriteria.objects.filter(location=location, during__contains=today).first()
    return steps_in_words(current.names if current else (), groups, policy, today)


def steps_in_words(
    names: Sequence[str], groups: Sequence[Group], policy: DeskPolicy | None, today: date
) -> list[str]:
    """The same, where the published criteria are at hand."""
    steps = [str(step) for step in law(groups, policy, today)]
    steps += [str(CRITERIA[name]) for name in names if name in CRITERIA]
    return [*steps, str(DATES[policy.date_rule])] if policy else steps


def motive_of(location: Location, today: date) -> str:
    """Why the location chose its order, in its own words; "" where it didn't say."""
    row = LocationCriteria.objects.filter(location=location, during__contains=today).first()
    return row.motive if row else ""


def law(groups: Sequence[Group], policy: DeskPolicy | None, today: date) -> tuple[str | Promise, ...]:
    """What the law puts first; nothing where no place is paid by income."""
    if policy is None or not any(group.price_kind == PriceKind.INCOME for group in groups):
        return ()
    return REGIMES[load_pack(policy.rule_pack).text("priority.regime", today)]


def vulnerable_share(
    location: Location, groups: Sequence[Group], policy: DeskPolicy | None, today: date
) -> str:
    """What the law asks for vulnerable families, as a sentence; "" where it asks nothing."""
    if not law(groups, policy, today) or policy is None:
        return ""
    key = "vulnerable.share_plus" if location.plus_subsidy else "vulnerable.share"
    share = load_pack(policy.rule_pack).decimal(key, today)
    text = _(
        "At least %(share)s of the children who come in a year are from vulnerable families. The law asks that."
    )
    return text % {"share": percent(share)}
