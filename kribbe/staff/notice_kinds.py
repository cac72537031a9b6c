"""Every notice of staff: whom it tells, when, and what it can say."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Context, Place, Recipient
from kribbe.enrolment.notice_kinds import register_all
from kribbe.enrolment.notice_places import LOCATION
from kribbe.enrolment.notice_samples import placed
from kribbe.web.expiring import Ending
from kribbe.web.templatetags.telling import long_date

PAPERS = {"papers": Place(_("the papers, each with its last day"), lambda context: _papers(context))}


def register_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    register_all("staff", Recipient.LOCATION, AT_LOCATION)


def _papers(context: Context) -> str:
    return "\n".join(
        f"- {each.label}{f' ({each.who})' if each.who and not each.household_id else ''}: {long_date(each.last)}"
        for each in context["papers"]
    )


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


AT_LOCATION = (
    (
        "papers_end",
        _("To the location: papers end soon"),
        "Sixty and thirty days before the last day of a paper; each once.",
        LOCATION | PAPERS,
        _sample,
    ),
)
