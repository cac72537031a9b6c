"""Reading mails that came back."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kribbe.config.starting import prepare


def bounces(
    file: Annotated[
        str, typer.Argument(help="A message or a mailbox file (mbox); - reads what is piped in.")
    ],
) -> None:
    """Read mails that came back and put them on the clerks' list. A mail server can pipe them in, one by one."""
    prepare()
    from django.utils import timezone

    from kribbe.contact.bounces import read_all
    from kribbe.contact.services.undelivered import note_bounces

    raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    typer.echo(f"mails noted as undelivered: {note_bounces(read_all(raw), now=timezone.now())}")
