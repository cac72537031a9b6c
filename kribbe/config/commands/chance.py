"""Chances at the console: how good those of the past were."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kribbe.config.starting import prepare

if TYPE_CHECKING:
    from kribbe.allocation.chance.score import Between, Bin
    from kribbe.enrolment.selectors.chance.outcomes import Scored

WISHES = "each choice"
"""What the plot shows."""

MONTHS = 10
"""Months that are replayed where no other period is asked."""


def chance_calibration(
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First month to forecast in.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="What happened before this day is known."),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    plot: Annotated[Path | None, typer.Option(help="File for the reliability plot, as SVG.")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Learn from the past year now, and tell chances by it.")
    ] = False,
) -> None:
    """Replay the past: forecast on the first of each month with what was known then, and see what happened.

    What is told has learned from earlier months only. Prints its Brier score (lower is better) beside that of what
    was played before anything was learned, and beside two simpler forecasts that learn from earlier months too:
    always the base rate, and the position on the list alone. Intervals are at 95 %, by drawing families again.
    """
    prepare()
    from django.utils import timezone

    from kribbe.enrolment.selectors.chance.outcomes import calibrate
    from kribbe.rules.calendar import add_months, first_of_month

    now = timezone.now()
    if keep:
        _keep(now)
        return
    last = until.date() if until else first_of_month(timezone.localdate(now))
    first = since.date() if since else add_months(last, -MONTHS)
    scored = calibrate(since=first, until=last, now=now, told=lambda month: typer.echo(month, err=True))
    if not scored:
        typer.echo(
            "In this period there is nothing to compare: no wish of which the outcome is known.", err=True
        )
        raise typer.Exit(1)
    if plot is not None:
        plot.write_text(_drawn(scored), encoding="utf-8")
    if json_:
        typer.echo(json.dumps([asdict(each) for each in scored], indent=1))
    else:
        _say(scored, first, last)


def _keep(now: datetime) -> None:
    from kribbe.enrolment.models import ChanceLesson
    from kribbe.enrolment.services.chances import count_chances, learn_lessons

    ChanceLesson.objects.all().delete()
    regions = learn_lessons(now=now)
    typer.echo(
        f"{regions} regions learned from the past year; {count_chances(now=now)} chances are counted anew"
    )
    for kept in ChanceLesson.objects.select_related("region").order_by("region", "is_any"):
        of = "any of the choices" if kept.is_any else "each choice"
        typer.echo(
            f"{kept.region}, {of}: rising {kept.rising:.3f}, falling {kept.falling:.3f}, shift {kept.shift:.3f},"
            f" from {kept.cases} cases"
        )


def _say(scored: "Sequence[Scored]", first: date, last: date) -> None:
    typer.echo(f"Forecasts from {first:%Y-%m} until {last:%Y-%m-%d}")
    for each in scored:
        typer.echo("")
        typer.echo(
            f"An offer at {each.of} {_by(each.later)}:"
            f" {each.cases} cases of {each.requests} requests, {each.rate:.1%} got one"
        )
        for name, score, over in (
            ("this forecast", each.ours, None),
            ("before it learned", each.played, None),
            ("always the base rate", each.base, each.over_base),
            ("position only", each.position, each.over_position),
        ):
            worse = f"  worse by {_told(over)}" if over else ""
            typer.echo(f"  Brier score, {name:<21} {_told(score)}{worse}")
        for name, bins in (("told", each.bins), ("played, before it learned", each.played_bins)):
            _say_bins(name, bins)


def _say_bins(name: str, bins: "Sequence[Bin]") -> None:
    typer.echo(f"  {name}")
    typer.echo("  said       cases   said on average   happened (95 %)")
    for found in bins:
        happened = found.happened
        typer.echo(
            f"  {found.low:.1f}-{found.high:.1f} {found.cases:9}   {found.said:15.2f}"
            f"   {happened.value:.2f} ({happened.low:.2f}-{happened.high:.2f})"
        )


def _by(later: int) -> str:
    return f"by {later} months after the wanted start" if later else "by the wanted start"


def _told(found: "Between") -> str:
    return f"{found.value:.4f} ({found.low:.4f} to {found.high:.4f})"


def _drawn(scored: "Sequence[Scored]") -> str:
    """The reliability plot: on the line, what was said is what happened."""
    import altair
    import vl_convert

    rows: list[dict[str, Any]] = [
        {
            "said": found.said,
            "happened": found.happened.value,
            "low": found.happened.low,
            "high": found.happened.high,
            "cases": found.cases,
            "by": _by(each.later),
            "which": which,
        }
        for each in scored
        if each.of == WISHES
        for which, bins in (("told", each.bins), ("played, before it learned", each.played_bins))
        for found in bins
    ]
    base = altair.Chart().encode(
        x=altair.X("said:Q", title="What was said", scale=altair.Scale(domain=[0, 1])), color="by:N"
    )
    line = (
        altair.Chart()
        .mark_rule(color="#767676", strokeDash=[4, 4])
        .encode(x=altair.datum(0), y=altair.datum(0), x2=altair.datum(1), y2=altair.datum(1))
    )
    bars = base.mark_rule().encode(y=altair.Y("low:Q", title="What happened"), y2="high:Q")
    points = base.mark_point(filled=True).encode(
        y="happened:Q",
        size=altair.Size("cases:Q", title="Cases", scale=altair.Scale(range=[20, 200])),
        shape="by:N",
    )
    layers = altair.layer(line, bars, points, data=altair.Data(values=rows)).properties(width=360, height=360)
    beside = layers.facet(column=altair.Column("which:N", title=None, sort=["told"]))
    return str(vl_convert.vegalite_to_svg(beside.properties(title="Chances and what happened").to_dict()))
