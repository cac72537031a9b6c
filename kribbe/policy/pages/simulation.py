"""What rounds would change: the kept reports of the simulator, drawn, told and as tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kribbe.allocation.simulation import kept
from kribbe.allocation.simulation.outcome import MEASURES
from kribbe.allocation.simulation.plot import IN_PERCENT, bars_of
from kribbe.policy.access import PolicyRequest, at_simulation
from kribbe.policy.pages.files import KINDS, table_file
from kribbe.policy.pages.links import downloads
from kribbe.policy.pages.simulation_words import (
    measure_name,
    measure_text,
    policy_name,
    way_name,
)
from kribbe.web.charts import Interval, interval_chart
from kribbe.web.templatetags.telling import NBSP, number


@dataclass(frozen=True, slots=True)
class Row:
    """A policy in the table of a measure: its mean, its interval, and both of its difference with the first."""

    name: str
    mean: str
    between: str
    difference: str
    is_clear: bool
    """Whether the interval of the difference leaves nought out."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: what it is, its chart and what that shows in words, and its table."""

    key: str
    title: str
    text: str
    picture: SafeString
    told: str
    rows: list[Row]


@require_safe
@at_simulation
def page(request: PolicyRequest) -> HttpResponse:
    """The page, or its table as a file."""
    report, honest = kept.policies(), kept.misreport()
    kind = request.GET.get("download", "")
    if kind in KINDS:
        return _file(kind, report)
    context = {
        "report": report,
        "measures": [_measure(report, key) for key in MEASURES],
        "first": policy_name(report["policies"][0]["name"]),
        "honest": honest["half_days"],
        "heads": honest["heads"],
        "share": {key: _percent(value) for key, value in honest["half_days"]["share"].items()},
        "ranks": number(honest["half_days"]["ranks"], 1),
        "rounds": honest["rounds"],
        "round_policy": policy_name(honest["policy"]),
        "ways": [(way_name(way), tried) for way, tried in honest["half_days"]["ways"].items()],
        "files": downloads(request, "simulation"),
    }
    return render(request, "policy/simulation.html", context)


def _measure(report: Mapping[str, Any], key: str) -> Measure:
    title = measure_name(key)
    rows = [_row(policy, key) for policy in report["policies"]]
    in_words = "; ".join(f"{row.name}: {row.mean} ({row.between})" for row in rows)
    return Measure(
        key, title, measure_text(key), _picture(report, key, f"{title}. {in_words}"), in_words, rows
    )


def _picture(report: Mapping[str, Any], key: str, label: str) -> SafeString:
    """Differences of shares without their unit, which wouldn't fit beside the names; the text says it."""
    bars = bars_of(report, key, name=policy_name, told=_short)
    intervals = [Interval(bar.label, bar.mean, bar.low, bar.high, bar.told) for bar in bars]
    spread = max(bar.high for bar in bars) - min(bar.low for bar in bars)
    return interval_chart(
        intervals, label, tick=lambda value: number(value, 0 if spread > 4 else 1), zero=key == "gap"
    )


def _short(key: str, value: float) -> str:
    return number(value * 100, 1) if key == "gap" else told(key, value)


def _row(policy: Mapping[str, Any], key: str) -> Row:
    found, less = policy["measures"][key], policy["difference"][key]
    is_first = less["low"] == less["high"] == 0
    return Row(
        name=policy_name(policy["name"]),
        mean=told(key, found["mean"]),
        between=_between(told(key, found["low"]), told(key, found["high"])),
        difference="" if is_first else _between(_signed(key, less["low"]), _signed(key, less["high"])),
        is_clear=less["low"] > 0 or less["high"] < 0,
    )


def _between(low: str, high: str) -> str:
    return gettext("%(low)s to %(high)s") % {"low": low, "high": high}


def told(key: str, value: float) -> str:
    """A value of a measure as it is read: shares in percent, differences of shares in points."""
    if key == "gap":
        return gettext("%(number)s points") % {"number": number(value * 100, 1)}
    if key in IN_PERCENT:
        return _percent(value)
    return number(value, 2 if key == "rank" else 0)


def _percent(share: float) -> str:
    return f"{number(share * 100, 1)}{NBSP}%"


def _signed(key: str, value: float) -> str:
    sign = "+" if value > 0 else ""
    times, places = (100, 1) if key in IN_PERCENT else (1, 2 if key == "rank" else 0)
    return f"{sign}{number(value * times, places)}"


def _file(kind: str, report: Mapping[str, Any]) -> HttpResponse:
    heads = [
        gettext("Way of giving places"),
        gettext("Measure"),
        gettext("Mean"),
        gettext("Lowest"),
        gettext("Highest"),
        gettext("Difference, lowest"),
        gettext("Difference, highest"),
    ]
    rows = [
        [
            policy_name(policy["name"]),
            measure_name(key),
            *(policy["measures"][key][part] for part in ("mean", "low", "high")),
            *(policy["difference"][key][part] for part in ("low", "high")),
        ]
        for policy in report["policies"]
        for key in MEASURES
    ]
    return table_file(kind, gettext("what-rounds-change"), heads, rows)
