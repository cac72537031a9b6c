from collections import Counter
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.halfdays import EMPTY, WORK_WEEK, WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import (
    CRITERIA,
    FORBIDDEN,
    DateRule,
    Facts,
    PriceKind,
    Standing,
    check_criteria,
    compare,
    date_key,
    grounds_ahead,
    order,
    owed_vulnerable,
    standing,
    tie,
    vulnerable,
)

PACK = load_pack("flanders")
TODAY = date(2026, 11, 22)
REFORM = date(2024, 6, 1)
NOTHING = Facts()

facts_of = st.builds(Facts, **{field.name: st.booleans() for field in fields(Facts)})
days = st.dates(date(2026, 1, 1), date(2026, 1, 5))
criteria_lists = st.lists(st.sampled_from(sorted(CRITERIA)), unique=True, max_size=4).map(
    lambda ids: sorted(ids, key=lambda criterion: CRITERIA[criterion].residence)
)


def stand(facts: Facts = NOTHING, **changes: Any) -> Standing:
    usual: dict[str, Any] = {
        "pattern": WeekPattern(15),
        "price": PriceKind.INCOME,
        "criteria": (),
        "date_rule": DateRule.REGISTERED,
        "registered": date(2026, 1, 14),
        "wanted_start": date(2026, 9, 1),
        "seed": 7,
        "child_id": "c1",
        "pack": PACK,
        "on": TODAY,
    }
    return standing(facts=facts, **(usual | changes))


# The characteristics are work, single, low income, care need, no diploma; two of five, one of the last three.
TRUTH = """
00000 no   01000 no   10000 no   11000 no
00001 no   01001 yes  10001 yes  11001 yes
00010 no   01010 yes  10010 yes  11010 yes
00011 yes  01011 yes  10011 yes  11011 yes
00100 no   01100 yes  10100 yes  11100 yes
00101 yes  01101 yes  10101 yes  11101 yes
00110 yes  01110 yes  10110 yes  11110 yes
00111 yes  01111 yes  10111 yes  11111 yes
"""


def test_vulnerable_is_two_of_five_with_one_of_the_last_three() -> None:
    words = TRUTH.split()
    table = dict(zip(words[::2], words[1::2], strict=True))
    assert len(table) == 32
    for bits, answer in table.items():
        work, single, low_income, care_need, no_diploma = (bit == "1" for bit in bits)
        facts = Facts(
            work=work, single=single, low_income=low_income, care_need=care_need, no_diploma=no_diploma
        )
        verdict = vulnerable(facts, PACK, TODAY)
        assert verdict.holds == (answer == "yes"), bits
        held = [reason for reason in verdict.reasons if reason.code.split(".")[1] in Facts.__annotations__]
        assert len(held) == bits.count("1")
        assert verdict.holds == (len(held) == len(verdict.reasons))


def test_vulnerable_says_what_is_lacking() -> None:
    verdict = vulnerable(Facts(work=True, single=True), PACK, TODAY)
    assert [reason.code for reason in verdict.reasons] == [
        "vulnerable.work",
        "vulnerable.single",
        "vulnerable.none_decisive",
    ]
    lacking = vulnerable(Facts(low_income=True), PACK, TODAY).reasons[-1]
    assert lacking.english() == "1 of the 2 characteristics needed hold."


def test_owed_by_hand() -> None:
    def owed(cared: int, held: int, plus: bool = False) -> int:
        return owed_vulnerable(cared=cared, vulnerable=held, plus=plus, pack=PACK, on=TODAY)

    assert owed(23, 2) == 3  # 0.20 x 23 = 4.6, so 5; 5 - 2
    assert owed(25, 2) == 3  # 0.20 x 25 = 5 exactly
    assert owed(23, 2, plus=True) == 5  # 0.30 x 23 = 6.9, so 7; 7 - 2
    assert owed(23, 9) == 0
    assert owed(0, 0) == 0
    with pytest.raises(ValueError, match="can't be vulnerable"):
        owed(3, 4)


@given(st.integers(0, 300), st.integers(0, 300), st.booleans())
def test_owed_is_the_least_that_reaches_the_share(cared: int, held: int, plus: bool) -> None:
    held = min(held, cared)
    share = Decimal("0.30") if plus else Decimal("0.20")
    least = next(more for more in range(cared + 1) if held + more >= share * cared)
    assert owed_vulnerable(cared=cared, vulnerable=held, plus=plus, pack=PACK, on=TODAY) == least


def test_the_example_of_the_allocation_format() -> None:
    free: dict[str, Any] = {"price": PriceKind.FREE, "criteria": ["work"]}
    first = stand(Facts(work=True), **free)
    second = stand(registered=date(2026, 1, 10), child_id="c2", **free)
    assert (first.key, second.key) == ((0, 20260114), (1, 20260110))
    assert grounds_ahead(second, [first]) == {"criterion.work": 1}


