"""Each file as an authority wants it passes its own check, and every fault gets its line."""

import json
import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from defusedxml.ElementTree import fromstring
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kribbe.taxes.tests.scene import PARENT_NUMBER, child_number
from kribbe.taxes.writing import (
    belcotax,
    check_belcotax,
    check_free_month,
    check_income_month,
    free_month,
    income_month,
)
from kribbe.taxes.writing.belcotax import Fiche, Line, Party, Sending, Treatment
from kribbe.taxes.writing.income_month import Block, Length

BORN = date(2025, 4, 2)
PARENT = Party("Maes", "Naamsestraat 2", "3000", "Leuven", PARENT_NUMBER, first_name="An")
CHILD = Party("Maes", "Naamsestraat 2", "3000", "Leuven", child_number(BORN), first_name="Noor", born=BORN)
CERTIFIER = Party("Opgroeien", "Hallepoortlaan 27", "1060", "Brussel", "0886886638", code="1")
ORGANISER = Party("Notelaar vzw", "Bondgenotenlaan 1", "3000", "Leuven", "0403019261")
MARCH = Line(date(2026, 3, 2), date(2026, 3, 16), 3, None, 3702)
APRIL = Line(date(2026, 4, 1), date(2026, 4, 30), 20, 1734, 34680)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def fiche(*lines: Line, **fields) -> Fiche:
    told = {"reference": "2026-00001", "treatment": Treatment.NORMAL, "payer": PARENT, "child": CHILD}
    return Fiche(**{**told, "certifier": CERTIFIER, "lines": lines or (MARCH,), **fields})


def sending(*fiches: Fiche, **fields) -> Sending:
    told = {
        "year": 2026, "made_on": date(2027, 2, 1), "reference": "AB12CD34", "sender": ORGANISER,
        "phone": "+32 16 12 34 56", "email": "info@notelaar.example", "fiches": fiches or (fiche(),),
    }  # fmt: skip
    return Sending(**{**told, **fields})


def test_amounts_are_cents_and_totals_are_those_of_the_format():
    root = fromstring(belcotax.written(sending(fiche(), fiche(APRIL, MARCH))))
    told = {each.tag.split("_")[0]: each.text for each in root.iter() if each.tag[0] in "rv"}
    # two certificates: 2 + 2 records and 2 + 4; numbers 1 + 2; 2 x 37.02 and 2 x (346.80 + 37.02), in cents
    assert (told["r8010"], told["r8011"], told["r8012"]) == ("4", "3", str(7404 + 76764))
    assert (told["r9010"], told["r9011"], told["r9012"], told["r9013"]) == ("3", "6", "3", "84168")
    first = root.find(".//Fiche28186")
    assert first is not None
    assert first.findtext("f86_2055_begindate1") == "02-03-2026"
    assert (first.findtext("f86_2064_totalamount"), first.findtext("f86_2111_dailytariff1")) == ("3702", None)


