"""Doing at once what time brings about, where no worker runs."""

import typer

from kribbe.config.starting import prepare


def tick() -> None:
    """Close offers and reservations past their term, lay the new weeks, forget unsent requests."""
    prepare()
    from django.utils import timezone

    from kribbe.enrolment.services.drafts import forget_drafts
    from kribbe.enrolment.tasks import lay_weeks, run_out

    now = timezone.now()
    offers, placements = run_out(now=now)
    typer.echo(f"offers run out: {offers}")
    typer.echo(f"reservations run out: {placements}")
    typer.echo(f"groups counted: {lay_weeks(now=now)}")
    typer.echo(f"unsent requests forgotten: {forget_drafts(now=now)}")
