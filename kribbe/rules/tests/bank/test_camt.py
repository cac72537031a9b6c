"""CAMT.053: both versions are read, tell the same as CODA, and what is hostile or doesn't tie out is refused."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.bank.camt import read_camt
from kribbe.rules.bank.camt_writing import write_camt
from kribbe.rules.bank.coda import read_coda
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.bank.statement import StatementError
from kribbe.rules.tests.bank.drawn import drawn_statements, movement, statement

BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><a>&c;</a>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>"""
SMALL = write_camt([statement(movement(1, "10.00", text="opvang"), movement(2, "-2.50", text="kosten"))])


def refused(data: bytes) -> tuple[str, int]:
    with pytest.raises(StatementError) as caught:
        read_camt(data)
    return caught.value.code, caught.value.record


@pytest.mark.parametrize("version", ["02", "08"])
@given(seed=st.integers(0, 10_000), count=st.integers(1, 30))
def test_both_versions_tell_the_same_as_coda(version, seed, count):
    told = drawn_statements(seed, movements=count, most=9)
    read = read_camt(write_camt(told, version=version))
    same = [replace(one, movements=tuple(replace(each, code="") for each in one.movements)) for one in read]
    coda = read_coda(write_coda(told))
    assert same == [
        replace(one, movements=tuple(replace(each, code="") for each in one.movements)) for one in coda
    ]


@pytest.mark.parametrize("data", [BOMB, OUTSIDE, b"<a", b"<a>\xff</a>", b""])
def test_hostile_and_broken_xml_is_refused(data):
    assert refused(data) == ("xml", 0)


def test_what_does_not_tie_out_is_refused():
    assert refused(SMALL.replace(b">10.00</Amt>", b">10.01</Amt>"))[0] == "balance"
    assert refused(SMALL.replace(b"<NbOfNtries>2<", b"<NbOfNtries>3<"))[0] == "count"
    assert refused(SMALL.replace(b"<Sum>2.50<", b"<Sum>2.60<"))[0] == "sums"
    assert refused(SMALL.replace(b'Ccy="EUR">2.50', b'Ccy="USD">2.50')) == ("currency", 2)
    assert refused(SMALL.replace(b">2.50</Amt>", b">NaN</Amt>")) == ("figure", 2)
    assert refused(SMALL.replace(b"camt.053.001.02", b"camt.054.001.02"))[0] == "version"
    assert refused(SMALL.replace(b"<IBAN>BE68", b"<IBAN>BE69"))[0] == "account"
    assert refused(re.sub(rb"<BookgDt>.*?</BookgDt>", b"", SMALL, count=1)) == ("day", 1)
    assert refused(SMALL.replace(b"CLBD", b"ITBD"))[0] == "missing"


def test_an_account_by_its_belgian_number():
    plain = SMALL.replace(b"<IBAN>BE68539007547034</IBAN>", b"<Othr><Id>539-0075470-34</Id></Othr>")
    assert read_camt(plain)[0].iban == "BE68539007547034"


def test_details_of_a_total_are_not_added_twice():
    one = '<TxDtls><Amt Ccy="EUR">{}</Amt><RmtInf><Ustrd>{}</Ustrd></RmtInf></TxDtls>'
    both = one.format("4.00", "a") + one.format("6.00", "b")
    data = re.sub(rb"<TxDtls>.*?</TxDtls>", both.encode(), SMALL, count=1)
    (read,) = read_camt(data)
    assert [(str(each.amount), each.text) for each in read.movements] == [
        ("4.00", "a"), ("6.00", "b"), ("-2.50", "kosten"),
    ]  # fmt: skip


def test_an_encoding_that_nobody_knows_is_no_xml_of_a_bank():
    with pytest.raises(StatementError) as caught:
        read_camt(b'<?xml version="1.0" encoding="UTF-9"?>' + SMALL.partition(b"?>")[2])
    assert caught.value.code == "xml"
