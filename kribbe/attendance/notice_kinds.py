"""Every notice of attendance: whom it tells, when, and what it can say."""

from datetime import date, datetime
from typing import Any

from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Place, Recipient
from kribbe.enrolment.notice_kinds import register_all
from kribbe.enrolment.notice_places import CHILD, FULL_CHILD, LOCATION, day
from kribbe.enrolment.notice_samples import placed
from kribbe.web.templatetags.telling import long_moment

ON = day("day", _("the day"))
WORDS = {"words": Place(_("what was written"), lambda context: str(context["words"]))}
UNTIL = {"until": Place(_("the last moment to answer"), lambda context: long_moment(context["until"]))}


def _sample() -> dict[str, Any]:
    until = datetime(2027, 4, 8, 7, tzinfo=get_default_timezone())
    return placed() | {"day": date(2027, 4, 8), "until": until, "words": "Om 8:05 waren we er al."}


def register_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    register_all("attendance", Recipient.FAMILY, FAMILY)
    register_all("attendance", Recipient.LOCATION, AT_LOCATION)


FAMILY = (
    (
        "day_free",
        _("A place of one day is free for a child that waits"),
        "As soon as another child's absence makes room, to families of the list that want to hear; once a day.",
        CHILD | LOCATION | ON | UNTIL,
        _sample,
        "until",
    ),
    (
        "day_gone",
        _("A place of one day went to another family"),
        "As soon as another family says yes.",
        CHILD | LOCATION | ON,
        _sample,
    ),
    (
        "day_answered",
        _("The location answers a question about a day of the register"),
        "As soon as the location answers.",
        CHILD | LOCATION | ON | WORDS,
        _sample,
        "words",
    ),
    (
        "day_corrected",
        _("The location changed a day that the family had signed for"),
        "As soon as the location corrects such a day.",
        CHILD | LOCATION | ON | WORDS,
        _sample,
        "words",
    ),
)
AT_LOCATION = (
    (
        "day_taken",
        _("To the location: a family of the list takes a place of one day"),
        "As soon as the family says yes.",
        FULL_CHILD | ON,
        _sample,
    ),
    (
        "day_asked",
        _("To the location: a family asks about a day of the register"),
        "As soon as the family sends its question.",
        FULL_CHILD | ON | WORDS,
        _sample,
        "words",
    ),
)
