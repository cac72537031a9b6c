"""The estimate of the fee by income, with values worked by hand."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.income_fee import beside, estimate, monthly, yearly
from kribbe.rules.packs import FigureMissing, load_pack

PACK = load_pack("flanders")
IN_2014, IN_2026 = date(2014, 6, 1), date(2026, 11, 1)

WORKED = [
    # 2014, as published
    (IN_2014, "1000", "1.56"),  # 0.385, below the minimum
    (IN_2014, "30000", "11.55"),  # 30000 x 0.000385
    (IN_2014, "41774.97", "15.88"),  # 16.08, capped
    (IN_2014, "50000", "19.00"),  # 50000 x 0.000380
    (IN_2014, "59722.14", "20.95"),  # 22.69, capped
    (IN_2014, "59722.15", "21.55"),  # 20.95 + 0.60
    (IN_2014, "63472.14", "21.55"),  # the end of the first step
    (IN_2014, "67172.14", "22.15"),  # 20.95 + 2 x 0.60
    (IN_2014, "100472.14", "27.55"),  # 20.95 + 11 x 0.60
    (IN_2014, "100472.15", "27.71"),  # 28.15, above the maximum
    # 2025, an estimate
    (IN_2026, "0", "6.47"),
    (IN_2026, "20000", "7.70"),
    (IN_2026, "54125.08", "20.57"),  # 20.84, capped where the second band begins
    (IN_2026, "60000", "22.80"),
    (IN_2026, "77443", "27.75"),  # 27.15 + 0.60
    (IN_2026, "200000", "35.89"),
]


@pytest.mark.parametrize(("on", "income", "fee"), WORKED)
def test_worked_values(on, income, fee):
    assert estimate(Decimal(income), PACK, on).fee == Decimal(fee)


def test_the_sums_are_told():
    found = estimate(Decimal(30000), PACK, IN_2014)
    assert [reason.code for reason in found.sums] == ["income_fee.rate"]
    assert dict(found.sums[0].params) == {
        "income": Decimal("30000.00"),
        "rate": Decimal("0.000385"),
        "amount": Decimal("11.55"),
    }
    low = estimate(Decimal(1000), PACK, IN_2014)
    assert [reason.code for reason in low.sums] == ["income_fee.rate", "income_fee.minimum"]


def test_only_what_was_read_in_a_source_is_verified():
    assert estimate(Decimal(30000), PACK, IN_2014).verified
    assert not estimate(Decimal(30000), PACK, IN_2026).verified


@pytest.mark.parametrize(
    ("income", "codes"),
    [("27000", ["income_fee.lowest", "income_fee.guarantee"]), ("27000.01", ["income_fee.lowest"])],
)
def test_what_the_law_gives_a_low_income_besides(income, codes):
    found = beside(Decimal(income), PACK, IN_2026)
    assert [reason.code for reason in found] == codes
    assert dict(found[0].params) == {"amount": "2.04", "year": "2025"}
    assert "income_fee.lowest" not in {each.code for each in beside(Decimal(income), PACK, IN_2014)}


@given(
    st.decimals("0", "150000", places=2),
    st.decimals("0", "150000", places=2),
    st.sampled_from([IN_2014, IN_2026]),
)
def test_more_income_is_never_a_lower_fee(one, other, on):
    low, high = sorted((one, other))
    assert estimate(low, PACK, on).fee <= estimate(high, PACK, on).fee


def test_a_month_becomes_a_year():
    assert yearly(Decimal(2500), PACK, IN_2014) == Decimal("28850.00")


def test_no_ladder_no_estimate():
    with pytest.raises(FigureMissing):
        estimate(Decimal(30000), PACK, date(2020, 1, 1))
    with pytest.raises(ValueError, match="income"):
        estimate(Decimal(-1), PACK, IN_2026)


@pytest.mark.parametrize(
    ("full", "half", "month"),
    [
        (3, 0, "160"),  # 3 x 12.34 = 37.02 a week, x 52 / 12 = 160.42
        (0, 2, "64"),  # 12.34 x 60 % = 7.40; 2 x 7.40 = 14.80, x 52 / 12 = 64.13
        (3, 2, "225"),  # 37.02 + 14.80 = 51.82, x 52 / 12 = 224.55
    ],
)
def test_an_average_month_of_so_many_days_a_week(full, half, month):
    assert monthly(Decimal("12.34"), full=full, half=half, pack=PACK, on=IN_2026) == Decimal(month)
