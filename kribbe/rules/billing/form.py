"""How a case and its result look as JSON; published as JSON Schema (`kribbe docs`)."""

from collections.abc import Mapping
from typing import Any

from kribbe.rules.halfdays import DAYS
from kribbe.rules.shapes import ByKind, Day, Flag, ListOf, OrNull, Record, Shape, Text, Word

FORMAT = "kribbe.billing.case/1"
RESULT_FORMAT = "kribbe.billing.result/1"

_EUROS = r"(?:0|[1-9][0-9]{0,6})(?:\.[0-9]{1,2})?"
AMOUNT = Text(_EUROS, "an amount as text, such as '12.34'")
SIGNED = Text(f"-?{_EUROS}", "an amount as text, such as '12.34' or '-5.00'")
COUNT = Text(r"(?:0|[1-9][0-9]{0,3})(?:\.[0-9]{1,2})?", "a number as text, such as '9' or '10.5'")
WHOLE = Text(r"0|[1-9][0-9]{0,3}", "a whole number as text, such as '10'")
SIZE = Text(r"[1-9][0-9]{0,3}", "a whole number above nought as text, such as '10'")
PERCENT = Text(r"100|[1-9]?[0-9](?:\.[0-9]{1,2})?", "a percentage as text from '0' to '100'")
MONTH = Text(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])", "a month, YYYY-MM")
NAME = Text(r"[^\x00-\x1f\x7f]{1,200}", "a name of one line, of 1 to 200 characters")
PACK = Text(r"[a-z][a-z0-9_]{0,40}", "the name of a pack, such as 'flanders'")
TIMES = Text(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:[0-3][0-9]|4[0-7]):[0-5][0-9]",
    "from and to, HH:MM-HH:MM (up to 47:59 for the next day)",
)
UNITS = Word(("day", "half_day"))

_BY_CLASS: Mapping[str, Shape] = {"full": AMOUNT, "half": AMOUNT}
_ODD_CLASSES: Mapping[str, Shape] = {"long": OrNull(AMOUNT), "short": OrNull(AMOUNT)}

BEYOND = ByKind(
    {
        "fixed": Record(_BY_CLASS, _ODD_CLASSES),
        "own_fee": Record({}, {"full_min": OrNull(AMOUNT), "half_min": OrNull(AMOUNT)}),
    }
)
COMMON: Mapping[str, Shape] = {
    "flex": Flag(),
    "beyond_allowance": OrNull(BEYOND),
    "extras": ListOf(Record({"name": NAME, **_BY_CLASS}, _ODD_CLASSES)),
    "charges": ListOf(Record({"date": Day(), "name": NAME, "amount": SIGNED})),
}
PACKAGE = Record({"name": NAME, "unit": UNITS, "size": SIZE, "price": AMOUNT}, {"left": WHOLE})
FREE_PRICES = ("full", "half", "long", "short", "hour", "month")
PRICE = ByKind(
    {
        "income": Record({}, COMMON),
        "free": Record(
            {},
            {
                **{name: OrNull(AMOUNT) for name in FREE_PRICES},
                "package": OrNull(PACKAGE),
                "sibling_discount": OrNull(PERCENT),
                **COMMON,
            },
        ),
    }
)
CASE = Record(
    {
        "format": Word((FORMAT,)),
        "pack": PACK,
        "month": MONTH,
        "child": Record({"born": Day()}, {"school": Flag()}),
        "price": PRICE,
        "agreement": ListOf(
            Record(
                {
                    "from": Day(),
                    "weeks": ListOf(Record({}, {name: ListOf(TIMES, unique=True) for name in DAYS}), least=1),
                },
                {"to": OrNull(Day())},
            )
        ),
    },
    {
        "certificates": ListOf(Record({"day_fee": AMOUNT, "from": Day()}, {"to": OrNull(Day())})),
        "closing_days": ListOf(Day(), unique=True),
        "allowance": OrNull(
            Record({"unit": UNITS, "entitled": COUNT}, {"used_before": COUNT, "told_only": Flag()})
        ),
        "days": ListOf(
            Record(
                {"date": Day()},
                {
                    "present": ListOf(TIMES, least=1, unique=True),
                    "absent": Word(("told", "untold", "location", "force_majeure")),
                    "swap": Day(),
                },
                apart=("present", "absent"),
                some=("present", "absent", "swap"),
            )
        ),
    },
)

_CENTS = Text(r"-?(?:0|[1-9][0-9]*)\.[0-9]{2}", "an amount with two decimals")
_SENTENCES = Text(r"[^\n]+", "sentences in the language asked")
RESULT = Record(
    {
        "format": Word((RESULT_FORMAT,)),
        "lines": ListOf(
            Record(
                {
                    "date": Day(),
                    "what": NAME,
                    "quantity": Text(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]{1,2})?", "a number"),
                    "unit_price": _CENTS,
                    "amount": _CENTS,
                    "why": _SENTENCES,
                }
            )
        ),
        "held": ListOf(Record({"date": Day(), "why": _SENTENCES})),
        "total": _CENTS,
        "allowance_left": COUNT,
    }
)


def schemas() -> dict[str, dict[str, Any]]:
    """The two published schemas by the name of their file."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        "billing-case": {**head, "title": "A child's month to price", **CASE.schema()},
        "billing-result": {**head, "title": "A priced month", **RESULT.schema()},
    }
