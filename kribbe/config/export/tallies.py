"""Tables that count rows by desk and month: no row of a family is in them, and no small count can be worked out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Model, Q
from django.db.models.functions import TruncMonth, TruncYear

from kribbe.attendance.models import DayInvite
from kribbe.config.export.columns import Column, Counts, Scope
from kribbe.contact.models import Question, QuestionSubject, VisitBooking
from kribbe.enrolment.models import (
    DirectChild,
    HandOver,
    PassOver,
    ProofRequest,
    UrgentReach,
    VacancyInterest,
    VacancyTold,
)
from kribbe.outofschool.models import Registration
from kribbe.people.models import Consent
from kribbe.planning.models import Absence, CareAgreement, DayChange, Paper
from kribbe.rounds.models import Proposal
from kribbe.rules.small_numbers import hide_table
from kribbe.sickcare.models import SickCall
from kribbe.upkeep.models import Complaint, Confirmation, FirstDay, Merge

ALL = "all"
Row = tuple[Any, ...]
Found = tuple[str, date | None, str, str, int]
"""Desk, period, what is told apart, which part, how many."""

HIDDEN = "small ones are left empty, and others by which they could be worked out"


@dataclass(frozen=True)
class Tally:
    """Rows of a model by desk, by month (or `yearly`) of a field, and by the value of each of `parts`.

    `desk` and `at` are paths; without parts all rows of a month are one count.
    """

    model: type[Model]
    desk: str
    at: str
    parts: tuple[str, ...] = ()
    where: Q = field(default_factory=Q)
    yearly: bool = False

    def rows(self, scope: Scope) -> Iterator[Row]:
        """Desk, period, what is told apart, part and count, hidden where it must be."""
        found = sorted(self._found(scope), key=lambda row: (row[0], row[1] or date.min, row[2], row[3]))
        for (desk, period), each in groupby(found, key=lambda row: row[:2]):
            yield from ((desk, period, *told) for told in _hidden(list(each)))

    def _found(self, scope: Scope) -> Iterator[Found]:
        rows = self.model._default_manager.filter(self.where)
        if scope.desk_id is not None:
            rows = rows.filter(**{self.desk: scope.desk_id})
        truncated = TruncYear(self.at) if self.yearly else TruncMonth(self.at)
        named = rows.annotate(of_desk=F(f"{self.desk}__slug"), of_period=truncated).order_by()
        for part in self.parts or (ALL,):
            counted = named.annotate(of_part=F(part)) if self.parts else named
            keys = ("of_desk", "of_period", *(("of_part",) if self.parts else ()))
            for desk, period, *which, count in counted.values_list(*keys).annotate(Count("pk")):
                day = period.date() if hasattr(period, "date") else period
                yield desk, day, _short(part), _told(which[0]) if which else ALL, count


def _short(path: str) -> str:
    return path.partition("__")[0]


def _told(value: str | bool | None) -> str:
    """A value as the column `part` has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value or ""


def _hidden(found: list[Found]) -> Iterator[tuple[str, str, int | None]]:
    """What may be told of one desk and period: where one division may not tell its sum, none tells anything."""
    divided: Mapping[str, dict[str, int]] = {
        by: {row[3]: row[4] for row in rows} for by, rows in groupby(found, key=lambda row: row[2])
    }
    told = {by: hide_table(counts) for by, counts in divided.items()}
    silent = any(each.total is None for each in told.values())
    for by, each in told.items():
        for part, count in each.cells.items():
            yield by, part, None if silent else count


def _table(name: str, meaning: str, unit: str, tally: Tally, *feeds: type[Model]) -> Counts:
    period = "year" if tally.yearly else "month"
    columns = (
        Column("desk", "", "text", "The desk."),
        Column(period, "", "date", f"The {period}.", f"first day of the {period}"),
        Column("by", "", "text", f"What is told apart: {', '.join(_names(tally))}."),
        Column("part", "", "text", "Which of them; empty: none."),
        Column("count", "", "whole", f"How many; {HIDDEN}.", unit),
    )
    return Counts(
        name, f"{meaning}, counted by desk and {period}.", columns, tally.rows, (tally.model, *feeds)
    )


