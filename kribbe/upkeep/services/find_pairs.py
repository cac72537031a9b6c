"""Finding children that were perhaps registered twice: by keys in the database, never all pairs."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from hashlib import blake2b

from django.db import connection, transaction
from django.utils.timezone import localtime

from kribbe.people.models import Child
from kribbe.rules.duplicates import compare, keys
from kribbe.upkeep.models import ChildKey, Pair, PairState
from kribbe.upkeep.selectors.asking import asking, concerned
from kribbe.upkeep.selectors.persons import persons

AT_ONCE = 2000
CROWD = 25
"""Children that share one key at most; more is a reception centre's telephone, not a family's."""


def find_all(*, now: datetime) -> int:
    """Bring all keys up to date and compare whoever shares one. Returns how many pairs are new."""
    children = list(concerned(localtime(now).date()).order_by("pk").values_list("pk", flat=True))
    ChildKey.objects.exclude(child__in=concerned(localtime(now).date())).delete()
    for start in range(0, len(children), AT_ONCE):
        refresh_keys(children[start : start + AT_ONCE])
    return _compare_all(_sharing(None), now)


def find_for(child_ids: Sequence[int], now: datetime) -> int:
    """Compare these children, just registered, with whoever shares a key. Returns how many pairs are new."""
    refresh_keys(child_ids)
    return _compare_all(_sharing(child_ids), now)


@transaction.atomic
def refresh_keys(child_ids: Collection[int]) -> None:
    """Keep for these children the keys that they have now; a region's children share none with another's."""
    regions = dict(Child.objects.filter(pk__in=child_ids).values_list("pk", "household__desk__region"))
    due = {
        (child_id, _hashed(regions[child_id], key))
        for child_id, person in persons(child_ids).items()
        for key in keys(person)
    }
    kept = {(row.child_id, row.key): row.pk for row in ChildKey.objects.filter(child__in=child_ids)}
    ChildKey.objects.filter(pk__in=[pk for pair, pk in kept.items() if pair not in due]).delete()
    ChildKey.objects.bulk_create(
        (ChildKey(child_id=child_id, key=key) for child_id, key in sorted(due - kept.keys())),
        ignore_conflicts=True,
    )


def _hashed(region_id: int, key: str) -> int:
    digest = blake2b(f"{region_id} {key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _sharing(child_ids: Sequence[int] | None) -> list[tuple[int, int]]:
    """Pairs of children that share a key and aren't known as a pair, in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH shared AS (
                SELECT key FROM upkeep_childkey
                WHERE %(all)s OR key IN (SELECT key FROM upkeep_childkey WHERE child_id = ANY(%(children)s))
                GROUP BY key HAVING count(*) BETWEEN 2 AND %(crowd)s
            )
            SELECT DISTINCT a.child_id, b.child_id
            FROM shared JOIN upkeep_childkey a USING (key) JOIN upkeep_childkey b USING (key)
            WHERE a.child_id < b.child_id
              AND (%(all)s OR a.child_id = ANY(%(children)s) OR b.child_id = ANY(%(children)s))
              AND NOT EXISTS (
                  SELECT FROM upkeep_pair p WHERE p.first_id = a.child_id AND p.second_id = b.child_id)
            ORDER BY 1, 2
            """,
            {"all": child_ids is None, "children": list(child_ids or ()), "crowd": CROWD},
        )
        return list(cursor.fetchall())


def _compare_all(pairs: Sequence[tuple[int, int]], now: datetime) -> int:
    return sum(
        len(Pair.objects.bulk_create(_likely(pairs[start : start + AT_ONCE], now), ignore_conflicts=True))
        for start in range(0, len(pairs), AT_ONCE)
    )


def _likely(pairs: Sequence[tuple[int, int]], now: datetime) -> Iterable[Pair]:
    """Pairs that a clerk should look at: alike enough, and one of them still asks."""
    children = {child for pair in pairs for child in pair}
    today = localtime(now).date()
    asks = set(asking(today).filter(pk__in=children).values_list("pk", flat=True))
    known = persons(children)
    for first, second in pairs:
        found = compare(known[first], known[second])
        if found.is_listed and {first, second} & asks:
            yield Pair(
                first_id=first,
                second_id=second,
                score=found.score,
                signs=list(found.signs),
                found_at=now,
                state=PairState.OPEN,
            )
