"""A household's standing, its changes and what happens next, in words."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import (
    CareRequest,
    LookAgain,
    Offer,
    PassOver,
    Placement,
    PositionChange,
    Preference,
    PreferenceState,
)
from kribbe.enrolment.selectors.household import Ahead, RequestStory, Wish
from kribbe.enrolment.selectors.stays import Stay
from kribbe.region.models import DeskPolicy, PassOverReason
from kribbe.rules.counting import RequestEnd
from kribbe.rules.dates import earliest_answer, turns_urgent
from kribbe.trust.principal import Role
from kribbe.web.dates import date_format
from kribbe.web.weeks import half_days, week_words
from kribbe.web.words import say

GROUNDS: Mapping[str, str | Promise] = {
    "law": _("priority by law"),
    "criterion.sibling": _("a brother or sister at this location"),
    "criterion.staff_child": _("a parent who works at this location"),
    "criterion.continuity": _("a place with this organiser already"),
    "criterion.work": _("care needed for work or training"),
    "criterion.full_week": _("a full week asked"),
    "criterion.works_here": _("a parent who works in the municipality"),
    "criterion.resident": _("a home in the municipality"),
    "criterion.neighbourhood": _("a home in the neighbourhood"),
    "date.registered": _("an earlier date of registration"),
    "date.wanted_start": _("an earlier start"),
    "date.lottery": _("a better place in the draw by lot"),
    "tie": _("a better place in the draw by lot, being equal in all else"),
}
"""Why another family stands ahead, by the public name of the part of the standing."""

WHY_ENDED: Mapping[RequestEnd, str | Promise] = {
    RequestEnd.ANSWERED: _("Your child has a place with a location of this desk."),
    RequestEnd.UNANSWERED: _("No place was found."),
    RequestEnd.FOUND_ELSEWHERE: _("You found care elsewhere."),
    RequestEnd.CANCELLED_PARENT: _("You no longer need care."),
    RequestEnd.CANCELLED_DESK: _("It was registered by mistake, or twice."),
    RequestEnd.UNKNOWN: _("The desk doesn't know whether you still look for a place."),
    RequestEnd.LAPSED: _("You no longer answered the desk."),
}
"""Why a desk ended a request, as it tells the family; a lost pregnancy is never told."""

ENDS: Mapping[RequestEnd, str | Promise] = {
    RequestEnd.ANSWERED: _("Your child has a place"),
    RequestEnd.UNANSWERED: _("Ended without a place"),
    RequestEnd.FOUND_ELSEWHERE: _("You found care elsewhere"),
    RequestEnd.CANCELLED_PARENT: _("You withdrew this request"),
    RequestEnd.CANCELLED_DESK: _("The desk ended this request"),
    RequestEnd.LAPSED_MISCARRIAGE: _("Ended"),
    RequestEnd.UNKNOWN: _("Ended"),
    RequestEnd.LAPSED: _("Ended"),
}
"""How a request ended."""


def reopen(request: CareRequest) -> str:
    """What its family presses to open an ended request again."""
    if request.end == RequestEnd.ANSWERED:
        return gettext("This isn't so: open the request again")
    return gettext("Take the withdrawal back")


def why(wish: Wish) -> list[str]:
    """The parts of a standing in words, but for the lot at the end."""
    parts = wish.standing.parts if wish.standing else ()
    return [say(part.reason) for part in parts if part.name != "tie"]


def ahead(found: Sequence[Ahead]) -> list[str]:
    """Who stands ahead, and why; small numbers are only said to be small."""
    return [_ahead(each) for each in found]


def _ahead(each: Ahead) -> str:
    ground = str(GROUNDS.get(each.ground, each.ground))
    if each.count is None:
        return gettext("a few families: %(ground)s") % {"ground": ground}
    return ngettext("%(count)d family: %(ground)s", "%(count)d families: %(ground)s", each.count) % {
        "count": each.count,
        "ground": ground,
    }


def position(wish: Wish) -> str:
    """`4th of 23`, or "" where it isn't waiting."""
    if wish.position is None:
        return ""
    return gettext("%(place)s of %(total)d") % {"place": ordinal(wish.position), "total": wish.waiting}


