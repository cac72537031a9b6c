"""The bench goes on where it left off, never with what other code measured, and compares a list's pages."""

from datetime import date

import pytest

from bench import figures, keeping
from bench.database import Size
from bench.figures import Figures, Part
from bench.run import Result, growth, lines
from bench.sums import Sum

REGION = {"locations": 3, "since": f"{date(2024, 11, 27)}"}
RESULT = Result("Audit trail, far page", 5, 12.0, 14.0, 4.0, 3.0, 8, 50, 1.1)
SUM = Sum("Occupancy of 3 locations, one year", 20.0, 18.0, 300.0)


@pytest.fixture
def measured(monkeypatch, tmp_path):
    """What is measured when, in a folder of the test's own; nothing is built."""
    asked = []

    class Nothing:
        def __enter__(self):
            return None

        def __exit__(self, *_):
            return None

    def measure(part, runs, told):
        asked.append((part, runs))
        return Figures(REGION, pages=[RESULT]) if part is Part.PAGES else Figures(REGION, sums=[SUM])

    monkeypatch.setattr(keeping, "_path", lambda name: tmp_path / f"{name}.json")
    monkeypatch.setattr(keeping, "_code", lambda: "one")
    monkeypatch.setattr(figures, "own_copy", lambda *_: Nothing())
    monkeypatch.setattr(figures, "_measured", measure)
    return asked


def bench(parts, *, resume, runs=5):
    return figures.figures(
        Size.COUNTRY, parts, runs, resume=resume, told=lambda what, share: None, say=lambda text: None
    )


def test_what_was_measured_is_not_measured_again_where_asked(measured):
    first = bench([Part.PAGES], resume=False)
    both = bench(list(Part), resume=True)
    assert measured == [(Part.PAGES, 5), (Part.SUMS, 5)]
    assert (both.region, both.pages, both.sums) == (REGION, first.pages, [SUM])
    bench([Part.PAGES], resume=False)
    bench([Part.PAGES], resume=True, runs=6)
    assert measured[2:] == [(Part.PAGES, 5), (Part.PAGES, 6)]


def test_what_other_code_measured_or_long_ago_is_measured_again(measured, monkeypatch):
    bench([Part.SUMS], resume=True)
    monkeypatch.setattr(keeping, "_code", lambda: "two")
    bench([Part.SUMS], resume=True)
    monkeypatch.setattr(keeping, "OLDEST", -1)
    bench([Part.SUMS], resume=True)
    assert measured == [(Part.SUMS, 5)] * 3


def test_a_far_page_stands_beside_its_first_and_a_page_beside_the_demo_s():
    assert lines([RESULT])[0][-1] == "1.10"
    new = Result("Location page", 5, 12.0, 14.0, 4.0, 3.0, 8, 50)
    assert lines([new])[0][-1] == ""
    assert growth([RESULT], [RESULT, new]) == ["1.00", ""]
