"""Every notice of staff: whom it tells, when, and what it can say."""

from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Context, Place, Recipient
from kribbe.enrolment.notice_kinds import register_all
from kribbe.enrolment.notice_places import CHILD, FULL_CHILD, LOCATION
from kribbe.enrolment.notice_samples import placed
from kribbe.staff.models import StandIn
from kribbe.web.expiring import Ending
from kribbe.web.templatetags.telling import long_date

DAYS = {"days": Place(_("the days, each with where the child goes"), lambda context: _days(context))}
PAPERS = {"papers": Place(_("the papers, each with its last day"), lambda context: _papers(context))}


def register_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    register_all("staff", Recipient.FAMILY, FAMILY)
    register_all("staff", Recipient.LOCATION, AT_LOCATION)


def _papers(context: Context) -> str:
    return "\n".join(
        f"- {each.label}{f' ({each.who})' if each.who and not each.household_id else ''}: {long_date(each.last)}"
        for each in context["papers"]
    )


def _days(context: Context) -> str:
    return "\n".join(f"- {long_date(row.day)}: {where(row)}" for row in context["rows"])


def where(row: StandIn) -> str:
    """Where a child goes on a day."""
    at = row.group.location if row.group else None
    if at is None:
        return gettext("nobody could be found, the day isn't charged")
    return ", ".join(filter(None, (at.name, f"{at.street}, {at.postcode} {at.city}", at.phone)))


def _moved() -> dict[str, Any]:
    context = placed()
    group = context["group"]
    group.location = context["location"]
    return context | {"rows": [StandIn(day=date(2027, 4, 5), group=group, halves=3)]}


def _sample() -> dict[str, Any]:
    first_aid = Ending(
        location_id=1,
        key="document:1",
        label=_("Life-saving first aid"),
        who="An Voorbeelds",
        last=date(2027, 4, 5),
        url="",
    )
    return placed() | {"papers": [first_aid], "number": 1}


FAMILY = (
    (
        "other_carer",
        _("The carer is ill: another carer has the child on these days, or nobody"),
        "As soon as it is arranged; once for each child.",
        CHILD | LOCATION | DAYS,
        _moved,
        "days",
    ),
    (
        "own_carer",
        _("The child comes to its own carer after all"),
        "As soon as what was arranged is undone.",
        CHILD | LOCATION | DAYS,
        _moved,
    ),
)
AT_LOCATION = (
    (
        "child_comes",
        _("To a carer: a child of another carer comes on these days"),
        "As soon as it is arranged; once for each child.",
        FULL_CHILD | LOCATION | DAYS,
        _moved,
    ),
    (
        "child_stays_away",
        _("To a carer: a child of another carer doesn't come after all"),
        "As soon as it is undone, or the family keeps the child at home.",
        FULL_CHILD | LOCATION | DAYS,
        _moved,
    ),
    (
        "family_declines",
        _("To the location: a family keeps its child at home instead"),
        "As soon as the family says so.",
        FULL_CHILD | LOCATION | DAYS,
        _moved,
    ),
    (
        "papers_end",
        _("To the location: papers end soon"),
        "Sixty and thirty days before the last day of a paper; each once.",
        LOCATION | PAPERS,
        _sample,
    ),
)
