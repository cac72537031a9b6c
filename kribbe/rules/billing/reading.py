"""Reading a case: every problem with its path, or the case with everything in order."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from kribbe.rules.agreed import Agreement, Parts
from kribbe.rules.billing import form
from kribbe.rules.billing.case import (
    Absent,
    Allowance,
    ByStay,
    Case,
    Certificate,
    Charge,
    Entry,
    Extra,
    Fixed,
    FreePrice,
    IncomePrice,
    OwnFee,
    Package,
)
from kribbe.rules.billing.sense import part, problems_of_sense, problems_of_swaps
from kribbe.rules.halfdays import DAYS
from kribbe.rules.json_text import BadJsonError, lone_surrogates, parsed
from kribbe.rules.packs import load_pack

Raw = Any


class BadCaseError(ValueError):
    """What was given is no case; `problems` has a line for each thing wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def read_case(content: bytes) -> Case:
    """The case in JSON. BadCaseError with all its problems: of form first, then of sense."""
    try:
        raw = parsed(content)
    except BadJsonError as error:
        raise BadCaseError([str(error)]) from None
    _none(lone_surrogates(raw))
    return as_case(raw)


def as_case(raw: Raw) -> Case:
    """The case that parsed JSON holds. BadCaseError with all its problems: of form first, then of sense."""
    _none(form.CASE.problems(raw, ""))
    _none(problems_of_sense(raw))
    case = _build(raw)
    _none(problems_of_swaps(raw, case))
    return case


def _none(found: Iterator[str]) -> None:
    if problems := tuple(found):
        raise BadCaseError(problems)


def _build(raw: Raw) -> Case:
    price = raw["price"]
    return Case(
        pack=load_pack(raw["pack"]),
        month=date.fromisoformat(f"{raw['month']}-01"),
        school_from=date.min if raw["child"].get("school") else None,
        certificates=tuple(
            Certificate(*_period(each), Decimal(each["day_fee"])) for each in raw.get("certificates", [])
        ),
        price=_free(price) if price["kind"] == "free" else IncomePrice(),
        flex=price.get("flex", False),
        beyond=_beyond(price.get("beyond_allowance")),
        extras=tuple(Extra(each["name"], _by_stay(each)) for each in price.get("extras", [])),
        charges=tuple(
            Charge(date.fromisoformat(each["date"]), each["name"], Decimal(each["amount"]))
            for each in price.get("charges", [])
        ),
        agreement=tuple(
            Agreement(*_period(each), tuple(map(_week, each["weeks"]))) for each in raw["agreement"]
        ),
        closing_days=frozenset(map(date.fromisoformat, raw.get("closing_days", []))),
        allowance=_allowance(raw.get("allowance")),
        entries={date.fromisoformat(each["date"]): _entry(each) for each in raw.get("days", [])},
    )


def _period(raw: Raw) -> tuple[date, date | None]:
    end = raw.get("to")
    return date.fromisoformat(raw["from"]), date.fromisoformat(end) if end else None


def _week(raw: Mapping[str, Raw]) -> dict[int, Parts]:
    return {DAYS.index(name): _parts(texts) for name, texts in raw.items()}


def _parts(texts: Sequence[str]) -> Parts:
    return tuple(sorted(found for text in texts if (found := part(text))))


def _amount(raw: Raw, name: str) -> Decimal | None:
    return None if raw.get(name) is None else Decimal(raw[name])


def _by_stay(raw: Raw) -> ByStay:
    return ByStay(Decimal(raw["full"]), Decimal(raw["half"]), _amount(raw, "long"), _amount(raw, "short"))


def _beyond(raw: Raw) -> Fixed | OwnFee | None:
    if raw is None:
        return None
    if raw["kind"] == "fixed":
        return Fixed(_by_stay(raw))
    return OwnFee(ByStay(_amount(raw, "full_min") or Decimal(0), _amount(raw, "half_min") or Decimal(0)))


def _free(raw: Raw) -> FreePrice:
    package = raw.get("package")
    return FreePrice(
        **{name: _amount(raw, name) for name in form.FREE_PRICES},
        package=_package(package) if package else None,
        discount=(_amount(raw, "sibling_discount") or Decimal(0)) / 100,
    )


def _package(raw: Raw) -> Package:
    return Package(
        raw["name"],
        raw["unit"] == "half_day",
        int(raw["size"]),
        Decimal(raw["price"]),
        int(raw.get("left", "0")),
    )


def _allowance(raw: Raw) -> Allowance:
    if raw is None:
        return Allowance()
    return Allowance(
        half_days=raw["unit"] == "half_day",
        entitled=Decimal(raw["entitled"]),
        used_before=Decimal(raw.get("used_before", "0")),
        told_only=raw.get("told_only", False),
    )


def _entry(raw: Raw) -> Entry:
    return Entry(
        present=_parts(raw.get("present", [])),
        absent=Absent(raw["absent"]) if "absent" in raw else None,
        swap=date.fromisoformat(raw["swap"]) if "swap" in raw else None,
    )
