"""What can be filled in in the notices about requests, offers and places."""

from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Context, Place
from kribbe.contact.writing import plain
from kribbe.enrolment.templatetags.enrolment import called, first_day_words, fully_called, last_day
from kribbe.enrolment.words import reason
from kribbe.places.models import Location
from kribbe.places.selectors.closed import stretches_in_words
from kribbe.web.templatetags.telling import long_date, long_moment, money, month_name
from kribbe.web.weeks import week_words

Places = dict[str, Place]

CHILD = {"child": Place(_("the first name of the child"), lambda context: called(context["child"]))}
FULL_CHILD = {
    "child": Place(
        _("the name of the child, or when it is expected"), lambda context: fully_called(context["child"])
    )
}
LOCATION = {"location": Place(_("the name of the location"), lambda context: context["location"].name)}
REASON = {"reason": Place(_("the reason that the location gives"), lambda context: str(context["reason"]))}


def day(name: str, label: Any) -> Places:
    """A day of the context, in words."""
    return {name: Place(label, lambda context: long_date(context[name]))}


def stay(source: str) -> Places:
    """What an offer or a placement is of."""
    return {
        "days": Place(_("the half-days"), lambda context: week_words(context[source].pattern)),
        "start": Place(_("the first day"), lambda context: long_date(context[source].during.lower)),
        "closed": Place(
            _("a warning where the first day is a closing day"),
            lambda context: first_day_words(context[source]),
        ),
        "group": Place(_("the name of the group"), lambda context: context[source].group.name),
    }


ANSWER_BY = {
    "answer_by": Place(
        _("the last day to answer"), lambda context: long_date(last_day(context["offer"].deadline))
    )
}
SIGN_BY = {
    "sign_by": Place(
        _("the last day to sign"), lambda context: long_date(last_day(context["placement"].sign_by))
    )
}
DEPOSIT = {
    "deposit": Place(
        _("the deposit, where the location asks one"), lambda context: _deposit(context["placement"])
    )
}
OFFERED = {
    "difference": Place(
        _("a warning where it isn't exactly what was asked"), lambda context: _difference(context["offer"])
    ),
    "message": Place(_("what the location says"), lambda context: context["offer"].message),
}
GOES_ON = {
    "how_long": Place(_("how long the place goes on, as a sentence"), lambda context: _how_long(context))
}
MOVES_UP = {
    "start": Place(_("the first day there"), lambda context: long_date(context["start"])),
    "group": Place(_("the name of the group"), lambda context: context["group"].name),
}
COMPLAIN = {
    "note": Place(_("what the location adds"), lambda context: context["note"]),
    "organiser": Place(_("the name of the organiser"), lambda context: _organiser(context["location"])),
    "organiser_contact": Place(
        _("how the organiser is reached"), lambda context: _reached(context["location"].organiser)
    ),
    "desk": Place(_("the name of the desk"), lambda context: context["desk"].name),
    "desk_contact": Place(_("how the desk is reached"), lambda context: _reached(context["desk"])),
    "authority": Place(_("where the authority takes complaints"), lambda context: context["authority"]),
}
REFUSED = {
    "reason": Place(_("the reason, from the desk's list"), lambda context: reason(context["reason"]))
} | COMPLAIN
ENDED = {
    "number": Place(_("the number of the request"), lambda context: context["request"].reference),
    "registered": Place(
        _("the day on which it was registered"), lambda context: long_date(context["request"].registered_at)
    ),
    "days": Place(_("the half-days that were asked"), lambda context: week_words(context["request"].pattern)),
    "start": Place(_("the wanted start"), lambda context: long_date(context["request"].wanted_start)),
    "desk": COMPLAIN["desk"],
    "desk_contact": COMPLAIN["desk_contact"],
}
WHY_ENDED = {"why": Place(_("why the desk ended it"), lambda context: str(context["why"]))}
TAKE_BACK = {
    "take_back": Place(
        _("until when it can be taken back, as a sentence"), lambda context: _take_back(context)
    )
}
TAKE_NO_BACK = {
    "take_back": Place(
        _("until when it can be taken back, as a sentence"), lambda context: _take_no_back(context)
    )
}
REGISTERED = {
    "requests": Place(
        _("each request with its number and date"),
        lambda context: plain("enrolment/notices/_requests.txt", context),
    ),
    "days": Place(_("the half-days that were asked"), lambda context: week_words(context["request"].pattern)),
    "start": Place(_("the wanted start"), lambda context: long_date(context["request"].wanted_start)),
    "latest": Place(_("the latest start"), lambda context: long_date(context["request"].latest_start)),
    "choices": Place(
        _("the chosen locations in their order"), lambda context: _numbered(context["locations"])
    ),
    "answer_days": Place(
        _("within how many days the locations answer"), lambda context: str(context["answer_days"])
    ),
}
PHONE = {"phone": Place(_("the telephone of the location"), lambda context: context["location"].phone)}
LAST_MINUTE = {
    "child": Place(
        _("the first name of the child"), lambda context: context["name"] or gettext("your child")
    ),
    "days": Place(_("the half-days"), lambda context: week_words(context["place"].pattern)),
    "first": Place(_("the first day"), lambda context: long_date(context["place"].first)),
    "last": Place(_("the last day"), lambda context: long_date(context["place"].last)),
    "closed": Place(
        _("the days in between on which it is closed"), lambda context: stretches_in_words(context["closed"])
    ),
    "note": Place(_("what the location says"), lambda context: context["place"].note),
} | PHONE
WEEKLY = {
    "places": Place(
        _("the places that came free, each with its link"),
        lambda context: plain("enrolment/notices/_free_places.txt", context),
    ),
    "what_to_do": Place(
        _("how to add a place, or stop the list"), lambda context: _what_to_do(on_paper=context["on_paper"])
    ),
}
LOOK_AGAIN = {"month": Place(_("the month"), lambda context: month_name(context["month"]))}
LOOKED = {
    "last_looked": Place(
        _("when the places were last confirmed, as a sentence"), lambda context: _last_looked(context)
    )
}
CHARTER = {
    "last": Place(_("the last day of the term"), lambda context: long_date(context["charter"].agree_by))
}
WAITING = {"count": Place(_("how many families wait"), lambda context: str(context["count"]))}
STOP = {"stop_link": Place(_("the link that stops these mails"), lambda context: context["stop_url"])}
DRAFT = STOP | {"days": Place(_("for how many days it is kept"), lambda context: str(context["days"]))}
SEARCH = {"search": Place(_("what was searched"), lambda context: context["saved"].label)}
NEWS = SEARCH | {
    "count": Place(_("how many places newly fit"), lambda context: str(context["count"])),
    "places": Place(_("the places"), lambda context: "\n".join(f"- {line}" for line in context["lines"])),
    "more": Place(
        _("how many more there are"), lambda context: str(context["more"]) if context["more"] else ""
    ),
    "stop_link": Place(_("the link that stops these mails"), lambda context: context["stop_url"]),
}
PROOF = {
    "asker": Place(_("the location or desk that asked"), lambda context: context["asker"].name),
    "what": Place(_("which proof"), lambda context: context["proof"].what),
}
PROOF_WHY = {"why": Place(_("why it is asked"), lambda context: context["proof"].why)}
PROOF_UNTIL = {
    "until": Place(_("the last day to send it"), lambda context: long_date(context["proof"].until))
}
PROOF_NOTE = {"note": Place(_("what is missing"), lambda context: context["proof"].note)}
PROOF_DELETED = {
    "delete_on": Place(_("when the file is deleted"), lambda context: long_date(context["proof"].delete_on))
}

