"""A location neither offers nor refuses: it looks again in a month that it names."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import CareRequest, LookAgain, Preference, PreferenceState, RequestState
from kribbe.enrolment.services import telling
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

FURTHEST_MONTHS = 24


def keep_waiting(*, principal: Principal, preference_id: int, month: date, now: datetime) -> LookAgain:
    """Say in which month the location looks at the family again; place and date on the list stay as they are.

    Raises RefusedError on a month that is over or too far, or where the family no longer waits.
    """
    month = first_of_month(month)
    this = first_of_month(localtime(now).date())
    if not this < month <= add_months(this, FURTHEST_MONTHS):
        raise RefusedError(_("Choose a month to come, within two years."), field="month")
    with transaction.atomic():
        request_id = Preference.objects.values_list("request_id", flat=True).get(pk=preference_id)
        lock_rows((CareRequest, request_id), (Preference, preference_id))
        wish = Preference.objects.select_related("request__child", "location__desk").get(pk=preference_id)
        if wish.state != PreferenceState.WAITING or wish.request.state != RequestState.OPEN:
            raise RefusedError(_("This family no longer waits here. Refresh the list."), code="not_waiting")
        said, _new = LookAgain.objects.update_or_create(
            preference=wish, defaults={"month": month, "said_at": now, "said_by": principal.user_id}
        )
        record(
            principal=principal,
            action="preference.keep",
            subject=wish,
            now=now,
            household_id=wish.request.household_id,
            desk_id=wish.location.desk_id,
            month=f"{month:%Y-%m}",
        )
        telling.about_preference(wish, "look_again", now=now, month=month)
    return said
