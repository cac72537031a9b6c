"""Reports: sums by hand, and the same bytes one after another, on all cores and on a cluster."""

import json

import pytest
from distributed import LocalCluster

from kribbe.allocation.simulation import misreport as misreporting
from kribbe.allocation.simulation.misreport import wilson
from kribbe.allocation.simulation.outcome import MEASURES
from kribbe.allocation.simulation.plot import picture
from kribbe.allocation.simulation.policies import parse
from kribbe.allocation.simulation.report import as_bytes, interval, simulate
from kribbe.allocation.simulation.running import ClusterError, run_all, solver_here
from kribbe.allocation.simulation.tests.worlds import SMALL
from kribbe.allocation.simulation.words import told

TWO = [parse("uncoordinated"), parse("rounds:monthly,wishes=3")]


@pytest.fixture(scope="module")
def report():
    return simulate(TWO, size=SMALL, seeds=3, jobs=1)


def test_an_interval_by_hand():
    """Of 1, 2, 3 the deviation is 1; t for two degrees of freedom is 4.302653, over the root of three."""
    assert interval([1, 2, 3]) == {"mean": 2, "low": round(2 - 2.484138, 6), "high": round(2 + 2.484138, 6)}
    assert interval([0.5, 0.5]) == {"mean": 0.5, "low": 0.5, "high": 0.5}


def test_a_share_of_nothing_found_isnt_nothing():
    """Wilson for 0 of 10: z² / (10 + z²) at most."""
    assert wilson(0, 10) == {"mean": 0.0, "low": 0.0, "high": pytest.approx(0.277533, abs=1e-6)}
    assert wilson(5, 10)["low"] == pytest.approx(0.236593, abs=1e-6)
    assert wilson(0, 0)["high"] == 1.0


def test_differences_are_of_the_same_seeds(report):
    first, second = report["policies"]
    assert [first["name"], second["name"]] == ["uncoordinated", "rounds:monthly,wishes=3"]
    for measure in MEASURES:
        pairs = zip(second["by_seed"][measure], first["by_seed"][measure], strict=True)
        assert second["difference"][measure] == interval([one - other for one, other in pairs])
        assert first["difference"][measure] == {"mean": 0, "low": 0, "high": 0}
        assert len(first["by_seed"][measure]) == report["seeds"] == 3
    assert 0 <= first["measures"]["envy"]["low"] <= first["measures"]["envy"]["high"] <= 1


def test_the_same_bytes_on_all_cores(report):
    assert as_bytes(simulate(TWO, size=SMALL, seeds=3, jobs=2)) == as_bytes(report)


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as started:
        yield started.scheduler_address


def test_the_same_bytes_on_a_cluster(report, cluster):
    assert cluster.startswith("tcp://127.0.0.1:")
    assert as_bytes(simulate(TWO, size=SMALL, seeds=3, cluster=cluster)) == as_bytes(report)


def test_a_cluster_with_another_solver_is_refused(cluster, monkeypatch):
    monkeypatch.setattr("kribbe.allocation.simulation.running.SOLVER", {"version": "another"})
    with pytest.raises(ClusterError, match="has another solver"):
        run_all(str, [1], cluster=cluster)


def test_nobody_at_that_address(monkeypatch):
    monkeypatch.setattr("kribbe.allocation.simulation.running.WAIT_FOR_CLUSTER", 0.2)
    with pytest.raises(ClusterError, match=r"tcp://127\.0\.0\.1:9"):
        run_all(str, [1], cluster="tcp://127.0.0.1:9")


def test_a_report_in_words_and_as_a_picture(report):
    lines = list(told(report))
    assert lines[0].startswith("60 children, 5 locations, 6 months, 3 seeds")
    assert sum("less uncoordinated" in line for line in lines) == len(MEASURES)
    drawn = picture(report)
    assert drawn.startswith("<svg")
    assert "rounds:monthly,wishes=3" in drawn
    assert "style=" not in drawn, "the pages' policy forbids it"
    assert "<script" not in drawn
    assert picture(json.loads(as_bytes(report))) == drawn


def test_a_misreport_in_words_and_as_a_picture():
    made = misreporting.misreport(TWO[1], size=SMALL, seeds=2, rounds=1, households=2, jobs=1)
    again = misreporting.misreport(TWO[1], size=SMALL, seeds=2, rounds=1, households=2, jobs=2)
    assert as_bytes(made) == as_bytes(again)
    assert made["half_days"]["households"] == made["heads"]["households"] == 4
    assert made["heads"]["gaining"] == 0
    assert made["rounds"] == 2
    assert made["solver"] == solver_here()
    assert any("reordering" in line for line in told(made))
    assert "more days (" in picture(made)
