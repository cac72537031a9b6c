"""Months drawn at random cost the same by the rules and by a pricer that was written apart from them."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.billing.pricing import bill
from kribbe.rules.billing.reading import as_case
from kribbe.rules.reasons import Reason
from kribbe.rules.tests.billing import oracle
from kribbe.rules.tests.billing.drawn import COMMON, INCOME, by_class, cases

FREE = by_class().flatmap(
    lambda amounts: st.fixed_dictionaries({"kind": st.just("free"), **dict_of(amounts), **COMMON})
)


def dict_of(amounts):
    return {name: st.just(amount) for name, amount in amounts.items()}


@given(cases(price=st.one_of(INCOME, FREE)))
def test_two_pricers_agree_on_every_line(raw):
    result = bill(as_case(raw)).as_json(Reason.english)
    lines = {(line["date"], line["what"]): in_cents(line["amount"]) for line in result["lines"]}
    held = {each["date"] for each in result["held"]}
    assert (lines, held, in_cents(result["allowance_left"])) == oracle.price(raw)


def in_cents(text):
    return int(Decimal(text) * 100)
