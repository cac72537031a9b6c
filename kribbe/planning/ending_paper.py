"""The letter that goes with the end of an agreement."""

from datetime import datetime

from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.planning.models import Ending, TellingSide
from kribbe.planning.papers import LANGUAGE, parties_of
from kribbe.planning.selectors.holders import holders_of
from kribbe.region.branding import brand_of
from kribbe.web.documents import pdf
from kribbe.web.templatetags.telling import long_date


def ending_pdf(ending: Ending) -> bytes:
    """A tagged PDF; the same bytes for the same ending."""
    location = ending.placement.group.location
    with translation.override(LANGUAGE):
        return pdf(
            "planning/agreement",
            {
                "parties": parties_of(ending.placement, holders_of(ending.placement)),
                "terms": _rows(ending),
                "money": [],
                "weeks": [],
                "note": ending.reason,
                "signatures": _signatures(ending),
                "words": {
                    "parties": _("Between"),
                    "agreed": _("How the agreement ends"),
                    "note": _("Reason"),
                    "signed": _("Signed"),
                    "closing": _(
                        "Care until the last day is invoiced as agreed. What remains of a deposit is paid back."
                    ),
                },
            },
            title=_("End of the agreement %(reference)s") % {"reference": ending.reference},
            brand=brand_of(location.desk),
            language=LANGUAGE,
        )


def _rows(ending: Ending) -> list[list[str]]:
    last = ending.ends_on
    rows = [
        [_("Ended by"), f"{TellingSide(ending.side).label}"],
        [_("Told on"), _day(ending.told_at)],
        [_("Ground"), ending.ground_words],
        [
            _("Term of notice"),
            _("%(days)d days, until %(day)s") % {"days": ending.notice_days, "day": long_date(ending.term)},
        ],
        [_("Last day of care"), long_date(last) if last else "–"],
    ]
    if ending.earlier and not ending.agreed_at:
        state = _("not agreed") if ending.refused_at else _("not answered yet")
        rows.append([_("Earlier day asked"), f"{long_date(ending.earlier)}, {state}"])
    if ending.taken_back_at:
        rows.append([_("Taken back on"), _day(ending.taken_back_at)])
    return rows


def _signatures(ending: Ending) -> list[list[str]]:
    told = [ending.name, _day(ending.told_at)]
    other = [ending.other_name or "–", _day(ending.agreed_at) if ending.agreed_at else "–"]
    if ending.on_paper:
        other[1] = _("signed on paper on %(day)s") % {"day": other[1]}
    by_family = ending.side == TellingSide.FAMILY
    return [
        [_("For the location"), *(other if by_family else told)],
        [_("For the family"), *(told if by_family else other)],
    ]


def _day(at: datetime) -> str:
    return long_date(localtime(at).date())
