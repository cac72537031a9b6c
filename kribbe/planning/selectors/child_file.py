"""A child's file: whose a location sees and when, what must be at hand, and when it is to be looked at again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import NEVER_CAME, stays
from kribbe.people.models import Child, Household
from kribbe.people.selectors import grants_over
from kribbe.planning.models import ChildFile, Severity
from kribbe.rules.calendar import add_months
from kribbe.trust.fields import EncryptedText
from kribbe.trust.models import AuditEntry
from kribbe.web.expiring import Ending

DAY = timedelta(days=1)
SHOWN_BEFORE = timedelta(days=21)
"""A location sees the file from so long before the first day, and until the last day of the stay."""
LOOKED_EVERY = 6
"""Months after which a parent is asked whether all of it is still right."""
MONTHS_DIFFER = timedelta(days=4)
"""By so many days two months differ at most, and a little more."""
SHARED_BY_SIBLINGS = ("doctor", "doctor_phone", "fetchers", "contacts")
MOST_VERSIONS = 20
SEALED = tuple(
    f"child__file__{field.name}"
    for field in ChildFile._meta.concrete_fields
    if isinstance(field, EncryptedText)
)
"""What needn't be unsealed where only the look at a file counts."""
AT_HAND = ("allergies", "medication", "fetchers", "contacts")


@dataclass(frozen=True, slots=True)
class Allergy:
    """What a child can't have, how bad that is, and what to do."""

    what: str
    severity: Severity
    to_do: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who may fetch a child, or is called."""

    name: str
    relation: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class AtHand:
    """What must be in sight of whoever cares for a child. `is_known` False: no parent filled the file in yet."""

    is_known: bool = False
    allergies: tuple[Allergy, ...] = ()
    medication: str = ""
    fetchers: tuple[Person, ...] = ()
    contacts: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A time at which the file was kept, the parts that became others, and who told it where another one typed."""

    at: datetime
    who: str
    parts: Sequence[str] = field(default=())
    told_by: str = ""


def allergies_at_hand(placements: Collection[Placement]) -> Mapping[int, Sequence[Allergy]]:
    """The allergies of the children of these places, by the key of the place; one query, which unseals nothing else.

    It opens no door: give it places whose children are cared for on the day that is shown.
    """
    kept = ChildFile.objects.filter(child__in={place.child_id for place in placements}, version__gt=0)
    found = {each.child_id: allergies_of(each) for each in kept.only("child", "allergies")}
    return {place.pk: found.get(place.child_id, ()) for place in placements}


def at_hand_of(child_ids: Collection[int]) -> Mapping[int, AtHand]:
    """What must be at hand of these children, by their key; one query. It opens no door, as `allergies_at_hand`."""
    kept = ChildFile.objects.filter(child__in=child_ids, version__gt=0)
    files = {each.child_id: each for each in kept.only("child", *AT_HAND)}
    return {key: _at_hand(files.get(key)) for key in child_ids}


def shown_on(today: date) -> Q:
    """Certain places whose location may see the file on a day: from some weeks before the first day to the last."""
    return Q(
        state__in=[PlacementState.FINAL, PlacementState.ENDED],
        during__startswith__lte=today + SHOWN_BEFORE,
    ) & (Q(during__endswith=None) | Q(during__endswith__gt=today))


def open_places(location_id: int, today: date) -> QuerySet[Placement]:
    """The places of a location of whose children it may see the file on a day, by name."""
    found = Placement.objects.filter(shown_on(today), group__location=location_id).exclude(NEVER_CAME)
    return found.select_related("child", "group").order_by("child__name_key", "during", "pk")


def file_of(child_id: int) -> ChildFile | None:
    """The file of a child, where a parent filled it in."""
    return ChildFile.objects.filter(child=child_id, version__gt=0).first()


def beginning(child: Child) -> Mapping[str, object]:
    """What a new file begins with: what a brother or sister's file says that holds for both."""
    others = ChildFile.objects.filter(child__household=child.household_id, version__gt=0)
    last = others.exclude(child=child).order_by("-checked_at").first()
    return {name: getattr(last, name) for name in SHARED_BY_SIBLINGS} if last else {}


def is_due(file: ChildFile | None, today: date) -> bool:
    """Whether a parent should look at it: nothing was filled in, or the last look was half a year ago."""
    if file is None or file.checked_at is None:
        return True
    return add_months(localtime(file.checked_at).date(), LOOKED_EVERY) <= today


def files_to_look_at(locations: Collection[Any], today: date, until: date) -> list[Ending]:
    """Files whose last look was half a year ago, as papers that ended then: vaccinations, medication, who may fetch.

    The families were asked; the location sees whose answer is still to come.
    """
    slugs = {each.pk: each.slug for each in locations}
    long_ago = add_months(today, -LOOKED_EVERY) + MONTHS_DIFFER
    found = Placement.objects.filter(
        shown_on(today), group__location__in=slugs, child__file__checked_at__date__lte=long_ago
    ).exclude(NEVER_CAME)
    return [
        Ending(
            location_id=place.group.location_id,
            key=f"child_file:{place.child_id}",
            label=_("File of a child, to be looked at"),
            who=f"{place.child}",
            last=add_months(localtime(place.child.file.checked_at).date(), LOOKED_EVERY),
            url=reverse("planning:file", args=[slugs[place.group.location_id], place.reference]),
            household_id=place.child.household_id,
            warned=False,
        )
        for place in (
            row.home for row in stays(found.select_related("child__file", "group").defer(*SEALED), today)
        )
        if is_due(place.child.file, today)
    ]


def versions(file: ChildFile) -> list[Version]:
    """When it was kept and what became other, the newest first. What it said before stands in its history."""
    rows = AuditEntry.objects.filter(
        subject=ChildFile._meta.label_lower, subject_id=file.pk, action="child_file.keep"
    )
    return [
        Version(row.at, row.actor_name, tuple(row.data.get("parts", ())), row.data.get("told_by", ""))
        for row in rows.order_by("-pk")[:MOST_VERSIONS]
    ]


def logs_in(household: Household) -> bool:
    """Whether a parent of the household has a log-in, and so keeps the files of its children."""
    return grants_over(household).exists()


def allergies_of(file: ChildFile) -> tuple[Allergy, ...]:
    """The allergies, the worst first."""
    order = list(Severity)
    found = (Allergy(row["what"], Severity(row["severity"]), row["to_do"]) for row in file.allergies)
    return tuple(sorted(found, key=lambda each: order.index(each.severity)))


def people(rows: Sequence[Mapping[str, str]]) -> tuple[Person, ...]:
    """Rows of a file as people."""
    return tuple(Person(row["name"], row["relation"], row["phone"]) for row in rows)


def _at_hand(file: ChildFile | None) -> AtHand:
    if file is None:
        return AtHand()
    return AtHand(
        is_known=True,
        allergies=allergies_of(file),
        medication=file.medication,
        fetchers=people(file.fetchers),
        contacts=people(file.contacts),
    )
