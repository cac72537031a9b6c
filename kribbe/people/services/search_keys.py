"""Keeping the keys by which households are found: triggers say for whom they are due, this makes them."""

from collections.abc import Iterator, Sequence

from django.db import connection, transaction

from kribbe.people import search_keys as keys
from kribbe.people.models import Adult, Child, Household, HouseholdKeys

AT_ONCE = 500

TAKE = """
    DELETE FROM people_householddue WHERE household_id IN (
        SELECT household_id FROM people_householddue ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING household_id
"""
"""A household that another transaction is changing stays due: its change isn't to be read yet."""

WRITE = """
    INSERT INTO people_householdkeys (household_id, region_id, desk_id, name_key, keys)
    SELECT household_id, region_id, desk_id, name_key, keys::tsvector
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[])
        AS made (household_id, region_id, desk_id, name_key, keys)
    ON CONFLICT (household_id) DO UPDATE SET
        region_id = EXCLUDED.region_id, desk_id = EXCLUDED.desk_id,
        name_key = EXCLUDED.name_key, keys = EXCLUDED.keys
"""


def refresh_keys(*, at_most: int | None = None) -> int:
    """Make the keys of households that are due, the longest due first; returns of how many."""
    done = 0
    while at_most is None or done < at_most:
        taken = _refresh_some(AT_ONCE if at_most is None else min(AT_ONCE, at_most - done))
        if not taken:
            break
        done += taken
    return done


def rebuild_keys() -> int:
    """Make every household's keys anew, as after a change of how they are made; returns of how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_householddue (household_id, at) SELECT id, now() FROM people_household"
            " ON CONFLICT (household_id) DO NOTHING"
        )
    return refresh_keys()


@transaction.atomic
def _refresh_some(at_most: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [at_most])
        due = [key for (key,) in cursor.fetchall()]
        rows = _rows(due)
        if rows:
            cursor.execute(WRITE, [list(column) for column in zip(*rows, strict=True)])
    if len(rows) < len(due):
        gone = set(due) - {row[0] for row in rows}
        HouseholdKeys.objects.filter(household__in=gone).delete()
    return len(due)


def _rows(household_ids: Sequence[int]) -> list[tuple[int, int, int, str, str]]:
    """Household, region, desk, the applicant's name key and the keys; a household without adults has none."""
    households = Household.objects.filter(pk__in=household_ids).select_related("desk")
    found: dict[int, set[str]] = {
        one.pk: set(keys.of_address(one.street, one.postcode, one.city)) for one in households
    }
    applicants: dict[int, str] = {}
    for adult in Adult.objects.filter(household__in=found):
        found[adult.household_id].update(_of_adult(adult))
        if adult.is_applicant:
            applicants[adult.household_id] = adult.name_key
    for child in Child.objects.filter(household__in=found):
        found[child.household_id].update(_of_child(child))
    return [
        (one.pk, one.desk.region_id, one.desk_id, applicants[one.pk], _vector(found[one.pk]))
        for one in households
        if one.pk in applicants
    ]


def _of_adult(adult: Adult) -> Iterator[str]:
    yield from keys.of_names([adult.first_name, adult.last_name])
    yield from keys.of_address(adult.other_street, adult.other_postcode, adult.other_city)
    yield from keys.of_contact(adult.email, adult.phone, adult.national_number_hash)


def _of_child(child: Child) -> Iterator[str]:
    yield from keys.of_names([child.first_name, child.last_name])
    yield from keys.of_birth(child.born, child.expected)
    yield from keys.of_contact("", "", child.national_number_hash)


def _vector(found: set[str]) -> str:
    return " ".join(keys.quoted(key) for key in sorted(found))
