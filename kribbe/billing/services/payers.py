"""Who pays for a place, and for which part of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import (
    Books,
    Charged,
    Delivery,
    FeeCertificate,
    Payer,
    PayerKind,
    Share,
    ShareChange,
    UnplacedCare,
    charged_by,
    site_of,
)
from kribbe.billing.selectors.clubs import households_of
from kribbe.billing.selectors.facts import placements_of
from kribbe.billing.selectors.one_day import taken_days
from kribbe.billing.selectors.pieces import is_over, pieces_from
from kribbe.billing.selectors.shares import payer_of
from kribbe.enrolment.models import Placement
from kribbe.outofschool.selectors.prices import clubs_of, first_days
from kribbe.people.models import Adult
from kribbe.rules.billing.shares import HUNDRED
from kribbe.rules.calendar import first_of_month
from kribbe.rules.school import school_year_of
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


@dataclass(frozen=True, slots=True)
class Part:
    """A payer and its percent."""

    payer: Payer
    percent: Decimal


def usual_payers(*, books: Books, month: date, now: datetime) -> int:
    """Have somebody pay for each place, each child's out-of-school care and places of one day, of a month that nobody
    pays for: the parent with whom it is agreed, else the applicant of the household. Returns how many.
    """
    with transaction.atomic():
        lock_rows((Books, books.pk))
        places = list(placements_of(books, month).filter(shares=None).prefetch_related(None))
        asked = [*_asked(places), *_asked(_unpaid(books, month)), *_asked(_unpaid_days(books, month))]
        adults = {adult.pk: adult for _each, adult in asked}
        known = {each.adult_id: each for each in Payer.objects.filter(books=books, adult__in=adults)}
        new = [payer_of(books, adult, now) for key, adult in sorted(adults.items()) if key not in known]
        known |= {each.adult_id: each for each in Payer.objects.bulk_create(new)}
        made = Share.objects.bulk_create(
            Share(
                **charged_by(each),
                payer=known[adult.pk],
                during=DateRange(each.during.lower, None),
                percent=HUNDRED,
            )
            for each, adult in asked
        )
    return len(made)


def _unpaid(books: Books, month: date) -> list[UnplacedCare]:
    """The out-of-school care of a month that nobody pays for; what isn't written yet is."""
    pairs = set(households_of(books, month))
    clubs = clubs_of(books.organiser_id)
    cares = UnplacedCare.objects.filter(club__in=clubs, child__in={child for child, _club in pairs})
    new = sorted(pairs - set(cares.values_list("child_id", "club_id")))
    first = first_days(clubs, {child for child, _club in new})
    UnplacedCare.objects.bulk_create(
        UnplacedCare(
            child_id=child,
            club_id=club,
            during=DateRange(date(school_year_of(first[child, club]), 9, 1), None),
        )
        for child, club in new
    )
    waiting = cares.filter(shares=None).select_related("child").order_by("pk")
    return [each for each in waiting if (each.child_id, each.club_id) in pairs]


def _unpaid_days(books: Books, month: date) -> list[UnplacedCare]:
    """The places of one day of a month that nobody pays for; what isn't written yet is."""
    pairs = set(taken_days(books, month).order_by().values_list("group__location_id", "request__child_id"))
    if not pairs:
        return []
    cares = UnplacedCare.objects.filter(
        location__in={site for site, _child in pairs}, child__in={child for _site, child in pairs}
    )
    new = sorted(pairs - set(cares.values_list("location_id", "child_id")))
    during = DateRange(month, None)
    UnplacedCare.objects.bulk_create(
        UnplacedCare(location_id=site, child_id=child, during=during) for site, child in new
    )
    waiting = cares.filter(shares=None).select_related("child").order_by("pk")
    return [each for each in waiting if (each.location_id, each.child_id) in pairs]


def keep_day_care(*, location_id: int, child_id: int, day: date) -> None:
    """The places of one day of a child at a location, from the month of its first one on: written as soon as a family
    takes one, so that a certificate can be typed before the month is invoiced. Changed, it begins earlier.
    """
    first = first_of_month(day)
    care, _is_new = UnplacedCare.objects.get_or_create(
        location_id=location_id, child_id=child_id, defaults={"during": DateRange(first, None)}
    )
    if first < care.during.lower:
        care.during = DateRange(first, None)
        care.save(update_fields=["during"])


