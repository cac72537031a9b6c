"""What organisations hear of an offer or a place to sign of a family for which they may answer.

The mail names neither child nor family: its link shows them to who may see them.
"""

from datetime import datetime

from django.urls import reverse
from django.utils.timezone import localtime

from kribbe.contact.services import tell_one
from kribbe.contact.writing import BINDING_LANGUAGE
from kribbe.enrolment.models import Offer, Placement
from kribbe.enrolment.services.consents import addresses_of
from kribbe.people.models import Consented
from kribbe.people.selectors import standing_consents


def tell_of_offer(offer: Offer, *, now: datetime, again: bool = False) -> None:
    """An offer waits for an answer; `again`: it runs out soon."""
    household_id = offer.preference.request.household_id
    _tell(household_id, "referrer_offer", f"offer:{offer.pk}", offer.deadline, now, again=again)


def tell_of_signing(placement: Placement, *, now: datetime, again: bool = False) -> None:
    """A place waits for a signature; `again`: the term is over soon."""
    if placement.sign_by is not None:
        about = f"placement:{placement.pk}"
        _tell(placement.child.household_id, "referrer_sign", about, placement.sign_by, now, again=again)


def _tell(household_id: int, kind: str, about: str, term: datetime, now: datetime, *, again: bool) -> None:
    consents = standing_consents(localtime(now).date()).filter(
        household=household_id, what__contains=[Consented.ANSWER]
    )
    for consent in consents.select_related("household", "organisation__desk").order_by("pk"):
        for number, address in enumerate(addresses_of(consent)):
            tell_one(
                desk=consent.organisation.desk,
                household_id=None,
                name=consent.organisation.name,
                address=address,
                language=BINDING_LANGUAGE,
                kind=f"enrolment/{kind}",
                context={"organisation": consent.organisation, "term": term},
                now=now,
                link=reverse("enrolment:family", args=[consent.household.reference]),
                about=about,
                once=f"{kind}:{about}:{consent.pk}:{number}:{'again' if again else 'first'}",
            )
