"""Which days of which organisers something changed of that an invoice rests on, as the history tells."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.apps import apps
from django.db.models.functions import Coalesce

from kribbe.billing.models import Books
from kribbe.billing.selectors.reach import Change, PlaceDay, Written, reach_of
from kribbe.rules.calendar import add_months

DAY = timedelta(days=1)
OF_GROUP = ("group__location__organiser",)
OF_PLACE = ("placement__group__location__organiser",)
OF_CARE = ("care__club__organiser", "care__club__location__organiser", "care__location__organiser")
OF_DAY = ("direct__day_invite__group__location__organiser",)
OF_TAKEN = ("pgh_obj__day_invite__group__location__organiser",)
OF_CHILD = ("pgh_obj__placements__group__location__organiser",)
OF_CLUB = ("club__organiser", "club__location__organiser")


OF_DAYS = (
    ("planning.AbsenceEvent", "pgh_created_at", "day", Written.AWAY),
    ("planning.DayChangeEvent", "pgh_created_at", "day", Written.PLANNED),
    ("planning.DayChangeEvent", "pgh_created_at", "instead_of", Written.PLANNED),
    ("attendance.Tap", "received_at", "day", Written.CAME),
    ("attendance.Correction", "made_at", "day", Written.CAME),
)
"""Tables that tell of a day of a place, on which later days may rest: when it was written, which day it is."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table that tells of changes: when they were written, whose they are, and the day or days they are about.

    Without `days` they are about every month.
    """

    model: str
    at: str
    organiser: tuple[str, ...]
    days: str
    goes_on: bool = False
    """Whether it holds from its day on."""


SOURCES = (
    Source("billing.FeeCertificateEvent", "pgh_created_at", ("books__organiser",), "during"),
    Source("billing.PriceListEvent", "pgh_created_at", ("location__organiser",), "from_day", goes_on=True),
    Source("billing.ShareEvent", "pgh_created_at", ("payer__books__organiser",), "during"),
    Source("billing.OneChargeEvent", "pgh_created_at", OF_PLACE, "day"),
    Source("billing.OneChargeEvent", "pgh_created_at", OF_CARE, "day"),
    Source("people.ChildEvent", "pgh_created_at", OF_CHILD, "pgh_obj__events__school_from", goes_on=True),
    Source("places.GroupEvent", "pgh_created_at", ("location__organiser",), ""),
    Source("planning.CareAgreementEvent", "pgh_created_at", OF_PLACE, "placement__during"),
    Source("planning.CareAgreementEvent", "pgh_created_at", OF_PLACE, "pgh_obj__weeks__during"),
    Source("enrolment.PlacementEvent", "pgh_created_at", OF_GROUP, "during"),
    Source("planning.AgreedWeeksEvent", "pgh_created_at", OF_PLACE, "during"),
    Source("planning.GettingUsedDayEvent", "pgh_created_at", OF_PLACE, "day"),
    Source("enrolment.PlacementEvent", "pgh_created_at", OF_GROUP, "pgh_obj__getting_used_days__day"),
    Source("planning.HouseRules", "published_at", ("location__organiser",), "from_day", goes_on=True),
    Source("attendance.DayInviteEvent", "pgh_created_at", OF_GROUP, "day"),
    Source("enrolment.DirectChildEvent", "pgh_created_at", OF_TAKEN, "during"),
    Source("attendance.Tap", "received_at", OF_DAY, "day"),
    Source("attendance.Correction", "made_at", OF_DAY, "day"),
    Source("outofschool.StayEvent", "pgh_created_at", OF_CLUB, "day"),
    Source("outofschool.ClubTariffEvent", "pgh_created_at", OF_CLUB, "from_day", goes_on=True),
    Source("outofschool.SocialTariffEvent", "pgh_created_at", OF_CLUB, "during"),
)


def changes_since(since: datetime, *, before: date) -> list[Change]:
    """Everything of days before this one that was written since, with what it reaches; a query for each table, and
    those of `reach_of`.
    """
    of_places = [each for source in OF_DAYS for each in _days_of(source, since, before)]
    return [*(each for source in SOURCES for each in _of(source, since)), *reach_of(of_places)]


def touches(change: Change, books: Books, month: date, since: datetime) -> bool:
    """Whether it is about this month of these books, and was written since."""
    return (
        change.organiser == books.organiser_id
        and change.at >= since
        and (change.first is None or change.first < add_months(month, 1))
        and (change.end is None or change.end > month)
    )


def _days_of(source: tuple[str, str, str, Written], since: datetime, before: date) -> Iterator[PlaceDay]:
    model, at, day, what = source
    rows = apps.get_model(model).objects.filter(
        **{f"{at}__gte": since, f"{day}__lt": before}, placement__isnull=False
    )
    for organiser, written, on, place in (
        rows.order_by().values_list(*OF_PLACE, at, day, "placement").distinct()
    ):
        yield PlaceDay(organiser, written, on, place, what)


def _of(source: Source, since: datetime) -> list[Change]:
    rows = apps.get_model(source.model).objects.filter(**{f"{source.at}__gte": since})
    whose = Coalesce(*source.organiser) if len(source.organiser) > 1 else source.organiser[0]
    if not source.days:
        return [
            Change(organiser, at, None, None)
            for organiser, at in rows.values_list(whose, source.at)
            if organiser
        ]
    found = rows.values_list(whose, source.at, source.days).distinct()
    return [
        Change(organiser, at, *_ends(days, source)) for organiser, at, days in found if organiser and days
    ]


def _ends(days: object, source: Source) -> tuple[date | None, date | None]:
    if isinstance(days, date):
        return days, None if source.goes_on else days + DAY
    return getattr(days, "lower", None), getattr(days, "upper", None)
