"""Who is planned at a location, and who of them stays away: the base of the day, the week and occupancy.

Planned are the children of certain places (by their agreed weeks, or by the half-days of the place where no hours are
agreed yet), and those that the location took outside the desk.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from kribbe.enrolment.models import DirectChild, Placement, PlacementState
from kribbe.enrolment.selectors.stays import NEVER_CAME
from kribbe.people.models import Child
from kribbe.places.models import Group, GroupCapacity, Kind, LedgerTake, Location
from kribbe.planning.models import Absence, AgreedWeeks, DayChange, DayState
from kribbe.planning.selectors.elsewhere import Elsewhere, elsewhere
from kribbe.planning.written import agreement_of, opening_hours, plain_agreement, unwritten
from kribbe.rules.agreed import Agreement, Parts, changed, starting_on, there_on, within
from kribbe.rules.halfdays import WeekPattern, halves_of

DAY = timedelta(days=1)
WEEKS, DAYS = "weeks_read", "days_read"
"""Where `with_weeks` lays what it reads: lists, since a manager for each of hundreds of places costs more."""

BY_NAME = ("group__from_months", "group__name", "child__name_key", "during", "pk")

OWN = "own:"
"""Under this name the ledger holds places that a location only counts."""


@dataclass(frozen=True)
class Planned:
    """One child of a group, or one place that only counts. `placement` is None for whoever came outside the desk.

    `agreements` holds extra days and swaps too, each as a change of one day; `base` is without them.
    """

    group_id: int
    agreements: tuple[Agreement, ...]
    base: tuple[Agreement, ...] = ()
    placement: Placement | None = None
    child: Child | None = None
    direct: DirectChild | None = None
    name: str = ""
    is_agreed: bool = False
    _parts: dict[tuple[date, frozenset[date]], Parts] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def parts(self, day: date, closed: frozenset[date]) -> Parts:
        """When the child is planned on a day; kept, since half-days and half-hours are both counted from it."""
        key = (day, closed)
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = there_on(self.agreements, day, closed)
        return found

    def halves(self, day: date, closed: frozenset[date], location: Location) -> int:
        """The half-days of a day on which it is planned: bit 0 the morning."""
        return halves_of(self.parts(day, closed), location.morning_ends_at)


def planned_at(location: Location, first: date, last: date) -> list[Planned]:
    """Everybody planned at a location on some day from `first` to `last`, by group and name; six queries.

    At family carers one more, and another where children of other carers come.
    """
    return planned_at_all([location], first, last)


def planned_at_all(locations: Sequence[Location], first: date, last: date) -> list[Planned]:
    """As `planned_at`, of several locations; no more queries."""
    return planned_in(locations, groups_of(locations), first, last)


def groups_of(locations: Sequence[Location]) -> dict[int, Group]:
    """All groups of these locations by key, the youngest first, each with its location; one query."""
    known = {location.pk: location for location in locations}
    found = Group.objects.filter(location__in=known).order_by("from_months", "name")
    return {group.pk: _located(group, known) for group in found}


def planned_in(
    locations: Sequence[Location], groups: Mapping[int, Group], first: date, last: date
) -> list[Planned]:
    """As `planned_at_all`, where the groups of these locations are known; a query less."""
    known = {location.pk: location for location in locations}
    homes = [location.pk for location in locations if location.kind == Kind.FAMILY]
    moved = elsewhere(first=first, last=last, locations=homes) if homes else []
    coming = [each for each in moved if each.location_id in known]
    here = Q(group__in=groups)
    if coming:
        here |= Q(pk__in={each.placement_id for each in coming})
    stays = _in_groups(_certain((first, last + DAY)).filter(here), groups)
    own = [plan_of(each, each.group.location) for each in stays if each.group_id in groups]
    return [*_without(own, moved), *_guests(stays, coming), *_unnamed(groups, (first, last + DAY))]


def _located(group: Group, known: Mapping[int, Location]) -> Group:
    group.location = known[group.location_id]
    return group


def _in_groups(found: QuerySet[Placement], groups: Mapping[int, Group]) -> list[Placement]:
    """These places, with one group for all that share it: a week has hundreds of places in a handful of groups."""
    stays = list(found.select_related("child").order_by(*BY_NAME))
    _lay_weeks(stays)
    strange = {each.group_id for each in stays} - groups.keys()
    others = Group.objects.select_related("location").in_bulk(strange) if strange else {}
    for each in stays:
        each.group = groups.get(each.group_id) or others[each.group_id]
    return stays


def agreed_at_all(
    locations: Sequence[Location],
    first: date,
    last: date,
    *,
    also: Collection[int] = (),
    visiting: Collection[int] = (),
) -> list[Planned]:
    """The children of certain places as was agreed with them, wherever they are cared for; three queries.

    `also` are places of other locations that are asked too, `visiting` those that begin after these days.
    """
    here = Q(group__location__in=locations) | Q(pk__in=also)
    stays = certain((first, last + DAY), also=visiting).filter(here).select_related("group__location")
    return [plan_of(each, each.group.location) for each in stays]


def _without(planned: Iterable[Planned], moved: Iterable[Elsewhere]) -> Iterator[Planned]:
    """The plans without the days on which a child is cared for elsewhere."""
    days: dict[int, set[date]] = defaultdict(set)
    for each in moved:
        days[each.placement_id].add(each.day)
    for plan in planned:
        found = plan.agreements
        for day in sorted(days.get(plan.placement.pk, ()) if plan.placement else ()):
            found = changed(found, Agreement(day, day, ({},)))
        yield replace(plan, agreements=found)


def hosts_of(placements: Collection[Placement], first: date, last: date) -> Mapping[tuple[int, date], Group]:
    """The group of another location that has a child on a day, by placement and day; two queries."""
    keys = {each.pk for each in placements}
    homes = {each.group.location_id for each in placements}
    moved = [each for each in elsewhere(first=first, last=last, locations=homes) if each.placement_id in keys]
    hosts = Group.objects.select_related("location").in_bulk({each.group_id for each in moved})
    return {(each.placement_id, each.day): hosts[each.group_id] for each in moved}


def _guests(stays: Iterable[Placement], coming: Iterable[Elsewhere]) -> Iterator[Planned]:
    """Children of other locations on the days on which they are cared for here, as their own weeks have it."""
    places = {each.pk: each for each in stays}
    days: dict[tuple[int, int], list[date]] = defaultdict(list)
    for each in coming:
        if each.placement_id in places:
            days[each.placement_id, each.group_id].append(each.day)
    for (placement_id, group_id), on in days.items():
        placement = places[placement_id]
        plan = plan_of(placement, placement.group.location)
        agreements = tuple(
            Agreement(day, day, ({day.weekday(): starting_on(plan.agreements, day)},)) for day in sorted(on)
        )
        yield replace(plan, group_id=group_id, agreements=agreements, base=agreements)


def _unnamed(groups: Mapping[int, Group], during: tuple[date, date]) -> Iterator[Planned]:
    """Who was taken outside the desk, and places that only count."""
    yield from _direct(groups, during)
    yield from _counted(groups, during)


def planned_of(placement: Placement) -> Planned:
    """One placement, with its weeks and single days; three queries."""
    found = with_weeks(Placement.objects.filter(pk=placement.pk)).get()
    return plan_of(found, placement.group.location)


def planned_halves(child_id: int, day: date) -> int:
    """The half-days of a day on which a child is planned, by any of its places; bit 0 the morning."""
    found = 0
    for each in certain((day, day + DAY)).filter(child=child_id).select_related("child", "group__location"):
        location = each.group.location
        found |= plan_of(each, location).halves(day, frozenset(), location)
    return found


def plan_of(placement: Placement, location: Location) -> Planned:
    """One placement that was read with its weeks (see `with_weeks`)."""
    stay = (placement.during.lower, placement.during.upper)
    weeks = [each for row in getattr(placement, WEEKS) if (each := agreement_of(row, stay))]
    base = tuple(weeks) or (unwritten(placement, location),)
    return Planned(
        group_id=placement.group_id,
        agreements=_with_days(base, days_given(placement), location),
        base=base,
        placement=placement,
        child=placement.child,
        is_agreed=bool(weeks),
    )


def plan_with(plan: Planned, change: DayChange) -> Planned:
    """A place's plan as it will be once a day that isn't saved is granted, its placement read with that day too."""
    placement = copy(plan.placement)
    if placement is None:
        return plan
    days = sorted((*days_given(placement), change), key=lambda each: each.day)
    setattr(placement, DAYS, days)
    return plan_of(placement, placement.group.location)


def plan_agreed(plan: Planned, agreed: Iterable[Agreement]) -> Planned:
    """A place's plan as it will be once these weeks, which aren't saved, hold on its days."""
    placement = plan.placement
    if placement is None:
        return plan
    own = (within(each, placement.during.lower, placement.during.upper) for each in agreed)
    base = tuple(each for each in own if each)
    location = placement.group.location
    return replace(plan, base=base, agreements=_with_days(base, days_given(placement), location))


def certain(
    during: tuple[date, date], *, also: Collection[int] | QuerySet[Any, Any] = ()
) -> QuerySet[Placement]:
    """Certain places, running or over, on some of these days; `also` those of these keys on any."""
    return with_weeks(_certain(during, also))


def _certain(
    during: tuple[date, date], also: Collection[int] | QuerySet[Any, Any] = ()
) -> QuerySet[Placement]:
    states = [PlacementState.FINAL, PlacementState.ENDED]
    held = Q(during__overlap=during) | Q(pk__in=also)
    return Placement.objects.filter(held, state__in=states).exclude(NEVER_CAME)


def with_weeks(found: QuerySet[Placement]) -> QuerySet[Placement]:
    """With child, group and agreed weeks, in the order of groups and names."""
    weeks = Prefetch("agreed_weeks", _agreed(), to_attr=WEEKS)
    days = Prefetch("day_changes", _granted(), to_attr=DAYS)
    return found.select_related("child", "group").prefetch_related(weeks, days).order_by(*BY_NAME)


def _lay_weeks(stays: Sequence[Placement]) -> None:
    """What `with_weeks` reads, laid on places that were read without it: no row knows its place, which costs less."""
    keys = [each.pk for each in stays]
    weeks = _by_place(_agreed().filter(placement__in=keys))
    days = _by_place(_granted().filter(placement__in=keys))
    for each in stays:
        setattr(each, WEEKS, weeks[each.pk])
        setattr(each, DAYS, days[each.pk])


def _by_place(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.placement_id].append(row)
    return found


def _agreed() -> QuerySet[AgreedWeeks]:
    read = AgreedWeeks.objects.only("placement", "during", "weeks", "turns_from", "by_calendar")
    return read.order_by("during")


def _granted() -> QuerySet[DayChange]:
    read = DayChange.objects.only("placement", "day", "halves", "instead_of")
    return read.filter(state=DayState.GRANTED).order_by("day")


def days_given(placement: Placement) -> Sequence[DayChange]:
    """The extra days and swaps of a placement that was read with its weeks (see `with_weeks`), in their order."""
    given: Sequence[DayChange] = getattr(placement, DAYS)
    return given


def absences(placements: Iterable[Placement], first: date, last: date) -> Mapping[tuple[int, date], Absence]:
    """The absences of these places on these days, by placement and day."""
    found = Absence.objects.filter(
        placement__in=[each.pk for each in placements], day__range=(first, last), taken_back_at=None
    )
    return {(each.placement_id, each.day): each for each in found}


def capacities(group_ids: Collection[int], first: date, last: date) -> list[GroupCapacity]:
    """The places of these groups on these days."""
    return list(GroupCapacity.objects.filter(group__in=group_ids, during__overlap=(first, last + DAY)))


def parts_of_halves(halves: int, location: Location) -> Parts:
    """The hours of half-days (bit 0 the morning), as long as the location is open."""
    return opening_hours(WeekPattern(halves), location)[0][0]


def _with_days(
    base: tuple[Agreement, ...], days: Iterable[DayChange], location: Location
) -> tuple[Agreement, ...]:
    """The weeks with extra days laid over them, and the days that were given for another taken out."""
    found = base
    for each in days:
        if each.instead_of is not None:
            found = changed(found, Agreement(each.instead_of, each.instead_of, ({},)))
        parts = merged(starting_on(found, each.day), parts_of_halves(each.halves, location))
        found = changed(found, Agreement(each.day, each.day, ({each.day.weekday(): parts},)))
    return found


def merged(parts: Iterable[tuple[int, int]], more: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Parts of a day brought together, those that touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((*parts, *more)):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _direct(groups: Mapping[int, Group], during: tuple[date, date]) -> Iterator[Planned]:
    rows = DirectChild.objects.filter(group__in=groups, undone_at=None, during__overlap=during)
    for row in rows.order_by("group__from_months", "name", "pk"):
        row.group = groups[row.group_id]
        yield plan_of_direct(row, row.group.location)


def plan_of_direct(child: DirectChild, location: Location) -> Planned:
    """A child that the location took outside the desk."""
    stay = (child.during.lower, child.during.upper)
    agreement = plain_agreement(WeekPattern(child.pattern), stay, location)
    return Planned(child.group_id, (agreement,), direct=child, name=child.name)


def _counted(groups: Mapping[int, Group], during: tuple[date, date]) -> Iterator[Planned]:
    rows = LedgerTake.objects.filter(group__in=groups, holder__startswith=OWN, during__overlap=during)
    for row in rows.order_by("pk"):
        stay = (row.during.lower, row.during.upper)
        agreement = plain_agreement(WeekPattern(row.pattern), stay, groups[row.group_id].location)
        yield Planned(row.group_id, (agreement,))
