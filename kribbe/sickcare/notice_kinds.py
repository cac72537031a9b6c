"""The notices of sick-child care: whom they tell, when, and what they can say."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.formats import time_format
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Place, Recipient
from kribbe.enrolment.notice_kinds import register_all
from kribbe.enrolment.notice_places import CHILD
from kribbe.enrolment.notice_samples import family
from kribbe.sickcare.models import SickCall, SickCarer, SickService
from kribbe.web.templatetags.telling import long_date, long_moment

CALL = {
    "day": Place(_("the day"), lambda context: long_date(context["call"].day)),
    "from": Place(_("from when"), lambda context: time_format(context["call"].begins)),
    "until": Place(_("until when"), lambda context: time_format(context["call"].ends)),
}
CARER = {
    "carer": Place(_("the name of the carer"), lambda context: context["carer"].name),
    "carer_phone": Place(_("the telephone of the carer"), lambda context: context["carer"].phone),
}
GOES_ON = {"goes_on": Place(_("when we ask on"), lambda context: long_moment(localtime(context["goes_on"])))}
TOWN = {"town": Place(_("the town of the child"), lambda context: context["call"].city)}
ANSWER_BY = {
    "answer_by": Place(_("until what time to answer"), lambda context: time_format(context["until"]))
}


def register_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    register_all("sickcare", Recipient.FAMILY, FAMILY)
    register_all("sickcare", Recipient.ADDRESS, CARERS)


def _sample() -> dict[str, Any]:
    call = SickCall(
        day=date(2027, 2, 2),
        begins=time(8),
        ends=time(17),
        street="Lindestraat 9",
        postcode="3999",
        city="Voorbeeld",
    )
    return family() | {
        "call": call,
        "carer": SickCarer(name="Mieke Voorbeelds", phone="0470 00 00 01"),
        "service": SickService(name="Zieke kinderen thuis", phone="02 555 01 10", hour_price=Decimal(4)),
        "goes_on": datetime(2027, 2, 2, 6, 30, tzinfo=get_default_timezone()),
        "until": datetime(2027, 2, 1, 19, 20, tzinfo=get_default_timezone()),
    }


FAMILY: tuple[tuple[Any, ...], ...] = (
    (
        "confirmed",
        _("Sick child: a carer comes"),
        "As soon as a carer says yes.",
        CHILD | CALL | CARER,
        _sample,
        "carer",
    ),
    (
        "nobody",
        _("Sick child: nobody was found"),
        "As soon as all carers on call were asked and none can come, or the hours begin.",
        CHILD | CALL,
        _sample,
    ),
    (
        "waits",
        _("Sick child: nobody said yes yet, we ask on in the morning"),
        "Late in the evening, instead of asking the next carer.",
        CHILD | CALL | GOES_ON,
        _sample,
        "goes_on",
    ),
    (
        "withdrawn",
        _("Sick child: the carer can't come after all"),
        "As soon as a carer who said yes takes it back.",
        CHILD | CALL | CARER,
        _sample,
        "carer",
    ),
)
CARERS: tuple[tuple[Any, ...], ...] = (
    (
        "carer_asked",
        _("To a carer: can you come to a sick child?"),
        "As soon as it is the carer's turn.",
        CALL | TOWN | ANSWER_BY,
        _sample,
        "answer_by",
    ),
    (
        "carer_dropped",
        _("To a carer: no longer needed"),
        "As soon as the family calls it off.",
        CALL | TOWN,
        _sample,
    ),
)
