"""A household takes along what is known of it."""

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.people.models import Household
from kribbe.trust import audit
from kribbe.trust.export import archive
from kribbe.trust.principal import Principal, Role, Scope
from kribbe.web.templatetags.telling import long_date

PARAGRAPH = "\n\n"


def own_file(*, household: Household, principal: Principal, now: datetime) -> bytes:
    """A ZIP of everything that the desk holds of the household: data, files and a text on both.

    A second parent gets all of the household and the children, and of the adults' accounts and mails their own.
    """
    is_second = household.pk in principal.scope_ids(Scope.HOUSEHOLD, Role.CO_PARENT)
    reader = principal.user_id if is_second else None
    audit.record(
        principal=principal,
        action="household.export",
        subject=household,
        now=now,
        household_id=household.pk,
        desk_id=household.desk_id,
    )
    return archive(household.pk, reading=_reading(household, now, is_second=is_second), reader=reader)


def _reading(household: Household, now: datetime, *, is_second: bool) -> str:
    desk = household.desk
    others = [_("What is the other parent's alone isn't here: their log-in and the mails to their address.")]
    return PARAGRAPH.join(
        [
            _("What %(desk)s holds of your household on %(day)s.")
            % {"desk": desk.shown_name, "day": long_date(localtime(now).date())},
            _(
                "data.json has every row by table; other programs can read it. The folder files has what you sent."
            ),
            _("Your national number isn't here: the desk keeps only a code that can't be turned back."),
            *(others if is_second else []),
            _("Is something wrong? Change it in your data, or ask the desk: %(phone)s, %(email)s.")
            % {"phone": desk.phone, "email": desk.email},
        ]
    )