HANDED_OVER = {
    "from_desk": Place(_("the desk until now"), lambda context: context["from_desk"].shown_name),
    "to_desk": Place(_("the desk from now on"), lambda context: context["to_desk"].shown_name),
}
CONSENT = {
    "organisation": Place(_("the name of the organisation"), lambda context: context["organisation"].name),
    "until": Place(_("the last day of the consent"), lambda context: long_date(context["until"])),
}
CONSENT_ENDS = CONSENT | {
    "waits": Place(
        _("a warning where something waits for an answer"), lambda context: _waits(is_so=context["waits"])
    )
}
REFERRER = {
    "organisation": CONSENT["organisation"],
    "term": Place(_("the last day"), lambda context: long_date(last_day(context["term"]))),
}
CONSENT_WHAT = {
    "what": Place(
        _("what the organisation may do"),
        lambda context: "\n".join(f"- {each.label}" for each in context["what"]),
    )
}


def _deposit(placement: Any) -> str:
    return money(placement.deposit_asked) if placement.deposit_asked else ""


def _difference(offer: Any) -> str:
    if offer.kind == "same":
        return ""
    return gettext("This isn't exactly what you asked. Look at the days and the start before you answer.")


def _what_to_do(*, on_paper: bool) -> str:
    if on_paper:
        return gettext(
            "Does one of them suit you? Call the desk, or come by: we add it to your request. Call us too if you"
            " don't want this list any more."
        )
    return gettext("You don't want this list any more? Switch it off on the page of your request.")


def _how_long(context: Context) -> str:
    end: date | None = context["end"]
    if end is None:
        return gettext("The earlier message was a mistake: the place goes on as you agreed.")
    text = gettext("The earlier message was a mistake: the place goes on until %(day)s, as you agreed.")
    return text % {"day": long_date(end)}


def _take_back(context: Context) -> str:
    if context["on_paper"]:
        return gettext("Isn't this right? Call the desk as soon as you can: perhaps it can be taken back.")
    text = gettext("Isn't this right? Until %(when)s you can take it back, on the page of the request.")
    return text % {"when": long_moment(context["undo_until"])}


def _take_no_back(context: Context) -> str:
    if context["on_paper"]:
        return gettext(
            "Isn't this right? Call the location as soon as you can: perhaps the place is still free."
        )
    text = gettext(
        "Isn't this right? Until %(day)s you can take the no back on the page of the offer, as long as no other "
        "child has the place."
    )
    return text % {"day": long_date(last_day(context["undo_until"]))}


def _waits(*, is_so: bool) -> str:
    if not is_so:
        return ""
    return gettext(
        "An offer to this family waits for an answer, or a place for a signature. After that day you can no longer "
        "give it."
    )


def _last_looked(context: Context) -> str:
    names = {"location": context["location"].name, "day": long_date(context["since"])}
    if context["since"] is None:
        return gettext("Nobody has confirmed the free places of %(location)s yet.") % names
    return gettext("On %(day)s somebody last confirmed the free places of %(location)s.") % names


def _organiser(location: Location) -> str:
    return location.organiser.name if location.organiser else ""


def _reached(whom: Any) -> str:
    """The ways to reach an organiser or a desk, as the standard words write them."""
    if whom is None:
        return ""
    lines = f"{whom.complaints} {whom.email} {whom.phone}".splitlines()
    return "\n".join(line.strip() for line in lines).strip()


def _numbered(names: list[str]) -> str:
    return "\n".join(f"{number}. {name}" for number, name in enumerate(names, start=1))
