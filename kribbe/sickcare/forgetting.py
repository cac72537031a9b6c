"""What becomes of a family's calls for a sick child, and how long they are needed."""

from collections.abc import Collection, Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.forgetting import CARE_YEARS, PACK
from kribbe.rules.packs import load_pack
from kribbe.sickcare.models import SickCall
from kribbe.trust.forgetting import Need, forget, need

ROUGHLY = 1
"""Decimals of a degree that stay of a home: some ten kilometres."""


def forget_families() -> None:
    """Where the child was; the call and its answer stay."""
    need(_called)
    forget(
        "sickcare.SickCall", "child__household", street="", postcode="", city="",
        longitude=lambda row: round(row.longitude, ROUGHLY), latitude=lambda row: round(row.latitude, ROUGHLY),
    )  # fmt: skip


def _called(household_ids: Collection[int], today: date) -> Iterator[Need]:
    years = load_pack(PACK).integer(CARE_YEARS, today)
    rows = SickCall.objects.filter(child__household__in=household_ids)
    for key, day in rows.values_list("child__household", "day"):
        yield Need(key, day if day < today else None, _("Care for a sick child."), years)
