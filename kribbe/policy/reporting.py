"""The yearly report in words: its tables, and its document in the desk's face."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext

from kribbe.policy.definitions import Basis
from kribbe.policy.pages import blocks
from kribbe.policy.pages.cells import Block, Line, Veil, plain
from kribbe.policy.selectors.counters import Places
from kribbe.policy.selectors.report import Content, desks_told, places_told, year_told
from kribbe.web.branding import Brand
from kribbe.web.dates import date_format
from kribbe.web.documents import pdf
from kribbe.web.templatetags.telling import number


def report_blocks(kept: Content, veil: Veil) -> list[Block]:
    """The figures of a report as tables."""
    told, desks = year_told(kept), desks_told(kept)
    return [
        blocks.answers(told, veil, desks=desks),
        blocks.by_category(told, veil, desks),
        blocks.by_home(told, veil, desks),
        _places(kept),
    ]


def _places(kept: Content) -> Block:
    found = places_told(kept)
    day = date_format(date.fromisoformat(kept["places_on"]), "DATE_FORMAT")
    total = sum(found.values(), Places())
    return Block(
        "places",
        blocks.places_heads(),
        [
            Line(f"{name}: {blocks.kind_and_price(kind, price)}", blocks.places_cells(each))
            for (name, kind, price), each in found.items()
        ],
        Line(gettext("Total"), [plain(total.licensed), plain(total.staffed), plain(total.bookable)]),
        name=gettext("Places on %(day)s") % {"day": day},
    )


def title_of(kept: Content) -> str:
    """The report's name."""
    return gettext("Yearly report %(year)d, %(area)s") % {"year": kept["year"], "area": kept["area"]}


def coverage_words(kept: Content) -> list[str]:
    """What the report rests on, in sentences."""
    whole = kept["coverage"]["all"]
    sentences = {
        Basis.PLACES.value: gettext(
            "The places are known of %(some)s of %(all)s locations (%(places)s places)."
        ),
        Basis.REQUESTS.value: gettext(
            "Requests reach %(some)s of %(all)s locations through the desk (%(places)s places)."
        ),
        Basis.PLACEMENTS.value: gettext(
            "%(some)s of %(all)s locations keep their places with the desk (%(places)s places)."
        ),
        "confirmed": gettext(
            "%(some)s of %(all)s locations confirmed their places in the four weeks before the count "
            "(%(places)s places)."
        ),
    }
    return [
        sentence
        % {
            "some": number(kept["coverage"][key]["locations"]),
            "all": number(whole["locations"]),
            "places": number(kept["coverage"][key]["places"]),
        }
        for key, sentence in sentences.items()
    ]


def document(kept: Content, *, version: int | None, exact: bool, brand: Brand, language: str) -> bytes:
    """The report as a tagged PDF; `version` None is a draft."""
    with translation.override(language):
        found = report_blocks(kept, Veil(exact))
        data: dict[str, Any] = {
            "lead": "\n\n".join(_lead(kept, version=version, exact=exact)),
            "tables": [_table(block) for block in found],
            "coverage_heading": gettext("What these figures rest on"),
            "coverage": "\n".join(coverage_words(kept)),
            "sign": [gettext("Date"), gettext("Name and signature")],
        }
        title = title_of(kept)
    return pdf("policy/yearly_report", data, title=title, brand=brand, language=language)


def _lead(kept: Content, *, version: int | None, exact: bool) -> Sequence[str]:
    counted = localtime(datetime.fromisoformat(kept["counted_at"]))
    state = (
        gettext("Draft: this report isn't fixed yet.")
        if version is None
        else gettext("Version %(version)d.") % {"version": version}
    )
    numbers = (
        gettext("All numbers are exact.")
        if exact
        else gettext(
            "Numbers from 1 to 4 aren't told, nor what would give them away, so that no figure points at a family."
        )
    )
    return [
        f"{state} " + gettext("Counted on %(moment)s.") % {"moment": date_format(counted, "DATETIME_FORMAT")},
        gettext("Requests are counted by the rules of Opgroeien for the registration of care requests.")
        + " "
        + numbers,
    ]


def _table(block: Block) -> dict[str, Any]:
    lines = [*block.lines, *([block.total] if block.total else [])]
    return {
        "heading": block.title,
        "definition": block.rule,
        "columns": [gettext("Part"), *block.heads],
        "rows": [[line.label, *(cell.text for cell in line.cells)] for line in lines],
    }
