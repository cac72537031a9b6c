"""What waits for a clerk, list by list: a page shows some of the rows, the first page how many there are."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce
from django.utils.timezone import localtime

from kribbe.contact.desk_selectors import marked
from kribbe.contact.models import Notice
from kribbe.enrolment.models import (
    CareRequest,
    LookAgain,
    Offer,
    OfferState,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
    RequestDraft,
    RequestState,
)
from kribbe.people.models import Adult, Child, FactKind, HouseholdFact
from kribbe.places.models import STOPPED, LicenceCheck, LicenceState, Location
from kribbe.region.models import DeskPolicy
from kribbe.region.selectors import policy_on
from kribbe.rules.calendar import add_months
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import CHARACTERISTICS, DECISIVE

LICENCE = "licence"
"""The list of families to call when a licence is suspended or ends."""

REMINDER = "enrolment/answers_wanted"
"""The kind of notice that reminds a location of requests without an answer."""

RUNNING_OUT = timedelta(days=3)
RAN_OUT = timedelta(days=30)
"""For how long an offer that ran out is worth a call."""


def _unanswered(desk_id: int) -> "QuerySet[CareRequest]":
    """Open requests that wait somewhere and have no open offer."""
    waiting = Preference.objects.filter(request=OuterRef("pk"), state=PreferenceState.WAITING)
    offered = Offer.objects.filter(preference__request=OuterRef("pk"), state=OfferState.OPEN)
    return CareRequest.objects.filter(
        Exists(waiting), ~Exists(offered), desk=desk_id, state=RequestState.OPEN
    ).select_related("child", "household")


def urgent(desk_id: int, now: datetime) -> "QuerySet[CareRequest]":
    """Requests without an offer that start within the desk's term, or should have started."""
    today = localtime(now).date()
    decided = DeskPolicy.objects.filter(desk=desk_id, during__contains=today)
    last = ExpressionWrapper(Value(today) + F("urgent_days"), output_field=DateField())
    return _unanswered(desk_id).filter(wanted_start__lte=Subquery(decided.values_list(last)))


def running_out(desk_id: int, now: datetime) -> "QuerySet[Offer]":
    """Open offers to the desk's families whose term ends within three days."""
    return _offers(desk_id).filter(state=OfferState.OPEN, deadline__lte=now + RUNNING_OUT)


def ran_out(desk_id: int, now: datetime) -> "QuerySet[Offer]":
    """Offers that nobody answered in the last thirty days, to families that still ask and weren't called."""
    return _ran_out(desk_id, now).exclude(_marked(desk_id, "ran_out"))


def ran_out_called(desk_id: int, now: datetime) -> "QuerySet[Offer]":
    """Those of them whose family was called."""
    return _ran_out(desk_id, now).filter(_marked(desk_id, "ran_out"))


def _marked(desk_id: int, name: str) -> Exists:
    """Whether a row is marked as dealt with in that list."""
    return Exists(marked(desk_id, name).filter(row=Cast(OuterRef("pk"), CharField())))


def _ran_out(desk_id: int, now: datetime) -> "QuerySet[Offer]":
    return _offers(desk_id).filter(
        state=OfferState.LAPSED,
        answered_at__gt=now - RAN_OUT,
        preference__request__state=RequestState.OPEN,
    )


def _offers(desk_id: int) -> "QuerySet[Offer]":
    return Offer.objects.filter(preference__request__desk=desk_id).select_related(
        "preference__request__child", "preference__request__household", "preference__location"
    )


def to_sign(desk_id: int, now: datetime) -> "QuerySet[Placement]":
    """Reserved places that the family has yet to sign for."""
    return Placement.objects.filter(
        child__household__desk=desk_id, state=PlacementState.TO_SIGN
    ).select_related("child__household", "group__location")


def drafts(desk_id: int, now: datetime) -> "QuerySet[RequestDraft]":
    """Requests begun for a parent and not sent."""
    return RequestDraft.objects.filter(desk=desk_id, on_behalf=True, request=None).select_related(
        "user", "household"
    )


def vulnerable(desk_id: int, now: datetime) -> "QuerySet[CareRequest]":
    """Requests without an offer of households that are vulnerable by law (see `rules.priority.vulnerable`)."""
    today = localtime(now).date()
    pack = load_pack(policy_on(desk_id, today).rule_pack)
    held = _characteristics(today)
    return (
        _unanswered(desk_id)
        .annotate(characteristics=_count_of(held, CHARACTERISTICS), decisive=_count_of(held, tuple(DECISIVE)))
        .filter(
            characteristics__gte=pack.integer("vulnerable.characteristics", today),
            decisive__gte=pack.integer("vulnerable.decisive", today),
        )
    )


def _characteristics(today: date) -> "QuerySet[Any]":
    """What holds today of a request's household, by the name that the law's rule gives it."""
    work = Q(kind__in=(FactKind.WORK, FactKind.WORK_4_5))
    return HouseholdFact.objects.filter(household=OuterRef("household"), during__contains=today).annotate(
        characteristic=Case(When(work, then=Value("work")), default=F("kind"), output_field=CharField())
    )


