"""What becomes of a family's requests and places, and how long they are needed."""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.forgetting import told_of
from kribbe.enrolment.models import (
    CareRequest,
    DirectChild,
    DirectMatch,
    Placement,
    PlacementState,
    ProofRequest,
    ProofState,
    RequestDraft,
)
from kribbe.rules.calendar import add_months
from kribbe.rules.packs import load_pack
from kribbe.trust.forgetting import GONE, MONTHS_A_YEAR, Need, erase, forget, need

PACK = "flanders"
CARE_YEARS = "forget.care_years"
RUNS = (PlacementState.TO_SIGN, PlacementState.FINAL)


def forget_families() -> None:
    """What was written freely and who signed; what is counted stays."""
    need(_asked)
    need(_placed)
    need(_taken)
    need(_begun)
    need(_proving)
    request, wish = "request__household", "preference__request__household"
    told_of("request", "enrolment.CareRequest", "household")
    told_of("preference", "enrolment.Preference", request)
    told_of("offer", "enrolment.Offer", wish)
    told_of("placement", "enrolment.Placement", "child__household")
    told_of("proof", "enrolment.ProofRequest", "household")
    forget("enrolment.CareRequest", "household", remarks="")
    forget("enrolment.Preference", request, refusal_note="")
    forget("enrolment.Offer", wish, message="")
    forget("enrolment.PassOver", wish, note="")
    forget("enrolment.Placement", "child__household", signed_name="")
    forget("enrolment.HandOver", "household", consent_by=GONE, document={})
    forget("enrolment.DirectChild", _taken_for, name=GONE)
    erase("enrolment.ProofRequest", "household")
    erase("enrolment.RequestDraft", _drafted)


def forget_direct(now: datetime) -> int:
    """Names of children taken outside the desk who were found to be of no family go after the years for which care is
    kept, from every version of the row too. Returns how many.
    """
    today = localtime(now).date()
    limit = add_months(today, -load_pack(PACK).integer(CARE_YEARS, today) * MONTHS_A_YEAR)
    is_over = Q(during__endswith__lte=limit) | Q(undone_at__date__lte=limit)
    old = DirectChild.objects.filter(is_over).exclude(pk__in=_matched().values("direct")).exclude(name=GONE)
    with transaction.atomic():
        keys = list(old.select_for_update().values_list("pk", flat=True))
        DirectChild.objects.filter(pk__in=keys).update(name=GONE)
        versions = apps.get_model("enrolment.DirectChildEvent")._default_manager
        versions.filter(pgh_obj__in=keys).update(name=GONE)
    return len(keys)


def _drafted(household_id: int) -> Q:
    return Q(household=household_id) | Q(request__household=household_id)


def _taken_for(household_id: int) -> Q:
    return Q(id__in=_matched(request__household=household_id).values("direct"))


def _matched(**of: object) -> QuerySet[DirectMatch]:
    """Those that stand; one that was undone is about another family's child."""
    return DirectMatch.objects.filter(undone_at=None, **of)


def _asked(household_ids: Collection[int], _today: date) -> Iterator[Need]:
    rows = CareRequest.objects.filter(household__in=household_ids).values_list("household", "ended_at")
    for key, at in rows:
        ended = localtime(at).date() if at else None
        yield Need(key, ended, _("A request that ended.") if ended else _("Your request is open."))


def _placed(household_ids: Collection[int], today: date) -> Iterator[Need]:
    """Places that run or are to come have no end yet; of the others what a provider keeps them."""
    rows = Placement.objects.filter(child__household__in=household_ids).exclude(state=PlacementState.LAPSED)
    pack = load_pack(PACK)
    for key, during, state in rows.values_list("child__household", "during", "state"):
        is_over = during.upper is not None and during.upper <= today
        if state in RUNS and not is_over:
            yield Need(key, None, _("A child has a place."))
        elif is_over:
            years = pack.integer(CARE_YEARS, today)
            yield Need(key, during.upper, _("A location cared for a child."), years)


def _taken(household_ids: Collection[int], today: date) -> Iterator[Need]:
    """Children that a location took outside the desk and who were found to be the family's."""
    rows = _matched(request__household__in=household_ids, direct__undone_at=None)
    years = load_pack(PACK).integer(CARE_YEARS, today)
    for key, during in rows.values_list("request__household", "direct__during"):
        is_over = during.upper is not None and during.upper <= today
        why = _("A location cared for a child.") if is_over else _("A child has a place.")
        yield Need(key, during.upper, why, years)


def _begun(household_ids: Collection[int], _today: date) -> Iterator[Need]:
    rows = RequestDraft.objects.filter(household__in=household_ids, request=None)
    for key, at in rows.values_list("household", "saved_at"):
        yield Need(key, localtime(at).date(), _("A request that you began."))


def _proving(household_ids: Collection[int], _today: date) -> Iterator[Need]:
    """Proofs that were asked or sent and not judged: by the day until which they are asked, or were sent."""
    rows = ProofRequest.objects.filter(
        household__in=household_ids, state__in=[ProofState.ASKED, ProofState.SENT]
    )
    for key, until, at in rows.values_list("household", "until", "sent_at"):
        yield Need(key, max(until, localtime(at).date()) if at else until, _("A proof that was asked."))
