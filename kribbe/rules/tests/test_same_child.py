from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.same_child import Registration, children

registrations = st.lists(
    st.tuples(
        st.sampled_from(["", "n1", "n2"]),
        st.sampled_from(["peeters|noor", "peeters|mats", "peeters|"]),
        st.sampled_from([date(2026, 1, 1), date(2026, 1, 2)]),
        st.sampled_from([1, 2]),
        st.sampled_from(["an", "bob"]),
    ),
    max_size=9,
)


def registered(rows):
    return [
        Registration(
            id=place,
            number=number,
            name=name,
            birth=birth,
            rank=rank,
            applicant=applicant,
            named=not name.endswith("|"),
        )
        for place, (number, name, birth, rank, applicant) in enumerate(rows)
    ]


@given(registrations)
def test_a_region_counts_a_child_once(rows):
    """The same list twice holds the same children, and no child has two national numbers."""
    once, twice = children(registered(rows)), children(registered(rows + rows))
    assert len(set(twice.values())) == len(set(once.values()))
    assert all(once[first] == first for first in once.values())
    numbers: dict[int, set[str]] = {}
    for each in registered(rows):
        numbers.setdefault(once[each.id], set()).add(each.number)
    assert all(len(found - {""}) <= 1 for found in numbers.values())
    assert set(once) == set(range(len(rows)))


def test_two_desks_registered_one_child():
    same = {"name": "peeters|noor", "birth": date(2026, 1, 1)}
    assert children([Registration(id=1, number="", **same), Registration(id=7, number="n", **same)]) == {
        1: 1,
        7: 1,
    }
    twins = [Registration(id=1, number="", rank=1, **same), Registration(id=2, number="", rank=2, **same)]
    assert children(twins) == {1: 1, 2: 2}
    unborn = {"name": "peeters|", "birth": date(2026, 1, 1), "named": False, "number": ""}
    strangers = [Registration(id=1, applicant="an", **unborn), Registration(id=2, applicant="bob", **unborn)]
    assert children(strangers) == {1: 1, 2: 2}
