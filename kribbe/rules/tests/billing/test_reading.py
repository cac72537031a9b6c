"""What is wrong with a case is told with its path, all of it at once."""

import json
from copy import deepcopy

import pytest

from kribbe.rules.billing.reading import BadCaseError, as_case, read_case
from kribbe.rules.tests.billing.rich import FREE, INCOME


def problems(change, case=INCOME):
    raw = deepcopy(case)
    change(raw)
    with pytest.raises(BadCaseError) as error:
        as_case(raw)
    return list(error.value.problems)


@pytest.mark.parametrize("case", [INCOME, FREE])
def test_a_rich_case_is_in_order(case):
    assert as_case(case).month.isoformat() == "2026-03-01"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda raw: raw.pop("month"), "month: is missing"),
        (lambda raw: raw.update(colour="red"), "colour: unknown field"),
        (lambda raw: raw.update({"a b\n": 1}), '"a b\\n": unknown field'),
        (lambda raw: raw.update(format="kribbe.billing.case/2"), "format: must be 'kribbe.billing.case/1'"),
        (lambda raw: raw.update(pack="atlantis"), "pack: there is no pack 'atlantis'"),
        (lambda raw: raw.update(month="2026-13"), "month: must be a month, YYYY-MM"),
        (lambda raw: raw.update(days={}), "days: must be a list"),
        (lambda raw: raw.update(agreement=[3]), "agreement[0]: must be an object"),
        (lambda raw: raw["child"].update(school="no"), "child.school: must be true or false"),
        (lambda raw: raw["child"].update(born="2025-02-29"), "child.born: there is no day 2025-02-29"),
        (lambda raw: raw["child"].update(born="2026-04-01"), "child.born: is after the month 2026-03"),
        (lambda raw: raw["price"].update(kind="gift"), "price.kind: must be 'income' or 'free'"),
        (lambda raw: raw["price"].pop("kind"), "price.kind: is missing"),
        (lambda raw: raw["price"].update(hour="5.00"), "price.hour: unknown field"),
        (lambda raw: raw["price"]["extras"][0].update(full=1), "price.extras[0].full: must be an amount as text, such as '12.34'"),
        (lambda raw: raw["price"]["charges"][0].update(date="2026-04-01"), "price.charges[0].date: is outside the month"),
        (lambda raw: raw["price"]["beyond_allowance"].pop("half"), "price.beyond_allowance.half: is missing"),
        (lambda raw: raw["certificates"][0].update(day_fee="12,34"), "certificates[0].day_fee: must be an amount as text, such as '12.34'"),
        (lambda raw: raw["certificates"][0].update(to="2025-12-31"), "certificates[0].to: is before from"),
        (lambda raw: raw["certificates"][1].update({"from": "2026-03-15"}), "certificates[1]: overlaps certificates[0]"),
        (lambda raw: raw["agreement"][1].update({"from": "2026-03-01"}), "agreement[1]: overlaps agreement[0]"),
        (lambda raw: raw["agreement"][0].update(weeks=[]), "agreement[0].weeks: must hold at least 1"),
        (lambda raw: raw["agreement"][0]["weeks"][1].update(moon=[]), "agreement[0].weeks[1].moon: unknown field"),
        (lambda raw: raw["agreement"][0]["weeks"][0].update(mon=["17:00-08:00"]), "agreement[0].weeks[0].mon[0]: ends before it starts: 17:00-08:00"),
        (lambda raw: raw["agreement"][0]["weeks"][0].update(mon=["08:00-12:00", "11:59-17:00"]), "agreement[0].weeks[0].mon[1]: overlaps agreement[0].weeks[0].mon[0]"),
        (lambda raw: raw["agreement"][0]["weeks"][0].update(mon="08:00-12:00"), "agreement[0].weeks[0].mon: must be a list"),
        (lambda raw: raw["agreement"][0]["weeks"][0].update(mon=["8:00-12:00"]), "agreement[0].weeks[0].mon[0]: must be from and to, HH:MM-HH:MM (up to 47:59 for the next day)"),
        (lambda raw: raw["closing_days"].append("2026-03-16"), "closing_days[1]: stands already at closing_days[0]"),
        (lambda raw: raw["allowance"].update(entitled="-1"), "allowance.entitled: must be a number as text, such as '9' or '10.5'"),
        (lambda raw: raw["allowance"].update(unit="week"), "allowance.unit: must be 'day' or 'half_day'"),
        (lambda raw: raw["days"][0].update(date="2026-04-01"), "days[0].date: is outside the month"),
        (lambda raw: raw["days"][1].update(date="2026-03-02"), "days[1].date: stands already at days[0]"),
        (lambda raw: raw["days"][0].update(present=["09:00-09:00"]), "days[0].present[0]: ends before it starts: 09:00-09:00"),
        (lambda raw: raw["days"][0].update(present=[]), "days[0].present: must hold at least 1"),
        (lambda raw: raw["days"][0].update(absent="told"), "days[0]: can't have present and absent at once"),
        (lambda raw: raw["days"][1].pop("absent"), "days[1]: needs present or absent or swap"),
        (lambda raw: raw["days"][1].update(absent="ill"), "days[1].absent: must be 'told' or 'untold' or 'location' or 'force_majeure'"),
        (lambda raw: raw["days"][2].update(swap="2026-02-27"), "days[2].swap: 2026-02-27 is outside the month"),
        (lambda raw: raw["days"][2].update(swap="2026-03-02"), "days[2].swap: 2026-03-02 has an entry of its own"),
        (lambda raw: raw["days"][2].update(swap="2026-03-07"), "days[2].swap: nothing is reserved on 2026-03-07"),
        (lambda raw: raw["days"][2].update(swap="2026-03-16"), "days[2].swap: nothing is reserved on 2026-03-16"),
        (lambda raw: raw["days"][2].update(date="2026-03-12"), "days[2].swap: something is reserved on 2026-03-12 already"),
        (lambda raw: raw["days"][2].update(date="2026-03-16"), "days[2].swap: 2026-03-16 is a closing day"),
        (lambda raw: raw["days"].append({"date": "2026-03-07", "swap": "2026-03-05"}), "days[3].swap: 2026-03-05 is given up already at days[2].swap"),
        (lambda raw: raw.update(month="2013-03", child={"born": "2012-01-01"}, days=[], price={"kind": "income"}), "month: the pack flanders has no figures for 2013-03"),
    ],
)  # fmt: skip
def test_a_problem_has_its_path(change, problem):
    assert problems(change) == [problem]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda raw: raw["price"]["package"].update(size="0"), "price.package.size: must be a whole number above nought as text, such as '10'"),
        (lambda raw: raw["price"].update(sibling_discount="101"), "price.sibling_discount: must be a percentage as text from '0' to '100'"),
        (lambda raw: raw.update(price={"kind": "free", "half": None, "sibling_discount": "10"}), "price: needs one of full, half, hour, month, package"),
    ],
)  # fmt: skip
def test_a_problem_of_a_free_price(change, problem):
    assert problems(change, FREE) == [problem]


