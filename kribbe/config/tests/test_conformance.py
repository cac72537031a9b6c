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
def world(db: None) -> dict[str, str]:
    """A location with a group, and a club with a holiday week, at a desk. What stands in a path, by its operation."""
    desk, now = cast.make_desk(), timezone.now()
    location = cast.make_location(desk, "De Notelaar")
    cast.make_group(location, 3, now=now)
    club = speelvogel(desk=desk, now=now).club
    make_week(club, opens_at=now)
    return {
        "GET /api/v1/locations/{slug}": location.slug,
        "GET /api/v1/locations/{slug}/free": location.slug,
        "GET /api/v1/desks/{slug}": desk.slug,
        "GET /api/v1/areas/{nis}": desk.municipality.nis_code,
        "GET /api/v1/clubs/{slug}": club.slug,
    }


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """A server lets go of its connection between requests; here that would roll the test's world back."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def held():
    """The checks; they are known once a document is loaded."""
    return [CHECKS.get_one(name) for name in HELD]


def operations(loaded):
    return [each.ok() for each in loaded.get_all_operations()]


@pytest.mark.parametrize("mode", ["POSITIVE", "NEGATIVE"])
def test_every_call_is_answered_as_told(world, kept_connection, settings, mode):
    settings.API_LIMIT = 100_000
    loaded = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
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
            case.validate_response(response, checks=held())

        if mode == "POSITIVE" or takes_anything(operation):
            call()
    assert ("GET /api/v1/locations", 200 if mode == "POSITIVE" else 422) in told
    assert ("POST /api/v1/free", 200 if mode == "POSITIVE" else 422) in told
    assert ("GET /api/v1/clubs", 200 if mode == "POSITIVE" else 422) in told
    assert {label for label, _status in told} >= set(world), "also those of one location, desk, area and club"


def test_what_stands_there_is_told_as_the_document_says(world, kept_connection):
    """No made-up call hits upon a name in a path; so each is called with one that is known."""
    loaded = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    named = [each for each in operations(loaded) if each.path_parameters]
    assert {each.label for each in named} == set(world)
    for operation in named:
        (parameter,) = (each.name for each in operation.path_parameters)
        response = operation.Case(path_parameters={parameter: world[operation.label]}).call_and_validate(
            checks=held()
        )
        assert response.status_code == 200, operation.label


def takes_anything(operation) -> bool:
    """Whether there is something to get wrong."""
    return bool(operation.query or operation.path_parameters or operation.body)
