"""A desk's policy in sentences for everybody."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kribbe.region.services import Terms
from kribbe.rules.priority import DateRule

DATE_RULES: Mapping[str, str | Promise] = {
    DateRule.REGISTERED: gettext_lazy(
        "Who is equal in everything else, is ordered by date of registration: who registered first, comes first."
    ),
    DateRule.WANTED_START: gettext_lazy(
        "Who is equal in everything else, is ordered by the start that they want: the earliest start comes first."
    ),
    DateRule.LOTTERY: gettext_lazy(
        "Who is equal in everything else, is ordered by lot. One draw counts for all locations, so registering "
        "early gives no advantage."
    ),
}


def sentences(terms: Terms) -> list[str]:
    """What these terms mean for a family, one sentence each."""
    return [
        _wishes(terms.max_wishes),
        _earliest(terms.earliest_answer_months),
        ngettext(
            "A location answers your request within %(count)d day.",
            "A location answers your request within %(count)d days.",
            terms.answer_days,
        )
        % {"count": terms.answer_days},
        ngettext(
            "You have %(count)d day to answer an offer.",
            "You have %(count)d days to answer an offer.",
            terms.reaction_days,
        )
        % {"count": terms.reaction_days},
        ngettext(
            "After you accept, you have %(count)d day to sign the agreement.",
            "After you accept, you have %(count)d days to sign the agreement.",
            terms.signature_days,
        )
        % {"count": terms.signature_days},
        *_own_changes(terms),
        _urgent(terms.urgent_days),
        *_confirming(terms),
        ngettext(
            "The desk answers a complaint within %(count)d day.",
            "The desk answers a complaint within %(count)d days.",
            terms.complaint_days,
        )
        % {"count": terms.complaint_days},
        ngettext(
            "We keep your data for %(count)d year after the last that needs them; then you are forgotten.",
            "We keep your data for %(count)d years after the last that needs them; then you are forgotten.",
            terms.keep_years,
        )
        % {"count": terms.keep_years},
        _("An urgent request is shown to all locations of the desk, unless you say no.")
        if terms.open_urgent
        else _("An urgent request is shown to all locations of the desk only if you say yes."),
        _vacancies(terms),
        ngettext(
            "A location says every %(count)d week whether its free places are still right.",
            "A location says every %(count)d weeks whether its free places are still right.",
            terms.look_weeks,
        )
        % {"count": terms.look_weeks},
        _("Locations see in which order you chose them.")
        if terms.ranking_shown
        else _("Locations don't see in which order you chose them."),
        str(DATE_RULES[terms.date_rule]),
    ]


def _wishes(most: int | None) -> str:
    if most is None:
        return _("You can choose as many locations as you like.")
    text = ngettext("You can choose %(count)d location.", "You can choose at most %(count)d locations.", most)
    return text % {"count": most}


def _earliest(months: int | None) -> str:
    if months is None:
        return _("Locations can answer as soon as you register.")
    text = ngettext(
        "Locations can answer from %(count)d month before the start that you want.",
        "Locations can answer from %(count)d months before the start that you want.",
        months,
    )
    return text % {"count": months}


def _urgent(days: int) -> str:
    text = ngettext(
        "No answer %(count)d day before the start? Then your request turns urgent, and the desk helps you look.",
        "No answer %(count)d days before the start? Then your request turns urgent, and the desk helps you look.",
        days,
    )
    return text % {"count": days}


def _vacancies(terms: Terms) -> str:
    if terms.tell_vacancies:
        text = ngettext(
            "Every week you get a list of places that came free, unless you say no.",
            "Every %(count)d weeks you get a list of places that came free, unless you say no.",
            terms.list_weeks,
        )
    else:
        text = ngettext(
            "Every week you get a list of places that came free, if you ask for it.",
            "Every %(count)d weeks you get a list of places that came free, if you ask for it.",
            terms.list_weeks,
        )
    return text % {"count": terms.list_weeks}


def _own_changes(terms: Terms) -> list[str]:
    found = []
    if terms.most_changes == 0:
        found.append(_("To change your start or add a location later, ask the desk."))
    elif terms.most_changes is not None:
        text = ngettext(
            "You can change your start or add locations %(count)d time yourself. "
            "After that the desk does it for you.",
            "You can change your start or add locations %(count)d times yourself. "
            "After that the desk does it for you.",
            terms.most_changes,
        )
        found.append(text % {"count": terms.most_changes})
    if terms.change_days == 0 and terms.most_changes != 0:
        found.append(
            _("You can change your start or add locations yourself until the day on which you want to start.")
        )
    elif terms.change_days is not None and terms.most_changes != 0:
        text = ngettext(
            "You can change your start or add locations yourself until %(count)d day "
            "before the start that you want.",
            "You can change your start or add locations yourself until %(count)d days "
            "before the start that you want.",
            terms.change_days,
        )
        found.append(text % {"count": terms.change_days})
    return found


def _confirming(terms: Terms) -> list[str]:
    found = []
    if terms.confirm_months is not None:
        text = ngettext(
            "Every month we ask whether you still need a place. Without an answer within %(days)d days your "
            "request ends; you can take that back.",
            "Every %(count)d months we ask whether you still need a place. Without an answer within %(days)d days "
            "your request ends; you can take that back.",
            terms.confirm_months,
        )
        found.append(text % {"count": terms.confirm_months, "days": terms.confirm_days})
    if terms.end_months is not None:
        text = ngettext(
            "A request ends %(count)d month after the latest start that you gave.",
            "A request ends %(count)d months after the latest start that you gave.",
            terms.end_months,
        )
        found.append(text % {"count": terms.end_months})
    return found