def test_all_problems_at_once():
    def change(raw):
        raw["certificates"][0]["to"] = "2025-12-31"
        raw["days"][0]["date"] = "2026-04-01"
        raw["agreement"][0]["weeks"][0]["mon"] = ["17:00-08:00"]

    assert len(problems(change)) == 3


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("08:00-24:00", 16 * 60),
        ("20:00-06:00", 10 * 60),
        ("20:00-08:00", 12 * 60),
        ("18:00-32:00", 14 * 60),
    ],
)
def test_a_night_is_written_in_two_ways(text, minutes):
    raw = {**INCOME, "days": [{"date": "2026-03-07", "present": [text]}]}
    [(start, end)] = next(iter(as_case(raw).entries.values())).present
    assert end - start == minutes


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff", "byte 0: not UTF-8"),
        (b"", "line 1, column 1: Expecting value"),
        (b'{"a": 1, "a": 2}', "a: the key stands twice in one object"),
        (b'{"b": [{}, {"c": {"a": 1, "a": 2}}]}', "b[1].c.a: the key stands twice in one object"),
        (b'{"b": {"a": 1, "a": 1}, "b": 3}', "b: the key stands twice in one object"),
        (b"[]", "must be an object"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 5000, "a number has too many digits"),
        (b'{"pack": "\\ud800"}', "pack: half of a character (a lone surrogate) stands in this text"),
        (
            b'{"price": {"extras": [{"name": "x\\udc00"}]}}',
            "price.extras[0].name: half of a character (a lone surrogate) stands in this text",
        ),
        (
            b'{"child": {"\\ud800": 1}}',
            'child."\\ud800": half of a character (a lone surrogate) stands in this name',
        ),
    ],
)
def test_what_is_no_case(content, problem):
    with pytest.raises(BadCaseError) as error:
        read_case(content)
    assert error.value.problems == (problem,)


def test_the_order_of_fields_is_free():
    turned = dict(reversed(INCOME.items()))
    assert read_case(json.dumps(turned).encode()) == as_case(INCOME)
