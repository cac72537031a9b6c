"""What the past months were like at these locations: how far ahead they offered, how families answered, who left."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db import connection
from django.utils.timezone import localtime

from kribbe.allocation.chance.scene import Past, Requests, Share
from kribbe.enrolment.models import CareRequest, Offer, OfferState
from kribbe.rules.counting import RequestEnd
from kribbe.trust.snapshot import Row, rows

DAYS_A_MONTH = 30.4
ENOUGH = 5
"""Offers from which a location's own habit is read; below it the region's."""

USUAL = (0.5, 0.65, 0.8, 0.95)
SOONEST = 0.05
STAYED = (RequestEnd.ANSWERED.value, RequestEnd.UNANSWERED.value)
"""Ends of a request that aren't the family's leaving."""


@dataclass(frozen=True)
class Lately:
    """What was counted. `leads`: by location, months from offer to start, sorted."""

    months: int
    leads: Mapping[int, Sequence[int]]
    taken: Share
    leaving: Share
    ending: Share
    held: float

    def ahead(self, location: int) -> list[int]:
        """How many months ahead a location may offer, from its habit; each as likely."""
        own = self.leads.get(location, ())
        known = own if len(own) >= ENOUGH else self._all
        return [max(self.soonest, _quantile(known, share)) for share in USUAL]

    @property
    def soonest(self) -> int:
        """Months ahead in which a place is still given."""
        return max(0, _quantile(self._all, SOONEST))

    @cached_property
    def _all(self) -> Sequence[int]:
        return sorted(lead for found in self.leads.values() for lead in found)

    def as_past(self, arrivals: Requests) -> Past:
        """The same as the simulation takes it."""
        return Past(self.months, arrivals, self.taken, self.leaving, self.ending, self.held, self.soonest)


def lately(
    location_ids: Sequence[int],
    desk_ids: Collection[int],
    *,
    since: date,
    then: datetime,
    as_of: datetime | None,
    children: int,
) -> Lately:
    """Count what happened from `since` until `then`; `children` is the months that children were in care."""
    offers = rows(
        Offer, "preference__location_id", "made_at", "answered_at", "during", "state",
        as_of=as_of, preference__location_id__in=location_ids, made_at__date__gte=since,
    )  # fmt: skip
    asked = rows(CareRequest, "registered_at", "ended_at", "end", as_of=as_of, desk_id__in=desk_ids)
    answered = [row for row in offers if row["state"] not in {OfferState.OPEN, OfferState.TAKEN_BACK}]
    taken = [row for row in answered if row["state"] == OfferState.ACCEPTED]
    vain = [row for row in answered if row["state"] != OfferState.ACCEPTED]
    days = [(row["answered_at"] - row["made_at"]).days for row in vain]
    return Lately(
        months=_months_known(asked, since, then),
        leads=_leads(offers),
        taken=Share(len(taken), len(answered)),
        leaving=_leaving(asked, since, then),
        ending=Share(min(children, _early_ends(since, then)), children),
        held=min(1.0, sum(days) / max(1, len(days)) / DAYS_A_MONTH),
    )


def _months_known(asked: Sequence[Row], since: date, then: datetime) -> int:
    """Months of the period in which requests came at all."""
    begun = min((localtime(row["registered_at"]).date() for row in asked), default=localtime(then).date())
    return max(0, round((localtime(then).date() - max(since, begun)).days / DAYS_A_MONTH))


def _leads(offers: Sequence[Row]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for row in offers:
        made, start = localtime(row["made_at"]), row["during"].lower
        found[row["preference__location_id"]].append((start.year - made.year) * 12 + start.month - made.month)
    return {key: sorted(leads) for key, leads in found.items()}


def _leaving(asked: Sequence[Row], since: date, then: datetime) -> Share:
    """Families that stopped waiting, of all the months that families waited."""
    gone, days = 0, 0
    for row in asked:
        start, end = localtime(row["registered_at"]).date(), localtime(row["ended_at"] or then).date()
        if end < since:
            continue
        days += (end - max(start, since)).days
        gone += bool(row["end"]) and row["end"] not in STAYED
    months = round(days / DAYS_A_MONTH)
    return Share(min(gone, months), months)


def _early_ends(since: date, then: datetime) -> int:
    """Places of which the end was moved to an earlier day in this period."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(DISTINCT later.pgh_obj_id)
            FROM enrolment_placementevent later
            WHERE later.pgh_label = 'update' AND later.pgh_created_at BETWEEN %(since)s AND %(then)s
              AND EXISTS (
                SELECT FROM enrolment_placementevent before
                WHERE before.pgh_obj_id = later.pgh_obj_id AND before.pgh_id < later.pgh_id
                  AND upper(before.during) > upper(later.during))
            """,
            {"since": since, "then": then},
        )
        (count,) = cursor.fetchone() or (0,)
    return int(count)


def _quantile(found: Sequence[int], share: float) -> int:
    return found[min(len(found) - 1, int(share * len(found)))] if found else 1
