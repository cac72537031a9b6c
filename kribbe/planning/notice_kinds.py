"""Every notice of planning: whom it tells, when, and what it can say."""

from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Recipient
from kribbe.enrolment.notice_kinds import register_all
from kribbe.enrolment.notice_places import CHILD
from kribbe.enrolment.notice_samples import family


def register_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    register_all("planning", Recipient.FAMILY, FAMILY)


FAMILY = (
    (
        "file_look",
        _("The file of a child: fill it in, or look at it again"),
        "Three weeks before the first day where it isn't filled in, and when the last look was half a year ago.",
        CHILD,
        family,
    ),
)
