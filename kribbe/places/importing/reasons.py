"""The fixed table of reasons for which a row is refused or looked at twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Level(StrEnum):
    """Refused rows change nothing; warned rows are taken, and somebody should look."""

    REFUSED = "refused"
    WARNED = "warned"


@dataclass(frozen=True, slots=True)
class ReasonKind:
    """One line of the table. `text` has named places for what the row said."""

    level: Level
    text: Promise


def _refused(text: Promise) -> ReasonKind:
    return ReasonKind(Level.REFUSED, text)


def _warned(text: Promise) -> ReasonKind:
    return ReasonKind(Level.WARNED, text)


LOCATION_REASONS: Mapping[str, ReasonKind] = {
    "missing_name": _refused(_("No name.")),
    "missing_address": _refused(_("No street and no coordinates.")),
    "not_day_care": _refused(_("“%(kind)s” is not day care for children under three.")),
    "kind_unknown": _refused(_("“%(kind)s” is not in the list of kinds; say what it is in the mapping.")),
    "too_long": _refused(_("“%(field)s” is longer than %(limit)s characters.")),
    "doubled_licence": _refused(_("Licence number %(number)s stands on line %(other)s already.")),
    "doubled_row": _refused(_("Same name and address as line %(other)s, and no licence number of its own.")),
    "coordinates_missing": _refused(
        _("No coordinates, and the address register doesn't know “%(address)s”.")
    ),
    "municipality_unknown": _refused(_("“%(place)s” is no municipality of this installation.")),
    "no_desk": _refused(_("%(municipality)s has no desk.")),
    "other_desk": _refused(_("Lies in %(municipality)s, not in the municipality of this desk.")),
    "taken_elsewhere": _refused(_("Licence number %(number)s belongs to a location of %(desk)s.")),
    "missing_licence": _warned(_("No licence number; recognised by name and address.")),
    "missing_kind": _warned(
        _("No kind; taken as a day-care centre and not shown until the desk has looked.")
    ),
    "missing_places": _warned(_("No number of places; not shown until it is known.")),
    "missing_organiser": _warned(_("No organiser.")),
    "places_not_a_number": _warned(_("“%(value)s” is no number of places; read as missing.")),
    "places_in_groups": _warned(
        _("The file says %(places)s places, the location's groups have %(known)s; not changed.")
    ),
    "date_unreadable": _warned(_("“%(value)s” is no date that can be read; left out.")),
    "date_other_format": _warned(
        _("“%(value)s” is written otherwise than the other dates; read as %(read)s.")
    ),
    "doubled_name_address": _warned(
        _("Same name and address as line %(other)s, another licence number; both kept.")
    ),
    "coordinates_unreadable": _warned(_("“%(value)s” are no coordinates.")),
    "coordinates_from_address": _warned(_("No coordinates; found by address: %(found)s.")),
    "coordinates_outside": _warned(_("The coordinates lie outside %(municipality)s.")),
    "municipality_mismatch": _warned(
        _("The address says %(address)s, the coordinates %(found)s; %(found)s taken.")
    ),
    "postcode_malformed": _warned(_("“%(value)s” is no postcode.")),
    "email_malformed": _warned(_("“%(value)s” is no mail address; left out.")),
    "phone_malformed": _warned(_("“%(value)s” has no digits, so it is no telephone number; left out.")),
    "website_malformed": _warned(_("“%(value)s” is no web address; left out.")),
    "price_unknown": _warned(_("“%(value)s” is no known price kind; taken as free price.")),
    "licence_state_unknown": _warned(_("“%(value)s” is no known licence state; left as it was.")),
    "row_width": _warned(_("The row has %(cells)s cells, the header %(columns)s.")),
}

AREA_REASONS: Mapping[str, ReasonKind] = {
    "missing_code": _refused(_("No NIS code of five digits.")),
    "missing_name": _refused(_("No name.")),
    "no_polygon": _refused(_("The outline is no polygon.")),
    "not_wgs84": _refused(_("The outline isn't in degrees of longitude and latitude (WGS84).")),
    "doubled_code": _refused(_("NIS code %(nis)s stands at feature %(other)s already.")),
    "outline_mended": _warned(_("The outline of %(name)s crossed itself and was mended.")),
    "name_cut": _warned(_("“%(name)s” is kept as “%(kept)s”.")),
    "merged": _warned(_("%(name)s has been part of %(into)s since %(since)s.")),
    "missing_province": _warned(_("%(name)s has no province; none is needed in Brussels.")),
}

FIGURE_REASONS: Mapping[str, ReasonKind] = {
    "figure_period": _refused(_("“%(value)s” is no year, nor a quarter such as 2026Q1.")),
    "figure_licence": _refused(_("“%(value)s” is no known kind of licence.")),
    "figure_price": _refused(_("“%(value)s” is neither IKT nor Niet IKT.")),
    "figure_number": _refused(_("“%(value)s” is no whole number.")),
    "figure_sum": _warned(
        _("%(income)s places by income and %(free)s at a free price are not %(total)s; taken as they are.")
    ),
}

REASONS: Mapping[str, ReasonKind] = {**AREA_REASONS, **LOCATION_REASONS, **FIGURE_REASONS}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one row is doubtful, in the reader's language when asked."""

    line: int
    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        return REASONS[self.code].level

    @property
    def message(self) -> str:
        return str(REASONS[self.code].text) % dict(self.values)

    def as_json(self) -> dict[str, object]:
        """What `--json` prints."""
        return {"line": self.line, "code": self.code, "message": self.message, "level": self.level.value}

    def as_kept(self) -> dict[str, object]:
        """What is stored, to be told again in any language."""
        return {"line": self.line, "code": self.code, "values": dict(self.values)}
