import pytest

from kribbe.people.models import Household
from kribbe.testing.cast import make_desk, make_household
from kribbe.testing.clock import Clock


@pytest.fixture
def household(clock: Clock) -> Household:
    """The Maes family, with one adult and one address."""
    return make_household(make_desk(), "Maes", now=clock.now, email="an.maes@example.org")
