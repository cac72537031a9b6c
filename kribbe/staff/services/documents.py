"""Papers with a last day: added, renewed and removed, each of which can be undone; and who is warned of their end."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.services import tell_location
from kribbe.people.models import User
from kribbe.people.selectors import location_addresses, organiser_addresses, principal_of
from kribbe.places.models import Location
from kribbe.rules.expiry import WARNED_BEFORE, warning
from kribbe.staff.models import Carer, Document, DocumentKind, Warned
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.web.expiring import Ending, ending

FURTHEST = timedelta(days=366 * 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A paper to keep the last day of: of a carer, or without one of the location itself."""

    kind: DocumentKind
    last: date
    given: date | None = None
    name: str = ""
    carer: Carer | None = None


def add_document(*, principal: Principal, location: Location, held: Held, now: datetime) -> Document:
    """Keep the last day of a paper. RefusedError where days can't be, or there is one of the kind already."""
    _check(held.given, held.last, now)
    name = held.name.strip()
    if held.kind == DocumentKind.OTHER and not name:
        raise RefusedError(_("Say which paper it is."), field="name")
    try:
        with transaction.atomic():
            _lock(held.carer, location)
            made = Document.objects.create(
                carer=held.carer,
                location=None if held.carer else location,
                kind=held.kind,
                name=name,
                given=held.given,
                last=held.last,
                made_at=now,
                made_by=principal.user_id,
            )
            _record(principal, "document.add", made, location, now)
    except IntegrityError as error:
        raise RefusedError(_("There is such a paper already. Renew that one."), field="kind") from error
    return made


def renew_document(
    *,
    principal: Principal,
    location: Location,
    document: Document,
    given: date | None,
    last: date,
    now: datetime,
) -> Document:
    """A newer paper in place of this one, which stays on record. RefusedError unless it holds longer."""
    _check(given, last, now)
    with transaction.atomic():
        _lock(document.carer, location)
        document.refresh_from_db()
        if document.gone_at is not None:
            raise RefusedError(_("This paper was renewed or removed meanwhile."), code="stale")
        if last <= document.last:
            raise RefusedError(_("The new paper holds longer than the one before."), field="last")
        document.gone_at = now
        document.save(update_fields=["gone_at"])
        made = Document.objects.create(
            carer=document.carer,
            location=document.location,
            kind=document.kind,
            name=document.name,
            given=given,
            last=last,
            before=document,
            made_at=now,
            made_by=principal.user_id,
        )
        _record(principal, "document.renew", made, location, now)
    return made


def remove_document(*, principal: Principal, location: Location, document: Document, now: datetime) -> None:
    """It needn't be watched any more; a second time changes nothing."""
    with transaction.atomic():
        _lock(document.carer, location)
        if Document.objects.filter(pk=document.pk, gone_at=None).update(gone_at=now):
            _record(principal, "document.remove", document, location, now)


def undo_document(*, principal: Principal, location: Location, document: Document, now: datetime) -> None:
    """What was done last to this paper is undone: a removed one is back, a renewed one in place of the newer one.

    Raises RefusedError where somebody did something else with it since.
    """
    with transaction.atomic():
        _lock(document.carer, location)
        document.refresh_from_db()
        after = Document.objects.filter(before=document).first()
        if document.gone_at is None or (after is not None and after.gone_at is not None):
            raise RefusedError(_("This was changed since, and can't be undone any more."), code="stale")
        if after is not None:
            after.delete()
        _put_back(document)
        _record(principal, "document.undo", document, location, now)


def warn_due(*, now: datetime) -> int:
    """Warn the locations of papers that end soon, each paper at most once a warning. Returns how many were warned."""
    today = localtime(now).date()
    locations = list(Location.objects.filter(active=True).select_related("desk").order_by("pk"))
    found: dict[int, list[Ending]] = defaultdict(list)
    for each in ending(locations, today=today, until=today + timedelta(days=max(WARNED_BEFORE))):
        if each.warned and each.last >= today:
            found[each.location_id].append(each)
    return sum(
        _warn(location, found[location.pk], today, now) for location in locations if location.pk in found
    )


def _warn(location: Location, found: Collection[Ending], today: date, now: datetime) -> bool:
    with transaction.atomic():
        lock_rows((Location, location.pk))
        given: dict[tuple[str, date], list[int]] = defaultdict(list)
        for told in Warned.objects.filter(location=location, key__in={each.key for each in found}):
            given[told.key, told.last].append(told.days)
        due = [
            (each, days)
            for each in found
            if (days := warning(each.last, today, given[each.key, each.last])) is not None
        ]
        Warned.objects.bulk_create(
            Warned(location=location, key=each.key, last=each.last, days=days, at=now) for each, days in due
        )
        if due:
            _tell(location, [each for each, _days in due], today, now)
    return bool(due)


def _tell(location: Location, due: Sequence[Ending], today: date, now: datetime) -> None:
    """Each reader hears of the papers that they may open, and how many there are besides."""
    for papers, addresses in _by_reader(location, due, today):
        tell_location(
            location_id=location.pk,
            desk=location.desk,
            kind="staff/papers_end",
            context={
                "location": location,
                "papers": papers,
                "number": len(due),
                "besides": len(due) - len(papers),
            },
            now=now,
            link=reverse("staff:documents", args=[location.slug]),
            about=f"papers:{location.pk}:{today}",
            addresses=addresses,
        )


def _by_reader(
    location: Location, due: Sequence[Ending], today: date
) -> list[tuple[list[Ending], list[str]]]:
    """The papers that are told, and to which addresses.

    Where no manager may open a paper its organiser's people hear of it. Who may open none hears where nobody may.
    """
    own = location_addresses(location_id=location.pk, organiser_id=location.organiser_id)
    others = organiser_addresses(location.organiser_id)
    users = {user.email: user for user in User.objects.filter(email__in={*own, *others})}
    open_to = {
        address: [each for each in due if each.door is None or each.door(_reader(users[address], today))]
        for address in {*own, *others}
    }
    seen = {each.key for address in own for each in open_to[address]}
    missed = [each for each in due if each.key not in seen]
    told = [
        *own,
        *(each for each in others if each not in own and any(one in missed for one in open_to[each])),
    ]
    groups: dict[tuple[str, ...], tuple[list[Ending], list[str]]] = {}
    for address in told:
        papers = open_to[address]
        groups.setdefault(tuple(each.key for each in papers), (papers, []))[1].append(address)
    of_some = [each for each in groups.values() if each[0]]
    return of_some or [*groups.values()] or [([each for each in due if each.door is None], [])]


def _reader(user: User, today: date) -> Principal:
    return principal_of(user, verified=True, today=today)


def _put_back(document: Document) -> None:
    document.gone_at = None
    try:
        with transaction.atomic():
            document.save(update_fields=["gone_at"])
    except IntegrityError as error:
        raise RefusedError(_("There is such a paper already. Renew that one."), code="stale") from error


def _check(given: date | None, last: date, now: datetime) -> None:
    if given is not None and given > last:
        raise RefusedError(_("The last day is before the first."), field="last")
    if last > localtime(now).date() + FURTHEST:
        raise RefusedError(_("This day is too far away."), field="last")


def _lock(carer: Carer | None, location: Location) -> None:
    lock_rows((Carer, carer.pk) if carer else (Location, location.pk))


def _record(principal: Principal, action: str, document: Document, location: Location, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=document,
        now=now,
        desk_id=location.desk_id,
        location=location.pk,
        kind=document.kind,
        last=f"{document.last}",
    )
