"""Whatever is asked, the API answers as its document says. Calls are made up by schemathesis."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as limits
from schemathesis.checks import CHECKS

from kribbe.config.wsgi import application
from kribbe.outofschool.tests.scene import make_week, speelvogel
from kribbe.testing import cast

EXAMPLES = 15
"""Made-up calls of each operation and kind."""

HELD = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance", "negative_data_rejection", "unsupported_method",
)  # fmt: skip


@pytest.fixture
def world(db: None) -> None:
    """A location with a group, and a club with a holiday week, at a desk."""
    desk, now = cast.make_desk(), timezone.now()
    cast.make_group(cast.make_location(desk, "De Notelaar"), 3, now=now)
    make_week(speelvogel(desk=desk, now=now).club, opens_at=now)


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """A server lets go of its connection between requests; here that would roll the test's world back."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operations(loaded):
    return [each.ok() for each in loaded.get_all_operations()]


@pytest.mark.parametrize("mode", ["POSITIVE", "NEGATIVE"])
def test_every_call_is_answered_as_told(world, kept_connection, settings, mode):
    settings.API_LIMIT = 100_000
    loaded = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    checks = [CHECKS.get_one(name) for name in HELD]
    told = set()
    for operation in operations(loaded):

        @limits(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode[mode]))
        def call(case):
            response = case.call()
            told.add((case.operation.label, response.status_code))
            case.validate_response(response, checks=checks)

        if mode == "POSITIVE" or takes_anything(operation):
            call()
    assert ("GET /api/v1/locations", 200 if mode == "POSITIVE" else 422) in told
    assert ("POST /api/v1/free", 200 if mode == "POSITIVE" else 422) in told


def takes_anything(operation) -> bool:
    """Whether there is something to get wrong."""
    return bool(operation.query or operation.path_parameters or operation.body)
