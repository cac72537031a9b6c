"""Pricing a child's month at the console. No database is needed."""

import gettext
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kribbe.rules.reasons import Reason

BAD_INPUT = 2
CATALOGUES = Path(__file__).resolve().parents[2] / "web" / "locale"


class Language(StrEnum):
    """The languages of the interface."""

    NL = "nl"
    FR = "fr"
    EN = "en"
    DE = "de"


def bill_case(
    case: Annotated[
        Path,
        typer.Argument(
            metavar="CASE", help="The case, as JSON; - reads it from standard input.", allow_dash=True
        ),
    ],
    lang: Annotated[Language, typer.Option(help="The language of the reasons.")] = Language.EN,
) -> None:
    """Price one child's month for one payer, line by line, with the reason of every cent.

    The case says what was agreed, what happened and what the price is. The result stands on standard output, as
    JSON: a line for each day and charge, the days that are held back, the total and what is left of the
    allowance. The same case gives the same bytes, and nothing is kept.

    A case that is wrong is told on standard error, a line for each problem with its path, and the command ends
    with code 2. The formats stand in docs/reference/billing-case.md.
    """
    from kribbe.rules.billing.pricing import bill
    from kribbe.rules.billing.reading import BadCaseError, read_case

    try:
        read = read_case(_content(case))
    except BadCaseError as error:
        raise _failed(*error.problems) from None
    except OSError as error:
        raise _failed(f"{case}: {error.strerror}") from None
    sys.stdout.buffer.write(bill(read).as_bytes(_say(lang)))


def _content(case: Path) -> bytes:
    if str(case) != "-":
        return case.read_bytes()
    if sys.stdin is None:
        raise _failed("-: standard input is closed")
    return sys.stdin.buffer.read()


def _say(lang: Language) -> "Callable[[Reason], str]":
    """How a reason is worded; in English where the catalogues were never compiled."""
    from kribbe.rules.reasons import CODES

    words = gettext.translation("django", CATALOGUES, [lang], fallback=True)
    return lambda reason: words.gettext(CODES[reason.code]).format(**dict(reason.params))


def _failed(*problems: str) -> typer.Exit:
    for problem in problems:
        typer.echo(problem, err=True)
    return typer.Exit(BAD_INPUT)
