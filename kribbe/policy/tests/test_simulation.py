"""What rounds would change: who reads it, and that the page says what the kept reports say."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from kribbe.allocation.instance import FORMAT as INSTANCE
from kribbe.allocation.result import FORMAT as RESULT
from kribbe.allocation.simulation import kept, misreport, report
from kribbe.allocation.simulation.outcome import MEASURES
from kribbe.allocation.simulation.plot import picture
from kribbe.allocation.simulation.policies import parse
from kribbe.enrolment.pages.ranking import true_list_told
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.policy.pages.simulation import told
from kribbe.policy.pages.simulation_words import measure_name, policy_name
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk()


def reader(role, scope, scope_id):
    user = cast.make_user(
        f"{role.value}{scope_id}@loket.example", role=role, scope=scope, scope_id=scope_id, now=timezone.now()
    )
    return client_of(user)


def address(desk, **query):
    return reverse("policy:simulation", args=[desk.slug], query=query)


def test_the_kept_reports_are_of_the_present_solver():
    policies, honest = kept.policies(), kept.misreport()
    assert (policies["format"], honest["format"]) == (report.FORMAT, misreport.FORMAT)
    for each in (policies, honest):
        assert (each["solver"]["instance"], each["solver"]["result"]) == (INSTANCE, RESULT)
    assert policies["measures"] == dict(MEASURES)
    assert policies["interval"] == report.INTERVAL
    assert all(parse(policy["name"]).name == policy["name"] for policy in policies["policies"])
    assert honest["heads"]["gaining"] == 0


def test_the_picture_in_the_docs_is_of_the_kept_report():
    """Made by `kribbe simulate --plot`."""
    drawn = Path(__file__).resolve().parents[3] / "docs" / "images" / "what-rounds-change.svg"
    assert drawn.read_text(encoding="utf-8") == picture(kept.policies())


def test_the_page_says_what_the_report_says(desk):
    page = reader(Role.POLICY_OFFICER, Scope.DESK, desk.pk).get(address(desk))
    assert [measure.key for measure in page.context["measures"]] == list(MEASURES)
    for measure in page.context["measures"]:
        for row, policy in zip(measure.rows, kept.policies()["policies"], strict=True):
            found = policy["measures"][measure.key]
            assert row.name == policy_name(policy["name"])
            assert row.mean == told(measure.key, found["mean"])
            low, high = policy["difference"][measure.key]["low"], policy["difference"][measure.key]["high"]
            assert row.is_clear == (low > 0 or high < 0)
            assert f"{row.name}: {row.mean}" in measure.told
            assert f"{row.mean}</td>" in page.text
        assert f">{policy_name('uncoordinated')}</text>" in measure.picture
    honest = kept.misreport()["half_days"]
    assert f"{honest['gaining']} of them (" in page.text
    assert f"for {honest['households']} families" in page.text
    assert "style=" not in page.text.split("<main")[1].split("</main>")[0]


def test_the_sentence_for_parents_holds_the_figures():
    honest = kept.misreport()["half_days"]
    ways = honest["ways"].values()
    assert honest["lists"] == sum(way["lists"] for way in ways)
    with translation.override("en"):
        sentence = true_list_told()
    for figure in (honest["lists"], sum(way["better"] for way in ways), sum(way["worse"] for way in ways)):
        assert f"{figure:,}" in sentence


def test_the_file_holds_every_mean(desk):
    file = reader(Role.CLERK, Scope.DESK, desk.pk).get(address(desk, download="csv"))
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(MEASURES) * len(kept.policies()["policies"])
    assert lines[1].startswith(f"{policy_name('uncoordinated')};{measure_name('placed')};")


def test_who_runs_a_location_of_this_desk_reads_it(desk):
    location = cast.make_location(desk, "De Notelaar")
    elsewhere = cast.make_desk("beukenrode", nis="99002")
    manager = reader(Role.MANAGER, Scope.LOCATION, location.pk)
    assert manager.get(address(desk)).status_code == 200
    assert manager.get(address(elsewhere)).status_code == 404
    assert (
        reader(Role.POLICY_OFFICER, Scope.REGION, desk.region_id).get(address(elsewhere)).status_code == 200
    )
    today = manager.get(reverse("enrolment:today", args=[location.slug]))
    assert today.text.count(f'href="{address(desk)}"') == 1, "once in the rail"


def test_few_queries(desk):
    clerk = reader(Role.CLERK, Scope.DESK, desk.pk)
    clerk.get(address(desk))
    with CaptureQueriesContext(connection) as captured:
        clerk.get(address(desk))
    assert len(captured) <= 12
