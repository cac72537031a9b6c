"""What holds for every month, whatever was agreed and whatever happened."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.billing.pricing import bill
from kribbe.rules.billing.reading import as_case
from kribbe.rules.reasons import Reason
from kribbe.rules.tests.billing.drawn import FREE, INCOME, cases, weeks
from kribbe.rules.tests.billing.naive import whats_of_days

DAY = timedelta(days=1)
ALWAYS = {"from": "2020-01-01", "to": None, "day_fee": "20.00"}


def priced(raw):
    return bill(as_case(raw)).as_json(Reason.english)


@given(cases())
def test_sums_tie_out(raw):
    result = priced(raw)
    cent = Decimal("0.01")
    for line in result["lines"]:
        product = Decimal(line["quantity"]) * Decimal(line["unit_price"])
        assert Decimal(line["amount"]) == product.quantize(cent, ROUND_HALF_UP)
        assert line["date"][:7] == raw["month"]
        assert line["why"]
    assert Decimal(result["total"]) == sum(Decimal(line["amount"]) for line in result["lines"])
    assert Decimal(result["total"]) >= 0
    dates = [line["date"] for line in result["lines"]]
    assert dates == sorted(dates)
    assert {held["date"] for held in result["held"]}.isdisjoint(dates)


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_lists_does_not_matter(raw, random):
    shuffled = {**raw}
    for name in ("days", "agreement", "certificates", "closing_days"):
        shuffled[name] = random.sample(raw[name], len(raw[name]))
    assert priced(shuffled) == priced(raw)


@given(cases())
def test_the_allowance_is_never_below_nought(raw):
    allowance = raw["allowance"]
    there_was = max(Decimal(0), Decimal(allowance["entitled"]) - Decimal(allowance["used_before"]))
    assert 0 <= Decimal(priced(raw)["allowance_left"]) <= there_was


@given(cases(price=INCOME))
def test_a_larger_allowance_is_never_dearer(raw):
    more = {**raw, "allowance": {**raw["allowance"], "entitled": "19.8"}}
    assert Decimal(priced(more)["total"]) <= Decimal(priced(raw)["total"])


@given(cases(price=FREE))
def test_a_free_price_needs_no_certificate(raw):
    assert priced({**raw, "certificates": []}) == priced(raw)


@st.composite
def one_agreement(draw):
    return [{"from": "2024-01-01", "to": None, "weeks": draw(weeks())}]


@given(cases(agreement=one_agreement()), st.integers(-2, 34))
def test_splitting_an_agreement_changes_nothing_where_its_weeks_do_not_restart(raw, days):
    """A part that begins in the same week of the turn goes on as the whole did."""
    [whole] = raw["agreement"]
    turn = len(whole["weeks"])
    cut = date.fromisoformat(f"{raw['month']}-01") + days * DAY
    week = (cut - date(2024, 1, 1)).days // 7 % turn
    later = {"from": str(cut), "to": None, "weeks": whole["weeks"][week:] + whole["weeks"][:week]}
    halves = [{**whole, "to": str(cut - DAY)}, later]
    assert priced({**raw, "agreement": halves}) == priced(raw)


@given(cases(price=st.just({"kind": "income", "flex": True}) | st.just({"kind": "income"})))
def test_classes_are_as_counted_half_hour_by_half_hour(raw):
    raw = {**raw, "certificates": [ALWAYS], "allowance": None}
    assert {line["date"]: line["what"] for line in priced(raw)["lines"]} == whats_of_days(raw)
