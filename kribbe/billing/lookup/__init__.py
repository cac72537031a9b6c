"""Looking up a fee certificate by its child code, in a register that an installation adds.

A register is a small plugin: a class of `FeeRegister`, registered in an AppConfig's ready by `register_fee_register`.
`look_up` calls it; whatever it does (fails, hangs, answers nonsense) the caller gets an answer in time.
"""

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import structlog
from django.utils.functional import Promise

from kribbe.billing.models import CertificateKind

log = structlog.get_logger(__name__)
TIME_OUT_SECONDS = 3.0
MOST_FEE = Decimal(100)
"""No fee of a day by income is near it, in euros: what is above was typed without its comma."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a register says: the fee of a full day in euros, from a day to a day (both included; None: no end)."""

    day_fee: Decimal
    first: date
    last: date | None
    kind: CertificateKind = CertificateKind.INCOME


class FeeRegister(ABC):
    """A source of fee certificates. May raise anything and take its time: callers go through `look_up`."""

    name: str
    label: str | Promise

    @abstractmethod
    def find(self, code: str, on: date) -> Found | None:
        """The certificate with this child code (eleven digits) that holds on a day or begins after it, or None."""


_registers: dict[str, FeeRegister] = {}


def register_fee_register(register: FeeRegister) -> None:
    """Adds a register; the same name again replaces it."""
    _registers[register.name] = register


def fee_registers() -> list[FeeRegister]:
    """Those of the installation, by name."""
    return [_registers[name] for name in sorted(_registers)]


def look_up(code: str, on: date) -> Found | None:
    """What the first register that knows the code says, or None. Never raises, and none may be late."""
    return next((found for each in fee_registers() if (found := _guarded(each, code, on))), None)


def _guarded(register: FeeRegister, code: str, on: date) -> Found | None:
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fee-register")
    try:
        found = pool.submit(register.find, code, on).result(timeout=TIME_OUT_SECONDS)
        return found if isinstance(found, Found) and _is_sane(found) else None
    except FutureTimeoutError:
        log.warning("fee register is late", register=register.name, seconds=TIME_OUT_SECONDS)
    except Exception as error:
        log.warning("fee register failed", register=register.name, error=type(error).__name__)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return None


def _is_sane(found: Found) -> bool:
    return 0 <= found.day_fee <= MOST_FEE and (found.last is None or found.last >= found.first)
