"""Every notice of what keeps the list true: whom it tells, when, and what it can say."""

from datetime import date, datetime
from typing import Any

from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Context, Place, Recipient
from kribbe.enrolment.notice_kinds import register_all
from kribbe.enrolment.notice_places import CHILD, FULL_CHILD, LOCATION, day
from kribbe.enrolment.notice_samples import family
from kribbe.upkeep.models import Complaint, Confirmation, Outcome
from kribbe.web.dates import date_format
from kribbe.web.templatetags.telling import long_date

ASKED = CHILD | {
    "number": Place(_("the number of the request"), lambda context: context["request"].reference),
    "start": Place(_("the wanted start"), lambda context: long_date(context["request"].wanted_start)),
    "answer_by": Place(
        _("the last day to answer"), lambda context: long_date(context["confirmation"].answer_by)
    ),
    "how_to_answer": Place(_("how to answer, and until when"), lambda context: _how_to_answer(context)),
}
LATEST = {"latest": Place(_("the latest start"), lambda context: long_date(context["request"].latest_start))}
DUE = {
    "day": Place(
        _("the day on which the child was expected"), lambda context: long_date(context["child"].expected)
    )
}
COMPLAINT = {
    "number": Place(_("the number of the complaint"), lambda context: context["complaint"].reference),
    "answer_by": Place(
        _("the day by which the desk answers"), lambda context: long_date(context["complaint"].answer_by)
    ),
}
ANSWER = {
    "outcome": Place(
        _("what the desk decided"), lambda context: str(context["complaint"].get_outcome_display())
    ),
    "answer": Place(_("what the desk answers"), lambda context: context["complaint"].answer),
}
INVITED = {
    "inviter": Place(_("who invites"), lambda context: str(context["inviter"])),
    "until": Place(
        _("until when the invitation is good"),
        lambda context: date_format(localtime(context["until"]), "DATE_FORMAT"),
    ),
}
FIRST_DAY = day("day", _("the first day that was agreed"))
NEW_DAY = day("start", _("the new first day"))


def register_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    register_all("upkeep", Recipient.FAMILY, FAMILY)
    register_all("upkeep", Recipient.LOCATION, AT_LOCATION)
    register_all("upkeep", Recipient.ADDRESS, ADDRESS)


def _how_to_answer(context: Context) -> str:
    confirmation = context["confirmation"]
    text = (
        gettext("Call the desk by %(day)s, or come by. We also try to call you.")
        if confirmation.by_letter
        else gettext(
            "Answer with one click, without logging in, by %(day)s at the latest. Without an answer your request"
            " ends; you can take that back."
        )
    )
    return text % {"day": long_date(confirmation.answer_by)}


def _sample() -> dict[str, Any]:
    complaint = Complaint(
        reference="C4H8T2W",
        answer_by=date(2027, 3, 18),
        outcome=Outcome.values[0],
        answer="We hebben met de locatie gepraat en leggen uit wat er gebeurde.",
    )
    return family() | {
        "confirmation": Confirmation(answer_by=date(2027, 2, 25)),
        "complaint": complaint,
        "day": date(2027, 4, 5),
        "start": date(2027, 4, 19),
        "inviter": "Sam Voorbeelds",
        "until": datetime(2027, 2, 14, 12, tzinfo=get_default_timezone()),
    }


def _unborn_sample() -> dict[str, Any]:
    sample = _sample()
    child = sample["child"]
    child.first_name, child.born, child.expected = "", None, date(2027, 1, 27)
    return sample


FAMILY: tuple[tuple[Any, ...], ...] = (
    (
        "still_needed",
        _("Is a place still needed?"),
        "Some months after registering or the last answer, as the desk decided.",
        ASKED,
        _sample,
        "how_to_answer",
    ),
    (
        "still_needed_reminder",
        _("Is a place still needed? (reminder)"),
        "Some days after the question, as the desk decided, where nobody answered; once.",
        ASKED,
        _sample,
        "answer_by",
    ),
    (
        "need_lapsed",
        _("A request ends without an answer"),
        "When the term to answer whether a place is still needed is over.",
        CHILD,
        _sample,
    ),
    (
        "ended_unanswered",
        _("A request ends without a place"),
        "Some months after the latest start, as the desk decided.",
        CHILD | LATEST,
        _sample,
    ),
    (
        "is_born",
        _("Is the child born?"),
        "Two weeks after the day on which the child was expected; once.",
        DUE,
        _unborn_sample,
    ),
    (
        "first_day_missed",
        _("A child didn't come on its first day"),
        "As soon as a location notes that a child didn't come.",
        CHILD | LOCATION | FIRST_DAY,
        _sample,
    ),
    (
        "merged",
        _("Two registrations are brought together"),
        "As soon as a clerk merges two registrations of one child.",
        CHILD,
        _sample,
    ),
    (
        "households_joined",
        _("Two households are one now"),
        "As soon as a clerk merges two registrations and makes one household of two; to all its parents.",
        CHILD,
        _sample,
    ),
    (
        "merge_undone",
        _("Two registrations are apart again"),
        "As soon as a clerk undoes a merge.",
        CHILD,
        _sample,
    ),
    (
        "request_away",
        _("A request is no longer with a family"),
        "As soon as a clerk merges registrations of two families; to the one that loses its request.",
        CHILD,
        _sample,
    ),
    (
        "request_back",
        _("A request is with a family again"),
        "As soon as a clerk undoes such a merge.",
        CHILD,
        _sample,
    ),
    (
        "complaint_received",
        _("A complaint has arrived"),
        "As soon as a family complains.",
        COMPLAINT,
        _sample,
        "answer_by",
    ),
    (
        "complaint_answered",
        _("A complaint is answered"),
        "As soon as the desk answers a complaint.",
        COMPLAINT | ANSWER,
        _sample,
        "answer",
    ),
    (
        "complaint_withdrawn",
        _("A complaint is withdrawn"),
        "As soon as a family takes its complaint back.",
        COMPLAINT,
        _sample,
    ),
)
AT_LOCATION: tuple[tuple[Any, ...], ...] = (
    (
        "first_day_asked",
        _("To the location: did the child come?"),
        "On the morning after a first day.",
        FULL_CHILD | FIRST_DAY,
        _sample,
    ),
    (
        "first_day_later",
        _("To the location: a child comes later"),
        "As soon as a family says that its child comes later.",
        FULL_CHILD | FIRST_DAY | NEW_DAY,
        _sample,
    ),
    (
        "first_day_freed",
        _("To the location: a child doesn't come"),
        "As soon as a family says that it no longer needs the place.",
        FULL_CHILD | FIRST_DAY,
        _sample,
    ),
)
ADDRESS: tuple[tuple[Any, ...], ...] = (
    (
        "invited",
        _("A second parent is invited"),
        "As soon as a parent invites the other one.",
        INVITED,
        _sample,
        "inviter",
    ),
)
