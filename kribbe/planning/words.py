"""Hours, weeks and papers in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kribbe.enrolment.templatetags.enrolment import called
from kribbe.people.models import Child
from kribbe.planning.models import Absence, AbsenceKind, GettingUsedDay, HouseRules, Paper
from kribbe.planning.selectors.house_rules import ill_rules
from kribbe.planning.written import schedule_of
from kribbe.rules.agreed import Parts, Weeks
from kribbe.rules.billing.case import Absent
from kribbe.rules.billing.day_cost import DayCost
from kribbe.rules.school import Schedule
from kribbe.web.dates import date_format
from kribbe.web.templatetags.telling import money
from kribbe.web.weeks import DAY_NAMES, join_words

MIDNIGHT = 24 * 60

HOLIDAYS: Mapping[str, str | Promise] = {
    "": gettext_lazy("school days"),
    "autumn": gettext_lazy("autumn holidays"),
    "armistice": gettext_lazy("Armistice Day"),
    "christmas": gettext_lazy("Christmas holidays"),
    "carnival": gettext_lazy("carnival holidays"),
    "easter": gettext_lazy("Easter holidays"),
    "easter_monday": gettext_lazy("Easter Monday"),
    "spring": gettext_lazy("spring holidays"),
    "labour": gettext_lazy("Labour Day"),
    "ascension": gettext_lazy("Ascension"),
    "pentecost": gettext_lazy("Whit Monday"),
    "summer": gettext_lazy("summer holidays"),
}
"""The holidays of the school calendar; the days between them have no name of their own."""


def told_until(rules: HouseRules) -> str:
    """Until when an absence is told in time by a version of the house rules; "" where it needs no term."""
    if rules.told_by is None:
        return ""
    time = time_format(rules.told_by)
    if rules.told_days_before == 0:
        return _("before %(time)s on the day itself") % {"time": time}
    if rules.told_days_before == 1:
        return _("before %(time)s on the day before") % {"time": time}
    return _("before %(time)s, %(days)d days before") % {"time": time, "days": rules.told_days_before}


def told_in_time(rules: HouseRules) -> str:
    """The same as a sentence."""
    until = told_until(rules)
    return (
        _("An absence is told in time %(until)s.") % {"until": until}
        if until
        else _("An absence needs no term.")
    )


def beyond(rules: HouseRules | None) -> str:
    """What an absence costs that isn't free."""
    if rules is None or rules.absence_full is None or rules.absence_half is None:
        return _("the family's own price")
    return _("%(full)s for a full day, %(half)s for half a day") % {
        "full": money(rules.absence_full),
        "half": money(rules.absence_half),
    }


def illness(rules: HouseRules | None) -> str:
    """What a day of illness counts as."""
    free = ill_rules(rules).free
    if free == 0:
        return _("A day of illness counts like any other absence.")
    said = (
        _("Every day of illness is free.")
        if free is None
        else ngettext(
            "%(count)d day of illness a year is free, besides the free absences.",
            "%(count)d days of illness a year are free, besides the free absences.",
            free,
        )
        % {"count": free}
    )
    return said + " " + _("The location asks a doctor's note.") if ill_rules(rules).asks_note else said


def other_rules(months: int) -> str:
    """What a family has of house rules that change (model rules), by the law's months."""
    return ngettext(
        "What is less good for the family is told in writing %(months)d month before. Until %(months)d month after "
        "being told the family can end the agreement free of charge.",
        "What is less good for the family is told in writing %(months)d months before. Until %(months)d months after "
        "being told the family can end the agreement free of charge.",
        months,
    ) % {"months": months}


def visits(rules: HouseRules | None) -> str:
    """What visits to get used cost."""
    if rules is None or not rules.visits_charged:
        return _("Getting used costs nothing.")
    return _(
        "Getting used costs the ordinary price, by the length of each visit; nothing on a day that is reserved"
        " already."
    )


def visit_cost(visit: GettingUsedDay, costs: Mapping[date, DayCost] | None) -> str:
    """What a visit to get used costs, given what the bill will ask by day; None where nobody bills it here."""
    if not visit.is_charged:
        return _("free of charge")
    if costs is None:
        return _("the ordinary price of a stay")
    amount = costs[visit.day].amount
    if amount is None:
        return _("the ordinary price of a stay, which isn't known yet")
    return money(amount) if amount else _("free of charge: this day is reserved already")


