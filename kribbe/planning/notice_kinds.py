"""Every notice of planning: whom it tells, when, and what it can say."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Place, Recipient
from kribbe.enrolment.notice_kinds import register_all
from kribbe.enrolment.notice_places import CHILD, FULL_CHILD, LOCATION
from kribbe.enrolment.notice_samples import placed
from kribbe.places.selectors.closed import days_in_words
from kribbe.planning import words
from kribbe.planning.models import DayChange, Ending, GettingUsedDay, HouseRules, Paper
from kribbe.rules.closing import Closing
from kribbe.web.templatetags.telling import long_date

FROM = {"day": Place(_("the first day on which it holds"), lambda context: long_date(context["paper"].first))}
WHO = {"who": Place(_("who signed for the family"), lambda context: context["paper"].signed_name)}

GOES = {"day": Place(_("the day on which it is removed"), lambda context: long_date(context["day"]))}
ON = {"day": Place(_("the day"), lambda context: long_date(context["change"].day))}
VISIT = {"day": Place(_("the day"), lambda context: long_date(context["visit"].day))}
RULES = {
    "version": Place(_("the number of the version"), lambda context: str(context["rules"].version)),
    "day": Place(_("the first day on which it holds"), lambda context: long_date(context["rules"].from_day)),
}
ENDS = {
    "day": Place(
        _("the last day, or the one that is asked"),
        lambda context: long_date(context["ending"].ends_on or context["ending"].earlier),
    )
}
CHILDREN = {
    "children": Place(
        _("the first names of the children"), lambda context: words.called_all(context["children"])
    )
}
CLOSING = {
    "days": Place(
        _("the closing days"),
        lambda context: days_in_words(context["closing"].first, context["closing"].last),
    ),
    "closes": Place(_("the group that closes, or the whole location"), lambda context: _closes(context)),
}
FREE_ON = {"day": Place(_("the day"), lambda context: long_date(context["day"]))}


def _closes(context: Mapping[str, Any]) -> str:
    group = context.get("group")
    return group.name if group else gettext("the whole location")


def _sample() -> dict[str, Any]:
    found = placed()
    return found | {
        "children": [found["child"]],
        "closing": Closing(date(2027, 7, 19), date(2027, 8, 6)),
        "paper": Paper(first=date(2027, 4, 5), signed_name="Sam Voorbeelds"),
        "is_new": True,
        "change": DayChange(day=date(2027, 4, 8), halves=1, instead_of=date(2027, 4, 7)),
        "costs": None,
        "visit": GettingUsedDay(day=date(2027, 4, 8), start=time(9), end=time(10, 30)),
        "rules": HouseRules(version=2, from_day=date(2027, 7, 1), told_by=time(8)),
        "is_worse": True,
        "ending": Ending(
            side="location",
            ground="notice",
            last=date(2027, 4, 8),
            earlier=date(2027, 3, 8),
            name="Sam Voorbeelds",
            other_name="Sam Voorbeelds",
        ),
        "day": date(2027, 4, 8),
        "halves": 1,
    }


def register_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    register_all("planning", Recipient.FAMILY, FAMILY)
    register_all("planning", Recipient.LOCATION, AT_LOCATION)


FAMILY = (
    (
        "file_look",
        _("The file of a child: fill it in, or look at it again"),
        "Three weeks before the first day where it isn't filled in, and when the last look was half a year ago.",
        CHILD,
        _sample,
    ),
    (
        "file_goes",
        _("The file of a child will be removed"),
        "A month before the term after the last day of care is over; once.",
        CHILD | GOES,
        _sample,
        "day",
    ),
    (
        "paper_sent",
        _("An agreement or a change to it is to be signed"),
        "As soon as the location signs and sends it.",
        CHILD | LOCATION | FROM,
        _sample,
    ),
    (
        "paper_on_paper",
        _("The location noted a signature on paper"),
        "As soon as the location notes that the family signed an agreement on paper.",
        CHILD | LOCATION | FROM | WHO,
        _sample,
    ),
    (
        "paper_waits",
        _("An agreement still waits for a signature"),
        "A week after it was sent; once.",
        CHILD | LOCATION | FROM,
        _sample,
    ),
    (
        "location_closes",
        _("A location closes on planned days"),
        "As soon as the location adds closing days, to families that have planned days in them.",
        LOCATION | CHILDREN | CLOSING,
        _sample,
    ),
    (
        "location_opens",
        _("A location is open after all on planned days"),
        "As soon as the location removes closing days, to families that have planned days in them.",
        LOCATION | CHILDREN | CLOSING,
        _sample,
    ),
    (
        "house_rules",
        _("The house rules of a location change"),
        "As soon as the location publishes a version, to families with a certain place.",
        LOCATION | RULES,
        _sample,
    ),
    (
        "house_rules_gone",
        _("A location takes back its new house rules"),
        "As soon as the location takes a version away before it begins, to families with a certain place.",
        LOCATION | RULES,
        _sample,
    ),
    (
        "ending_told",
        _("An agreement ends"),
        "As soon as the family or the location ends it.",
        CHILD | LOCATION | ENDS,
        _sample,
    ),
    (
        "ending_asked",
        _("An earlier end of an agreement is asked"),
        "As soon as one side asks the other to end it together.",
        CHILD | LOCATION | ENDS,
        _sample,
    ),
    (
        "ending_answered",
        _("An earlier end of an agreement is answered"),
        "As soon as the other side agrees, or doesn't.",
        CHILD | LOCATION | ENDS,
        _sample,
    ),
    (
        "ending_undone",
        _("The end of an agreement is taken back"),
        "As soon as who ended it takes that back.",
        CHILD | LOCATION,
        _sample,
    ),
    (
        "day_granted",
        _("An extra day or a swap is agreed"),
        "As soon as the location agrees; not where the free half-days decided at once.",
        CHILD | LOCATION | ON,
        _sample,
    ),
    (
        "day_undone",
        _("An extra day or a swap is undone by the location"),
        "As soon as the location takes back what it gave itself.",
        CHILD | LOCATION | ON,
        _sample,
    ),
    (
        "day_refused",
        _("An extra day or a swap is refused"),
        "As soon as the location refuses.",
        CHILD | LOCATION | ON,
        _sample,
    ),
    (
        "day_lapsed",
        _("An extra day or a swap wasn't answered in time"),
        "In the night after its day, or on the day that would be given for it.",
        CHILD | LOCATION | ON,
        _sample,
    ),
    (
        "visit_agreed",
        _("A visit to get used is agreed"),
        "As soon as the location writes it down.",
        CHILD | LOCATION | VISIT,
        _sample,
    ),
    (
        "visit_taken_back",
        _("A visit to get used isn't held"),
        "As soon as the location takes it back.",
        CHILD | LOCATION | VISIT,
        _sample,
    ),
    (
        "day_free",
        _("A place came free for today or tomorrow"),
        "As soon as a child's absence makes room, to families that asked to hear of it; once a day.",
        CHILD | LOCATION | FREE_ON,
        _sample,
    ),
)
AT_LOCATION = (
    (
        "paper_signed",
        _("To the location: the family signed an agreement"),
        "As soon as the family signs on screen.",
        FULL_CHILD | WHO | FROM,
        _sample,
    ),
    (
        "ending_told_location",
        _("To the location: a family ends an agreement"),
        "As soon as the family ends it, or asks an earlier last day.",
        FULL_CHILD | ENDS,
        _sample,
    ),
    (
        "ending_answered_location",
        _("To the location: a family answers an earlier end"),
        "As soon as the family agrees, or doesn't.",
        FULL_CHILD | ENDS,
        _sample,
    ),
    (
        "ending_undone_location",
        _("To the location: a family takes back the end of an agreement"),
        "As soon as the family takes it back.",
        FULL_CHILD,
        _sample,
    ),
    (
        "day_asked",
        _("To the location: a family asks an extra day or a swap"),
        "As soon as a family asks, where the location answers itself.",
        FULL_CHILD | ON,
        _sample,
    ),
    (
        "day_taken_back",
        _("To the location: a family takes back an extra day"),
        "As soon as a family takes back a day that was agreed.",
        FULL_CHILD | ON,
        _sample,
    ),
)
