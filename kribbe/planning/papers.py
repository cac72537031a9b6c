"""An agreement or addendum as a document: who, what, when, and both signatures."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.enrolment.models import Placement
from kribbe.planning import words
from kribbe.planning.models import Paper
from kribbe.planning.money_words import beyond, full_day, money_rows
from kribbe.planning.selectors.holders import holders_of
from kribbe.planning.selectors.house_rules import house_allowance
from kribbe.planning.written import from_json
from kribbe.region.branding import brand_of
from kribbe.region.selectors import policy_on
from kribbe.rules.agreed import Agreement
from kribbe.rules.allowance import entitled
from kribbe.rules.house_rules import TOLD_MONTHS
from kribbe.rules.packs import load_pack
from kribbe.web.documents import pdf
from kribbe.web.templatetags.telling import long_date, number

LANGUAGE = "nl"
"""What is agreed is written in the language of the administration."""


def paper_pdf(paper: Paper) -> bytes:
    """A tagged PDF; the same bytes for the same paper."""
    placement = paper.agreement.placement
    location = placement.group.location
    with translation.override(LANGUAGE):
        title = f"{words.paper_name(paper)} {paper.agreement.reference}"
        return pdf(
            "planning/agreement",
            {
                "parties": parties_of(placement, paper.holders or holders_of(placement)),
                "terms": _terms(paper),
                "money": money_rows(paper),
                "weeks": [
                    {"name": name, "days": days} for name, days in words.weeks_lines(from_json(paper.weeks))
                ],
                "note": paper.note,
                "signatures": _signatures(paper),
                "words": {
                    "day": _("Day"),
                    "hours": _("Hours"),
                    "parties": _("Between"),
                    "agreed": _("What is agreed"),
                    "money": _("What it costs"),
                    "week": _("Hours of the week"),
                    "note": _("Also agreed"),
                    "signed": _("Signed"),
                    "closing": _("Nothing is planned on closing days and public holidays."),
                },
            },
            title=title,
            brand=brand_of(location.desk),
            language=LANGUAGE,
        )


def parties_of(placement: Placement, holders: Sequence[str]) -> list[list[str]]:
    """Location, child, and with whom of the family it is made."""
    location = placement.group.location
    organiser = location.organiser.name if location.organiser else location.name
    return [
        [
            _("The location"),
            f"{organiser}, {location.name}, {location.street}, {location.postcode} {location.city}",
        ],
        [_("Licence number"), location.licence_number or "–"],
        [_("The child"), f"{placement.child}, {long_date(placement.child.birth)}"],
        *([_("The contract-holder"), each] for each in holders),
    ]


def _terms(paper: Paper) -> list[list[str]]:
    placement = paper.agreement.placement
    rules = paper.house_rules
    rows = [
        [_("Group"), placement.group.name],
        [_("Holds"), words.paper_days(paper)],
        [_("Term of notice"), _("%(days)d days, for both sides") % {"days": paper.notice_days}],
        [
            _("House rules"),
            _("version %(number)d, from %(day)s")
            % {"number": rules.version, "day": long_date(rules.from_day)}
            if rules
            else _("none published"),
        ],
    ]
    if paper.schedule is not None:
        rows.append([_("Days"), "; ".join(words.stretch_lines(paper)) or "–"])
    else:
        rows.append([_("Free absences"), _free_absences(paper)])
    rows += [
        [_("Absence told in time"), (words.told_until(rules) if rules else "") or _("without a term")],
        [_("Absence beyond"), beyond(paper)],
        [_("Illness"), words.illness(rules)],
    ]
    if not paper.is_addendum:
        rows.append([_("Getting used"), words.visits(rules)])
    if paper.receipt:
        rows.append([_("Other house rules"), words.other_rules(_months_told(paper))])
    return [*rows, *full_day(paper)]


def _months_told(paper: Paper) -> int:
    made = localtime(paper.made_at).date()
    desk = paper.agreement.placement.group.location.desk
    return load_pack(policy_on(desk, made).rule_pack).integer(TOLD_MONTHS, made)


def _free_absences(paper: Paper) -> str:
    """The units that a whole year of these weeks gives."""
    location = paper.agreement.placement.group.location
    year = paper.first.year
    whole_year = Agreement(date(year, 1, 1), date(year, 12, 31), from_json(paper.weeks), paper.first)
    house = house_allowance(paper.house_rules)
    units = entitled(
        agreements=[whole_year],
        year=year,
        pack=load_pack(policy_on(location.desk, paper.first).rule_pack),
        house=house,
        morning_ends=location.morning_ends_at,
    ).units
    if house.half_days:
        return _("%(units)s half-days in a whole year of these weeks") % {"units": number(units)}
    return _("%(units)s days in a whole year of these weeks") % {"units": number(units)}


def _signatures(paper: Paper) -> list[list[str]]:
    family: Any = paper.signed_at
    if paper.taken_over_id is not None:
        taken = _("signed on paper; taken over on %(day)s") % {
            "day": long_date(localtime(paper.made_at).date())
        }
        return [
            [_("For the location"), paper.location_name, taken],
            [_("For the family"), paper.signed_name, taken],
        ]
    day = long_date(localtime(family).date()) if family else _("not signed yet")
    if paper.on_paper:
        day = _("signed on paper on %(day)s") % {"day": day}
    own = [paper.signed_name or "–", day]
    location = [_("For the location"), paper.location_name, long_date(localtime(paper.made_at).date())]
    if not paper.receipt:
        return [location, [_("For the family"), *own]]
    return [
        location,
        [_("For the family, for consent with this agreement"), *own],
        [_("For the family, for receipt of the house rules"), *own],
    ]
