"""CODA: what is written is read, pycoda reads the same, and whatever was tampered with is refused at its record."""

from dataclasses import replace
from decimal import Decimal

import pytest
from coda.parser import Parser
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.bank.coda import read_coda
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.bank.statement import StatementError, is_iban, is_ogm
from kribbe.rules.tests.bank.drawn import IBAN, drawn_statements, movement, ogm_of, statement


def refused(data: bytes) -> tuple[str, int]:
    with pytest.raises(StatementError) as caught:
        read_coda(data)
    return caught.value.code, caught.value.record


def lines(data: bytes) -> list[str]:
    return data.decode("latin-1").split("\r\n")[:-1]


def joined(rows: list[str]) -> bytes:
    return ("\r\n".join(rows) + "\r\n").encode("latin-1")


def put(line: str, first: int, text: str) -> str:
    return line[: first - 1] + text + line[first - 1 + len(text) :]


SMALL = [
    statement(
        movement(1, "123.40", ogm="090933755493", iban=IBAN, name="MAES AN"),
        movement(2, "-7.05", text="kosten", code="00737010"),
    )
]


@given(st.integers(0, 10_000), st.integers(0, 40))
def test_what_is_written_is_read_and_pycoda_reads_the_same(seed, count):
    told = drawn_statements(seed, movements=count, most=15) or SMALL
    data = write_coda(told)
    read = read_coda(data)
    assert [replace(one, movements=()) for one in read] == [replace(one, movements=()) for one in told]
    assert [_facts(each) for one in read for each in one.movements] == [
        _facts(each) for one in told for each in one.movements
    ]
    theirs = Parser().parse(data)
    assert [(one.old_balance, one.new_balance, one.acc_number) for one in theirs] == [
        (float(abs(one.old_balance)), float(abs(one.new_balance)), one.iban) for one in read
    ]
    assert [
        (each.transaction_amount, each.counterparty_number or "", each.counterparty_name or "")
        for one in theirs
        for each in one.movements
    ] == [(float(abs(each.amount)), each.iban, each.name) for one in read for each in one.movements]


def _facts(each):
    return each.number, each.amount, each.ogm, each.text, each.iban, each.name, each.client_reference


def test_the_positions_are_those_of_the_description():
    rows = lines(write_coda(SMALL))
    assert {len(row) for row in rows} == {128}
    assert rows[1][5:21] == IBAN
    assert rows[1][39:42] == "EUR"
    assert rows[1][43:58] == "000000001000000"
    assert rows[2][32:47] == "000000000123400"
    assert rows[2][61:77] == "1101090933755493"
    assert rows[-2][42:57] == "000000001116350"
    # 1 + 2 x (21, 22, 23) + 8
    assert rows[-1][16:22] == "000008"
    assert rows[-1][22:52] == "000000000007050" + "000000000123400"


@given(st.data())
def test_a_file_that_is_cut_anywhere_is_refused(data):
    whole = write_coda(drawn_statements(7, movements=12, most=5))
    end = data.draw(st.integers(0, len(whole) - 4))
    refused(whole[:end])


@given(st.data())
def test_a_digit_of_an_amount_that_was_changed_is_refused(data):
    rows = lines(write_coda(drawn_statements(3, movements=8)))
    spots = {"1": (44, 57), "2": (33, 46), "8": (43, 56), "9": (17, 51)}
    number = data.draw(
        st.sampled_from([n for n, row in enumerate(rows) if row[0] in spots and row[:2] not in ("22", "23")])
    )
    first, last = spots[rows[number][0]]
    spot = data.draw(st.integers(first, last))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != rows[number][spot - 1]]))
    rows[number] = put(rows[number], spot, other)
    assert refused(joined(rows))[0] in {"balance", "count", "sums", "figure"}


def test_each_fault_is_told_with_its_record():
    rows = lines(write_coda(SMALL))
    assert refused(joined([put(rows[0], 15, "06"), *rows[1:]])) == ("version", 1)
    assert refused(joined([put(rows[0], 128, "1"), *rows[1:]])) == ("version", 1)
    assert refused(joined([put(rows[0], 17, "D"), *rows[1:]])) == ("duplicate", 1)
    assert refused(joined([rows[0], put(rows[1], 40, "USD"), *rows[2:]])) == ("currency", 2)
    assert refused(joined([rows[0], put(rows[1], 8, "9"), *rows[2:]])) == ("account", 2)
    assert refused(joined([*rows[:2], put(rows[2], 3, "0002"), *rows[3:]])) == ("sequence", 3)
    assert refused(joined([*rows[:3], *rows[4:]])) == ("count", len(rows) - 1)
    assert refused(joined([*rows[:3], *rows[5:]])) == ("continued", 4)
    assert refused(joined([*rows[:2], rows[2][:100], *rows[3:]])) == ("length", 3)
    assert refused(joined([*rows[:2], put(rows[2], 48, "310226"), *rows[3:]])) == ("day", 3)
    assert refused(joined([*rows[:2], put(rows[2], 47, "5"), *rows[3:]])) == ("figure", 3)
    assert refused(joined([rows[0], *rows[2:]])) == ("order", 2)
    assert refused(joined(rows[:-1])) == ("cut", len(rows) - 1)
    assert refused(joined([*rows[:-1], put(rows[-1], 128, "1")])) == ("cut", len(rows))
    assert refused(b"") == ("length", 1)


def test_details_of_a_total_are_not_added_twice():
    total = statement(movement(1, "30.00", code="10550000"), movement(2, "5.00"))
    rows = lines(write_coda([total]))
    parts = []
    for number, cents in ((1, "10.00"), (2, "20.00")):
        part = lines(write_coda([statement(movement(1, cents, code="60550000", ogm=ogm_of(number)))]))[2:5]
        parts += [put(row, 7, f"{number:04d}") for row in part]
    rows[5:5] = parts
    rows[-1] = put(rows[-1], 17, f"{8 + 6:06d}")
    (read,) = read_coda(joined(rows))
    assert [str(each.amount) for each in read.movements] == ["10.00", "20.00", "5.00"]
    assert [each.ogm for each in read.movements] == [ogm_of(1), ogm_of(2), ""]
    assert read.new_balance == Decimal("1035.00")


def test_references_and_account_numbers():
    assert is_ogm("090933755493")
    assert not is_ogm("090933755494")
    assert not is_ogm("09093375549")
    assert is_iban(IBAN)
    assert not is_iban("BE68539007547035")