def away(absence: Absence) -> str:
    """Why a child stays away; of an illness also whether its doctor's note was seen."""
    label = str(AbsenceKind(absence.kind).label)
    return _("Ill, doctor's note seen") if absence.note_seen_at else label


def counts_as(absence: Absence, counted: Absent) -> str:
    """Why a child stays away, and of an illness what it counts as."""
    if absence.kind != AbsenceKind.ILLNESS:
        return away(absence)
    kind = _("costs nothing") if counted.is_free else AbsenceKind(counted.value).label
    return _("%(why)s: %(kind)s") % {"why": away(absence), "kind": kind}


def clock(minute: int) -> str:
    """Minutes since midnight as `8:30`."""
    hour, rest = divmod(minute % MIDNIGHT, 60)
    return f"{hour}:{rest:02d}"


def hours(parts: Parts) -> str:
    """`8:00–12:30, 13:30–17:00`."""
    return ", ".join(f"{clock(start)}–{clock(end)}" for start, end in parts)


def week_lines(week: Mapping[int, Parts]) -> list[tuple[str, str]]:
    """The days of a week with their hours, in order."""
    return [(str(DAY_NAMES[day]), hours(week[day])) for day in sorted(week) if week[day]]


def weeks_lines(weeks: Weeks) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each week of the turn with a name; one week has none. A week without days says so."""
    if len(weeks) == 1:
        return [("", week_lines(weeks[0]) or [(_("No days"), "")])]
    return [
        (_("Week %(number)d") % {"number": number}, week_lines(week) or [(_("No days"), "")])
        for number, week in enumerate(weeks, start=1)
    ]


def paper_name(paper: Paper) -> str:
    """What a paper is called."""
    return _("Addendum %(number)d") % {"number": paper.number} if paper.is_addendum else _("Agreement")


def paper_days(paper: Paper) -> str:
    """From when to when a paper holds."""
    first = date_format(paper.first, "j F Y")
    schedule = schedule_of(paper)
    if schedule is not None:
        return _schedule_days(schedule) % {"first": first}
    if paper.last is None:
        return _("from %(first)s") % {"first": first}
    return _("from %(first)s to %(last)s") % {"first": first, "last": date_format(paper.last, "j F Y")}


def _schedule_days(schedule: Schedule) -> str:
    if not schedule.stretches:
        return _("from %(first)s, as the ordinary weeks in school holidays too")
    if schedule.outside:
        return _("outside school holidays, from %(first)s")
    return _("in school holidays, from %(first)s")


def stretch(first: date, last: date) -> str:
    """`21 December 2026 – 3 January 2027`, or the one day."""
    days = [date_format(day, "j F Y") for day in (first, last)]
    return days[0] if first == last else " – ".join(days)


def stretch_lines(paper: Paper) -> list[str]:
    """The days of a holiday schedule by name; none for ordinary weeks."""
    schedule = schedule_of(paper)
    found = schedule.stretches if schedule else ()
    return [f"{HOLIDAYS[each.name]}: {stretch(each.first, each.last)}" for each in found]


def day_list(days: Sequence[date]) -> str:
    """Days in words, with the year at the last."""
    return ", ".join(date_format(day, "D j F") for day in days)


def short_words(missing: int, too_many: int) -> str:
    """`2 carers too few`, `4 children too many`, or both."""
    said = []
    if missing:
        said.append(
            ngettext("%(count)d carer too few", "%(count)d carers too few", missing) % {"count": missing}
        )
    if too_many:
        told = ngettext("%(count)d child too many", "%(count)d children too many", too_many)
        said.append(told % {"count": too_many})
    return join_words(said)


def later_months(more: Decimal) -> str:
    """What an absence or a day does to the price of other months than its own; below nought it makes them cheaper."""
    if not more:
        return ""
    amount = {"amount": money(abs(more))}
    if more > 0:
        return (
            _("Because of it, other months cost %(amount)s more: a package, or a free day, is then used up.")
            % amount
        )
    return _("Because of it, other months cost %(amount)s less.") % amount


def called_all(children: Iterable[Child]) -> str:
    """The first names of children: `Noor and Lou`."""
    return join_words([called(child) for child in children])
