"""The tables of staff."""

from kribbe.staff.models.carers import Carer, PinGuard

__all__ = ["Carer", "PinGuard"]