def test_a_standing_by_hand() -> None:
    """A single working mother, nobody of hers at the location, living in town, registered on 14 January."""
    mine = stand(Facts(work=True, single=True, resident=True), criteria=["sibling", "resident"])
    # law: work 0, single 0; sibling 1; resident 0; the day.
    assert mine.key == (0, 0, 1, 0, 20260114)
    assert mine.tie == "4dd4e247e31207b7b835697b35a1b3a48f84f99f15dd06f498ac72a3b64f7395"  # of "7:c1"
    assert [(part.name, part.holds, part.reason.code) for part in mine.parts] == [
        ("law.absolute", True, "law.work"),
        ("law.ground", True, "law.single"),
        ("criterion.sibling", False, "criterion.sibling.no"),
        ("criterion.resident", True, "criterion.resident"),
        ("date.registered", True, "date.registered"),
        ("tie", True, "tie"),
    ]


@pytest.mark.parametrize(
    ("facts", "before", "reform"),
    [
        (Facts(work=True), (0, 1), (1, 1)),
        (Facts(work=True, work_share_4_5=True), (0, 1), (0, 1)),
        (Facts(work=True, sibling_here=True, sibling_same_time=True), (0, 0), (0, 1)),
        (Facts(foster=True), (1, 0), (0, 1)),
        (Facts(single=True), (1, 0), (1, 1)),
        (Facts(single=True, low_income=True, foster=True, sibling_here=True), (1, 0), (0, 1)),
        (Facts(care_need=True, no_diploma=True, resident=True, urgent=True), (1, 1), (1, 1)),
    ],
)
def test_the_law_of_the_day(facts: Facts, before: tuple[int, int], reform: tuple[int, int]) -> None:
    for day, expected in {
        date(2024, 3, 31): before,
        date(2024, 4, 1): reform,
        date(2025, 4, 29): reform,
        date(2025, 4, 30): before,
        TODAY: before,
    }.items():
        assert stand(facts, on=day).key[:2] == expected, day


def test_free_price_knows_no_law() -> None:
    everything = Facts(**{field.name: True for field in fields(Facts)})
    assert stand(everything, price=PriceKind.FREE).key == (20260114,)


def test_a_full_week_is_eight_half_days() -> None:
    for half_days, expected in ((7, 1), (8, 0), (10, 0)):
        pattern = WeekPattern.from_slots(range(half_days))
        assert stand(pattern=pattern, criteria=["full_week"]).key[2] == expected


def test_date_keys_by_hand() -> None:
    given_dates: dict[str, Any] = {
        "registered": date(2026, 1, 14),
        "wanted_start": date(2026, 9, 1),
        "seed": 7,
        "child_id": "c1",
    }
    assert date_key(DateRule.REGISTERED, **given_dates) == 20260114
    assert date_key(DateRule.WANTED_START, **given_dates) == 20260901
    assert date_key(DateRule.LOTTERY, **given_dates) == 0x4DD4E247E312
    # 23:30 UTC is half past midnight in Brussels: the next day, for everybody.
    late = datetime(2026, 1, 13, 23, 30, tzinfo=UTC)
    assert date_key(DateRule.REGISTERED, **(given_dates | {"registered": late})) == 20260114
    naive = late.replace(tzinfo=None)
    with pytest.raises(ValueError, match="no time zone"):
        date_key(DateRule.REGISTERED, **(given_dates | {"registered": naive}))


def test_a_lot_is_the_same_at_every_location() -> None:
    there: dict[str, Any] = {"date_rule": DateRule.LOTTERY, "price": PriceKind.FREE}
    assert stand(**there).key == stand(criteria=["sibling"], **there).key[1:]
    assert tie(7, "c1") != tie(8, "c1")
    assert tie(1, "1c") != tie(11, "c")


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["sibling", "work", "resident", "neighbourhood"], []),
        ([], []),
        (["sibling", "charm"], [("1", "criteria.unknown")]),
        (["work", "sibling", "work"], [("2", "criteria.twice")]),
        (["resident", "sibling"], [("0", "criteria.residence_not_last")]),
        (
            ["resident", "neighbourhood", "work"],
            [("0", "criteria.residence_not_last"), ("1", "criteria.residence_not_last")],
        ),
        (["residents_only"], [("0", "criteria.forbidden")]),
        (["resident", "charm"], [("1", "criteria.unknown")]),
    ],
)
def test_criteria_are_checked(ids: list[str], expected: list[tuple[str, str]]) -> None:
    found = [(problem.field, problem.reason.code) for problem in check_criteria(ids)]
    assert found == expected


def test_unlawful_criteria_make_no_standing() -> None:
    assert not FORBIDDEN & CRITERIA.keys()
    for criterion in FORBIDDEN:
        with pytest.raises(ValueError, match="may not be used"):
            stand(criteria=[criterion])


