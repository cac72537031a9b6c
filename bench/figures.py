"""Everything that is measured at one size of the database."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.crowds import Crowd, crowds
from bench.database import Size
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
    """Pages, what is reckoned apart from them, and in the demo region crowds, a month and a file of the bank.

    What wasn't asked for is empty.
    """

    pages: Sequence[Result]
    sums: Sequence[Sum]
    crowds: Sequence[Crowd]
    money: Sequence[Work]

    def as_json(self) -> dict[str, object]:
        """Figures as they are printed."""
        return {
            "pages": [each.as_json() for each in self.pages],
            "sums": [each.as_json() for each in self.sums],
            "crowds": [each.as_json() for each in self.crowds],
            "money": [each.as_json() for each in self.money],
        }


def figures(size: Size, parts: Collection[Part], runs: int, told: Callable[[str], None]) -> Figures:
    """Measure in the database to which Django is connected; WrongAnswerError where an answer is wrong."""
    wanted = {part for part in parts if part.is_measured_at(size)}
    return Figures(
        pages=measure(runs, told) if Part.PAGES in wanted else [],
        sums=sums(told) if Part.SUMS in wanted else [],
        crowds=crowds(told) if Part.CROWDS in wanted else [],
        money=money(told) if Part.MONEY in wanted else [],
    )
