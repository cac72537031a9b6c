"""Fixtures of this folder."""

import pytest
from django.utils import timezone

from kribbe.enrolment.tests.drafts.scene import begin
from kribbe.testing import cast
from kribbe.testing.worlds import built_once


@built_once
def desk():
    return cast.make_desk(max_wishes=2)


@pytest.fixture
def places(desk):
    found = [cast.make_location(desk, name) for name in ("De Notelaar", "Het Molentje", "Pimpeloentje")]
    for place in found:
        cast.make_group(place, 2, now=timezone.now())
    return found


@pytest.fixture
def draft(client, desk, places):
    return begin(client, desk, places[0])