def ordinal(number: int) -> str:
    """`4th` in English, `4de` in Dutch, `4e` in French (of a place: `1re`), `4.` in German."""
    return ORDINALS.get((get_language() or "")[:2], _english)(number)


def _dutch(number: int) -> str:
    small = number % 100
    return f"{number}{'ste' if small in {0, 1, 8} or small >= 20 else 'de'}"


def _french(number: int) -> str:
    return f"{number}{'re' if number == 1 else 'e'}"


def _german(number: int) -> str:
    return f"{number}."


def _english(number: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in {11, 12, 13} else ends.get(number % 10, 'th')}"


ORDINALS = {"nl": _dutch, "fr": _french, "de": _german}


def change(found: PositionChange) -> str:
    """What happened to a position, and why."""
    if found.before is None or found.after is None:
        return _cause(found.cause)
    moved = gettext("From %(before)s to %(after)s") % {
        "before": ordinal(found.before),
        "after": ordinal(found.after),
    }
    return _told(moved, _cause(found.cause))


def _told(what: str, how: str) -> str:
    """Two texts with the colon of the reader's language between them."""
    return gettext("%(what)s: %(how)s") % {"what": what, "how": how}


def _cause(cause: str) -> str:
    causes = {
        "left": gettext("a family found a place or left the list."),
        "own.joined": gettext("another request of your own family came ahead."),
        "own.left": gettext("another request of your own family left the list."),
        "facts": gettext("what a family asks or tells changed."),
        "rules": gettext("the order of this location changed."),
        "returned": gettext("a family came back on the list with its old date."),
    }
    if cause in causes:
        return causes[cause]
    ground = str(GROUNDS.get(cause.removeprefix("joined."), ""))
    if not ground:
        return gettext("the list changed.")
    return gettext("a family came in ahead of you, with %(ground)s.") % {"ground": ground}


def room(wish: Wish) -> str:
    """Which of the asked half-days are full at the location, and on which it isn't open."""
    if wish.offer is not None:
        return gettext("This location offers you a place.")
    if wish.fit is None:
        return gettext("This location has no group for your child's age and kind of price.")
    if wish.fit.whole:
        return gettext("All half-days that you ask are free there now, for the whole stay.")
    if wish.fit.free.is_empty and wish.closed.is_empty:
        return gettext("None of the half-days that you ask is free there for the whole stay.")
    full = wish.fit.full - wish.closed
    told = [] if full.is_empty else [gettext("Full there: %(days)s.") % {"days": week_words(full.mask)}]
    if not wish.closed.is_empty:
        told.append(gettext("Closed there: %(days)s.") % {"days": week_words(wish.closed.mask)})
    return " ".join(told)


def passed_over(found: PassOver) -> str:
    """That a place went to another child, and the reason that the location gave."""
    words = gettext(
        "On %(day)s a place went to a child behind you. The location gave this reason: %(reason)s"
    ) % {
        "day": date_format(localtime(found.offer.made_at), "DATE_FORMAT"),
        "reason": reason(found.reason),
    }
    return f"{words} {found.note}".strip()


def reason(found: PassOverReason) -> str:
    """A reason of the desk's list in the reader's language."""
    return found.in_language(get_language() or "")


def status(preference: Preference) -> str:
    """Where a wish stands."""
    return str(PreferenceState(preference.state).label)


