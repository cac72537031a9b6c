"""The register beside what the authority publishes: figures of a year, and the list of licences."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, QuerySet

from kribbe.policy.models import LicenceCheck, LicenceDifference
from kribbe.policy.selectors.counters import places_by_municipality
from kribbe.policy.territory import Territory
from kribbe.region.models import OfficialFigure

ALL_PRICES = "total"


@dataclass(frozen=True, slots=True)
class Beside:
    """Licensed places of one municipality, kind and price. `official` None: the authority gave no figure."""

    municipality: str
    kind: str
    price: str
    here: int
    official: int | None
    source: str = ""

    @property
    def difference(self) -> int | None:
        return None if self.official is None else self.here - self.official


def years_known(territory: Territory) -> list[int]:
    """The years of which there are official figures for the area, the last one first."""
    found = _figures(territory).values_list("year", flat=True).distinct().order_by("-year")
    return list(found)


def beside_official(territory: Territory, *, year: int, today: date) -> list[Beside]:
    """The register on the last day of the year (or today) beside the official figures, by municipality."""
    day = min(today, date(year, 12, 31))
    here: dict[tuple[str, str, str], int] = defaultdict(int)
    for (nis, kind, price), each in places_by_municipality(territory, on=day).items():
        here[nis, kind, price] += each.licensed
        here[nis, kind, ALL_PRICES] += each.licensed
    official = {
        (figure.municipality.nis_code, figure.licence_kind, figure.price_kind): figure
        for figure in _figures(territory)
        .filter(year=year)
        .select_related("municipality")
        .order_by("-quarter")
    }
    told = {key[:2] for key in official if key[2] != ALL_PRICES}
    names = {nis: figure.municipality.name for (nis, _kind, _price), figure in official.items()}
    keys = sorted(
        official.keys() | {key for key in here if _belongs(key, told)},
        key=lambda key: (names.get(key[0], key[0]), key),
    )
    return [
        Beside(
            names.get(key[0], key[0]),
            key[1],
            key[2],
            here.get(key, 0),
            official[key].places if key in official else None,
            official[key].source if key in official else "",
        )
        for key in keys
    ]


def _belongs(key: tuple[str, str, str], told: set[tuple[str, str]]) -> bool:
    """A row of the register without an official one: by price where the authority tells prices, else in all."""
    return (key[2] != ALL_PRICES) == (key[:2] in told)


def _figures(territory: Territory) -> "QuerySet[OfficialFigure]":
    """Figures of whole years, and of quarters where a year has nothing else."""
    return OfficialFigure.objects.filter(municipality__in=territory.municipality_ids)


def last_check(desk_id: int) -> LicenceCheck | None:
    """The list that is worked through."""
    return LicenceCheck.objects.filter(desk=desk_id).order_by("-at", "-pk").first()


def differences(check: LicenceCheck) -> "QuerySet[LicenceDifference]":
    """What the list and the register say differently: what is to be settled first."""
    return check.differences.select_related("location__desk", "check_run").order_by(
        F("settled_at").asc(nulls_first=True), "kind", "name", "pk"
    )


def to_settle(desk_id: int, _now: datetime) -> QuerySet[LicenceDifference]:
    """Differences of the desk's last list that are to be settled."""
    last = LicenceCheck.objects.filter(desk=desk_id).order_by("-at", "-pk").values("pk")[:1]
    return LicenceDifference.objects.filter(check_run__in=last, settled="")
