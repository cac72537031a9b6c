"""Expansion files and grants of an area, and what they add up to by year."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from kribbe.policy.models import RUNNING, ExpansionFile, PlaceGrant
from kribbe.policy.territory import Territory


@dataclass(frozen=True, slots=True)
class YearOfPlaces:
    """Places of the files that are expected in one year. `weighted`: each file's new places by its probability."""

    files: int = 0
    new: int = 0
    weighted: Decimal = Decimal(0)
    kept: int = 0

    def with_file(self, file: ExpansionFile) -> "YearOfPlaces":
        """One file more."""
        return YearOfPlaces(
            self.files + 1,
            self.new + file.places_new,
            self.weighted + Decimal(file.places_new * file.probability) / 100,
            self.kept + file.places_kept,
        )


def files(territory: Territory) -> "QuerySet[ExpansionFile]":
    """The files of the area, the next expected first."""
    return (
        ExpansionFile.objects.filter(desk__in=territory.desk_ids)
        .select_related("municipality", "location", "organiser", "desk")
        .order_by("expected_on", "pk")
    )


def places_by_year(found: Iterable[ExpansionFile]) -> Mapping[int, YearOfPlaces]:
    """What the running files among these bring, by the year in which it is expected."""
    years: dict[int, YearOfPlaces] = defaultdict(YearOfPlaces)
    for file in found:
        if file.state in RUNNING:
            years[file.expected_on.year] = years[file.expected_on.year].with_file(file)
    return dict(sorted(years.items()))


@dataclass(frozen=True, slots=True)
class YearOfGrants:
    """Grants expected in one year, and what was paid of them, in euros."""

    grants: int = 0
    expected: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)

    @property
    def open(self) -> Decimal:
        """Still to be paid; below zero where more was paid than expected."""
        return self.expected - self.paid


def grants(territory: Territory) -> "QuerySet[PlaceGrant]":
    """The grants of the area, the last expected first."""
    return (
        PlaceGrant.objects.filter(desk__in=territory.desk_ids)
        .select_related("file", "location", "desk")
        .order_by("-expected_on", "pk")
    )


def expected_of(grant: PlaceGrant) -> Decimal:
    """The whole amount of a grant."""
    return grant.places * grant.amount_a_place


def is_late(grant: PlaceGrant, today: date) -> bool:
    """Expected by now, and not paid."""
    return grant.paid is None and grant.expected_on < today


def grants_by_year(found: Sequence[PlaceGrant]) -> Mapping[int, YearOfGrants]:
    """Expected and paid by the year in which the grant was expected."""
    years: dict[int, YearOfGrants] = defaultdict(YearOfGrants)
    for grant in found:
        before = years[grant.expected_on.year]
        years[grant.expected_on.year] = YearOfGrants(
            before.grants + 1, before.expected + expected_of(grant), before.paid + (grant.paid or 0)
        )
    return dict(sorted(years.items()))
