"""De Notelaar with its books; Noor, whose mother pays for her, and her fee certificate."""

from datetime import date

import pytest

from kribbe.billing.tests.marched import FEE, NEW_YEAR, NOW
from kribbe.billing.tests.month import certificate
from kribbe.billing.tests.scene import with_books
from kribbe.testing.worlds import built_once


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 1, 5))


@pytest.fixture
def noor(kept):
    return kept.scene.noor


@pytest.fixture
def fee(kept, noor):
    return certificate(kept, noor, FEE, NEW_YEAR)
