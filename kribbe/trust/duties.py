"""What time brings about. A room writes its duties in `tasks.py`; a worker runs them by their schedule.

`kribbe tick` runs them all at once.

```python
@duty("enrolment.lapse_offers", cron="*/5 * * * *", told="offers run out")
def offers_run_out(now: datetime) -> int:
    ...
```
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

Run = Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Duty:
    """One of them. `run` takes the time and returns how many things it did; `told` says in English what those are."""

    name: str
    cron: str
    told: str
    run: Run


_duties: dict[str, Duty] = {}


def duty(name: str, *, cron: str, told: str) -> Callable[[Run], Run]:
    """Make a function a duty: scheduled by `cron` (UTC), never twice at the same time."""

    def hang(run: Run) -> Run:
        _duties[name] = Duty(name, cron, told, run)
        task = app.task(name=name, queueing_lock=name, lock=name)(_at_time(run))
        app.periodic(cron=cron, periodic_id=name)(task)
        return run

    return hang


def duties() -> list[Duty]:
    """All duties, by name."""
    return sorted(_duties.values(), key=lambda one: one.name)


def _at_time(run: Run) -> Callable[[int], None]:
    def at(timestamp: int) -> None:
        run(timezone.now())

    return at
