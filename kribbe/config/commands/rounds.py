"""Rounds at the console: solving again what was kept."""

from typing import Annotated

import typer


def round_replay(reference: Annotated[str, typer.Argument(help="Reference of the round.")]) -> None:
    """Solve every instance that a round kept once more, and compare the result with the kept one, byte for byte.

    Fails where a byte differs.
    """
    from kribbe.config.starting import prepare

    prepare(tables=False)
    from kribbe.rounds import kept
    from kribbe.rounds.models import Calculation

    rows = list(Calculation.objects.filter(round__reference=reference).order_by("number"))
    if not rows:
        typer.echo(f"No round {reference!r} was calculated.", err=True)
        raise typer.Exit(2)
    differs = False
    for row in rows:
        instance, result = bytes(row.instance), bytes(row.result)
        whole = (
            kept.fingerprint(instance) == row.instance_hash and kept.fingerprint(result) == row.result_hash
        )
        same = whole and kept.solved_again(instance) == result
        differs |= not same
        said = "the same" if same else "NOT the same"
        typer.echo(
            f"calculation {row.number} of {row.at:%Y-%m-%d %H:%M}, solver {row.solver}, seed {row.seed}: "
            f"{said} {len(result)} bytes, {row.result_hash[:16]}"
        )
    if differs:
        raise typer.Exit(1)
