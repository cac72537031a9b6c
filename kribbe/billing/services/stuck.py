"""What couldn't leave keeps nothing else back: it is kept with its reason, and tried again when somebody asks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError

from kribbe.billing.models import Stuck, StuckAt
from kribbe.trust.text import one_line

log = structlog.get_logger(__name__)
DETAIL = 300
"""Letters of it that are kept."""


def left(leave: Callable[[], object], where: StuckAt, now: datetime, **about: Any) -> bool:
    """Have one leave, and say whether it did something. What it raises is kept of `about`, the columns of Stuck.

    A database that is away is no fault of one: it stops them all.
    """
    try:
        return bool(leave())
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:
        log.exception("mailing.stuck", **{name: getattr(each, "pk", each) for name, each in about.items()})
        detail = one_line(f"{type(fault).__name__}: {fault}")[:DETAIL]
        Stuck.objects.update_or_create(**about, defaults={"where": where, "detail": detail, "at": now})
        return False
