"""The fixed table of what may be wrong with a row; each fault names its row and its column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kribbe.trust.typed import UNSEEN

REFUSED: Mapping[str, Promise] = {
    "missing": _("This is empty."),
    "unseen": UNSEEN,
    "too_long": _("This is longer than %(limit)s characters."),
    "date": _("“%(value)s” is no date; write for example 31/01/2027."),
    "born_late": _("The child is born after its first day."),
    "born_ahead": _("This date of birth is still to come."),
    "end_early": _("The last day is before the first."),
    "over": _("The last day has passed."),
    "email": _("“%(value)s” is no mail address."),
    "group": _("“%(value)s” is no group of this location. Its groups are: %(groups)s."),
    "group_of": _("Say which group. The groups of this location are: %(groups)s."),
    "no_group": _("This location has no group yet. Make one first, then give the list again."),
    "which_group": _("Say which group: this location has more than one."),
    "weeks": _("“%(value)s” is no day or hours; write for example “mon-wed 8:00-17:00, fri am”."),
    "no_days": _("No day is given."),
    "too_many_weeks": _("At most four weeks can take turns."),
    "outside_hours": _("%(day)s %(hours)s lies outside the opening hours (%(opens)s to %(closes)s)."),
    "not_open": _("The group isn't open then, or has no licensed places: %(days)s."),
    "fee": _("“%(value)s” is no price in euros."),
    "doubled": _("Row %(other)s has this child on the same half-days already."),
    "other_place": _("This child has a place already on these half-days, with other terms."),
    "full": _("The group is full on %(day)s (%(half)s)."),
}
"""`which_group` stands in lists of before only; `group_of` names the groups."""
WARNED: Mapping[str, Promise] = {
    "no_email": _("Without a mail address the family can't see its agreement."),
    "age": _("On the first day the child hasn't the age of this group."),
    "no_end": _("No last day: the place has no end."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell, in the reader's language when asked."""

    line: int
    column: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether the row is left out for it."""
        return self.code in REFUSED

    @property
    def message(self) -> str:
        return str({**REFUSED, **WARNED}[self.code]) % dict(self.values)

    def as_kept(self) -> dict[str, Any]:
        """What is stored, to be told again in any language."""
        return {"line": self.line, "column": self.column, "code": self.code, "values": dict(self.values)}
