"""How long what a family asked of out-of-school care is needed."""

from collections.abc import Collection, Iterator
from datetime import date

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.forgetting import CARE_YEARS, PACK
from kribbe.outofschool.models import LIVE, HolidayPlace, Registration, RegistrationState, Stay
from kribbe.rules.packs import load_pack
from kribbe.rules.school import year_bounds
from kribbe.trust.forgetting import Need, need


def forget_families() -> None:
    """Nothing here names a family: its rows stay for the counts."""
    need(_after_school)


def _after_school(household_ids: Collection[int], today: date) -> Iterator[Need]:
    years = load_pack(PACK).integer(CARE_YEARS, today)
    why = _("Care after school or in a holiday.")
    for model, last in ((HolidayPlace, "week__last"), (Stay, "day")):
        rows = model._default_manager.filter(child__household__in=household_ids)
        for key, day in rows.values_list("child__household", last):
            yield Need(key, _past(day, today), why, years)
    registrations = Registration.objects.filter(child__household__in=household_ids)
    for row in registrations.select_related("year", "child"):
        key, ended = row.child.household_id, _past(_ended(row), today)
        if row.last is not None or row.state == RegistrationState.GRANTED:
            yield Need(key, ended, why, years)
        else:
            yield Need(key, ended, _("You asked for care after school."))


def _past(day: date, today: date) -> date | None:
    return day if day < today else None


def _ended(row: Registration) -> date:
    """The last day of a place; without one the end of the school year, or when it was stopped or declined."""
    _first, end = year_bounds(row.year.year)
    return row.last or (end if row.state in LIVE else min(end, localtime(row.state_at).date()))
