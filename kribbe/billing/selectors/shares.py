"""Who may pay for a place, who pays now, and what the next invoices would be after a change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime

from kribbe.billing.models import Books, Charged, InvoiceLine, Payer, PayerKind, Share, charged_by
from kribbe.billing.selectors.drafts import drafted
from kribbe.billing.selectors.pieces import pieces_from
from kribbe.people.models import Adult

MOST = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may pay, a parent perhaps as a payer that isn't written yet; `percent` is what it pays now."""

    payer: Payer
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a payer would be asked for the family's month as things stand, and after the change; euros, lines."""

    payer: Payer
    now: Decimal
    then: Decimal


def candidates(books: Books, placement: Charged, *, now: datetime, also: str = "") -> list[Candidate]:
    """The parents of the household, and the organisations that pay or paid for the child; `also` one by reference."""
    today = localtime(now).date()
    shares = Share.objects.filter(**charged_by(placement), during__contains=today)
    percents = dict(shares.values_list("payer_id", "percent"))
    payers = Payer.objects.filter(books=books)
    adults = Adult.objects.select_related("household").filter(household=placement.child.household_id)
    by_adult = {each.adult_id: each for each in payers.filter(adult__in=adults)}
    parents = [
        by_adult.get(each.pk) or payer_of(books, each, now) for each in adults.order_by("-is_applicant", "pk")
    ]
    child = placement.child_id
    others = payers.filter(
        Q(shares__placement__child=child) | Q(shares__care__child=child) | Q(reference=also)
    )
    others = others.exclude(adult__in=adults).distinct().order_by("name", "pk")
    return [Candidate(each, percents.get(each.pk)) for each in [*parents, *others]]


def payer_of(books: Books, adult: Adult, now: datetime) -> Payer:
    """A payer for a parent, not written yet."""
    said = {name: value for part in said_by(adult) for name, value in part.items()}
    return Payer(books=books, kind=PayerKind.ADULT, adult=adult, made_at=now, **said)


def said_by(adult: Adult) -> Sequence[dict[str, str]]:
    """What a parent says of itself, as a payer has it, in parts that go together: name, address, mail, language.

    One that lives elsewhere has its own address.
    """
    home = adult.household
    elsewhere = bool(adult.other_street)
    return (
        {"name": f"{adult.first_name} {adult.last_name}"},
        {
            "street": adult.other_street if elsewhere else home.street,
            "postcode": adult.other_postcode if elsewhere else home.postcode,
            "city": adult.other_city if elsewhere else home.city,
        },
        {"email": adult.email},
        {"language": home.language},
    )


def said_otherwise(payer: Payer) -> dict[str, str]:
    """What the parent says of itself and the organiser wrote otherwise for the payer, by field."""
    if payer.adult is None:
        return {}
    return {
        name: value
        for part in said_by(payer.adult)
        for name, value in part.items()
        if getattr(payer, name) != value and (name != "email" or payer.email)
    }


def organisations(books: Books) -> list[Payer]:
    """The organisations that pay for somebody in these books."""
    return list(Payer.objects.filter(books=books, kind=PayerKind.ORGANISATION).order_by("name", "pk")[:MOST])


def effect(books: Books, placement: Charged, month: date, change: Callable[[], object]) -> list[Effect]:
    """What the family's month would be asked as things stand and after `change`, which is taken back.

    Raises RefusedError where the change does.
    """
    now = _totals(books, placement, month)
    with transaction.atomic():
        change()
        then = _totals(books, placement, month)
        transaction.set_rollback(True)
    payers = {**{payer.pk: payer for payer, _euros in now}, **{payer.pk: payer for payer, _euros in then}}
    before, after = ({payer.pk: euros for payer, euros in found} for found in (now, then))
    nought = Decimal(0)
    return [
        Effect(payer, before.get(key, nought), after.get(key, nought))
        for key, payer in sorted(payers.items(), key=lambda each: each[1].name)
    ]


def _totals(books: Books, placement: Charged, month: date) -> Sequence[tuple[Payer, Decimal]]:
    found = drafted(books, month, [placement.child.household_id])
    return [(draft.payer, draft.total) for draft in found.drafts]


def months_asked(placement: Charged, first: date) -> list[date]:
    """The months from a day on for which the stay was invoiced already: their next run sets them right."""
    pieces = [each.pk for each in pieces_from(placement)]
    of_stay = {f"{name}__in": pieces for name in charged_by(placement)}
    lines = InvoiceLine.objects.filter(**of_stay, day__gte=first, invoice__run__isnull=False)
    return list(lines.order_by("month").values_list("month", flat=True).distinct())
