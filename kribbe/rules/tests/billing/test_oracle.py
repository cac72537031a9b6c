"""Months drawn at random cost the same by the rules and by a pricer that was written apart from them."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.billing.pricing import bill
from kribbe.rules.billing.reading import as_case
from kribbe.rules.halfdays import DAYS
from kribbe.rules.reasons import Reason
from kribbe.rules.tests.billing import oracle
from kribbe.rules.tests.billing.drawn import AMOUNTS, COMMON, INCOME, by_class, cases, parts

FREE = by_class().flatmap(
    lambda amounts: st.fixed_dictionaries(
        {"kind": st.just("free"), **{name: st.just(amount) for name, amount in amounts.items()}, **COMMON}
    )
)
EVERY_DAY = st.fixed_dictionaries({day: parts() for day in DAYS})


@st.composite
def months_of_absences(draw):
    """Every day is reserved, half of them is missed, a certificate holds: the allowance runs out and maxima bite."""
    raw = draw(cases(price=INCOME))
    fee = {"from": "2020-01-01", "to": None, "day_fee": draw(AMOUNTS)}
    why = st.sampled_from(["told", "told", "untold", "location", "force_majeure"])
    missed = draw(st.lists(st.integers(1, 28), min_size=8, max_size=20, unique=True))
    written = {each["date"] for each in raw["days"]}
    days = [day for number in missed if (day := f"{raw['month']}-{number:02d}") not in written]
    return {
        **raw,
        "certificates": [fee],
        "agreement": [{"from": "2020-01-01", "to": None, "weeks": [draw(EVERY_DAY)]}],
        "days": raw["days"] + [{"date": day, "absent": draw(why)} for day in days],
    }


@given(st.one_of(cases(price=st.one_of(INCOME, FREE)), months_of_absences()))
def test_two_pricers_agree_on_every_line(raw):
    result = bill(as_case(raw)).as_json(Reason.english)
    lines = {(line["date"], line["what"]): in_cents(line["amount"]) for line in result["lines"]}
    held = {each["date"] for each in result["held"]}
    assert (lines, held, in_cents(result["allowance_left"])) == oracle.price(raw)


def in_cents(text):
    return int(Decimal(text) * 100)
