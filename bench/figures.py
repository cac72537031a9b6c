"""Everything that is measured at one size of the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.crowds import Crowd, crowds
from bench.database import Size
from bench.money import Work, money
from bench.run import Result, measure
from bench.sums import Sum, sums


@dataclass(frozen=True)
class Figures:
    """Pages, what is reckoned apart from them, and in the demo region crowds, a month and a file of the bank.

    Where only these two were asked for, the rest is empty.
    """

    pages: Sequence[Result]
    sums: Sequence[Sum]
    crowds: Sequence[Crowd]
    money: Sequence[Work] = ()

    def as_json(self) -> dict[str, object]:
        """Figures as they are printed."""
        return {
            "pages": [each.as_json() for each in self.pages],
            "sums": [each.as_json() for each in self.sums],
            "crowds": [each.as_json() for each in self.crowds],
            "money": [each.as_json() for each in self.money],
        }


def figures(size: Size, runs: int, told: Callable[[str], None]) -> Figures:
    """Measure in the database to which Django is connected; WrongAnswerError where an answer is wrong."""
    is_demo = size is Size.DEMO
    return Figures(
        measure(runs, told), sums(told), crowds(told) if is_demo else [], money(told) if is_demo else []
    )
