"""A report as lines of text for the console."""

from collections.abc import Iterator, Mapping
from typing import Any

from kribbe.allocation.simulation.misreport import FORMAT as MISREPORT
from kribbe.allocation.simulation.plot import TITLES, in_english


def told(report: Mapping[str, Any]) -> Iterator[str]:
    """The report, line by line."""
    size = report["size"]
    yield (
        f"{size['children']} children, {size['locations']} locations, {size['months']} months,"
        f" {report['seeds']} seeds; intervals: {report['interval']}"
    )
    yield from _misreport(report) if report["format"] == MISREPORT else _policies(report)


def _policies(report: Mapping[str, Any]) -> Iterator[str]:
    first = report["policies"][0]["name"]
    width = max(len(policy["name"]) for policy in report["policies"])
    for measure, title in TITLES.items():
        yield f"\n{title}"
        for policy in report["policies"]:
            line = f"  {policy['name']:{width}}  {_interval(measure, policy['measures'][measure])}"
            if policy["name"] != first:
                line += f"   less {first}: {_interval(measure, policy['difference'][measure])}"
            yield line


def _interval(measure: str, found: Mapping[str, float]) -> str:
    mean, low, high = (in_english(measure, found[key]) for key in ("mean", "low", "high"))
    return f"{mean:>6} ({low} to {high})"


def _misreport(report: Mapping[str, Any]) -> Iterator[str]:
    for key, what in (("half_days", "half-days"), ("heads", "the same rounds with heads")):
        found = report[key]
        share = {name: f"{value * 100:.1f}" for name, value in found["share"].items()}
        yield (
            f"\n{report['policy']}, {what}: {found['gaining']} of {found['households']} families could gain"
            f" ({share['mean']} %, {share['low']} to {share['high']}), {found['ranks']:.1f} ranks on average;"
            f" {found['placed']} a place instead of none; {found['lists']} lists in {report['rounds']} rounds"
        )
        for way, tried in found["ways"].items():
            yield f"  {way:14} {tried['lists']:6} lists: {tried['better']} better, {tried['worse']} worse"
