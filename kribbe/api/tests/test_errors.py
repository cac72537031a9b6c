"""Errors have one shape, and who calls too often waits."""

from datetime import timedelta

import pytest

from kribbe.api import limits
from kribbe.api.models import CallWindow
from kribbe.api.tasks import forget_callers
from kribbe.api.tests.problems import assert_problem

ROOT = "/api/v1"


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/locations?limit=0", "query.limit"),
        ("/locations?limit=many", "query.limit"),
        ("/locations?knd=group", "query.knd"),
        ("/locations?kind=school", "query.kind"),
        ("/locations?cursor=AA", "query.cursor"),
        ("/locations?desk=a%01b", "query.desk"),
        ("/free?latitude=50", "query.longitude"),
        ("/free?latitude=50&longitude=nan", "query.longitude"),
        ("/free?latitude=50&longitude=4&pattern=monday", "query.pattern"),
        ("/free?latitude=50&longitude=4&start=2020-01", "query.start"),
        ("/free?latitude=50&longitude=4&cursor=ZGU", "query.cursor"),
        ("/areas/abc", "path.nis"),
    ],
)
def test_a_wrong_value_is_named(world, caller, path, where):
    assert_problem(caller.get(ROOT + path), 422, where)


def test_every_other_error_has_the_same_shape(world, caller):
    assert_problem(caller.get("/api/nowhere"), 404)
    assert_problem(caller.get("/api/v1/nowhere"), 404)
    assert_problem(caller.get("/api/v1/"), 404)
    assert_problem(caller.post(f"{ROOT}/free", "{bad", content_type="application/json"), 400)
    assert_problem(caller.get(f"{ROOT}/locations", headers={"accept": "text/html"}), 406)
    assert_problem(caller.get(f"{ROOT}/desks", headers={"host": "evil.example"}), 400)
    assert_problem(caller.get(f"{ROOT}/desks", headers={"if-match": '"other"'}), 412)
    wrong = caller.delete(f"{ROOT}/locations")
    assert_problem(wrong, 405)
    assert wrong["Allow"] == "GET"
    assert caller.delete("/api/").status_code == 405


def test_a_fault_of_ours_has_the_same_shape(world, caller, monkeypatch):
    monkeypatch.setattr("kribbe.api.selectors.desks", lambda *_: 1 / 0)
    caller.raise_request_exception = False
    assert_problem(caller.get(f"{ROOT}/desks"), 500)


def test_who_calls_too_often_waits(world, caller, settings):
    settings.API_LIMIT = 2
    left = [caller.get(f"{ROOT}/desks")["RateLimit-Remaining"] for _ in range(2)]
    assert left == ["1", "0"]
    refused = caller.get(f"{ROOT}/desks")
    assert_problem(refused, 429)
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused["Cache-Control"] == "no-store"
    assert caller.get(f"{ROOT}/desks", REMOTE_ADDR="192.0.2.9").status_code == 200


def test_callers_are_forgotten_and_were_never_addresses(world, caller):
    caller.get(f"{ROOT}/desks", REMOTE_ADDR="192.0.2.9")
    assert "192.0.2.9" not in CallWindow.objects.get().caller
    assert forget_callers(world.now) == 0
    assert forget_callers(world.now + timedelta(hours=1)) == 1


def test_behind_a_proxy_the_caller_is_who_the_proxy_says(world, rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forged = [
        rf.get("/", headers={"x-forwarded-for": f"{first}, 192.0.2.1"}) for first in ("1.1.1.1", "2.2.2.2")
    ]
    assert limits.caller_of(forged[0], world.now) == limits.caller_of(forged[1], world.now)
