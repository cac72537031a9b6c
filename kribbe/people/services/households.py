"""Registering and changing households, their adults and their children."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.people.identity import national_number_hash
from kribbe.people.models import Adult, Child, Household
from kribbe.people.services.log_ins import follow_address
from kribbe.region.models import Desk, Municipality
from kribbe.region.selectors import policy_on
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.packs import load_pack
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.text import sort_key
from kribbe.trust.typed import name_of, phone_of
from kribbe.trust.watching import household_changes

LONGEST_WAIT_FOR_BIRTH = timedelta(days=300)
LATEST_PAST_TERM = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdultData:
    """An adult as a form or a clerk gives it. The national number is optional and kept as a hash only."""

    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""
    other_street: str = ""
    other_postcode: str = ""
    other_city: str = ""
    work_municipality: Municipality | None = None
    national_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildData:
    """A child, born or expected; exactly one of the two dates."""

    first_name: str = ""
    last_name: str
    born: date | None = None
    expected: date | None = None
    birth_rank: int = 1
    foster: bool = False
    care_need: bool = False
    national_number: str = ""


@transaction.atomic
def register_household(
    *,
    desk: Desk,
    adults: Sequence[AdultData],
    street: str,
    postcode: str,
    city: str,
    principal: Principal,
    now: datetime,
    language: str = "nl",
    municipality: Municipality | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
) -> Household:
    """A new household; the first adult is the applicant, who signs.

    Coordinates are in degrees (WGS 84). Raises RefusedError without an adult and for a wrong national number.
    """
    if not adults:
        raise RefusedError(_("Tell us who asks: give at least one adult."), field="last_name")
    household = Household.objects.create(
        desk=desk,
        municipality=municipality,
        street=street,
        postcode=postcode,
        city=city,
        longitude=longitude,
        latitude=latitude,
        language=language,
        created_at=now,
    )
    for place, adult in enumerate(adults):
        adult_row(household, adult, is_applicant=place == 0).save()
    _record(household, "household.registered", principal, now, adults=len(adults))
    return household


def adult_row(household: Household, adult: AdultData, *, is_applicant: bool) -> Adult:
    """The row of an adult, not saved yet."""
    return Adult(
        household=household,
        is_applicant=is_applicant,
        first_name=name_of(adult.first_name, "first_name"),
        last_name=name_of(adult.last_name, "last_name"),
        name_key=sort_key(adult.last_name, adult.first_name),
        email=adult.email.strip().lower(),
        phone=phone_of(adult.phone),
        other_street=adult.other_street,
        other_postcode=adult.other_postcode,
        other_city=adult.other_city,
        work_municipality=adult.work_municipality,
        national_number_hash=national_number_hash(adult.national_number),
    )


@transaction.atomic
def add_child(
    *, household: Household, child: ChildData, principal: Principal, today: date, now: datetime
) -> Child:
    """A child of the household. Raises RefusedError for impossible dates and for a child that is known already."""
    check_dates(child, today)
    number = national_number_hash(child.national_number)
    lock_rows((Household, household.pk))
    if number and Child.objects.filter(national_number_hash=number).exists():
        raise RefusedError(
            _("A child with this national number is registered already. Log in, or call the desk."),
            field="national_number",
            code="known-child",
        )
    added = child_row(household, child)
    added.save()
    _record(household, "child.added", principal, now, child=added.pk)
    return added


def child_row(household: Household, child: ChildData) -> Child:
    """The row of a child, not saved yet."""
    return Child(
        household=household,
        first_name=name_of(child.first_name, "first_name"),
        last_name=name_of(child.last_name, "last_name"),
        name_key=sort_key(child.last_name, child.first_name),
        born=child.born,
        expected=child.expected,
        birth_rank=child.birth_rank,
        foster=child.foster,
        care_need=child.care_need,
        national_number_hash=national_number_hash(child.national_number),
    )


def check_dates(child: ChildData, today: date) -> None:
    """Raises RefusedError for a day of birth to come, or an expected one that can't be."""
    if child.born is None and child.expected is None:
        raise RefusedError(
            _("Give the date of birth, or the date on which you expect your child."), field="born"
        )
    if child.born is not None and child.born > today:
        raise RefusedError(
            _("This date is still to come. Is your child not born yet? Then give the expected date."),
            field="born",
        )
    if child.born is None and child.expected is not None:
        _check_expected(child.expected, today)


def _first_school_day(child: Child, now: datetime) -> date:
    pack = load_pack(policy_on(child.household.desk, localtime(now).date()).rule_pack)
    return add_months(child.birth, pack.integer("school.entry_months", child.birth))