def payer_for(*, books: Books, placement: Placement, now: datetime) -> Payer | None:
    """Who pays most of a place by what was agreed last, else its usual payer, written if it wasn't.

    None where the family has nobody.
    """
    with transaction.atomic():
        lock_rows((Books, books.pk))
        sharing = Payer.objects.filter(books=books, shares__placement=placement).order_by(
            F("shares__during__endswith").desc(nulls_first=True), "-shares__percent", "pk"
        )
        if found := sharing.first():
            return found
        adult = next((adult for _place, adult in _asked([placement])), None)
        if adult is None:
            return None
        known = Payer.objects.filter(books=books, adult=adult).first()
        if known is None:
            known = payer_of(books, adult, now)
            known.save()
    return known


def _asked(waiting: Sequence[Charged]) -> list[tuple[Charged, Adult]]:
    """The places with the parent who pays for each; that of a family without an applicant any more isn't told."""
    households = {each.child.household_id for each in waiting}
    parents = {parent for each in waiting if (parent := _parent(each)) is not None}
    adults = Adult.objects.select_related("household").filter(
        Q(household__in=households, is_applicant=True) | Q(pk__in=parents)
    )
    by_key = {each.pk: each for each in adults}
    applicants = {each.household_id: each for each in adults if each.is_applicant}
    found = (
        (each, by_key.get(_parent(each) or 0) or applicants.get(each.child.household_id)) for each in waiting
    )
    return [(each, adult) for each, adult in found if adult is not None]


def _parent(charged: Charged) -> int | None:
    """The parent with whom a place is agreed, by primary key; out-of-school care is asked by the family."""
    return None if isinstance(charged, UnplacedCare) else charged.parent_id


def carry_payers(before_id: int, following_ids: Sequence[int], _now: datetime) -> None:
    """Who pays for a place, and its own fee certificates, go with the places in which the stay goes on.

    The changes of who pays go with them, so that undoing one undoes it there too.
    """
    following = Placement.objects.in_bulk(following_ids)
    for place in following.values():
        during = (place.during.lower, place.during.upper)
        for model in (Share, FeeCertificate):
            _copied(model.objects.filter(placement=before_id, during__overlap=during), place)
        _copied(ShareChange.objects.filter(placement=before_id, undone_at=None).order_by("pk"), place)


def _copied(rows: Iterable[Any], place: Placement) -> None:
    for row in rows:
        row.pk, row.placement_id = None, place.pk
        row.save(force_insert=True)


def share_out(
    *, principal: Principal, placement: Charged, parts: Sequence[Part], first: date, now: datetime
) -> ShareChange:
    """From a day on these payers pay for the place (or the out-of-school care), instead of those of before.

    It holds for all later pieces of the stay: whatever days or group were agreed for them. A payer that isn't written
    yet is. The days of before keep their payers, or have the usual one. Raises RefusedError unless the parts make 100
    percent together and each payer is named once, and on a day on which the stay is over.
    """
    if sum(part.percent for part in parts) != HUNDRED:
        raise RefusedError(_("Together the shares must make 100%."), field="percent")
    if len({(part.payer.pk, part.payer.adult_id) for part in parts}) != len(parts):
        raise RefusedError(_("Name each payer once."), field="percent")
    with transaction.atomic():
        pieces = _locked_from(placement)
        if is_over(pieces, first):
            raise RefusedError(_("The place is over on this day."), field="first")
        standing = [Part(_written(part.payer), part.percent) for part in parts]
        made, *_later = [_shared(principal, each, standing, first, now) for each in pieces]
        _record(principal, "billing.shares", placement, now, first=f"{first}")
    return made


def undo_shares(*, principal: Principal, placement: Charged, change_id: int, now: datetime) -> None:
    """Have those pay who paid before the last change, in the later pieces of the stay too.

    Raises RefusedError where it isn't the last, or is undone.
    """
    with transaction.atomic():
        pieces = _locked_from(placement)
        last = _last_change(placement)
        if last is None or last.pk != change_id:
            raise RefusedError(_("Somebody changed this since. Look at the payers again."), code="changed")
        for piece in pieces:
            _undone(piece, last, now)
        _record(principal, "billing.shares_back", placement, now, first=f"{last.first}")


def _locked_from(placement: Charged) -> list[Charged]:
    """The place and the later pieces of its stay, locked. RefusedError ("busy") where one was added meanwhile."""
    pieces = pieces_from(placement)
    lock_rows(*((type(each), each.pk) for each in pieces))
    found = pieces_from(placement)
    if [each.pk for each in found] != [each.pk for each in pieces]:
        raise RefusedError(_("Somebody else changed this place just now. Try again."), code="busy")
    return found


