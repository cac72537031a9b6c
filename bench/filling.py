"""Forms for measured pages, each with a draft or an offer of its own."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from bench.visits import DAYS, DESK, Visit, session

WISHES = 3


def drafts(now: datetime) -> Iterator[Visit]:
    """Forms that send a request, each of a parent of its own."""
    from kribbe.enrolment.models import RequestDraft
    from kribbe.people.models import Household, User
    from kribbe.places.models import STOPPED, Location
    from kribbe.region.models import Desk

    desk = Desk.objects.get(slug=DESK)
    home = Household.objects.filter(desk=desk, longitude__isnull=False).order_by("pk")[0]
    open_here = Location.objects.filter(desk=desk, active=True).exclude(licence_state__in=STOPPED)
    near = list(open_here.order_by("pk").values_list("pk", flat=True))
    today = now.date()
    number = 0
    while True:
        wishes = [str(near[(number * WISHES + place) % len(near)]) for place in range(WISHES)]
        email = f"ouder{number}@bench.example"
        child = {
            "count": "1",
            "first_name_0": "Lien",
            "last_name_0": f"Bench{number}",
            "born_0": "born",
            "day_0": f"{today - timedelta(days=60 + number)}",
            "street": home.street,
            "postcode": home.postcode,
            "city": home.city,
            "anyway": "on",
            "first_name": "An",
            "last_name": f"Bench{number}",
            "email": email,
            "email_checked": email,
        }
        days = {
            "flexibility": "exact",
            "wanted_start": f"{today + timedelta(days=120)}",
            "latest_start": f"{today + timedelta(days=200)}",
        }
        answers = {
            "child": _typed(child),
            "days": _typed(days, pattern=[str(slot) for slot in range(10) if DAYS >> slot & 1]),
            "choices": _typed({"price": "any"}, order=wishes),
        }
        user = User.objects.create_user(email, name=f"An Bench{number}")
        draft = RequestDraft.objects.create(
            desk=desk, user=user, answers=answers, created_at=now, saved_at=now
        )
        form = {"version": "1", "once": f"bench-request-{number}", "fact_work": "on", "declared": "on"}
        address = f"/{DESK}/request/{draft.reference}/review/"
        yield Visit(address, session(user), {**form, "action": "next"})
        number += 1


def _typed(values: Mapping[str, str], **lists: list[str]) -> dict[str, object]:
    return {"typed": {**{name: [value] for name, value in values.items()}, **lists}, "version": 1}


def offers(now: datetime) -> Iterator[Visit]:
    """Forms that accept an offer, one a family: a yes sets a family's other offers aside."""
    from kribbe.enrolment.models import Offer, OfferState
    from kribbe.people.models import RoleGrant, User
    from kribbe.places.models import STOPPED
    from kribbe.trust.principal import Role, Scope

    open_offers = Offer.objects.filter(state=OfferState.OPEN, deadline__gt=now).order_by("pk")
    open_offers = open_offers.exclude(preference__location__licence_state__in=STOPPED)
    seen: set[int] = set()
    for number, offer in enumerate(chain(open_offers, _made(now))):
        household = offer.preference.request.household_id
        if household in seen:
            continue
        seen.add(household)
        user = User.objects.create_user(f"aanbod{number}@bench.example", name="An Bench")
        RoleGrant.objects.create(
            user=user, role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=household, granted_at=now
        )
        form = {"answer": "stop", "once": f"bench-offer-{number}"}
        yield Visit(f"/my/offers/{offer.reference}/", session(user), form)


def _made(now: datetime) -> Iterator[Any]:
    """Offers made here and now to the first that fit, location after location."""
    from kribbe.enrolment.models import Preference, PreferenceState
    from kribbe.enrolment.selectors.location import active_groups, first_that_fit
    from kribbe.enrolment.services.make_offer import make_offer
    from kribbe.places.models import Location
    from kribbe.trust.errors import RefusedError
    from kribbe.trust.principal import SYSTEM

    waiting = Preference.objects.filter(state=PreferenceState.WAITING).values("location")
    for place in Location.objects.filter(pk__in=waiting).select_related("desk").order_by("pk"):
        for group, line in first_that_fit(place, active_groups(place), now=now):
            try:
                yield make_offer(
                    principal=SYSTEM,
                    preference_id=line.waiting.preference_id,
                    group_id=group.pk,
                    start=line.start,
                    pattern=line.waiting.pattern,
                    now=now,
                )
            except RefusedError:
                continue
