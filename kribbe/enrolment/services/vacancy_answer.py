"""A family answers a place that came free: it adds the location to its request, or tells that it is interested."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import CareRequest, PreferenceState, Vacancy, VacancyInterest
from kribbe.enrolment.selectors.vacancies import is_on_offer
from kribbe.enrolment.services.wishes import rank_wishes
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def add_location(*, principal: Principal, request_id: int, vacancy_id: int, now: datetime) -> None:
    """Add the vacancy's location at the end of the family's choices; its place in line begins today.

    It stands in the location's published order like everybody. Raises RefusedError as `rank_wishes` does, and where
    the half-days are no longer free.
    """
    with transaction.atomic():
        lock_rows((CareRequest, request_id))
        location_id = _still_on_offer(vacancy_id, now).group.location_id
        chosen = waiting_at(request_id)
        if location_id not in chosen:
            rank_wishes(
                principal=principal,
                request_id=request_id,
                location_ids=[*chosen, location_id],
                now=now,
                invited=True,
            )
        tell_interest(principal=principal, request_id=request_id, vacancy_id=vacancy_id, now=now)


def tell_interest(*, principal: Principal, request_id: int, vacancy_id: int, now: datetime) -> None:
    """The location sees that the family would like these half-days; the order stays as it is.

    Raises RefusedError where they are no longer free.
    """
    with transaction.atomic():
        _still_on_offer(vacancy_id, now)
        request = CareRequest.objects.get(pk=request_id)
        _row, is_new = VacancyInterest.objects.get_or_create(
            request=request, vacancy_id=vacancy_id, defaults={"at": now}
        )
        if is_new:
            record(
                principal=principal,
                action="vacancy.interest",
                subject=request,
                now=now,
                household_id=request.household_id,
                desk_id=request.desk_id,
                vacancy=vacancy_id,
            )


def _still_on_offer(vacancy_id: int, now: datetime) -> Vacancy:
    vacancy = Vacancy.objects.select_related("group__location", "group__availability").get(pk=vacancy_id)
    if not is_on_offer(vacancy, today=localtime(now).date()):
        raise RefusedError(_("These half-days are no longer free."), code="gone")
    return vacancy


def waiting_at(request_id: int) -> list[int]:
    """The locations at which a request waits, in the family's order."""
    request = CareRequest.objects.get(pk=request_id)
    wishes = request.preferences.filter(state=PreferenceState.WAITING).order_by("rank")
    return list(wishes.values_list("location_id", flat=True))