def _shared(
    principal: Principal, piece: Charged, parts: Sequence[Part], first: date, now: datetime
) -> ShareChange:
    """The shares of one piece from a day on."""
    own = Share.objects.filter(**charged_by(piece))
    before = [_kept(each) for each in own.order_by("pk")]
    if not before and first > piece.during.lower:
        _share_usually(piece, parts[0].payer.books, now)
    own.filter(during__startswith__gte=first).delete()
    for share in own.filter(during__contains=first):
        share.during = DateRange(share.during.lower, first)
        share.save(update_fields=["during"])
    Share.objects.bulk_create(
        Share(**charged_by(piece), payer=part.payer, during=DateRange(first, None), percent=part.percent)
        for part in parts
    )
    return ShareChange.objects.create(
        **charged_by(piece), first=first, before=before, made_at=now, made_by=principal.user_id
    )


def _last_change(piece: Charged) -> ShareChange | None:
    return ShareChange.objects.filter(**charged_by(piece), undone_at=None).order_by("-pk").first()


def _undone(piece: Charged, change: ShareChange, now: datetime) -> None:
    """Take a change of the stay back in one of its pieces, where it was made there too."""
    standing = ShareChange.objects.filter(**charged_by(piece), undone_at=None, pk__gte=change.pk)
    own = standing.filter(made_at=change.made_at, first=change.first).order_by("pk").first()
    if own is None:
        return
    if own != _last_change(piece):
        raise RefusedError(
            _("Who pays was changed since for later days of this stay. Undo that change first."),
            code="changed",
        )
    Share.objects.filter(**charged_by(piece)).delete()
    Share.objects.bulk_create(_as_it_was(piece, each) for each in own.before)
    own.undone_at = now
    own.save(update_fields=["undone_at"])


def keep_payer(
    *, principal: Principal, books: Books, payer: Payer | None, fields: Mapping[str, Any], now: datetime
) -> Payer:
    """Write an organisation down as a payer, or change how a payer is called and reached from now on.

    Documents that were issued stay. Raises RefusedError for an electronic invoice without an enterprise number.
    """
    if fields["delivery"] == Delivery.PEPPOL and not fields["enterprise_number"]:
        raise RefusedError(
            _("An electronic invoice needs the enterprise number of whom it goes to."),
            field="enterprise_number",
        )
    with transaction.atomic():
        if payer is None:
            payer = Payer(books=books, kind=PayerKind.ORGANISATION, made_at=now)
        else:
            lock_rows((Payer, payer.pk))
            payer.refresh_from_db()
        for name, value in fields.items():
            setattr(payer, name, value)
        payer.save()
        record(
            principal=principal,
            action="billing.payer",
            subject=payer,
            now=now,
            household_id=payer.adult.household_id if payer.adult else None,
        )
    return payer


def _share_usually(placement: Charged, books: Books, now: datetime) -> None:
    """Who usually pays does so from the place's first day on."""
    for _place, adult in _asked([placement]):
        payer = _written(payer_of(books, adult, now))
        during = DateRange(placement.during.lower, None)
        Share.objects.create(**charged_by(placement), payer=payer, during=during)


def _written(payer: Payer) -> Payer:
    """The payer as it stands in the books, written where it doesn't yet."""
    if payer.pk is not None:
        return payer
    standing = Payer.objects.filter(books=payer.books, adult=payer.adult).first()
    if standing is None:
        payer.save()
    return standing or payer


def _kept(share: Share) -> list[Any]:
    ends = (share.during.lower, share.during.upper)
    return [share.payer_id, *(end.isoformat() if end else None for end in ends), str(share.percent)]


def _as_it_was(placement: Charged, kept: Sequence[Any]) -> Share:
    payer, *ends, percent = kept
    lower, upper = (date.fromisoformat(end) if end else None for end in ends)
    return Share(
        **charged_by(placement), payer_id=payer, during=DateRange(lower, upper), percent=Decimal(percent)
    )


def _record(principal: Principal, action: str, placement: Charged, now: datetime, **data: str) -> None:
    record(
        principal=principal,
        action=action,
        subject=placement,
        now=now,
        household_id=placement.child.household_id,
        desk_id=site_of(placement).desk_id,
        **data,
    )