def _names(tally: Tally) -> list[str]:
    return [_short(part) for part in tally.parts] or [ALL]


TALLIES = (
    _table(
        "questions",
        "Questions that were asked at the desk",
        "questions",
        Tally(Question, "desk", "asked_at", ("subject__name", "channel", "language")),
        QuestionSubject,
    ),
    _table(
        "complaints",
        "Complaints about decisions",
        "complaints",
        Tally(Complaint, "desk", "made_at", ("kind", "state", "outcome"), yearly=True),
    ),
    _table(
        "needs_asked_again",
        "Families that were asked whether their need stands",
        "requests",
        Tally(Confirmation, "request__desk", "asked_at", ("state", "ask")),
    ),
    _table(
        "merges",
        "Registrations of one child that were merged",
        "merges",
        Tally(Merge, "kept_household__desk", "merged_at", where=Q(undone_at=None)),
    ),
    _table(
        "first_days",
        "First days of a place, by whether the child came",
        "placements",
        Tally(FirstDay, "placement__group__location__desk", "day", ("state",)),
    ),
    _table(
        "pass_overs",
        "Families that were passed over, by the reason given",
        "times",
        Tally(PassOver, "offer__group__location__desk", "offer__made_at", ("reason__code",)),
    ),
    _table(
        "direct_children",
        "Children that locations took outside the desk, by the start",
        "children",
        Tally(DirectChild, "group__location__desk", "during__startswith", where=Q(undone_at=None)),
    ),
    _table(
        "hand_overs",
        "Families that were handed to another desk",
        "families",
        Tally(HandOver, "from_desk", "made_at", where=Q(undone_at=None)),
    ),
    _table(
        "urgent_reach",
        "Urgent requests that a location answered of its own",
        "requests",
        Tally(UrgentReach, "preference__request__desk", "at"),
    ),
    _table(
        "weekly_list_mails",
        "Requests that were told what came free",
        "requests",
        Tally(VacancyTold, "request__desk", "at"),
    ),
    _table(
        "vacancy_interest",
        "Requests that let a location know of their interest",
        "requests",
        Tally(VacancyInterest, "request__desk", "at"),
    ),
    _table(
        "proofs",
        "Proofs that families were asked for",
        "proofs",
        Tally(ProofRequest, "household__desk", "asked_at", ("state",)),
    ),
    _table(
        "consents",
        "Consents by which a referrer acts for a family",
        "consents",
        Tally(Consent, "organisation__desk", "given_at"),
    ),
    _table(
        "visits",
        "Visits that families booked, by the month of the visit",
        "visits",
        Tally(VisitBooking, "moment__location__desk", "moment__starts_at", ("state",)),
    ),
    _table(
        "round_results",
        "Places that rounds proposed, by what came of them",
        "places",
        Tally(Proposal, "round__desk", "round__first", ("state",)),
    ),
    _table(
        "agreements",
        "Agreements on a place",
        "agreements",
        Tally(CareAgreement, "placement__group__location__desk", "made_at"),
    ),
    _table(
        "agreement_papers",
        "Agreements and addenda that both signed",
        "papers",
        Tally(
            Paper,
            "agreement__placement__group__location__desk",
            "signed_at",
            ("is_addendum",),
            where=Q(signed_at__isnull=False),
        ),
    ),
    _table(
        "absences",
        "Days on which a child that was planned didn't come",
        "days",
        Tally(
            Absence, "placement__group__location__desk", "day", ("kind", "side"), where=Q(taken_back_at=None)
        ),
    ),
    _table(
        "day_changes",
        "Extra days and swaps that were asked",
        "days",
        Tally(DayChange, "placement__group__location__desk", "day", ("state",)),
    ),
    _table(
        "days_offered",
        "Places of one day that were offered to a family that waits",
        "places",
        Tally(DayInvite, "group__location__desk", "day", ("state",)),
    ),
    _table(
        "club_registrations",
        "Requests for out-of-school places",
        "requests",
        Tally(Registration, "year__club__desk", "registered_at", ("state",)),
    ),
    _table(
        "sick_calls",
        "Families that asked somebody for a sick child",
        "calls",
        Tally(SickCall, "service__desk", "day", ("state",)),
    ),
)
