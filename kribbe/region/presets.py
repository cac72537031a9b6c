"""What real desks chose, as data: `presets/*.toml`, one file a desk, and the list of reasons that all begin with.

A preset has every field of a policy. `source` names the pages that give them; `assumed` the fields that they
don't give and that were filled in here. `name`, `source` and `note` are one text, or one for each language.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.functional import Promise, lazy
from django.utils.translation import get_language

from kribbe.region.models import Desk, DeskPolicy, PassOverReason
from kribbe.rules.priority import DateRule
from kribbe.trust.locks import lock_rows

FOLDER = Path(__file__).with_name("presets")
REASONS = "_reasons"
UNLIMITED = "unlimited"
SAID = ("name", "source", "note")
LANGUAGES = frozenset({"nl", "en", "fr", "de"})


@dataclass(frozen=True, kw_only=True)
class Preset:
    """The policy of one real desk. A count that is None is unlimited.

    `name`, `source` and `note` are in the language of whoever reads them.
    """

    slug: str
    name: str | Promise
    source: str | Promise
    note: str | Promise
    assumed: frozenset[str]
    max_wishes: int | None
    earliest_answer_months: int | None
    answer_days: int
    reaction_days: int
    signature_days: int
    urgent_days: int
    confirm_months: int | None
    confirm_days: int
    confirm_reminder_days: int
    end_months: int | None
    complaint_days: int
    keep_years: int
    open_urgent: bool
    look_weeks: int
    tell_vacancies: bool
    list_weeks: int
    most_changes: int | None
    change_days: int | None
    ranking_shown: bool
    date_rule: DateRule

    @property
    def policy(self) -> dict[str, Any]:
        """The fields of a `DeskPolicy`, but for the desk and its days."""
        return {name: getattr(self, name) for name in POLICY_FIELDS} | {"source": str(self.source)}


@dataclass(frozen=True)
class ReasonText:
    """A reason to pass over (or, where `refusal`, to refuse) in the four languages of families."""

    code: str
    nl: str
    en: str
    fr: str
    de: str
    refusal: bool = False


POLICY_FIELDS = tuple(
    field.name for field in fields(Preset) if field.name not in {"slug", "name", "source", "note", "assumed"}
)


@cache
def presets() -> Mapping[str, Preset]:
    """Every preset by its slug. ValueError on a file with a missing, unknown or wrong field."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("[!_]*.toml"))}


@cache
def standard_reasons() -> tuple[ReasonText, ...]:
    """The reasons with which every desk begins."""
    table = tomllib.loads((FOLDER / f"{REASONS}.toml").read_text(encoding="utf-8"))
    return tuple(ReasonText(**row) for row in table["reason"])


def apply_preset(*, desk: Desk, preset: Preset, since: date) -> DeskPolicy:
    """Let the preset's policy hold from `since` on, in place of whatever was planned for those days.

    What held before stays on record. Reasons that the desk lacks are added; its own are left as they are.
    """
    with transaction.atomic():
        lock_rows((Desk, desk.pk))
        desk.policies.filter(during__startswith__gte=since).delete()
        for policy in desk.policies.filter(during__contains=since):
            policy.during = (policy.during.lower, since)
            policy.save(update_fields=["during"])
        PassOverReason.objects.bulk_create(reason_rows(desk), ignore_conflicts=True)
        return DeskPolicy.objects.create(desk=desk, during=(since, None), **preset.policy)


def reason_rows(desk: Desk) -> list[PassOverReason]:
    """The standard reasons as rows of this desk, not yet saved."""
    return [
        PassOverReason(
            desk=desk,
            code=text.code,
            text_nl=text.nl,
            text_en=text.en,
            text_fr=text.fr,
            text_de=text.de,
            refusal=text.refusal,
        )
        for text in standard_reasons()
    ]


def _read(path: Path) -> Preset:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    expected = {field.name for field in fields(Preset)} - {"slug"}
    if wrong := expected ^ table.keys():
        raise ValueError(f"{path.name}: missing or unknown {', '.join(sorted(wrong))}")
    if unknown := set(table["assumed"]) - set(POLICY_FIELDS):
        raise ValueError(f"{path.name}: assumed names no field: {', '.join(sorted(unknown))}")
    values = {name: None if value == UNLIMITED else value for name, value in table.items()}
    values |= {name: _said(path, table[name]) for name in SAID}
    return Preset(
        slug=path.stem,
        **values | {"assumed": frozenset(table["assumed"]), "date_rule": DateRule(table["date_rule"])},
    )


def _said(path: Path, given: str | Mapping[str, str]) -> str | Promise:
    """A text as it is, or the one of the language in which it is read."""
    if isinstance(given, str):
        return given
    if wrong := LANGUAGES ^ given.keys():
        raise ValueError(f"{path.name}: missing or unknown language {', '.join(sorted(wrong))}")
    return _in_language(tuple(given.items()))


def _chosen(texts: tuple[tuple[str, str], ...]) -> str:
    by_language = dict(texts)
    return by_language.get((get_language() or "")[:2], by_language["nl"])


_in_language = lazy(_chosen, str)
