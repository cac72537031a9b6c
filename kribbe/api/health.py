"""Is the process alive, and is it ready to serve?"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from kribbe.contact.selectors import oldest_waiting_mail

QUIET_WORKER = timedelta(minutes=2)
"""A worker writes its heartbeat every ten seconds; after this long it is gone."""

STUCK_MAIL = timedelta(minutes=30)
"""A mail that should have left so long ago means that nothing leaves."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `needed` tells that without it no request can be answered."""

    ok: bool
    detail: str = ""
    needed: bool = True


def livez(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """Each thing that serving needs, by name. 503 where a needed one fails; a late worker or mail is told alone."""
    checks = looked_at(timezone.now())
    ready = all(check.ok for check in checks.values() if check.needed)
    body = {"ready": ready, "checks": {name: asdict(check) for name, check in checks.items()}}
    return JsonResponse(body, status=200 if ready else 503)


def looked_at(now: datetime) -> dict[str, Check]:
    """Every check by its name; where the database doesn't answer the others can't be done."""
    database = _guarded(_database, now)
    if not database.ok:
        return {"database": database}
    return {"database": database} | {name: _guarded(check, now) for name, check in CHECKS.items()}


def _guarded(check: Callable[[datetime], Check], now: datetime) -> Check:
    try:
        return check(now)
    except DatabaseError as error:
        return Check(ok=False, detail=f"does not answer ({type(error).__name__})")


def _database(_now: datetime) -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Check(ok=True)


def _migrations(_now: datetime) -> Check:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Check(ok=not missing, detail=f"{len(missing)} to apply: run kribbe migrate" if missing else "")


def _worker(now: datetime) -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        beat = cursor.fetchone()[0]
    if beat is None:
        return Check(ok=False, detail="no worker has come; kribbe serve starts one", needed=False)
    quiet = now - beat
    ok = quiet <= QUIET_WORKER
    return Check(ok, "" if ok else f"quiet for {int(quiet.total_seconds())} seconds", needed=False)


def _mail(now: datetime) -> Check:
    oldest = oldest_waiting_mail(now)
    late = now - oldest if oldest else timedelta(0)
    ok = late <= STUCK_MAIL
    return Check(
        ok, "" if ok else f"oldest waits for {int(late.total_seconds() // 60)} minutes", needed=False
    )


CHECKS: Mapping[str, Callable[[datetime], Check]] = {
    "migrations": _migrations,
    "worker": _worker,
    "mail": _mail,
}
"""What is looked at once the database answers."""
