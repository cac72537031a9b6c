"""A club at random, beside a plain account of it: who asks has it at once only where that takes nothing away."""

from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kribbe.outofschool.models import ClubYear, Registration
from kribbe.outofschool.services.registering import _has_room
from kribbe.outofschool.tests.scene import NOW, make_pupil, speelvogel
from kribbe.rules.outofschool import first_that_fit, moments_of
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
SLOTS = (1, 5, 9)
PATTERNS = st.sets(st.sampled_from(SLOTS), min_size=1).map(lambda slots: sum(1 << slot for slot in slots))
MOST_WAIT = 4


@built_once
def scene():
    found = speelvogel()
    found.children += [
        make_pupil(found.desk, number, now=NOW) for number in range(len(found.children), MOST_WAIT)
    ]
    return found


def free_after(free, pattern):
    return tuple(number - (pattern >> slot & 1) for slot, number in enumerate(free))


def served(order, waiting, free):
    """Who of a line has their moments, if these are free."""
    return set(first_that_fit(list(order), waiting, free))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    free=st.tuples(*[st.integers(0, 3)] * len(SLOTS)),
    waiting=st.lists(PATTERNS, max_size=MOST_WAIT),
    asked=PATTERNS,
)
def test_who_is_granted_at_once_takes_from_nobody_who_waits(scene, free, waiting, asked):
    """In whatever order the line is served, the same have their moments with the newcomer and without."""
    places = [0] * 10
    for slot, number in zip(SLOTS, free, strict=True):
        places[slot] = number
    with transaction.atomic():
        year = ClubYear.objects.get(pk=scene.year.pk)
        year.places, year.taken = places, [0] * 10
        Registration.objects.bulk_create(
            Registration(
                year=year, child=child, school=scene.school, pattern=pattern, held=0, first=NOW.date(),
                state="waiting", state_at=NOW, registered_at=NOW,
            )
            for child, pattern in zip(scene.children, waiting, strict=False)
        )  # fmt: skip
        has_room = _has_room(year, asked)
        transaction.set_rollback(True)
    line = dict(enumerate(waiting))
    is_free = all(places[slot] for slot in moments_of(asked))
    if has_room:
        assert is_free
        for order in permutations(line):
            left = free_after(places, asked)
            assert served(order, line, left) == served(order, line, places)
    else:
        wanted = [sum(each >> slot & 1 for each in waiting) for slot in range(10)]
        assert any(places[slot] <= wanted[slot] for slot in moments_of(asked))
