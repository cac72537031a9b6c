"""A judged file in numbers and lines, for people and machines."""

import csv
import io
from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from kribbe.places.importing.plan import Plan
from kribbe.places.importing.reasons import REASONS, Reason
from kribbe.places.models import ImportRun

FORMULA_STARTS = ("=", "+", "-", "@", "\t")


def as_json(made: Plan, *, dry_run: bool, runs: tuple[ImportRun, ...] = ()) -> dict[str, Any]:
    """What `import-locations --json` prints."""
    return {
        **made.totals(),
        "dry_run": dry_run,
        "runs": [run.pk for run in runs],
        "notes": [str(note) for note in made.notes],
        "missing": [
            {"location": missing.location_id, "name": missing.name, "licence_number": missing.licence_number}
            for desk_id in sorted(made.missing)
            for missing in made.missing[desk_id]
        ],
        "reasons": [reason.as_json() for reason in made.reasons],
    }


def by_code(reasons: list[Reason]) -> list[tuple[str, int]]:
    """How often each reason was given, the most frequent first."""
    counted = Counter(reason.code for reason in reasons)
    return sorted(counted.items(), key=lambda found: (-found[1], list(REASONS).index(found[0])))


def kept_reasons(run: ImportRun) -> list[Reason]:
    """The doubts of an import as they were stored."""
    return [Reason(kept["line"], kept["code"], kept["values"]) for kept in run.totals.get("reasons", [])]


def as_csv(reasons: list[Reason], names: dict[int, str]) -> str:
    """One line a doubt: line of the file, level, code, name of the location, what is doubtful.

    Cells that a spreadsheet would run as a formula are kept from it by an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("line"), _("level"), _("code"), _("name"), _("message")])
    for reason in reasons:
        cells = [reason.level.value, reason.code, names.get(reason.line, ""), reason.message]
        writer.writerow([reason.line, *(harmless(cell) for cell in cells)])
    return out.getvalue()


def harmless(cell: str) -> str:
    """The cell, kept by an apostrophe from being run as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
