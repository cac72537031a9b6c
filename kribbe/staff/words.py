"""Who counts, in words."""

from django.utils.translation import gettext_lazy as _

from kribbe.rules.at_work import Role
from kribbe.staff.models import RoleKind

COUNTS = {
    Role.CARER: "",
    Role.LOGISTIC: _("counts for a part"),
    Role.INTERN: _("doesn't count"),
    Role.VOLUNTEER: _("doesn't count"),
    Role.COACH: _("doesn't count"),
}
"""Whether somebody counts among the carers that the law asks for."""


def role_words(role: str) -> str:
    """What somebody does who isn't a carer, and whether they count; empty for a carer."""
    known = Role(role)
    return f"{RoleKind(role).label}: {COUNTS[known]}" if COUNTS[known] else ""
