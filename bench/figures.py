"""Everything that is measured at one size of the database."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from bench.crowds import Crowd, crowds
from bench.database import Say, Size, Told, own_copy
from bench.keeping import keep, kept
from bench.money import Work, money
from bench.run import Result, measure
from bench.sums import Sum, sums


class Part(StrEnum):
    """What can be measured by itself."""

    PAGES = "pages"
    SUMS = "sums"
    CROWDS = "crowds"
    MONEY = "money"

    def is_measured_at(self, size: Size) -> bool:
        """Crowds and money come to the demo region alone."""
        return size is Size.DEMO or self in {Part.PAGES, Part.SUMS}


@dataclass(frozen=True)
class Figures:
    """How large the region is (`kribbe.demo.counted`), its pages, sums, and at the demo's size crowds and money.

    What wasn't asked for is empty.
    """

    region: Mapping[str, Any]
    pages: Sequence[Result] = ()
    sums: Sequence[Sum] = ()
    crowds: Sequence[Crowd] = ()
    money: Sequence[Work] = ()

    def as_json(self) -> dict[str, object]:
        """Figures as they are printed."""
        return {
            "region": self.region,
            **{part.value: [each.as_json() for each in getattr(self, part)] for part in Part},
        }


def figures(size: Size, parts: Collection[Part], runs: int, *, resume: bool, told: Told, say: Say) -> Figures:
    """Measure each part in a copy of its own; WrongAnswerError where an answer is wrong.

    Each is kept once measured: with `resume` those of a day ago at most, by the same code, aren't measured again.
    """
    found = []
    for part in (each for each in Part if each in parts and each.is_measured_at(size)):
        name = f"{size}-{part}-{runs}"
        one = _read(kept(name)) if resume else None
        if one is None:
            with own_copy(size, told, say):
                one = _measured(part, runs, lambda what: told(what, 1.0))
            keep(name, asdict(one))
        found.append(one)
    return _joined(found)


def _measured(part: Part, runs: int, told: Callable[[str], None]) -> Figures:
    from kribbe.demo.counted import counted

    region = counted().as_json()
    if part is Part.PAGES:
        return Figures(region, pages=measure(runs, told))
    if part is Part.SUMS:
        return Figures(region, sums=sums(told))
    if part is Part.CROWDS:
        return Figures(region, crowds=crowds(told))
    return Figures(region, money=money(told))


def _read(found: Mapping[str, Any] | None) -> Figures | None:
    if found is None:
        return None
    return Figures(
        region=found["region"],
        pages=[Result(**each) for each in found["pages"]],
        sums=[Sum(**each) for each in found["sums"]],
        crowds=[Crowd(**each) for each in found["crowds"]],
        money=[Work(**each) for each in found["money"]],
    )


def _joined(found: Iterable[Figures]) -> Figures:
    parts = list(found)
    return Figures(
        region=parts[0].region,
        pages=[each for one in parts for each in one.pages],
        sums=[each for one in parts for each in one.sums],
        crowds=[each for one in parts for each in one.crowds],
        money=[each for one in parts for each in one.money],
    )