def _count_of(held: "QuerySet[Any]", names: Sequence[str]) -> Combinable:
    """How many of these characteristics hold; a child that needs care counts as its household's need."""
    known = held.filter(characteristic__in=names)
    count = (
        known.order_by().values("household").annotate(n=Count("characteristic", distinct=True)).values("n")
    )
    from_facts = Coalesce(Subquery(count, output_field=IntegerField()), 0)
    of_child = Case(
        When(Q(child__care_need=True) & ~Exists(known.filter(kind=FactKind.CARE_NEED)), then=1), default=0
    )
    return from_facts + of_child


def late(desk_id: int, now: datetime) -> "QuerySet[Preference]":
    """Wishes at the desk's locations that got no answer in its term; the term begins when an answer may be given.

    A location that named a month in which it looks again has answered until that month.
    """
    today = localtime(now).date()
    policy = policy_on(desk_id, today)
    begun = now - timedelta(days=policy.answer_days)
    found = Preference.objects.filter(
        ~Exists(Offer.objects.filter(preference=OuterRef("pk"))),
        ~Exists(LookAgain.objects.filter(preference=OuterRef("pk"), month__gt=today)),
        location__desk=desk_id,
        location__active=True,
        location__licence_state__in=[LicenceState.LICENSED, LicenceState.UNKNOWN],
        state=PreferenceState.WAITING,
        registered_at__lt=begun,
        request__state=RequestState.OPEN,
    )
    if policy.earliest_answer_months is not None:
        found = found.filter(
            request__wanted_start__lt=add_months(localtime(begun).date(), policy.earliest_answer_months)
        )
    return found


def late_locations(desk_id: int, now: datetime) -> "QuerySet[Location]":
    """Locations with wishes that got no answer in the term: how many (`late`), and since when (`oldest`)."""
    waiting = late(desk_id, now).filter(location=OuterRef("pk")).order_by().values("location")
    reminded = Notice.objects.filter(kind=REMINDER, location_id=OuterRef("pk")).order_by("-created_at")
    return (
        Location.objects.filter(desk=desk_id)
        .annotate(
            late=Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n")), 0),
            oldest=Subquery(waiting.annotate(first=Min("registered_at")).values("first")),
            reminded_at=Subquery(reminded.values("created_at")[:1]),
        )
        .filter(late__gt=0)
    )


def to_call(desk_id: int, now: datetime) -> "QuerySet[Child]":
    """The desk's children with a place, or waiting, at a location whose licence is suspended or has ended.

    Who was called before the licence of one of them came in this state is called again.
    """
    return _at_closed(desk_id, now).filter(Q(called_at=None) | _stopped_since(OuterRef("called_at"), now))


def called(desk_id: int, now: datetime) -> "QuerySet[Child]":
    """Those of them whose family was called."""
    found = _at_closed(desk_id, now).filter(called_at__isnull=False)
    return found.exclude(_stopped_since(OuterRef("called_at"), now))


def _placed(now: datetime) -> "QuerySet[Placement]":
    """Places that aren't over at locations that are stopped."""
    return Placement.objects.filter(
        group__location__licence_state__in=STOPPED,
        state__in=(PlacementState.TO_SIGN, PlacementState.FINAL),
        during__overlap=DateRange(localtime(now).date(), None),
    )


def _waiting() -> "QuerySet[Preference]":
    """Wishes at locations that are stopped."""
    return Preference.objects.filter(
        location__licence_state__in=STOPPED, state=PreferenceState.WAITING, request__state=RequestState.OPEN
    )


def _stopped_since(moment: OuterRef, now: datetime) -> Q:
    """Whether a location of a child came in the state in which it is after that moment; a check that only found
    the same state once more changes nothing."""
    checks = LicenceCheck.objects.order_by("-noted_at", "-pk")
    earlier = checks.filter(location=OuterRef("location"), noted_at__lt=OuterRef("noted_at"))
    came = checks.annotate(before=Subquery(earlier.values("state")[:1])).filter(
        Q(before=None) | ~Q(state=F("before"))
    )
    stopped = Subquery(came.filter(location=OuterRef("closed")).values("noted_at")[:1])
    placed = _placed(now).filter(child=OuterRef("pk")).annotate(closed=F("group__location"))
    waiting = _waiting().filter(request__child=OuterRef("pk")).annotate(closed=F("location"))
    return Q(Exists(placed.annotate(stopped_at=stopped).filter(stopped_at__gt=moment))) | Q(
        Exists(waiting.annotate(stopped_at=stopped).filter(stopped_at__gt=moment))
    )


def _at_closed(desk_id: int, now: datetime) -> "QuerySet[Any]":
    """Children with a place, or waiting, where it is stopped; `called_at`: when their family was last called."""
    placed, waiting = _placed(now), _waiting()
    calls = marked(desk_id, LICENCE).filter(row=Cast(OuterRef("pk"), CharField()))
    found = Child.objects.filter(
        Exists(placed.filter(child=OuterRef("pk"))) | Exists(waiting.filter(request__child=OuterRef("pk"))),
        household__desk=desk_id,
    )
    return found.annotate(called_at=Subquery(calls.values("marked_at")[:1])).prefetch_related(
        Prefetch("household__adults", Adult.objects.order_by("-is_applicant", "pk")),
        Prefetch("placements", placed.select_related("group__location"), to_attr="closed_places"),
        Prefetch(
            "requests",
            CareRequest.objects.filter(state=RequestState.OPEN).prefetch_related(
                Prefetch("preferences", waiting.select_related("location"), to_attr="closed_wishes")
            ),
            to_attr="open_requests",
        ),
    )
