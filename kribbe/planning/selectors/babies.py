"""Babies who come to groups of older children: while one is there, such a group counts as a mixed one.

Judged are the children really planned, not the ages for which the group is meant: "only above 12 months" is said of
who is there (special kindratio, p. 10 and 11). A location may place a baby so, and a baby visits its next group.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Q

from kribbe.enrolment.models import DirectChild
from kribbe.places.models import Group, Kind
from kribbe.planning.selectors.getting_used import Visitor, as_planned
from kribbe.planning.selectors.planned import Planned, certain, plan_of, plan_of_direct
from kribbe.rules.calendar import add_months
from kribbe.rules.packs import Pack
from kribbe.rules.ratio import baby_months, is_baby

DAY = timedelta(days=1)


def babies_among(
    planned: Iterable[Planned],
    visitors: Iterable[Visitor],
    groups: Iterable[Group],
    packs: Mapping[int, Pack],
    first: date,
) -> dict[int, list[Planned]]:
    """By group of older children, of these, those who are babies on a first day or later; `packs` are by desk."""
    older = _older(groups, packs, first)
    found: dict[int, list[Planned]] = defaultdict(list)
    if older:
        for each in (*planned, *(as_planned(visitor.visit) for visitor in visitors)):
            birth = birth_of(each) if each.group_id in older else None
            if birth is not None and is_baby(birth, older[each.group_id], first):
                found[each.group_id].append(each)
    return dict(found)


def babies_in(
    groups: Sequence[Group],
    visitors: Iterable[Visitor],
    packs: Mapping[int, Pack],
    first: date,
    last: date,
) -> dict[int, list[Planned]]:
    """As `babies_among`, where nobody's plan is known: two queries, one more where there are babies."""
    older = _older(groups, packs, first)
    if not older:
        return {}
    sites = {group.pk: group.location for group in groups}
    youngest = min(add_months(first, -baby_months(pack, first)) for pack in older.values())
    young = Q(child__born__gt=youngest) | Q(child__born=None, child__expected__gt=youngest)
    places = certain((first, last + DAY)).filter(young, group__in=older)
    direct = DirectChild.objects.filter(
        group__in=older, undone_at=None, during__overlap=(first, last + DAY), birth_month__gt=youngest
    )
    planned = [
        *(plan_of(each, sites[each.group_id]) for each in places),
        *(plan_of_direct(each, sites[each.group_id]) for each in direct),
    ]
    return babies_among(planned, visitors, groups, packs, first)


def is_there(
    babies: Iterable[Planned], on: date, span: tuple[int, int], closed: frozenset[date], pack: Pack
) -> bool:
    """Whether one of these is there on a day between two minutes, and still a baby."""
    return any(
        start < span[1] and span[0] < end
        for each in babies
        if (birth := birth_of(each)) is not None and is_baby(birth, pack, on)
        for start, end in each.parts(on, closed)
    )


def birth_of(planned: Planned) -> date | None:
    """When a child was born, or is expected; of one taken outside the desk the month; None of whoever is unknown."""
    if planned.child is not None:
        return planned.child.birth
    return planned.direct.birth_month if planned.direct is not None else None


def _older(groups: Iterable[Group], packs: Mapping[int, Pack], first: date) -> dict[int, Pack]:
    """Those that can be groups of toddlers, with the rules of their desk: at family carers' homes no age counts."""
    found = {}
    for group in groups:
        pack = packs[group.location.desk_id]
        if group.location.kind != Kind.FAMILY and group.from_months >= baby_months(pack, first):
            found[group.pk] = pack
    return found