def _check_expected(expected: date, today: date) -> None:
    if expected > today + LONGEST_WAIT_FOR_BIRTH:
        raise RefusedError(_("This is more than nine months away. Check the year."), field="expected")
    if expected < today - LATEST_PAST_TERM:
        raise RefusedError(
            _("This date is long past. Is your child born? Then give the date of birth."), field="expected"
        )


@transaction.atomic
def record_birth(
    *, child: Child, born: date, principal: Principal, today: date, now: datetime, first_name: str = ""
) -> None:
    """An expected child was born, and may have its name now. Raises RefusedError for a date to come."""
    if born > today:
        raise RefusedError(_("This date is still to come."), field="born")
    lock_rows((Household, child.household_id))
    before = child.born
    child.born = born
    child.first_name = name_of(first_name, "first_name") or child.first_name
    child.name_key = sort_key(child.last_name, child.first_name)
    child.save(update_fields=["born", "first_name", "name_key"])
    _record(
        child.household,
        "child.born",
        principal,
        now,
        child=child.pk,
        born=str(born),
        before=str(before or ""),
    )


@transaction.atomic
def record_school(
    *,
    child: Child,
    school_from: date | None,
    principal: Principal,
    now: datetime,
    by_family: bool = False,
) -> None:
    """From which day a child goes to school full-time; None takes back what was told.

    Raises RefusedError for a day on which no school takes a child of this age. Of a family also where it would
    change the price of a month that is over.
    """
    lock_rows((Household, child.household_id))
    child.refresh_from_db(fields=["school_from"])
    if by_family:
        _check_month_over(child.school_from, school_from, first_of_month(localtime(now).date()))
    if school_from is not None and school_from < _first_school_day(child, now):
        raise RefusedError(
            _("The child is too young for school on that day. Check the year."), field="school_from"
        )
    before = child.school_from
    child.school_from = school_from
    child.save(update_fields=["school_from"])
    _record(
        child.household,
        "child.school",
        principal,
        now,
        child=child.pk,
        since=str(school_from or ""),
        before=str(before or ""),
    )


def _check_month_over(before: date | None, after: date | None, month: date) -> None:
    if before != after and any(day is not None and day < month for day in (before, after)):
        raise RefusedError(
            _("Months that are over would cost something else. Ask the location to note this day."),
            field="school_from",
        )


@transaction.atomic
def change_address(
    *,
    household: Household,
    street: str,
    postcode: str,
    city: str,
    principal: Principal,
    now: datetime,
    municipality: Municipality | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
) -> None:
    """The household moved; it stays with its desk."""
    lock_rows((Household, household.pk))
    with household_changes(household.pk, now):
        Household.objects.filter(pk=household.pk).update(
            street=street,
            postcode=postcode,
            city=city,
            municipality=municipality,
            longitude=longitude,
            latitude=latitude,
        )
    household.refresh_from_db()
    _record(household, "household.address_changed", principal, now)


@transaction.atomic
def change_language(*, household: Household, language: str, principal: Principal, now: datetime) -> None:
    """The language in which the household likes to read, where the desk may use it."""
    lock_rows((Household, household.pk))
    household.language = language
    with household_changes(household.pk, now):
        household.save(update_fields=["language"])
    _record(household, "household.language_changed", principal, now, language=language)


@transaction.atomic
def change_adult(*, adult: Adult, data: AdultData, principal: Principal, now: datetime) -> None:
    """New names, contacts or second address of an adult; an empty national number leaves the kept hash.

    With another mail address, who logs in by it follows (see `log_ins`).
    """
    lock_rows((Household, adult.household_id))
    before = {field.attname: getattr(adult, field.attname) for field in adult._meta.concrete_fields}
    adult.first_name = name_of(data.first_name, "first_name")
    adult.last_name = name_of(data.last_name, "last_name")
    adult.name_key = sort_key(data.last_name, data.first_name)
    adult.email, adult.phone = data.email.strip().lower(), phone_of(data.phone)
    adult.other_street, adult.other_postcode = data.other_street, data.other_postcode
    adult.other_city = data.other_city
    adult.work_municipality = data.work_municipality
    adult.national_number_hash = national_number_hash(data.national_number) or adult.national_number_hash
    with household_changes(adult.household_id, now):
        adult.save(update_fields=[name for name, value in before.items() if getattr(adult, name) != value])
    _record(adult.household, "adult.changed", principal, now, adult=adult.pk)
    if adult.email != before["email"]:
        follow_address(adult=adult, before=before["email"], principal=principal, now=now)


def _record(household: Household, action: str, principal: Principal, now: datetime, **data: Any) -> None:
    audit.record(
        principal=principal,
        action=action,
        subject=household,
        now=now,
        household_id=household.pk,
        desk_id=household.desk_id,
        **data,
    )
