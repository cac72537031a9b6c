"""Rounds at the console: solving again what was kept."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kribbe.rounds.replay import Replayed

UNKNOWN = 2


def round_replay(reference: Annotated[str, typer.Argument(help="Reference of the round.")]) -> None:
    """Solve every instance that a round kept once more, and compare the result with the kept one, byte for byte.

    Where another version of the solver solved it, the bytes may differ and nothing is wrong: then it says which
    version that was, and what the independent checker finds in the kept result. Fails where what was kept was
    changed, where the same version gives another byte, or where the checker finds a fault.
    """
    from kribbe.config.starting import prepare

    prepare()
    from kribbe.rounds.models import Calculation
    from kribbe.rounds.replay import replay

    rows = list(Calculation.objects.filter(round__reference=reference).order_by("number"))
    if not rows:
        typer.echo(f"No round {reference!r} was calculated.", err=True)
        raise typer.Exit(UNKNOWN)
    fine = True
    for row in rows:
        found = replay(row)
        fine &= found.is_fine
        typer.echo(
            f"calculation {row.number} of {row.at:%Y-%m-%d %H:%M}, solver {row.solver}, seed {row.seed}: "
            f"{_said(found)} ({len(row.result)} bytes, {row.result_hash[:16]})"
        )
        for fault in found.faults:
            typer.echo(f"  {fault}")
    if not fine:
        raise typer.Exit(1)


def _said(found: "Replayed") -> str:
    if not found.is_whole:
        return "what was kept is NOT what was written: its SHA-256 differs"
    if found.is_same:
        return "the same"
    if not found.is_other_version:
        return "NOT the same"
    judged = "has faults" if found.faults else f"is without fault, envy {found.envy}"
    other = f"this is solver {found.version}: its result differs, which a newer solver may"
    if not found.is_read:
        other = f"this is solver {found.version}: it can't read what was kept"
    return f"{other}; for the same bytes use the version of then. By the checker the kept result {judged}"
