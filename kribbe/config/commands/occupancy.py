"""How full places of care are, at the console."""

import json
import sys
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from kribbe.rules.occupancy import Occupancy

BAD_INPUT = 2
LONGEST_DAYS = 1100
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
FORMAT = "kribbe.occupancy/1"


def occupancy(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    location: Annotated[str | None, typer.Option(help="One location, by the name in its address.")] = None,
    desk: Annotated[
        str | None, typer.Option(help="The locations of one desk, by the name in its address.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON, nothing else.")] = False,
) -> None:
    """Count child half-days, planned and come, beside places by licence and with staff, from day to day.

    Planned are the children of certain places by their agreed weeks (by the half-days of the place where no hours are
    agreed), and those that locations took outside the desk. Closing days and public holidays don't count. A half-day
    that is open without staff is told apart. Without --location or --desk all locations count.
    """
    from kribbe.config.starting import prepare

    prepare()
    from django.utils.timezone import localdate

    from kribbe.places.models import Location
    from kribbe.planning.selectors.occupancy import cells
    from kribbe.region.models import Desk

    start, end = _asked(first.date(), last.date())
    place = None if location is None else _named(Location, location, "location")
    whose = None if desk is None else _named(Desk, desk, "desk")
    found = cells(first=start, last=end, today=localdate(), location=place, desk=whose)
    told = {
        "format": FORMAT,
        "from": f"{start}",
        "to": f"{end}",
        **_told(found.total()),
        "months": [{"month": f"{month:%Y-%m}", **_told(each)} for month, each in found.by_month().items()],
        "locations": [{"location": slug, **_told(each)} for slug, each in found.by_location().items()],
    }
    if json_:
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        return
    _print(start, end, told)


def _asked(start: date, end: date) -> tuple[date, date]:
    """The days asked, once they can be counted."""
    if end < start:
        raise _failed(f"--to {end} is before --from {start}: give a last day on or after the first")
    if start < FIRST_DAY or end > LAST_DAY:
        raise _failed(f"days are counted from {FIRST_DAY} to {LAST_DAY}: give --from and --to within these")
    if (end - start).days >= LONGEST_DAYS:
        latest = start + timedelta(days=LONGEST_DAYS - 1)
        raise _failed(f"at most {LONGEST_DAYS} days are counted at once: give a --to of {latest} or before")
    return start, end


def _told(found: "Occupancy") -> dict[str, Any]:
    """Counts and shares; a share is null where there is nothing to share by."""
    shares = {"of_licensed": found.of_licensed, "of_staffed": found.of_staffed, "came": found.came}
    return {
        "half_days": found.half_days,
        "planned": found.planned,
        "realised": found.realised,
        "planned_of_realised": found.planned_of_realised,
        "licensed": found.licensed,
        "staffed": found.staffed,
        "no_staff": {"half_days": found.no_staff_half_days, "planned": found.no_staff_planned},
        "closed_half_days": found.closed_half_days,
        **{name: None if share is None else round(float(share), 4) for name, share in shares.items()},
    }


def _print(start: date, end: date, told: dict[str, Any]) -> None:
    typer.echo(f"{start} to {end}: {_line(told)}")
    for row in told["months"]:
        typer.echo(f"{row['month']}  {_line(row)}")


def _line(row: dict[str, Any]) -> str:
    share = (
        "no places with staff"
        if row["of_staffed"] is None
        else f"{row['of_staffed']:.1%} of places with staff"
    )
    return (
        f"{row['planned']} child half-days planned, {share}; without staff {row['no_staff']['planned']} "
        f"on {row['no_staff']['half_days']} half-days"
    )


def _named(model: Any, slug: str, what: str) -> int:
    """The number of what has this name in its address, which is ASCII."""
    found = model.objects.filter(slug=slug).values_list("pk", flat=True).first() if slug.isascii() else None
    if found is None:
        raise _failed(f"There is no {what} {slug!r}.")
    return int(found)


def _failed(problem: str) -> typer.Exit:
    typer.echo(problem, err=True)
    return typer.Exit(BAD_INPUT)
