from decimal import Decimal

from kribbe.rules.bank.matching import Candidate, Proposal, Why, proposed

AN = Candidate(1, "An Maes", {"BE1"}, [Decimal("80.00"), Decimal("20.00")])
BO = Candidate(2, "Bo Claes", {"BE2"}, [Decimal("80.00")])


def test_account_and_amount_come_before_a_name():
    euros = Decimal("80.00")
    assert proposed(euros, "BE1", "Claes Bo", [AN, BO]) == Proposal(1, Why.ACCOUNT_AND_AMOUNT)
    assert proposed(euros, "", "CLAES BO", [AN, BO]) == Proposal(2, Why.NAME_AND_AMOUNT)
    assert proposed(Decimal("100.00"), "BE1", "", [AN, BO]) == Proposal(1, Why.ACCOUNT_AND_AMOUNT)
    assert proposed(Decimal("7.00"), "BE1", "", [AN, BO]) == Proposal(1, Why.ACCOUNT)


def test_nothing_is_proposed_by_amount_or_name_alone_or_where_two_are_alike():
    assert proposed(Decimal("80.00"), "", "", [AN, BO]) is None
    assert proposed(Decimal("7.00"), "", "An Maes", [AN, BO]) is None
    twin = Candidate(3, "An Maes", {"BE1"}, [Decimal("80.00")])
    assert proposed(Decimal("80.00"), "BE1", "", [AN, twin]) is None