@dataclass(frozen=True)
class Waiting:
    """A waiting list that says in other words than the rules who is ahead of whom."""

    price: PriceKind
    criteria: list[str]
    on: date
    children: dict[str, tuple[Facts, WeekPattern, date]]

    def standings(self) -> dict[str, Standing]:
        return {
            child: stand(
                facts,
                pattern=pattern,
                registered=day,
                child_id=child,
                price=self.price,
                criteria=self.criteria,
                on=self.on,
            )
            for child, (facts, pattern, day) in self.children.items()
        }

    def ahead(self, one: str, two: str) -> bool:
        for question in ("absolute", "ground", *self.criteria):
            answers = [self.answer(question, child) for child in (one, two)]
            if answers[0] != answers[1]:
                return answers[0]
        days = [self.children[child][2] for child in (one, two)]
        return days[0] < days[1] or (days[0] == days[1] and tie(7, one) < tie(7, two))

    def answer(self, question: str, child: str) -> bool:
        facts, pattern, _ = self.children[child]
        if question in ("absolute", "ground"):
            law = self.reform if self.on == REFORM else self.usual
            return self.price == PriceKind.INCOME and law(facts)[question]
        if question == "full_week":
            return len(pattern) > 7
        return facts.sibling_here if question == "sibling" else bool(getattr(facts, question))

    @staticmethod
    def usual(facts: Facts) -> dict[str, bool]:
        ground = facts.single or facts.low_income or facts.foster or facts.sibling_here
        return {"absolute": facts.work, "ground": ground}

    @staticmethod
    def reform(facts: Facts) -> dict[str, bool]:
        absolute = facts.work_share_4_5 or facts.sibling_same_time or facts.foster
        return {"absolute": absolute, "ground": False}


waiting_lists = st.builds(
    Waiting,
    price=st.sampled_from(PriceKind),
    criteria=criteria_lists,
    on=st.sampled_from([TODAY, REFORM]),
    children=st.dictionaries(
        st.sampled_from("abcdefgh"),
        st.tuples(facts_of, st.sampled_from([EMPTY, WeekPattern(WORK_WEEK)]), days),
    ),
)


@given(waiting_lists, st.randoms())
def test_the_order_is_total_explained_and_the_same_whoever_looks(waiting: Waiting, random: Random) -> None:
    of = waiting.standings()
    ordered = order(of.items())
    shuffled = list(of.items())
    random.shuffle(shuffled)
    assert order(shuffled) == ordered
    assert {child: place for place, child in enumerate(ordered)} == {
        child: sum(waiting.ahead(other, child) for other in of if other != child) for child in of
    }
    for better, worse in pairwise(ordered):
        why, why_not = compare(of[better], of[worse]), compare(of[worse], of[better])
        assert why.name == why_not.name
        assert (why.holds, why_not.holds) == (True, why.name.startswith(("date.", "tie")))


@given(waiting_lists)
def test_others_hear_how_many_are_ahead_and_nothing_sensitive(waiting: Waiting) -> None:
    of = waiting.standings()
    for place, child in enumerate(order(of.items())):
        told = grounds_ahead(of[child], of.values())
        assert told.total() == place
        assert not {"criterion.single", "criterion.care_need", "law.absolute", "law.ground"} & told.keys()


def test_grounds_ahead_by_hand() -> None:
    criteria = ["sibling", "care_need"]
    mine = stand(Facts(work=True), criteria=criteria)
    others = [
        stand(Facts(work=True, single=True), criteria=criteria, child_id="by law"),
        stand(Facts(work=True, care_need=True), criteria=criteria, child_id="by care need"),
        stand(Facts(work=True), criteria=criteria, child_id="by date", registered=date(2026, 1, 13)),
        stand(Facts(sibling_here=True), criteria=criteria, child_id="behind: no work"),
    ]
    assert grounds_ahead(mine, others) == Counter({"law": 2, "date.registered": 1})
    free: dict[str, Any] = {"criteria": criteria, "price": PriceKind.FREE}
    sibling = stand(Facts(sibling_here=True), child_id="c2", **free)
    assert grounds_ahead(stand(**free), [sibling]) == {"criterion.sibling": 1}


def test_only_comparable_standings_are_compared() -> None:
    with pytest.raises(ValueError, match="one location"):
        compare(stand(criteria=["sibling"]), stand(criteria=["work"], child_id="c2"))
    with pytest.raises(ValueError, match="the same"):
        compare(stand(), stand())


def test_changing_the_days_keeps_the_place() -> None:
    facts = replace(Facts(work=True), resident=True)
    assert stand(facts, pattern=WeekPattern(3)) == stand(facts, pattern=WeekPattern(12))
