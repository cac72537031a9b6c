"""The locations that are known already, read at once and looked up by number or by name and address."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Prefetch

from kribbe.places.importing.rows import Wanted, location_key
from kribbe.places.models import Group, GroupCapacity, Location


@dataclass(frozen=True)
class Known:
    """One location with its groups and what they may take on the day of the import."""

    location: Location
    groups: tuple[Group, ...]
    capacities: tuple[GroupCapacity, ...]

    @property
    def id(self) -> int:
        return self.location.pk

    @property
    def places(self) -> int:
        return sum(capacity.licensed_places for capacity in self.capacities)


@dataclass
class Register:
    """All known locations."""

    by_licence: dict[str, Known] = field(default_factory=dict)
    by_key: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_id: dict[int, Known] = field(default_factory=dict)

    @classmethod
    def load(cls, today: date) -> "Register":
        """As the database has it on that day, in three queries."""
        register = cls()
        now = GroupCapacity.objects.filter(during__contains=today)
        groups = (
            Group.objects.filter(active=True)
            .order_by("id")
            .prefetch_related(Prefetch("capacities", queryset=now, to_attr="now"))
        )
        locations: Any = Location.objects.select_related("organiser", "desk").order_by("id")
        for location in locations.prefetch_related(
            Prefetch("groups", queryset=groups, to_attr="active_groups")
        ):
            register.add(
                Known(
                    location,
                    tuple(location.active_groups),
                    tuple(capacity for group in location.active_groups for capacity in group.now),
                )
            )
        return register

    def add(self, known: Known) -> None:
        """Make a location known."""
        location = known.location
        self.by_id[known.id] = known
        self.by_key[location_key(location.name, location.street, location.postcode)].append(known)
        if location.licence_number:
            self.by_licence[location.licence_number] = known

    def match(self, row: Wanted) -> Known | None:
        """By licence number; else by name and address, where not both have a number."""
        if row.licence_number in self.by_licence:
            return self.by_licence[row.licence_number]
        for known in self.by_key.get(row.key, []):
            if not (row.licence_number and known.location.licence_number):
                return known
        return None
