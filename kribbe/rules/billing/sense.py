"""What a case that looks right can still have wrong: dates, overlaps, times, swaps, and a pack without figures."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from kribbe.rules.agreed import MIDNIGHT
from kribbe.rules.billing.case import Case
from kribbe.rules.billing.income import MAXIMUM
from kribbe.rules.billing.plan import agreed_on
from kribbe.rules.billing.stays import FIGURES
from kribbe.rules.calendar import add_months
from kribbe.rules.packs import FigureMissing, PackError, load_pack
from kribbe.rules.shapes import told

Raw = Any
LONGEST_NIGHT = 12 * 60
"""Minutes of a stay over midnight at most, written without hours past 24; a longer one is a slip of the pen."""


def part(text: str) -> tuple[int, int] | None:
    """A part of a stay in minutes since midnight, an end on the next day past 1440; None where it ends too early."""
    start, end = (int(each[:2]) * 60 + int(each[3:]) for each in text.split("-"))
    if end > start:
        return start, end
    night = end + MIDNIGHT - start
    return (start, end + MIDNIGHT) if night <= LONGEST_NIGHT else None


def problems_of_sense(raw: Raw) -> Iterator[str]:
    """What is wrong in a case whose form is right, without its swaps."""
    month = date.fromisoformat(f"{raw['month']}-01")
    yield from _pack(raw["pack"], month)
    if date.fromisoformat(raw["child"]["born"]) >= add_months(month, 1):
        yield told("child.born", f"is after the month {raw['month']}")
    yield from _periods(raw.get("certificates", []), "certificates")
    yield from _price(raw["price"], month)
    yield from _periods(raw["agreement"], "agreement")
    for number, each in enumerate(raw["agreement"]):
        for week, days in enumerate(each["weeks"]):
            for name, texts in days.items():
                yield from _times(texts, f"agreement[{number}].weeks[{week}].{name}")
    yield from _days(raw.get("days", []), month)


def problems_of_swaps(raw: Raw, case: Case) -> Iterator[str]:
    """Swaps that can't be: a day is given up once, and only for a day on which nothing is reserved."""
    given_up: dict[date, str] = {}
    for number, each in enumerate(raw.get("days", [])):
        if "swap" not in each:
            continue
        path = f"days[{number}].swap"
        on, old = date.fromisoformat(each["date"]), date.fromisoformat(each["swap"])
        if problem := _swap(case, on, old):
            yield told(path, problem)
        elif old in given_up:
            yield told(path, f"{old} is given up already at {given_up[old]}")
        given_up.setdefault(old, path)


def _swap(case: Case, on: date, old: date) -> str:
    if not _in_month(old, case.month):
        return f"{old} is outside the month"
    if old in case.entries:
        return f"{old} has an entry of its own"
    if not agreed_on(case, old):
        return f"nothing is reserved on {old}"
    if on in case.closing_days:
        return f"{on} is a closing day"
    return f"something is reserved on {on} already" if agreed_on(case, on) else ""


def _pack(name: str, month: date) -> Iterator[str]:
    try:
        pack = load_pack(name)
    except PackError:
        yield told("pack", f"there is no pack {name!r}")
        return
    try:
        for key in FIGURES:
            pack.decimal(key, month)
        pack.latest(MAXIMUM, month)
    except FigureMissing:
        yield told("month", f"the pack {name} has no figures for {month:%Y-%m}")


def _periods(raws: Sequence[Mapping[str, Raw]], path: str) -> Iterator[str]:
    spans = []
    for number, raw in enumerate(raws):
        start, end = raw["from"], raw.get("to") or "9999-12-31"
        if end < start:
            yield told(f"{path}[{number}].to", "is before from")
        else:
            spans.append((start, end, number))
    spans.sort()
    for (_, end, number), (start, _, other) in pairwise(spans):
        if start <= end:
            yield told(f"{path}[{other}]", f"overlaps {path}[{number}]")


def _price(raw: Mapping[str, Raw], month: date) -> Iterator[str]:
    bases = ("full", "half", "hour", "month", "package")
    if raw["kind"] == "free" and all(raw.get(name) is None for name in bases):
        yield told("price", f"needs one of {', '.join(bases)}")
    for number, charge in enumerate(raw.get("charges", [])):
        if not _in_month(date.fromisoformat(charge["date"]), month):
            yield told(f"price.charges[{number}].date", "is outside the month")


def _days(raws: Sequence[Mapping[str, Raw]], month: date) -> Iterator[str]:
    seen: dict[str, int] = {}
    for number, raw in enumerate(raws):
        path = f"days[{number}]"
        if not _in_month(date.fromisoformat(raw["date"]), month):
            yield told(f"{path}.date", "is outside the month")
        if raw["date"] in seen:
            yield told(f"{path}.date", f"stands already at days[{seen[raw['date']]}]")
        seen.setdefault(raw["date"], number)
        yield from _times(raw.get("present", []), f"{path}.present")


def _times(texts: Sequence[str], path: str) -> Iterator[str]:
    spans = []
    for number, text in enumerate(texts):
        found = part(text)
        if found is None:
            yield told(f"{path}[{number}]", f"ends before it starts: {text}")
        else:
            spans.append((*found, number))
    spans.sort()
    for (_, end, number), (start, _, other) in pairwise(spans):
        if start < end:
            yield told(f"{path}[{other}]", f"overlaps {path}[{number}]")


def _in_month(on: date, month: date) -> bool:
    return (on.year, on.month) == (month.year, month.month)
