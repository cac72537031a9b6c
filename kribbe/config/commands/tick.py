"""Doing at once what time brings about, where no worker runs."""

import typer

from kribbe.config.starting import prepare


def tick() -> None:
    """Do all that time brings about: close what is past its term, lay the new weeks, send what is due."""
    prepare()
    from django.utils import timezone

    from kribbe.trust.duties import duties

    for each in duties():
        typer.echo(f"{each.told}: {each.run(timezone.now())}")
