"""Every notice about requests, offers, places, proofs and searches: whom it tells, when, and what it can say."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Kind, Recipient, register_kind
from kribbe.enrolment import notice_places as places
from kribbe.enrolment import notice_samples as samples
from kribbe.enrolment import notice_stays as stays
from kribbe.enrolment.services.weekly_list import KIND

OFFER = places.CHILD | places.LOCATION | places.stay("offer") | places.ANSWER_BY
PLACE = places.CHILD | places.LOCATION | places.stay("placement")
WISH = places.CHILD | places.LOCATION
OFFER_THERE = places.FULL_CHILD | places.stay("offer")
PLACE_THERE = places.FULL_CHILD | places.stay("placement")
FREE_FROM = places.day("until", _("the day from which the half-days are free"))

FAMILY: tuple[tuple[Any, ...], ...] = (
    (
        "request_registered",
        _("A request is registered"),
        "As soon as a family sends its request.",
        places.CHILD | places.REGISTERED,
        samples.registered,
        "requests",
    ),
    (
        "request_withdrawn",
        _("A request is withdrawn"),
        "As soon as a family, or who acts for it, withdraws a request; never for a lost pregnancy.",
        places.CHILD | places.ENDED | places.TAKE_BACK,
        samples.ended,
        "take_back",
    ),
    (
        "request_ended_by_desk",
        _("The desk ends a request"),
        "As soon as a clerk ends a request; never for a lost pregnancy.",
        places.CHILD | places.ENDED | places.WHY_ENDED,
        samples.ended,
        "why",
        "desk_contact",
    ),
    (
        "request_reopened_by_desk",
        _("The desk opens a request again"),
        "As soon as a clerk takes the end of a request back; never for a lost pregnancy.",
        places.CHILD | places.ENDED,
        samples.ended,
    ),
    (
        "offer_made",
        _("A place is offered"),
        "As soon as a location offers a place.",
        OFFER | places.OFFERED,
        samples.offered,
        "answer_by",
    ),
    (
        "no_noted",
        _("A family says no to an offer"),
        "As soon as a family, or who acts for it, says no to an offer.",
        places.CHILD | places.LOCATION | places.stay("offer") | places.TAKE_NO_BACK,
        samples.declined,
        "take_back",
    ),
    (
        "offer_reminder",
        _("An offer runs out soon"),
        "Two days before an open offer runs out; once.",
        OFFER,
        samples.offered,
        "answer_by",
    ),
    (
        "offer_lapsed",
        _("An offer has run out"),
        "When the term to answer an offer is over.",
        OFFER,
        samples.offered,
    ),
    (
        "offer_taken_back",
        _("A location takes its offer back"),
        "As soon as a location takes an open offer back.",
        OFFER | places.REASON,
        samples.offered,
        "reason",
    ),
    (
        "place_reserved",
        _("A place is reserved, to be signed"),
        "As soon as a family accepts an offer.",
        PLACE | places.SIGN_BY | places.DEPOSIT,
        samples.placed,
        "sign_by",
    ),
    (
        "sign_reminder",
        _("A place must be signed soon"),
        "Two days before the term to sign is over; once.",
        PLACE | places.SIGN_BY,
        samples.placed,
        "sign_by",
    ),
    (
        "place_final",
        _("A place is certain"),
        "When a place is signed, and the deposit paid where one is asked.",
        PLACE,
        samples.placed,
    ),
    (
        "start_near",
        _("The first day is near"),
        "A week before the first day of a place that is certain; once.",
        PLACE | places.PHONE,
        samples.placed,
        "start",
    ),
    (
        "place_lapsed",
        _("A reservation has run out"),
        "When the term to sign is over.",
        PLACE | places.SIGN_BY,
        samples.placed,
    ),
    (
        "place_not_restored",
        _("An earlier place couldn't be given back"),
        "When a reservation ran out and the place that the child left is taken.",
        PLACE,
        samples.placed,
    ),
    *stays.FAMILY,
    (
        "wish_refused",
        _("A location refuses"),
        "As soon as a location answers that it has no place.",
        WISH | places.REFUSED,
        samples.refused,
        "reason",
        "authority",
    ),
    (
        "look_again",
        _("A location looks again later"),
        "As soon as a location answers that it keeps a family on its list.",
        WISH | places.LOOK_AGAIN,
        samples.refused,
    ),
    (
        "last_minute",
        _("A last-minute place"),
        "As soon as a location gives half-days away for a short time that suit a family on its list.",
        places.LOCATION | places.LAST_MINUTE,
        samples.last_minute,
    ),
    (
        "weekly_list",
        _("The weekly list of free places"),
        "On Thursday morning, where something came free that fits; unless the family said no.",
        places.WEEKLY,
        samples.weekly,
        "places",
    ),
    (
        "proof_asked",
        _("A proof is asked"),
        "As soon as a location or the desk asks a proof.",
        places.PROOF | places.PROOF_WHY | places.PROOF_UNTIL,
        samples.proof,
        "what",
    ),
    (
        "proof_accepted",
        _("A proof is enough"),
        "As soon as a proof is accepted.",
        places.PROOF | places.PROOF_DELETED,
        samples.proof,
    ),
    (
        "proof_rejected",
        _("A proof isn't enough"),
        "As soon as a proof is sent back.",
        places.PROOF | places.PROOF_NOTE | places.PROOF_UNTIL,
        samples.proof,
        "note",
    ),
    (
        "proof_withdrawn",
        _("A proof is no longer needed"),
        "As soon as a proof is no longer asked.",
        places.PROOF,
        samples.proof,
    ),
    (
        "handed_over",
        _("A family has another desk"),
        "As soon as a desk hands a family over to another one here, or takes that back.",
        places.HANDED_OVER,
        samples.handed_over,
        "to_desk",
    ),
    (
        "consent_given",
        _("An organisation can act for a family"),
        "As soon as it is noted that a family agrees.",
        places.CONSENT | places.CONSENT_WHAT,
        samples.agreed,
        "organisation",
        "until",
        "what",
    ),
)
LOCATION: tuple[tuple[Any, ...], ...] = (
    (
        "offer_accepted",
        _("To the location: an offer is accepted"),
        "As soon as a family accepts an offer.",
        OFFER_THERE,
        samples.offered,
    ),
    (
        "offer_declined",
        _("To the location: an offer is declined"),
        "As soon as a family declines, or takes another place.",
        OFFER_THERE,
        samples.offered,
    ),
    (
        "offer_declined_undone",
        _("To the location: a family takes its no back"),
        "As soon as a family that declined an offer wants to think about it again.",
        OFFER_THERE | places.ANSWER_BY,
        samples.offered,
    ),
    (
        "offer_lapsed_location",
        _("To the location: an offer has run out"),
        "When the term to answer an offer is over.",
        OFFER_THERE | places.ANSWER_BY,
        samples.offered,
    ),
    (
        "place_final_location",
        _("To the location: a place is final"),
        "When a place is signed, and the deposit paid where one is asked.",
        PLACE_THERE,
        samples.placed,
    ),
    (
        "start_near_location",
        _("To the location: a child begins soon"),
        "A week before the first day of a place that is certain; once.",
        PLACE_THERE,
        samples.placed,
    ),
    (
        "place_lapsed_location",
        _("To the location: a reservation has run out"),
        "When the term to sign is over.",
        PLACE_THERE | places.SIGN_BY,
        samples.placed,
    ),
    (
        "place_given_up",
        _("To the location: a child moves to another place"),
        "As soon as the family of a child that has a place accepts one elsewhere.",
        PLACE_THERE | FREE_FROM,
        samples.placed,
    ),
    *stays.LOCATION,
    (
        "answers_wanted",
        _("To the location: families wait for an answer"),
        "When a clerk reminds a location; once a day at most.",
        places.LOCATION | places.WAITING,
        samples.looked,
    ),
    (
        "look_asked",
        _("To the location: are the free places right?"),
        "On a working day, when nobody looked for as many weeks as the desk decided.",
        places.LOCATION | places.LOOKED,
        samples.looked,
    ),
    (
        "look_reminded",
        _("To the location: are the free places right? (reminder)"),
        "A week after the question, where nobody answered.",
        places.LOCATION,
        samples.looked,
    ),
    (
        "charter_asked",
        _("To the location: agree to the rules of the desk"),
        "On the first day of new rules, and to a location that comes later.",
        places.LOCATION | places.CHARTER,
        samples.charter,
    ),
    (
        "charter_reminded",
        _("To the location: agree to the rules of the desk (reminder)"),
        "In the last week of the term, to a location that did not agree; once.",
        places.LOCATION | places.CHARTER,
        samples.charter,
    ),
)
ADDRESS: tuple[tuple[Any, ...], ...] = (
    (
        "consent_ends",
        _("To a referrer: the consent of a family ends"),
        "Two weeks before the consent of a family ends; once.",
        places.CONSENT_ENDS,
        samples.agreed,
        "until",
    ),
    (
        "referrer_offer",
        _("To a referrer: a family has an offer to answer"),
        "As soon as a place is offered to a family for which it may answer, and two days before the offer runs out.",
        places.REFERRER,
        samples.agreed,
        "term",
    ),
    (
        "referrer_sign",
        _("To a referrer: a family has a place to sign for"),
        "As soon as a place is reserved for a family for which it may answer, and two days before the term is over.",
        places.REFERRER,
        samples.agreed,
        "term",
    ),
    (
        "draft_link",
        _("The link to a request in the making"),
        "As soon as somebody asks for the link.",
        places.DRAFT,
        samples.searched,
        "stop_link",
    ),
    (
        "draft_reminder",
        _("A request was left halfway"),
        "Some days after a request in the making was last saved, as the desk chose; once.",
        places.DRAFT,
        samples.searched,
        "stop_link",
    ),
    (
        "search_confirm",
        _("Is the address of a saved search right?"),
        "As soon as somebody saves a search.",
        places.SEARCH,
        samples.searched,
    ),
    (
        "search_news",
        _("News of a saved search"),
        "In the morning, every day or week as was chosen, where something newly fits.",
        places.NEWS,
        samples.searched,
        "places",
        "stop_link",
    ),
)


def register_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    register_all("enrolment", Recipient.FAMILY, FAMILY)
    register_all("enrolment", Recipient.LOCATION, LOCATION)
    register_all("enrolment", Recipient.ADDRESS, ADDRESS)


def register_all(room: str, to: Recipient, rows: Iterable[tuple[Any, ...]]) -> None:
    """Kinds of a room by rows of name, label, when, places, sample, and the needed places after these."""
    for name, label, when, held, sample, *needed in rows:
        register_kind(
            Kind(
                name=f"{room}/{name}",
                label=label,
                when=when,
                places=held,
                sample=sample,
                to=to,
                needed=frozenset(needed),
                apart=f"{room}/{name}" == KIND,
            )
        )
