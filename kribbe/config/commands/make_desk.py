"""The first desk of a municipality, and who runs it."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from kribbe.config.starting import prepare

if TYPE_CHECKING:
    from kribbe.people.models import User
    from kribbe.region.models import Desk

BAD_INPUT = 2


def make_desk(
    municipality: Annotated[str, typer.Argument(help="NIS code of a municipality that was imported.")],
    email: Annotated[str, typer.Argument(help="Mail address of the first administrator.")],
    name: Annotated[str, typer.Option("--name", help="Name of the administrator.")],
    region: Annotated[str, typer.Option(help="Name of the region; made if there is none of that name.")] = "",
    slug: Annotated[str, typer.Option(help="The desk in addresses (default: from the municipality).")] = "",
    title: Annotated[str, typer.Option(help="Name of the desk (default: the municipality's).")] = "",
    preset: Annotated[str, typer.Option(help="A real desk whose policy it begins with.")] = "leuven",
    languages: Annotated[str, typer.Option(help="Languages of its pages.")] = "nl,en",
    letters: Annotated[str, typer.Option(help="Languages of its mails and letters.")] = "nl",
) -> None:
    """Make a desk with its policy, and its first administrator.

    The administrator logs in with a mailed code and sets up a second factor; everything else of the desk is set in
    the browser. Without --region the desk joins the only region that there is.
    """
    prepare()
    from django.utils import timezone, translation

    from kribbe.people.services.desks import DeskWanted, set_up_desk
    from kribbe.trust.errors import RefusedError
    from kribbe.trust.principal import SYSTEM

    wanted = DeskWanted(
        nis_code=municipality,
        region=region,
        slug=slug,
        name=title,
        preset=preset,
        public_languages=_codes(languages),
        letter_languages=_codes(letters),
        administrator_email=email,
        administrator_name=name,
    )
    with translation.override("en"):
        try:
            desk, user = set_up_desk(principal=SYSTEM, wanted=wanted, now=timezone.now())
        except RefusedError as error:
            typer.echo(" ".join(str(error.message).split()), err=True)
            raise typer.Exit(BAD_INPUT) from None
    _say(desk, user, timezone.now())


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code for code in re.split(r"[,\s]+", text.lower()) if code)


def _say(desk: "Desk", user: "User", now: datetime) -> None:
    from django.conf import settings

    typer.echo(f"{desk.name}: {settings.BASE_URL}/{desk.slug}/ with the policy of today, {now:%Y-%m-%d}.")
    typer.echo(f"{user.email} is its administrator: log in at {settings.BASE_URL}/account/login/code/")
