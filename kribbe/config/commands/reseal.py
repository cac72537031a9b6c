"""Sealing kept text anew after the secret key was changed."""

import typer

from kribbe.config.starting import prepare


def reseal() -> None:
    """Seal under KRIBBE_SECRET_KEY what is still sealed under one of KRIBBE_FORMER_KEYS.

    Afterwards those keys are needed only for sessions and links that are still out. Once done, it changes nothing.
    """
    prepare()
    from kribbe.config import resealing
    from kribbe.trust.sealing import WrongKeyError

    try:
        done = sum(resealing.reseal(column) for column in resealing.sealed_columns())
    except WrongKeyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Texts sealed anew: {done}.")