def test_an_original_and_one_that_replaces_it_pass_the_check():
    assert check_belcotax.faults(belcotax.written(sending())) == []
    again = sending(fiche(treatment=Treatment.CANCEL), replaces="123456")
    data = belcotax.written(again)
    assert check_belcotax.faults(data) == []
    assert b"<v0025_typeenvoi>1<" in data
    assert b"<v0026_referte>123456<" in data


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 28), st.integers(1, 9000)), min_size=1, max_size=4),
        min_size=1,
        max_size=6,
    )
)
def test_the_recount_agrees_with_the_writer(slips):
    fiches = [
        fiche(
            *(
                Line(date(2026, place, 1), date(2026, place, 28), days, price, days * price)
                for place, (days, price) in enumerate(lines, 4)
            )
        )
        for lines in slips
    ]
    assert check_belcotax.faults(belcotax.written(sending(*fiches))) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "<r8012_controletotaal>7404",
            "<r8012_controletotaal>7405",
            "r8012 is 7405, and a recount gives 7404",
        ),
        ("<r9011_totaalaantalrecords>5", "<r9011_totaalaantalrecords>6", "r9011 is 6"),
        (
            "<f86_2064_totalamount>3702",
            "<f86_2064_totalamount>3703",
            "2064 is 3703, and the amounts sum to 3702",
        ),
        ("<f86_2055_begindate1>02-03-2026", "<f86_2055_begindate1>2026-03-02", "2055 hasn't its form"),
        ("<f86_2055_begindate1>02-03-2026", "<f86_2055_begindate1>31-02-2026", "2055 is no day"),
        ("<f86_2055_begindate1>02-03-2026", "<f86_2055_begindate1>17-03-2026", "ends before it begins"),
        ("<f86_2055_begindate1>02-03-2026", "<f86_2055_begindate1>15-03-2026", "more days than it lasts"),
        ("<f86_2055_begindate1>02-03-2026", "<f86_2055_begindate1>02-03-2025", "before the child was born"),
        (f"<f2011_nationaalnr>{PARENT_NUMBER}", "<f2011_nationaalnr>85073003329", "f2011: the check digits"),
        ("<f2009_volgnummer>1", "<f2009_volgnummer>2", "f2009 is 2, and this is number 1"),
        ("<v0025_typeenvoi>0", "<v0025_typeenvoi>1", "v0026"),
        ("<f2018_landwoonplaats>150</f2018_landwoonplaats>", "", "f2018 is missing"),
        ("<f2029_enkelopgave325>0", "<f2099_new>1</f2099_new><f2029_enkelopgave325>0", "f2099 isn't known"),
        ("<v0024_nationaalnr>0403019261", "<v0024_nationaalnr>0403019262", "v0024: the check digits"),
    ],
)
def test_every_fault_of_a_belcotax_file_has_its_line(old, new, fault):
    data = belcotax.written(sending()).decode()
    assert old in data
    assert any(fault in line for line in check_belcotax.faults(data.replace(old, new, 1).encode()))


NO_NUMBERS = ["", "12,34", "x", "-1", "1e3", "²", "9" * 5000]


@pytest.mark.parametrize("wrong", NO_NUMBERS)
def test_what_is_no_number_where_one_belongs_is_a_fault_and_breaks_nothing(wrong):
    priced = fiche(Line(date(2026, 4, 1), date(2026, 4, 28), 3, 1234, 3702))
    data = belcotax.written(sending(priced)).decode()
    for tag in ("f86_2111_dailytariff1", "f86_2110_numberofday1", "f86_2060_amount1", "f2009_volgnummer",
                "f86_2059_totaalcontrole", "r8012_controletotaal"):  # fmt: skip
        changed = re.sub(f"<{tag}>[^<]*<", f"<{tag}>{wrong}<", data)
        assert changed != data, tag
        assert check_belcotax.faults(changed.encode()), tag


@pytest.mark.parametrize("check", [check_belcotax.faults, check_income_month.faults, check_free_month.faults])
@pytest.mark.parametrize("data", [b"", b"<", b"<a/>", b"[]", b"{}", b"\xff", b"null"])
def test_what_is_no_such_file_is_told_and_breaks_nothing(check, data):
    assert check(data)


def month(*lines: income_month.Line, **fields) -> income_month.Month:
    told = {
        "month": date(2026, 3, 1), "location": "De Notelaar", "file_number": "910001234",
        "organiser": "Notelaar vzw", "responsible": "Mia Claes", "open_days": 22, "flex": False, "lines": lines,
    }  # fmt: skip
    return income_month.Month(**{**told, **fields})


COUNTS = {(Block.CAME, Length.FULL): 16, (Block.CAME, Length.HALF): 4, (Block.JUSTIFIED, Length.FULL): 2}
NOOR = income_month.Line("25040212301", "Noor", "Maes", counts=COUNTS)


def faulty(*lines: income_month.Line, **fields) -> str:
    return "\n".join(check_income_month.faults(income_month.written(month(*lines, **fields))))


def test_a_month_of_places_at_an_income_price_passes_its_rules():
    assert faulty(NOOR) == ""
    school = replace(NOOR, code="21040212301", out_of_school=True, counts={(Block.CAME, Length.SHORT): 3})
    assert faulty(NOOR, school) == ""
    assert faulty(replace(NOOR, counts={(Block.CAME, Length.LONG): 1}), flex=True) == ""


