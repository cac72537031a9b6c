"""Cases drawn at random, as JSON would hold them."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import DAYS

MONTHS = [date(2026, 3, 1), date(2028, 2, 1), date(2025, 12, 1), date(2024, 5, 1)]
DAY = timedelta(days=1)
AMOUNTS = st.decimals("0", "60", places=2).map(str)


def clock(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@st.composite
def parts(draw, nights=True):
    """One or two parts of a stay in a day, the last perhaps over midnight."""
    cuts = sorted(draw(st.lists(st.integers(0, 47), min_size=2, max_size=4, unique=True)))
    times = [30 * cut for cut in cuts[: len(cuts) // 2 * 2]]
    if nights and draw(st.integers(0, 5)) == 0:
        times[-1] = 24 * 60 + draw(st.integers(1, 12)) * 30
    return [f"{clock(start)}-{clock(end)}" for start, end in zip(times[::2], times[1::2], strict=True)]


def weeks(most=3):
    return st.lists(st.dictionaries(st.sampled_from(DAYS), parts(), max_size=5), min_size=1, max_size=most)


@st.composite
def periods(draw, month, content):
    """Periods that don't overlap, with or without breaks, from before the month to after it."""
    around = [month + n * DAY for n in range(-20, 40)]
    cuts = sorted(draw(st.lists(st.sampled_from(around), max_size=4, unique=True)))
    found = [
        {"from": str(start), "to": str(end - DAY), **draw(content)}
        for start, end in pairwise(cuts)
        if draw(st.integers(0, 3))
    ]
    if cuts and draw(st.booleans()):
        found.append({"from": str(cuts[-1]), "to": None, **draw(content)})
    return draw(st.permutations(found))


def by_class():
    return st.tuples(AMOUNTS, AMOUNTS).map(
        lambda two: dict(zip(("half", "full"), sorted(two, key=float), strict=True))
    )


HOUSE_RULES = st.one_of(
    st.none(),
    by_class().map(lambda amounts: {"kind": "fixed", **amounts}),
    by_class().map(lambda least: {"kind": "own_fee", "full_min": least["full"], "half_min": least["half"]}),
)
PACKAGE = st.fixed_dictionaries(
    {
        "name": st.just("card"),
        "unit": st.sampled_from(["day", "half_day"]),
        "size": st.just("5"),
        "price": AMOUNTS,
    },
    optional={"left": st.sampled_from(["0", "1", "4"])},
)
COMMON = {
    "flex": st.booleans(),
    "beyond_allowance": HOUSE_RULES,
    "extras": st.lists(by_class().map(lambda amounts: {"name": "nappies", **amounts}), max_size=1),
}
INCOME = st.fixed_dictionaries({"kind": st.just("income"), **COMMON})
FREE = st.fixed_dictionaries(
    {"kind": st.just("free"), "full": AMOUNTS, **COMMON},
    optional={
        **dict.fromkeys(("half", "long", "hour", "month"), st.one_of(st.none(), AMOUNTS)),
        "package": PACKAGE,
        "sibling_discount": st.sampled_from(["0", "10", "33.33", "100"]),
    },
)

PRICES = st.one_of(INCOME, FREE)


@st.composite
def cases(draw, price=PRICES, agreement=None):
    month = draw(st.sampled_from(MONTHS))
    if agreement is None:
        agreement = periods(month, st.fixed_dictionaries({"weeks": weeks()}))
    days = [month + n * DAY for n in range((add_months(month, 1) - month).days)]
    what = st.one_of(
        parts().map(lambda present: {"present": present}),
        st.sampled_from(["told", "untold", "location", "force_majeure"]).map(lambda why: {"absent": why}),
    )
    entries = draw(st.dictionaries(st.sampled_from(days), what, max_size=12))
    return {
        "format": "kribbe.billing.case/1",
        "pack": "flanders",
        "month": f"{month:%Y-%m}",
        "child": {"born": "2024-01-31", "school": draw(st.booleans())},
        "certificates": draw(periods(month, st.fixed_dictionaries({"day_fee": AMOUNTS}))),
        "price": draw(price),
        "agreement": draw(agreement),
        "closing_days": [str(on) for on in draw(st.lists(st.sampled_from(days), max_size=4, unique=True))],
        "allowance": {
            "unit": draw(st.sampled_from(["day", "half_day"])),
            "entitled": draw(st.sampled_from(["0", "3", "10.8", "18"])),
            "used_before": draw(st.sampled_from(["0", "1", "9.5", "20"])),
            "told_only": draw(st.booleans()),
        },
        "days": [{"date": str(on), **entry} for on, entry in entries.items()],
    }
