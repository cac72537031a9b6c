"""What a family reads of the changes that its desk leaves to it, beside the forms in which it makes them."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from kribbe.enrolment.models import CareRequest
from kribbe.enrolment.services.own_changes import is_bound, own_changes
from kribbe.trust.principal import Principal


def note(principal: Principal, found: CareRequest, *, today: date) -> str:
    """How often and until when it still changes its start or adds locations; "" where nothing limits that, or who
    reads isn't bound by it."""
    if not is_bound(principal, found):
        return ""
    own = own_changes(found, today=today)
    if not own.are_open(today):
        return gettext(
            "Your start and new locations are now changed by the desk only. Your days you can still change."
        )
    parts = []
    if own.left is not None:
        text = ngettext(
            "You can change your start or add locations %(count)d more time yourself.",
            "You can change your start or add locations %(count)d more times yourself.",
            own.left,
        )
        parts.append(text % {"count": own.left})
    if own.last is not None:
        day = date_format(own.last, "DATE_FORMAT")
        parts.append(
            gettext("Changing your start or adding locations is possible until %(day)s.") % {"day": day}
        )
    return " ".join(parts)
