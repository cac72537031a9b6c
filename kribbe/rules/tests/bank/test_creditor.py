from kribbe.rules.bank.creditor import is_creditor_id


def test_the_check_digits_leave_the_business_code_out():
    # the example of the German banks' association, whose digits anybody can check
    assert is_creditor_id("DE98ZZZ09999999999")
    assert is_creditor_id("DE98ABC09999999999")
    assert not is_creditor_id("DE97ZZZ09999999999")
    assert not is_creditor_id("DE98ZZZ")
