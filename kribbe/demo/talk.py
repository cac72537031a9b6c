"""Somebody to talk with: conversations, visits, a mail that came back and a letter to post, at the first desk."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Model
from django.utils.timezone import get_default_timezone

from kribbe.contact.models import (
    Letter,
    Mail,
    MailState,
    Notice,
    Post,
    Side,
    Thread,
    VisitBooking,
    VisitMoment,
)
from kribbe.demo.book import Book
from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferState,
    Preference,
    PreferenceState,
    RequestState,
)
from kribbe.enrolment.services.telling import about_offer
from kribbe.people.models import Adult, Household, RoleGrant, User
from kribbe.places.models import Location
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role

HOUR = timedelta(hours=1)
WEEKS = 4
SEATS = 4


def talk(book: Book) -> None:
    """Let the parent who logs in talk with two locations and the desk, and give the clerk something to do."""
    parents = [grant for grant in book.rows(RoleGrant) if grant.role == Role.PARENT]
    households = {household.pk: household for household in book.rows(Household)}
    for grant in parents[:1]:
        home = households[grant.scope_id]
        chosen = _chosen(book, home)
        if chosen:
            _conversations(book, home, chosen)
            _visits(book, home, chosen)
        _lost_and_posted(book, home)


def tell_of_offers(book: Book) -> None:
    """Let the parent who logs in have had word of the offers that wait, with a trail. For rows that are written."""
    homes = {grant.scope_id for grant in book.rows(RoleGrant) if grant.role == Role.PARENT}
    for offer in book.rows(Offer):
        if offer.state == OfferState.OPEN and offer.preference.request.household_id in homes:
            offer.refresh_from_db(fields=["during"])
            about_offer(offer, "offer_made", now=offer.made_at)
            AuditEntry.objects.bulk_create(_trail(book, offer))


def _trail(book: Book, offer: Offer) -> list[AuditEntry]:
    """What the family did, and who looked since."""
    request = offer.preference.request
    home = request.household
    actors = {grant.role: grant.user for grant in reversed(book.rows(RoleGrant))}
    parent, clerk, manager = actors[Role.PARENT], actors[Role.CLERK], actors[Role.MANAGER]
    place = offer.preference.location
    hour_before = offer.made_at - HOUR
    told: list[tuple[datetime, User, str, Model, dict[str, Any]]] = [
        (request.registered_at, parent, "household.registered", home, {}),
        (request.registered_at, parent, "request.register", request, {}),
        (hour_before, clerk, "desk.list", home.desk, {"list": "urgent", "households": [home.pk]}),
        (hour_before, clerk, "household.read", home, {}),
        (hour_before, manager, "list.read", place, {"households": [home.pk]}),
        (offer.made_at, manager, "offer.make", offer, {}),
    ]
    return [
        AuditEntry(
            at=at,
            actor_id=user.pk,
            actor_name=user.name,
            action=action,
            subject=subject._meta.label_lower,
            subject_id=subject.pk,
            household_id=None if "households" in data else home.pk,
            desk_id=home.desk_id,
            data=data,
        )
        for at, user, action, subject, data in told
    ]


def _chosen(book: Book, home: Household) -> list[Location]:
    open_requests = {
        request.pk
        for request in book.rows(CareRequest)
        if request.household_id == home.pk and request.state == RequestState.OPEN
    }
    wishes = [
        wish
        for wish in book.rows(Preference)
        if wish.request_id in open_requests and wish.state == PreferenceState.WAITING
    ]
    return list(dict.fromkeys(wish.location for wish in sorted(wishes, key=lambda wish: wish.rank or 0)))


def _conversations(book: Book, home: Household, chosen: list[Location]) -> None:
    parent = next(str(adult) for adult in book.rows(Adult) if adult.household_id == home.pk)
    place = chosen[0]
    _thread(
        book,
        home,
        place,
        "Wennen",
        [
            (
                Side.HOUSEHOLD,
                parent,
                "Hoe verloopt het wennen bij jullie? Mag een ouder de eerste dag blijven?",
            ),
            (
                Side.LOCATION,
                place.name,
                "Zeker. De eerste week kom je twee keer een uur mee, daarna een halve dag.",
            ),
        ],
    )
    _thread(
        book,
        home,
        None,
        "Andere dagen",
        [
            (Side.HOUSEHOLD, parent, "Verliezen we onze plaats als we van dinsdag naar woensdag gaan?"),
            (
                Side.DESK,
                home.desk.name,
                "Neen, je datum blijft. Je kunt de dagen zelf veranderen in je aanvraag.",
            ),
            (Side.HOUSEHOLD, parent, "Fijn, dank je wel!"),
        ],
    )


def _thread(
    book: Book, home: Household, place: Location | None, subject: str, said: list[tuple[Side, str, str]]
) -> None:
    begun = book.now - timedelta(days=3)
    last = begun + 5 * HOUR * (len(said) - 1)
    thread = book.add(
        Thread(
            reference=book.reference(),
            desk=home.desk,
            household=home,
            location=place,
            with_desk=place is None,
            subject=subject,
            started_at=begun,
            last_at=last,
            household_read_at=last if said[-1][0] is Side.HOUSEHOLD else begun,
        )
    )
    for number, (side, name, text) in enumerate(said):
        book.add(Post(thread=thread, side=side, author_name=name, text=text, at=begun + 5 * HOUR * number))


def _visits(book: Book, home: Household, chosen: list[Location]) -> None:
    for number, place in enumerate(chosen):
        moments = [_moment(book, place, week) for week in range(1, WEEKS + 1)]
        if number == 0:
            moments[0].taken = 1
            book.add(
                VisitBooking(
                    reference=book.reference(), moment=moments[0], household=home, booked_at=book.now
                )
            )


def _moment(book: Book, place: Location, week: int) -> VisitMoment:
    saturday = book.today + timedelta(days=(5 - book.today.weekday()) % 7 + 7 * week)
    starts = datetime.combine(saturday, time(10), get_default_timezone())
    return book.add(
        VisitMoment(
            reference=book.reference(),
            location=place,
            starts_at=starts,
            ends_at=starts + HOUR,
            seats=SEATS,
            note="Bel aan de zijdeur.",
            published_at=book.now,
        )
    )


def _lost_and_posted(book: Book, home: Household) -> None:
    neighbours = [each for each in book.rows(Household) if each.desk_id == home.desk_id and each is not home]
    addresses = {adult.household_id: adult.email for adult in book.rows(Adult) if adult.email}
    reached = next((each for each in neighbours if each.pk in addresses), None)
    unreached = [each for each in neighbours if each.pk not in addresses][:3]
    subject = "Heb je nog opvang nodig?"
    body = "Dag,\n\nLaat ons weten of je nog opvang zoekt.\n\nMet vriendelijke groet,"
    if reached is not None:
        book.add(
            Mail(
                notice=_notice(book, reached, subject, body),
                address=addresses[reached.pk],
                subject=subject,
                body=body,
                message_id=f"<demo.{reached.reference}@localhost>",
                state=MailState.BOUNCED,
                tries=1,
                last_error="5.1.1 550 no such mailbox",
                created_at=book.now,
                due_at=book.now,
                sent_at=book.now,
            )
        )
    for each in unreached:
        book.add(Letter(notice=_notice(book, each, subject, body)))


def _notice(book: Book, household: Household, subject: str, body: str) -> Notice:
    return book.add(
        Notice(
            reference=book.reference(),
            desk=household.desk,
            household=household,
            kind="demo/still_needed",
            language="nl",
            subject=subject,
            body=f"{body}\n{household.desk.name}",
            created_at=book.now,
        )
    )