def test_every_rule_of_the_month_has_its_line():
    assert "at least one line" in faulty()
    assert "23 stays in 22 open days" in faulty(replace(NOOR, counts={(Block.CAME, Length.FULL): 23}))
    assert "code hasn't its form" in faulty(replace(NOOR, code="2504"))
    assert "voornaam has 1 to 50" in faulty(replace(NOOR, first_name=""))
    assert "42 months or younger" in faulty(replace(NOOR, out_of_school=True))
    assert "two lines only where" in faulty(NOOR, NOOR)
    assert "dossiernummer hasn't its form" in faulty(NOOR, file_number="12")
    assert "verantwoordelijke is empty" in faulty(NOOR, responsible="")
    old = replace(NOOR, code="21040212301")
    both = faulty(old, replace(old, out_of_school=True, counts={(Block.CAME, Length.HALF): 3}))
    assert "23 stays of both lines in 22 open days" in both


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<FormulierGecontroleerd>J", "<FormulierGecontroleerd>N", "wouldn't be processed"),
        ("03/2026", "2026-03", "periode hasn't its form"),
        ("<min5u>4<", "<min5u>-4<", "a count is a whole number"),
        ("<min5u>4<", "<min3u>1</min3u><min5u>4<", "min3u is for out-of-school care only"),
        ("<min5u>4<", "<min11uFlex>1</min11uFlex><min5u>4<", "min11uFlex is for flexible care only"),
        ("<min5u>4</min5u>", "", "min5u is missing"),
        ("FO-SU-05", "FO-SU-06", "DocumentIndicator"),
        ("<bo>N</bo>", "<bo>J</bo>", "at a location that has none"),
    ],
)
def test_every_fault_of_the_form_has_its_line(old, new, fault):
    data = income_month.written(month(NOOR)).decode()
    assert any(fault in line for line in check_income_month.faults(data.replace(old, new, 1).encode()))


def free(*stays) -> bytes:
    child = free_month.Child("Noor", "Maes", BORN, "V", None, stays or (at(2, 8, 17),))
    return free_month.written(month=date(2026, 3, 1), file_number="910001234", children=[child])


def at(day: int, start: int, end: int):
    return date(2026, 3, day), datetime(2026, 3, day, start), datetime(2026, 3, day, end)  # noqa: DTZ001


def test_a_month_of_places_at_a_free_price_passes_its_rules():
    data = free(at(2, 8, 12), at(2, 13, 17), at(3, 8, 12))
    assert check_free_month.faults(data) == []
    days = json.loads(data)["prestaties"][0]["kind"]["kindPrestaties"]
    assert [len(day["kindPrestatiesDetails"]) for day in days] == [2, 1]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("910001234", "810001234", "locatieId hasn't its form"),
        ('"V"', '"X"', "one of M, V"),
        ('"Maes"', '""', "1 to 50 letters"),
        ("T17:00", "T07:00", "ends later"),
        ('"kindNaam"', '"naam"', "kindNaam is missing"),
        ("2025-04-02T", "2026-04-02T", "before the child was born"),
        ("2026-03-01T", "2026-04-01T", "isn't in the month"),
        ("2026-03-02T00", "2026-02-30T00", "no such day"),
    ],
)
def test_every_fault_of_the_report_has_its_line(old, new, fault):
    assert any(
        fault in line for line in check_free_month.faults(free().decode().replace(old, new, 1).encode())
    )


def test_stays_that_overlap_and_children_that_stand_twice_are_told():
    assert "two stays overlap" in " ".join(check_free_month.faults(free(at(2, 8, 12), at(2, 11, 17))))
    told = json.loads(free())
    told["prestaties"] *= 2
    assert "has a line already" in " ".join(check_free_month.faults(json.dumps(told).encode()))


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl", "f2018 ontbreekt"), ("fr", "f2018 manque"), ("de", "f2018 fehlt")],
)
def test_a_fault_is_told_in_the_language_of_who_reads_it(language, said):
    data = belcotax.written(sending()).decode()
    broken = data.replace("<f2018_landwoonplaats>150</f2018_landwoonplaats>", "", 1).encode()
    with translation.override(language):
        assert any(said in line for line in check_belcotax.faults(broken))
