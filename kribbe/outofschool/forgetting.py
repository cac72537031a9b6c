"""How long what a family asked of out-of-school care is needed."""

from collections.abc import Collection, Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.forgetting import CARE_YEARS, PACK
from kribbe.outofschool.models import HolidayPlace, Registration, Stay
from kribbe.rules.packs import load_pack
from kribbe.trust.forgetting import Need, need


def forget_families() -> None:
    """Nothing here names a family: its rows stay for the counts."""
    need(_after_school)


def _after_school(household_ids: Collection[int], today: date) -> Iterator[Need]:
    years = load_pack(PACK).integer(CARE_YEARS, today)
    why = _("Care after school or in a holiday.")
    for model, last in ((Registration, "last"), (HolidayPlace, "week__last"), (Stay, "day")):
        rows = model._default_manager.filter(child__household__in=household_ids)
        for key, day in rows.values_list("child__household", last):
            is_over = day is not None and day < today
            yield Need(key, day if is_over else None, why, years)