def what_next(story: RequestStory, *, today: date) -> str:
    """What happens next, for the household to read."""
    request, policy = story.request, story.policy
    if story.offers:
        count = len(story.offers)
        return ngettext(
            "You have an offer. Look at it and answer in time.",
            "You have %(count)d offers. Look at them and answer in time.",
            count,
        ) % {"count": count}
    if policy.earliest_answer_months is not None:
        first = earliest_answer(request.wanted_start, policy.earliest_answer_months)
        if today < first:
            return gettext("The locations may answer from %(day)s on. You needn't do anything till then.") % {
                "day": date_format(first, "DATE_FORMAT")
            }
    urgent = turns_urgent(request.wanted_start, policy.urgent_days)
    if today >= urgent:
        return gettext(
            "Your start is near, so your request counts as urgent. Call the desk: it looks with you."
        )
    answer = date_format(localtime(request.registered_at) + timedelta(days=policy.answer_days), "DATE_FORMAT")
    if localtime(request.registered_at).date() + timedelta(days=policy.answer_days) >= today:
        return gettext(
            "The locations look at your request, by %(day)s at the latest. You needn't do anything."
        ) % {"day": answer}
    return gettext("You stand on the lists below. As soon as a place comes free for you, we tell you.")


def _asked_start(request: CareRequest) -> str:
    first = date_format(request.wanted_start, "DATE_FORMAT")
    if request.latest_start == request.wanted_start:
        return gettext("You asked to start on %(day)s.") % {"day": first}
    last = date_format(request.latest_start, "DATE_FORMAT")
    return gettext("You asked to start between %(first)s and %(last)s.") % {"first": first, "last": last}


def different(offer: Offer) -> list[str]:
    """How an offer differs from what was asked, as sentences."""
    request, asked = offer.preference.request, offer.preference.open_pattern
    lines = []
    if not request.wanted_start <= offer.during.lower <= request.latest_start:
        lines.append(_asked_start(request))
    missing, extra = asked & ~offer.pattern, offer.pattern & ~asked
    if missing:
        lines.append(gettext("Not offered of what you ask: %(days)s.") % {"days": week_words(missing)})
    if extra:
        lines.append(gettext("Offered beside what you ask: %(days)s.") % {"days": week_words(extra)})
    return lines


def said_no(role: Role | None) -> str:
    """Who said no to an offer: the family itself, or in that role somebody for it."""
    if role is None:
        return gettext("You said no.")
    if role is Role.REFERRER:
        return gettext("The organisation that helps you said no on your behalf.")
    return gettext("The desk said no on your behalf.")


def said_no_to(role: Role | None, location: str) -> str:
    """The same as a heading that names the location."""
    if role is None:
        text = gettext("You said no to %(location)s")
    elif role is Role.REFERRER:
        text = gettext("The organisation that helps you said no to %(location)s on your behalf")
    else:
        text = gettext("The desk said no to %(location)s on your behalf")
    return text % {"location": location}


def need(request_pattern: int) -> str:
    """`5 half-days: Monday and Tuesday the whole day`."""
    return _told(half_days(request_pattern.bit_count()), week_words(request_pattern))


def goes_on(stay: Stay) -> list[str]:
    """How a stay goes on after its row of a list: `From 1 March: Monday and Tuesday the whole day`."""
    return [_piece(piece, before) for before, piece in pairwise([stay.home, *stay.later])]


def _piece(piece: Placement, before: Placement) -> str:
    said = {"day": date_format(piece.during.lower, "DATE_FORMAT"), "days": week_words(piece.pattern)}
    if piece.group_id == before.group_id:
        return gettext("From %(day)s: %(days)s") % said
    return gettext("From %(day)s in %(group)s: %(days)s") % {**said, "group": piece.group.name}


def silence(preference: Preference, policy: DeskPolicy, *, today: date) -> str:
    """What it means that a location hasn't answered yet, by the desk's terms."""
    again: LookAgain | None = getattr(preference, "look_again", None)
    if again is not None and again.month > today:
        return gettext("The location looks at your request again in %(month)s. You keep your place.") % {
            "month": date_format(again.month, "F Y")
        }
    begins = localtime(preference.registered_at).date()
    if policy.earliest_answer_months is not None:
        begins = max(begins, earliest_answer(preference.request.wanted_start, policy.earliest_answer_months))
    by = begins + timedelta(days=policy.answer_days)
    said = {"day": date_format(by, "DATE_FORMAT")}
    if today <= by:
        return gettext("No answer yet? The location has until %(day)s. No answer is no refusal.") % said
    return (
        gettext("The location should have answered by %(day)s. You stay on its list; the desk can ask it.")
        % said
    )
