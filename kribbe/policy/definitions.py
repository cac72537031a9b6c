"""Every figure with its one definition: a sentence in plain words, and the rule by which it is counted.

Pages, files, reports and the reference page of the docs all take their words from here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Basis(StrEnum):
    """What a figure is counted from, and so whose care for it decides how much it covers."""

    PLACES = "places"
    REQUESTS = "requests"
    PLACEMENTS = "placements"
    QUESTIONS = "questions"


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure: its name, what it tells in a sentence, exactly how it is counted, and from what."""

    key: str
    title: str | Promise
    sentence: str | Promise
    rule: str | Promise
    basis: Basis


_ALL = (
    Definition(
        "asking",
        _("Children asking for a place"),
        _("Children, born or not, for whom a place is asked and who live here, or whose parent works here."),
        _(
            "Unique children with an open request at any desk of the installation. Each child counts once, in the "
            "first row that holds: it lives here; it lives elsewhere and a parent works here; or it was only "
            "registered at the desk here. A child that two desks registered is one child: the same national number, "
            "or the same name and birth (and the same applicant, before it has a first name)."
        ),
        Basis.REQUESTS,
    ),
    Definition(
        "answers",
        _("Requests in a year"),
        _("The requests of a calendar year, and how many of them led to a place."),
        _(
            "Unique requests at the desk that were open on a day of this calendar year, by the counting rules of "
            "Opgroeien. One child and one need is one request, whoever asks and however often; twins are two. After "
            "the care stops or the request lapses a new request counts as new. Answered: it led to a place. "
            "Unanswered: it ended without a place. Ended otherwise: care was found elsewhere, the parents or the "
            "desk withdrew it, it lapsed, the pregnancy ended, or the outcome is unknown. Those are not unanswered."
        ),
        Basis.REQUESTS,
    ),
    Definition(
        "categories",
        _("Requests in a year, by category"),
        _(
            "The same requests, for urgent ones, for vulnerable families, and for those who live or work here."
        ),
        _(
            "Each unique request counts under every category that one of its requests had on the day on which it was "
            "registered, so the categories don't add up. Urgent: the wanted start was no more days away than the "
            "desk's own limit. Vulnerable: enough of the characteristics of the law held. Living here: the household "
            "lived in the area. Working here: a parent worked in it. Priority rules (only up to 2023): work, a "
            "single parent, a low income or a foster child; a brother or sister is left out, as it depends on the "
            "location."
        ),
        Basis.REQUESTS,
    ),
    Definition(
        "homes",
        _("Requests in a year, by where the family lives"),
        _("The same requests, by the municipality where the family lives."),
        _(
            "Each unique request counts once, under the municipality of the household that asked last. The rows add "
            "up to all requests. Where the family lives, where a parent works and which desk registered the request "
            "are three things: only the first is told here."
        ),
        Basis.REQUESTS,
    ),
    Definition(
        "months",
        _("Waiting, by wanted month"),
        _("Children who wait, by the month in which they want to start."),
        _(
            "Children registered at the desk who still wait at one location or more, by the month of their earliest "
            "wanted start. A month that has passed means that the child waits for longer than it wanted."
        ),
        Basis.REQUESTS,
    ),
    Definition(
        "half-days",
        _("Waiting, by half-day"),
        _("Children who wait, under each half-day that they still ask."),
        _(
            "The children who wait, under each half-day that they still ask at one location or more. A child counts "
            "under each of its half-days, so these numbers don't add up to children."
        ),
        Basis.REQUESTS,
    ),
    Definition(
        "questions",
        _("Questions without a request"),
        _("Questions that the desk answered or referred this year without a request, by subject."),
        _(
            "Each question that the staff of the desk counted in this calendar year, by the subject that they chose. "
            "Answered: the desk answered it. Referred: it sent the person on. No name is kept, so two questions of "
            "one family are two, and small numbers are told too. Telephone calls and visits that nobody counted are "
            "not in it."
        ),
        Basis.QUESTIONS,
    ),
    Definition(
        "places",
        _("Places by kind and price"),
        _("Places on a day: what the licence allows, what is staffed, and what can be booked."),
        _(
            "Places on the day in open groups of open locations. Licensed: the legal ceiling. Staffed: what can be "
            "used with the staff there is. Bookable: what agreements may add up to on a half-day."
        ),
        Basis.PLACES,
    ),
    Definition(
        "past",
        _("Places by municipality and month"),
        _("Places on the first of each month, as they were told then, beside what is known of that day now."),
        _(
            "In the first night of a month the places, the children asking and the children with a place are counted "
            "and kept; what was kept is never changed. Known now: the same day counted again from the register as it "
            "stands. The difference is what became known, or was corrected, since. A location with places of two "
            "kinds or prices counts as a location under each."
        ),
        Basis.PLACES,
    ),
    Definition(
        "placed",
        _("Children with a place"),
        _("Children who have a place today, and how many children there are to one place."),
        _(
            "Unique children with a signed place at a location here that holds today. Children per place: these "
            "children divided by the bookable places; more than one, as children who come on different half-days "
            "share a place. Asking per place: the children asking divided by the same places."
        ),
        Basis.PLACEMENTS,
    ),
    Definition(
        "use",
        _("Planned occupancy"),
        _("How much of what can be booked in a week is taken, by half-day."),
        _(
            "Half-days of this week held by signed places, places to be signed and open offers, of those that can be "
            "booked. Over 100 % means that fewer places are staffed than were agreed. Where a half-day is open by "
            "its licence and nothing can be booked there is no staff, and no share is given."
        ),
        Basis.PLACEMENTS,
    ),
    Definition(
        "occupancy",
        _("Planned occupancy by month"),
        _("How much of what can be booked is taken, by month and half-day."),
        _(
            "All half-days of the weeks that begin in the month: those held by signed places, places to be signed "
            "and open offers, divided by those that can be booked. Where nothing can be booked no share is given."
        ),
        Basis.PLACEMENTS,
    ),
    Definition(
        "free",
        _("Free half-days"),
        _("Places that can still be taken, by month and half-day."),
        _(
            "Places that can still be taken for the whole month, by half-day: of each group the least of the weeks "
            "of that month, added up over all groups. An overfull group counts as none free."
        ),
        Basis.PLACES,
    ),
    Definition(
        "flows",
        _("Children over the borders"),
        _("Where children with a place live, where they are cared for, and where their parents work."),
        _(
            "Unique children with a signed place in the area that holds on the day, or who live in the area and have "
            "a place elsewhere in the region. Each child counts once, in the municipality where it is cared for on "
            "most half-days (the lower NIS code where two are equal), and under the municipality where it lives. "
            "Works: the municipality of the first adult whose place of work is known; where small numbers are hidden "
            "only of the children who are cared for in the area. Which desk registered the child plays no part."
        ),
        Basis.PLACEMENTS,
    ),
    Definition(
        "official",
        _("Places beside the official figures"),
        _("The licensed places of the register beside what the authority published for the same year."),
        _(
            "Licensed places on 31 December of the year (or today, in the running year) in open groups of open "
            "locations, by municipality, kind of licence and kind of price, less the figure that was imported for it."
        ),
        Basis.PLACES,
    ),
    Definition(
        "expansion",
        _("Places to come"),
        _("New places expected from the expansion files, by year."),
        _(
            "The new places of all files that are neither open nor stopped, by the year in which they are expected; "
            "weighted: each times its probability. Places kept are places that would be lost without the file; they "
            "are told apart and aren't new."
        ),
        Basis.PLACES,
    ),
)

DEFINITIONS: Mapping[str, Definition] = {each.key: each for each in _ALL}
"""By key, in the order in which the reference page tells them."""


def reference_page() -> Iterator[str]:
    """Every definition in English, as the page of the docs that is made from them."""
    yield "# Figures of the city"
    yield ""
    yield (
        "Every figure has one definition; pages, files and reports take their words from it. Beside each stands what"
        " it covers: the locations whose places are known, through which requests run, or that keep their children"
        " with the desk. Small numbers of people are hidden from who may not see the people, and always in files."
    )
    yield ""
    with translation.override("en"):
        for each in DEFINITIONS.values():
            yield f"## {each.title}"
            yield ""
            yield str(each.sentence)
            yield ""
            yield f"- Counted so: {each.rule}"
            yield f"- Counted from: {each.basis.value}"
            yield ""
