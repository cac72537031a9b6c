"""Row locks taken in one fixed order, in statements of their own, before anything is counted.

Two transactions that lock the same rows can then not wait for each other, and a count made after the lock
sees what the earlier holder committed (READ COMMITTED). The lock is FOR NO KEY UPDATE: it shuts out other
lockers, and lets rows be added that merely refer to a locked one.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db import OperationalError, connection, models, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable, QueryCanceled

from kribbe.trust.errors import RefusedError

ENABLED = True
"""Race tests switch this off to show the race that the locks prevent."""


def lock_rows(*rows: tuple[type[models.Model], int]) -> None:
    """Lock these rows (model and primary key) for update until the transaction ends.

    Raises RefusedError ("busy") where others hold them for longer than the database lets a query wait: in a long
    queue each place forward is a wait of its own, so that the time-out of the statement can come first.
    """
    _lock_all(rows, no_key=True)


def lock_alone(*rows: tuple[type[models.Model], int]) -> None:
    """As `lock_rows`, and nobody can add a row that refers to one of these meanwhile (FOR UPDATE)."""
    _lock_all(rows, no_key=False)


def _lock_all(rows: Iterable[tuple[type[models.Model], int]], *, no_key: bool) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("row locks need a transaction")
    if not ENABLED:
        return
    try:
        for model, keys in _sorted(rows):
            _lock(model, keys, no_key)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable | QueryCanceled):
            raise RefusedError(
                _("It is very busy here just now. Try again in a minute."), code="busy"
            ) from error
        raise


def _lock(model: type[models.Model], keys: list[int], no_key: bool) -> None:
    rows = model._default_manager.select_for_update(of=("self",), no_key=no_key)
    list(rows.filter(pk__in=keys).order_by("pk").values_list("pk"))


def _sorted(rows: Iterable[tuple[type[models.Model], int]]) -> list[tuple[type[models.Model], list[int]]]:
    keys: dict[type[models.Model], set[int]] = defaultdict(set)
    for model, key in rows:
        keys[model].add(key)
    return [(model, sorted(keys[model])) for model in sorted(keys, key=lambda model: model._meta.label)]
